import type { Scalar, ScalarBuilder } from "./builder.ts";
import { polynomial } from "./exponential.ts";

/**
 * sin and cos on f32, by f64. |x| = q·π/2 + r with |r| ≤ π/4: below 2^23 by subtracting a multiple of π/2 in two parts;
 * above, 2^e·m·2/π modulo 4 comes from 128 bits of 2/π that begin at bit e (Payne and Hanek).
 */

const HALF_PI = 1.5707963267948966;
const HALF_PI_REST = 6.123233995736766e-17;
const TWO_OVER_PI = 0.6366197723675814;
/** π/2·2^−62. */
const HALF_PI_SCALED = 3.4061215800865545e-19;
/** The first 256 binary places of 1/(2π): those of 2/π behind two zeros. */
const INVERSE = [0x28be60db9391054an, 0x7f09d5f47d4d3770n, 0x36d8a5664f10e410n, 0x7f9458eaf7aef158n] as const;

const factorials = (from: number): number[] =>
  Array.from({ length: 7 }, (_, i) => {
    let product = 1;
    for (let k = 2; k <= from + 2 * i; k++) product *= k;
    return (i % 2 === 0 ? 1 : -1) / product;
  });

/** Taylor coefficients of sin r / r and cos r in r²: up to r^13, which leaves 2^−45 at π/4. */
const [SIN, COS] = [factorials(1), factorials(0)];

interface Reduced {
  /** Quadrant; only its two low bits are used. */
  readonly quadrant: Scalar;
  readonly r: Scalar;
}

/** For |x| below 2^23. */
function reduceSmall(b: ScalarBuilder, size: Scalar): Reduced {
  const x = b.op("f64.fromF32", size);
  const n = b.op("f64.rint", b.mul(x, b.f64(TWO_OVER_PI)));
  const r = b.fma(n, b.f64(-HALF_PI_REST), b.fma(n, b.f64(-HALF_PI), x));
  return { quadrant: b.op("f64.toInt", n), r };
}

/** For finite |x| = m·2^e with e ≥ 0: from 2^23 on. */
function reduceLarge(b: ScalarBuilder, size: Scalar): Reduced {
  const bits = b.op("f32.bits", size);
  const e = b.sub(b.op("int.shr", bits, b.int(23)), b.int(150));
  const m = b.or(b.and(bits, b.int(0x7fffff)), b.int(0x800000));
  const upper = b.op("int.lt", b.int(63), e);
  const words = [0, 1, 2].map((i) => b.select(upper, b.int(INVERSE[i + 1] as bigint), b.int(INVERSE[i] as bigint)));
  const shift = b.and(e, b.int(63));
  // The 64 bits that begin at e in a pair of words; a shift by 64 would be one by 0, hence the two steps.
  const window = (high: Scalar, low: Scalar): Scalar =>
    b.or(b.op("int.shl", high, shift), b.op("int.shr", b.op("int.shr", low, b.int(1)), b.sub(b.int(63), shift)));
  const [first, second, third] = words as [Scalar, Scalar, Scalar];
  const product = b.add(b.mul(m, window(first, second)), b.op("int.mulHighU", m, window(second, third)));
  // 62 binary places of |x|·2/π modulo 4; the nearest integer is the quadrant.
  const quadrant = b.op("int.shr", b.add(product, b.int(1n << 61n)), b.int(62));
  const rest = b.sub(product, b.op("int.shl", quadrant, b.int(62)));
  return { quadrant, r: b.mul(b.op("f64.fromInt", rest), b.f64(HALF_PI_SCALED)) };
}

/** sin(|x| + turn·π/2), NaN for infinities. */
function sine(b: ScalarBuilder, x: Scalar, turn: number): Scalar {
  const size = b.abs(x);
  const [small, large] = [reduceSmall(b, size), reduceLarge(b, size)];
  const isSmall = b.lt(size, b.f32(2 ** 23));
  const quadrant = b.add(b.select(isSmall, small.quadrant, large.quadrant), b.int(turn));
  const r = b.select(isSmall, small.r, large.r);
  const square = b.mul(r, r);
  const sin = b.mul(r, polynomial(b, square, SIN));
  const cos = polynomial(b, square, COS);
  const positive = b.op("f32.fromF64", b.select(b.and(quadrant, b.int(1)), cos, sin));
  const signed = b.select(b.and(quadrant, b.int(2)), b.neg(positive), positive);
  return b.select(b.lt(size, b.f32(Number.POSITIVE_INFINITY)), signed, b.f32(Number.NaN));
}

const SIGN = 0x80000000;

export const sin = (b: ScalarBuilder, x: Scalar): Scalar => {
  const flipped = b.op("int.xor", b.op("f32.bits", sine(b, x, 0)), b.and(b.op("f32.bits", x), b.int(SIGN)));
  return b.op("f32.fromBits", flipped);
};

export const cos = (b: ScalarBuilder, x: Scalar): Scalar => sine(b, x, 1);
