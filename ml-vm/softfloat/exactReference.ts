/**
 * What softfloat's tests compare it with: IEEE-754 as the standard puts it, "the infinitely precise result, then rounded",
 * in rational arithmetic on bigints. Slow, and shares no method with the C: nothing is normalised, jammed or packed.
 * Patterns of every format are bigints here.
 */
import type { Format } from "./exports.ts";

export interface Shape {
  readonly exponentBits: number;
  readonly fractionBits: number;
}

export const SHAPES: Readonly<Record<Format, Shape>> = {
  f16: { exponentBits: 5, fractionBits: 10 },
  bf16: { exponentBits: 8, fractionBits: 7 },
  f32: { exponentBits: 8, fractionBits: 23 },
  f64: { exponentBits: 11, fractionBits: 52 },
};

/** A datum: the finite ones are num * 2^exp, num signed; `negative` tells the zeros apart. */
type Datum =
  | { readonly kind: "nan" }
  | { readonly kind: "infinite"; readonly negative: boolean }
  | { readonly kind: "finite"; readonly negative: boolean; readonly num: bigint; readonly exp: number };

type Mode = "nearEven" | "towardZero" | "down" | "up";

const least = ({ exponentBits, fractionBits }: Shape): number => 2 - 2 ** (exponentBits - 1) - fractionBits;
const greatestScale = (shape: Shape): number => least(shape) + 2 ** shape.exponentBits - 3;
const infinity = ({ exponentBits, fractionBits }: Shape): bigint =>
  ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
const signBit = ({ exponentBits, fractionBits }: Shape): bigint => 1n << BigInt(exponentBits + fractionBits);

/** The NaN that softfloat gives. */
export const canonicalNaN = (format: Format): bigint =>
  infinity(SHAPES[format]) | (1n << BigInt(SHAPES[format].fractionBits - 1));
const withSign = (format: Format, negative: boolean, pattern: bigint): bigint =>
  negative ? pattern | signBit(SHAPES[format]) : pattern;
const infinite = (format: Format, negative: boolean): bigint => withSign(format, negative, infinity(SHAPES[format]));

export function decode(format: Format, pattern: bigint): Datum {
  const shape = SHAPES[format];
  const negative = (pattern & signBit(shape)) !== 0n;
  const size = pattern & (signBit(shape) - 1n);
  if (size > infinity(shape)) return { kind: "nan" };
  if (size === infinity(shape)) return { kind: "infinite", negative };
  const field = Number(size >> BigInt(shape.fractionBits));
  const fraction = size & ((1n << BigInt(shape.fractionBits)) - 1n);
  const num = field === 0 ? fraction : fraction | (1n << BigInt(shape.fractionBits));
  return { kind: "finite", negative, num: negative ? -num : num, exp: least(shape) + Math.max(field, 1) - 1 };
}

const absolute = (a: bigint): bigint => (a < 0n ? -a : a);
const bitLength = (a: bigint): number => a.toString(2).length;
const shifted = (a: bigint, count: number): bigint => a << BigInt(Math.max(count, 0));

/** num/den rounded to an integer, both at least 0. */
function roundedQuotient(num: bigint, den: bigint, negative: boolean, mode: Mode): bigint {
  const quotient = num / den;
  const rest = 2n * (num % den);
  if (rest === 0n || mode === "towardZero") return quotient;
  if (mode === "down") return negative ? quotient + 1n : quotient;
  if (mode === "up") return negative ? quotient : quotient + 1n;
  return rest > den || (rest === den && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** The pattern nearest to (-1)^negative * num/den * 2^exp, with num and den above 0, ties to even. */
function encode(format: Format, negative: boolean, num: bigint, den: bigint, exp: number): bigint {
  const shape = SHAPES[format];
  const { fractionBits } = shape;
  // The scale of the last place: such that the integer in units of it has fractionBits + 1 bits, or the least there is.
  let scale = Math.max(bitLength(num) - bitLength(den) + exp - fractionBits, least(shape));
  const inUnits = (): bigint =>
    roundedQuotient(shifted(num, exp - scale), shifted(den, scale - exp), false, "towardZero");
  if (inUnits() >> BigInt(fractionBits) === 0n && scale > least(shape)) scale -= 1;
  const units = roundedQuotient(shifted(num, exp - scale), shifted(den, scale - exp), false, "nearEven");
  if (units === 1n << BigInt(fractionBits + 1)) {
    scale += 1; // rounding carried into the next binade, whose first member it is
    if (scale > greatestScale(shape)) return infinite(format, negative);
    return withSign(format, negative, BigInt(scale - least(shape) + 1) << BigInt(fractionBits));
  }
  if (scale > greatestScale(shape)) return infinite(format, negative);
  if (units >> BigInt(fractionBits) === 0n) return withSign(format, negative, units);
  const field = BigInt(scale - least(shape) + 1);
  return withSign(format, negative, (field << BigInt(fractionBits)) | (units - (1n << BigInt(fractionBits))));
}

/** The pattern of num * 2^exp; an exact zero gets the sign asked for. */
const encodeSigned = (format: Format, num: bigint, exp: number, zeroNegative: boolean): bigint =>
  num === 0n ? withSign(format, zeroNegative, 0n) : encode(format, num < 0n, absolute(num), 1n, exp);

/** x + y as an exact pair (num, exp). */
function exactSum(x: { num: bigint; exp: number }, y: { num: bigint; exp: number }): { num: bigint; exp: number } {
  const exp = Math.min(x.exp, y.exp);
  return { num: shifted(x.num, x.exp - exp) + shifted(y.num, y.exp - exp), exp };
}

export function add(format: Format, a: bigint, b: bigint): bigint {
  const x = decode(format, a);
  const y = decode(format, b);
  if (x.kind === "nan" || y.kind === "nan") return canonicalNaN(format);
  if (x.kind === "infinite") {
    return y.kind === "infinite" && x.negative !== y.negative ? canonicalNaN(format) : infinite(format, x.negative);
  }
  if (y.kind === "infinite") return infinite(format, y.negative);
  const sum = exactSum(x, y);
  return encodeSigned(format, sum.num, sum.exp, x.negative && y.negative);
}

export function neg(format: Format, a: bigint): bigint {
  return decode(format, a).kind === "nan" ? canonicalNaN(format) : a ^ signBit(SHAPES[format]);
}

export function abs(format: Format, a: bigint): bigint {
  return decode(format, a).kind === "nan" ? canonicalNaN(format) : a & ~signBit(SHAPES[format]);
}

export const sub = (format: Format, a: bigint, b: bigint): bigint => add(format, a, neg(format, b));

/** a*b + c with one rounding; without c, the product. */
export function mulAdd(format: Format, a: bigint, b: bigint, c?: bigint): bigint {
  const x = decode(format, a);
  const y = decode(format, b);
  const z = c === undefined ? undefined : decode(format, c);
  if (x.kind === "nan" || y.kind === "nan" || z?.kind === "nan") return canonicalNaN(format);
  const negative = x.negative !== y.negative;
  if (x.kind === "infinite" || y.kind === "infinite") {
    const zeroFactor = (x.kind === "finite" && x.num === 0n) || (y.kind === "finite" && y.num === 0n);
    const opposed = z?.kind === "infinite" && z.negative !== negative;
    return zeroFactor || opposed ? canonicalNaN(format) : infinite(format, negative);
  }
  const product = { num: x.num * y.num, exp: x.exp + y.exp };
  if (z === undefined) return encodeSigned(format, product.num, product.exp, negative);
  if (z.kind === "infinite") return infinite(format, z.negative);
  const sum = exactSum(product, z);
  return encodeSigned(format, sum.num, sum.exp, negative && z.negative);
}

export const mul = (format: Format, a: bigint, b: bigint): bigint => mulAdd(format, a, b);

export function div(format: Format, a: bigint, b: bigint): bigint {
  const x = decode(format, a);
  const y = decode(format, b);
  if (x.kind === "nan" || y.kind === "nan") return canonicalNaN(format);
  const negative = x.negative !== y.negative;
  if (x.kind === "infinite") return y.kind === "infinite" ? canonicalNaN(format) : infinite(format, negative);
  if (y.kind === "infinite") return withSign(format, negative, 0n);
  if (y.num === 0n) return x.num === 0n ? canonicalNaN(format) : infinite(format, negative);
  if (x.num === 0n) return withSign(format, negative, 0n);
  return encode(format, negative, absolute(x.num), absolute(y.num), x.exp - y.exp);
}

/** floor(sqrt(a)), by Newton's iteration from above. */
function integerRoot(a: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(a) / 2));
  for (;;) {
    const next = (root + a / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function sqrt(format: Format, a: bigint): bigint {
  const x = decode(format, a);
  if (x.kind === "nan") return canonicalNaN(format);
  if (x.kind === "finite" && x.num === 0n) return a;
  if (x.negative) return canonicalNaN(format);
  if (x.kind === "infinite") return a;
  // The root in units so small that it has over 64 bits; one more bit says whether it goes on behind them.
  const exp = x.exp - (128 + (x.exp & 1));
  const radicand = shifted(x.num, x.exp - exp);
  const root = integerRoot(radicand);
  return encode(format, false, 2n * root + (root * root === radicand ? 0n : 1n), 1n, exp / 2 - 1);
}

export function rem(format: Format, a: bigint, b: bigint): bigint {
  const x = decode(format, a);
  const y = decode(format, b);
  if (x.kind === "nan" || y.kind === "nan" || x.kind === "infinite") return canonicalNaN(format);
  if (y.kind === "infinite") return a;
  if (y.num === 0n) return canonicalNaN(format);
  const exp = Math.min(x.exp, y.exp);
  const num = absolute(shifted(x.num, x.exp - exp));
  const den = absolute(shifted(y.num, y.exp - exp));
  const rest = num - roundedQuotient(num, den, false, "nearEven") * den;
  return encodeSigned(format, x.negative ? -rest : rest, exp, x.negative);
}

/** Compares as the values do: below 0, 0 or above; undefined if either is NaN. The zeros are equal. */
export function compare(format: Format, a: bigint, b: bigint): number | undefined {
  const x = decode(format, a);
  const y = decode(format, b);
  if (x.kind === "nan" || y.kind === "nan") return undefined;
  const infinitySign = (datum: typeof x): number => (datum.kind === "finite" ? 0 : datum.negative ? -1 : 1);
  if (x.kind === "infinite" || y.kind === "infinite") return infinitySign(x) - infinitySign(y);
  const difference = exactSum(x, { num: -y.num, exp: y.exp }).num;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The one of two that comes first (`order` 1) or last (-1), where -0 comes before +0. */
function extreme(format: Format, a: bigint, b: bigint, order: 1 | -1): bigint {
  const comparison = compare(format, a, b);
  if (comparison === undefined) return canonicalNaN(format);
  const negative = (pattern: bigint): boolean => (pattern & signBit(SHAPES[format])) !== 0n;
  const aFirst = comparison === 0 ? negative(a) : comparison < 0;
  return aFirst === (order === 1) ? a : b;
}

export const min = (format: Format, a: bigint, b: bigint): bigint => extreme(format, a, b, 1);
export const max = (format: Format, a: bigint, b: bigint): bigint => extreme(format, a, b, -1);

/** The finite datum as an integer, rounded; its size only. */
const integerSize = (x: { num: bigint; exp: number; negative: boolean }, mode: Mode): bigint =>
  roundedQuotient(shifted(absolute(x.num), x.exp), shifted(1n, -x.exp), x.negative, mode);

export function roundToInt(format: Format, a: bigint, mode: Mode): bigint {
  const x = decode(format, a);
  if (x.kind === "nan") return canonicalNaN(format);
  if (x.kind === "infinite") return a;
  const size = integerSize(x, mode);
  return encodeSigned(format, x.negative ? -size : size, 0, x.negative);
}

/** To an integer clamped to lowest...highest; NaN gives the highest. */
export function toInteger(format: Format, a: bigint, mode: Mode, lowest: bigint, highest: bigint): bigint {
  const x = decode(format, a);
  if (x.kind === "nan") return highest;
  if (x.kind === "infinite") return x.negative ? lowest : highest;
  const value = x.negative ? -integerSize(x, mode) : integerSize(x, mode);
  return value < lowest ? lowest : value > highest ? highest : value;
}

export const fromInteger = (format: Format, a: bigint): bigint => encodeSigned(format, a, 0, false);

export function convert(from: Format, to: Format, a: bigint): bigint {
  const x = decode(from, a);
  if (x.kind === "nan") return canonicalNaN(to);
  if (x.kind === "infinite") return infinite(to, x.negative);
  return encodeSigned(to, x.num, x.exp, x.negative);
}
