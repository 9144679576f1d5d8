import type { Random } from "../../evm/trie/fixtures/random.ts";

/** Numbers and bytes as a fuzzer wants them: mostly at edges. */

export const WORD = 2n ** 256n;

export const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

/** @param bound of `bound` times, one. */
export const once = (random: Random, bound: number): boolean => random(bound) === 0;

export const randomBytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random(256));

/** Choices with their weights. */
export type Weighted<T> = readonly (readonly [weight: number, choice: T])[];

export function pickWeighted<T>(random: Random, choices: Weighted<T>): T {
  let left = random(choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, choice] of choices) {
    if (left < weight) return choice;
    left -= weight;
  }
  throw new Error("no choice has any weight");
}

/** Any 256-bit number: mostly small, near a power of two, or of few different bytes. */
export function randomWord(random: Random): bigint {
  const kind = random(8);
  if (kind < 3) return BigInt(random(5));
  if (kind === 3) return BigInt(random(300));
  if (kind < 6) return BigInt.asUintN(256, (1n << BigInt(random(257))) + BigInt(random(3) - 1));
  if (kind === 6) return WORD - 1n - BigInt(random(4));
  return randomBytes(random, 1 + random(32)).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A place in memory or data: mostly near the beginning and at no multiple of 32, now and then one that nobody can pay for. */
export function randomOffset(random: Random): bigint {
  if (once(random, 500)) return pick(random, [2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 255n, WORD - 1n]);
  if (once(random, 12)) return BigInt(random(20_000));
  return BigInt(pick(random, [0, 0, 1, 31, 32, 33, 127, 128, 129, random(300), random(1000)]));
}

/** How many bytes: as `randomOffset`. */
export function randomLength(random: Random): bigint {
  if (once(random, 500)) return pick(random, [2n ** 31n, 2n ** 32n, 2n ** 64n, WORD - 1n]);
  if (once(random, 25)) return BigInt(pick(random, [2048, 2049, 4096, 4352, 8192, 8193, 10_000, random(20_000)]));
  return BigInt(pick(random, [0, 0, 1, 31, 32, 33, 64, 127, 128, 129, random(300), random(600)]));
}
