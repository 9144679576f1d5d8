import type { Scalar, ScalarBuilder } from "./builder.ts";
import { polynomial } from "./exponential.ts";

/** Powers on f32, computed in f64 and rounded at the end. */

/** 1/√x. Negative numbers give NaN, ±0 gives ±∞. */
export const rsqrt = (b: ScalarBuilder, x: Scalar): Scalar =>
  b.op("f32.fromF64", b.div(b.f64(1), b.op("f64.sqrt", b.op("f64.fromF32", x))));

// A literal, because the program must not depend on a host's Math.
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the nearest f64
const LN2 = 0.6931471805599453;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the nearest f64
const LOG2_E = 1.4426950408889634;
/** Bits of √½ in f64. */
const SQRT_HALF = 0x3fe6a09e667f3bcdn;

/** 2·atanh(s)/s in powers of s²: s² < 0.0295, so that nine terms leave 2^−50. */
const ATANH = Array.from({ length: 9 }, (_, k) => 2 / (2 * k + 1));

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** e^z = Σ z^k / k! for |z| ≤ ln 2 / 2: twelve terms leave 2^−47. */
const EXP = Array.from({ length: 12 }, (_, k) => 1 / factorial(k));

/** log2 of a positive finite f64: x = 2^k·m, √½ ≤ m < √2, log m = 2·atanh((m − 1)/(m + 1)). */
function log2(b: ScalarBuilder, x: Scalar): Scalar {
  const bits = b.op("f64.bits", x);
  const k = b.op("int.sar", b.sub(bits, b.int(SQRT_HALF)), b.int(52));
  const m = b.op("f64.fromBits", b.sub(bits, b.op("int.shl", k, b.int(52))));
  const s = b.div(b.sub(m, b.f64(1)), b.add(m, b.f64(1)));
  const natural = b.mul(s, polynomial(b, b.mul(s, s), ATANH));
  return b.fma(natural, b.f64(LOG2_E), b.op("f64.fromInt", k));
}

/** 2^t rounded to f32; NaN stays. */
function exp2(b: ScalarBuilder, t: Scalar): Scalar {
  const bounded = b.max(b.min(t, b.f64(200)), b.f64(-200));
  const n = b.op("f64.rint", bounded);
  const fraction = polynomial(b, b.mul(b.sub(bounded, n), b.f64(LN2)), EXP);
  const scale = b.op("f64.fromBits", b.op("int.shl", b.add(b.op("f64.toInt", n), b.int(1023)), b.int(52)));
  return b.op("f32.fromF64", b.mul(fraction, scale));
}

/** x^y with the special cases of IEEE-754's pow (and of C's): 1^y and x^0 are 1 for all x and y. */
export function pow(b: ScalarBuilder, x: Scalar, y: Scalar): Scalar {
  const [zero, one, infinity] = [b.f32(0), b.f32(1), b.f32(Number.POSITIVE_INFINITY)];
  const size = b.abs(x);
  const finite = log2(b, b.op("f64.fromF32", size));
  const ends = b.select(b.eq(size, zero), b.f64(Number.NEGATIVE_INFINITY), finite);
  const logarithm = b.select(b.eq(size, infinity), b.f64(Number.POSITIVE_INFINITY), ends);
  const magnitude = exp2(b, b.mul(b.op("f64.fromF32", y), logarithm));

  const whole = b.eq(b.op("f32.trunc", y), y);
  // From 2^24 on every f32 is even.
  const odd = b.and(b.and(whole, b.lt(b.abs(y), b.f32(2 ** 24))), b.op("f32.toInt", y));
  const negative = b.op("int.shr", b.op("f32.bits", x), b.int(31));
  const signed = b.select(b.and(odd, negative), b.neg(magnitude), magnitude);
  const root = b.and(b.and(b.lt(x, zero), b.lt(size, infinity)), b.not(whole));
  const undefinedAt = b.or(root, b.not(b.eq(x, x)));
  const defined = b.select(undefinedAt, b.f32(Number.NaN), signed);
  const unit = b.or(b.eq(x, one), b.or(b.eq(y, zero), b.and(b.eq(size, one), b.eq(b.abs(y), infinity))));
  return b.select(unit, one, defined);
}
