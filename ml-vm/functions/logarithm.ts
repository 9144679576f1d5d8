import type { Scalar, ScalarBuilder } from "./builder.ts";
import { polynomial } from "./exponential.ts";

/** (log(1 + f) − f + f²/2) / f³ on √½ ≤ 1 + f ≤ √2 (fit.ts), and −½ before it: the series from f² on. */
const LOG = [
  -0.5, 0.3333333134651184, -0.25000306963920593, 0.20001044869422913, -0.166412815451622, 0.14214496314525604,
].concat([-0.12998183071613312, 0.12622319161891937, -0.0790274366736412]);

const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.428606765330187e-6;
/** Bits of √½. */
const SQRT_HALF = 0x3f3504f3;
const SMALLEST_NORMAL = 2 ** -126;

/**
 * log x on f32: x = 2^k·(1 + f), and k·ln 2 + f, whose rounding error is kept, + f²·p(f). Negative numbers give NaN, zero −∞.
 */
export function log(b: ScalarBuilder, x: Scalar): Scalar {
  const subnormal = b.lt(x, b.f32(SMALLEST_NORMAL));
  const bits = b.op("f32.bits", b.select(subnormal, b.mul(x, b.f32(2 ** 24)), x));
  const exponent = b.op("int.sar", b.sub(bits, b.int(SQRT_HALF)), b.int(23));
  const f = b.sub(b.op("f32.fromBits", b.sub(bits, b.op("int.shl", exponent, b.int(23)))), b.f32(1));
  const k = b.op("f32.fromInt", b.select(subnormal, b.sub(exponent, b.int(24)), exponent));
  const tail = b.fma(b.mul(f, f), polynomial(b, f, LOG), b.mul(k, b.f32(LN2_LOW)));
  const whole = b.mul(k, b.f32(LN2_HIGH));
  const high = b.add(whole, f);
  const finite = b.add(high, b.add(b.add(b.sub(whole, high), f), tail));
  const infinity = b.f32(Number.POSITIVE_INFINITY);
  // The logarithm of +∞ is +∞, that of NaN is NaN.
  const upper = b.select(b.lt(x, infinity), finite, x);
  const lower = b.select(b.eq(x, b.f32(0)), b.neg(infinity), b.f32(Number.NaN));
  return b.select(b.le(x, b.f32(0)), lower, upper);
}
