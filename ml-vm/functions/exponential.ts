import type { Scalar, ScalarBuilder } from "./builder.ts";

/**
 * exp, exp2, sigmoid and tanh on f32, by fma. An argument is reduced to n·ln 2 + r with |r| ≤ ln 2 / 2, and
 * e^r − 1 = r + r²·q(r), kept as the unrounded sum of two floats where a quotient follows.
 */

/** ln 2 in two: 16 bits, so that n times it is exact for |n| < 256, and the nearest f32 of the rest. */
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.428606765330187e-6;
/** The f32 nearest to ln 2, and the rest. */
const LN2 = 0.6931471824645996;
const LN2_REST = -1.9046542121259336e-9;
const LOG2_E = 1.4426950216293335;

/** (e^r − 1 − r) / r² on |r| ≤ ln 2 / 2 (fit.ts). */
const EXP = [0.5, 0.1666666716337204, 0.04166646674275398, 0.00833331048488617].concat([
  0.0013933641603216529, 0.00019890980911441147,
]);

/** Σ c_k·x^k by Horner's rule, one fma for each degree. */
export function polynomial(b: ScalarBuilder, x: Scalar, coefficients: readonly number[]): Scalar {
  const [last, ...rest] = coefficients.toReversed().map((c) => b.number(x.type, c)) as [Scalar, ...Scalar[]];
  return rest.reduce((sum, c) => b.fma(sum, x, c), last);
}

/** e^x = 2^n·(1 + high + low). */
interface Power {
  readonly n: Scalar;
  readonly high: Scalar;
  readonly low: Scalar;
}

const clamp = (b: ScalarBuilder, x: Scalar, bound: number): Scalar => b.max(b.min(x, b.f32(bound)), b.f32(-bound));

/** r + rest with e^(r + rest) − 1 made of it. */
function powerOf(b: ScalarBuilder, n: Scalar, r: Scalar, rest: Scalar): Power {
  const tail = b.fma(polynomial(b, r, EXP), b.mul(r, r), rest);
  const high = b.add(r, tail);
  return { n, high, low: b.add(b.sub(r, high), tail) };
}

/** Clamps x to |x| ≤ 150; beyond, results are 0 or infinite anyway. */
export function natural(b: ScalarBuilder, x: Scalar): Power {
  const bounded = clamp(b, x, 150);
  const n = b.op("f32.rint", b.mul(bounded, b.f32(LOG2_E)));
  const exact = b.fma(n, b.f32(-LN2_HIGH), bounded);
  const correction = b.mul(n, b.f32(-LN2_LOW));
  const r = b.add(exact, correction);
  return powerOf(b, n, r, b.add(b.sub(exact, r), correction));
}

/** 2^n for an integer from −126 to 127. */
export const powerOfTwo = (b: ScalarBuilder, n: Scalar): Scalar =>
  b.op("f32.fromBits", b.op("int.shl", b.add(n, b.int(127)), b.int(23)));

/** x·2^n, rounded once: the first factor is exact, for |n| ≤ 250 and x about 1. */
function scaled(b: ScalarBuilder, x: Scalar, n: Scalar): Scalar {
  const half = b.op("int.sar", n, b.int(1));
  return b.mul(b.mul(x, powerOfTwo(b, half)), powerOfTwo(b, b.sub(n, half)));
}

const value = (b: ScalarBuilder, { n, high }: Power): Scalar => scaled(b, b.add(b.f32(1), high), b.op("f32.toInt", n));

export const exp = (b: ScalarBuilder, x: Scalar): Scalar => value(b, natural(b, x));

export function exp2(b: ScalarBuilder, x: Scalar): Scalar {
  const bounded = clamp(b, x, 200);
  const n = b.op("f32.rint", bounded);
  const f = b.sub(bounded, n);
  const r = b.mul(f, b.f32(LN2));
  const rest = b.fma(f, b.f32(LN2_REST), b.fma(f, b.f32(LN2), b.neg(r)));
  return value(b, powerOf(b, n, r, rest));
}

/** (high + low) / (divisor + rest), with the quotient's remainder added to it. */
function quotient(b: ScalarBuilder, high: Scalar, low: Scalar, divisor: Scalar, rest: Scalar): Scalar {
  const reciprocal = b.div(b.f32(1), divisor);
  const first = b.mul(high, reciprocal);
  const minus = b.neg(first);
  const remainder = b.add(b.fma(minus, divisor, high), b.fma(minus, rest, low));
  return b.fma(remainder, reciprocal, first);
}

/** 1 / (1 + e^−x): with E = e^−|x|, that or E / (1 + E), scaled last so that subnormal results are rounded once. */
export function sigmoid(b: ScalarBuilder, x: Scalar): Scalar {
  const { n, high, low } = natural(b, b.neg(b.abs(x)));
  const one = b.f32(1);
  const mantissa = b.add(one, high);
  const rest = b.add(b.add(b.sub(one, mantissa), high), low);
  const exponent = b.op("f32.toInt", n);
  const scale = powerOfTwo(b, b.max(exponent, b.int(-126)));
  const power = b.mul(scale, mantissa);
  const divisor = b.add(one, power);
  const divisorRest = b.fma(scale, rest, b.add(b.sub(one, divisor), power));
  const negative = b.lt(x, b.f32(0));
  const ratio = quotient(
    b,
    b.select(negative, mantissa, one),
    b.select(negative, rest, b.f32(0)),
    divisor,
    divisorRest,
  );
  return scaled(b, ratio, b.select(negative, exponent, b.int(0)));
}

const SIGN = 0x80000000;

/** `magnitude`, not negative, with the sign of x. */
export const withSign = (b: ScalarBuilder, magnitude: Scalar, x: Scalar): Scalar =>
  b.op("f32.fromBits", b.or(b.op("f32.bits", magnitude), b.and(b.op("f32.bits", x), b.int(SIGN))));

/** −T / (2 + T) with T = e^(−2|x|) − 1, and x's sign. */
export function tanh(b: ScalarBuilder, x: Scalar): Scalar {
  const { n, high, low } = natural(b, b.mul(b.abs(x), b.f32(-2)));
  const scale = powerOfTwo(b, b.max(b.op("f32.toInt", n), b.int(-126)));
  // From 2^−25 on, scale − 1 is rounded too.
  const whole = b.sub(scale, b.f32(1));
  const wholeRest = b.sub(scale, b.add(whole, b.f32(1)));
  const part = b.mul(scale, high);
  const t = b.add(whole, part);
  const tRest = b.add(b.fma(scale, low, b.add(b.sub(whole, t), part)), wholeRest);
  const divisor = b.add(b.f32(2), t);
  const divisorRest = b.add(b.add(b.sub(b.f32(2), divisor), t), tRest);
  return withSign(b, quotient(b, b.neg(t), b.neg(tRest), divisor, divisorRest), x);
}
