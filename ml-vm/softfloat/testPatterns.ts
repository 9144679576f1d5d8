/** Bit patterns for softfloat's tests: those where things go wrong, and seeded random ones of every kind. */
import { SHAPES } from "./exactReference.ts";
import type { Format } from "./exports.ts";

/** A stream of uniform 32-bit integers from a seed (xorshift32, Marsaglia 2003). */
export function randomWords(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Uniform 64-bit integers, unsigned. */
export const randomWide = (random: () => number): bigint => (BigInt(random()) << 32n) | BigInt(random());

/**
 * Patterns at the edges of a format, of both signs: zero, subnormals, the ends of the binades around 1, small integers and
 * their halves, the last place at 1 and at 1/2, the limits of the integer types, the largest, infinity, NaNs.
 */
export function specialPatterns(format: Format): bigint[] {
  const { exponentBits, fractionBits } = SHAPES[format];
  const one = ((1n << BigInt(exponentBits - 1)) - 1n) << BigInt(fractionBits);
  const infinity = ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
  const ulp = 1n << BigInt(fractionBits);
  const powers = [0, 1, 2, fractionBits - 1, fractionBits, fractionBits + 1, 31, 32, 63, 64].flatMap((power) => [
    one + BigInt(power) * ulp,
    one - BigInt(power) * ulp,
  ]);
  const edges = [0n, ulp, 2n * ulp, ...powers, infinity].flatMap((edge) => [edge - 1n, edge, edge + 1n]);
  const others = [
    one + ulp / 2n,
    one + ulp + ulp / 4n,
    one + ulp + ulp / 2n,
    ulp / 2n,
    infinity | (ulp / 2n),
    infinity + ulp - 1n,
  ];
  const positive = [...edges, ...others].filter((pattern) => pattern >= 0n && pattern < infinity + ulp);
  return [...new Set(positive)].flatMap((pattern) => [pattern, pattern | (1n << BigInt(exponentBits + fractionBits))]);
}

/**
 * A stream of patterns of a format: a quarter uniform; a quarter of nearby exponents, so that sums cancel and products
 * stay in range; a quarter with long runs of equal bits, so that roundings tie; an eighth subnormal; an eighth special.
 */
export function randomPatterns(format: Format, random: () => number): () => bigint {
  const { exponentBits, fractionBits } = SHAPES[format];
  const all = (1n << BigInt(exponentBits + fractionBits + 1)) - 1n;
  const fractions = (1n << BigInt(fractionBits)) - 1n;
  const sign = 1n << BigInt(exponentBits + fractionBits);
  const bias = 2 ** (exponentBits - 1) - 1;
  const specials = specialPatterns(format);
  const near = (fraction: bigint, uniform: bigint): bigint =>
    (uniform & sign) | (BigInt(bias - 4 + (random() % 9)) << BigInt(fractionBits)) | fraction;
  return () => {
    const uniform = randomWide(random) & all;
    const kind = random() % 8;
    if (kind < 2) return uniform;
    if (kind < 4) return near(uniform & fractions, uniform);
    if (kind < 6) {
      const run = (fractions << BigInt(random() % (fractionBits + 1))) & fractions;
      const flip = 1n << BigInt(random() % fractionBits);
      const fraction = random() % 2 === 0 ? run ^ flip : (~run & fractions) ^ flip;
      return kind === 4 ? near(fraction, uniform) : (uniform & ~fractions) | fraction;
    }
    if (kind === 6) return uniform & (sign | fractions);
    return specials[random() % specials.length]!;
  };
}
