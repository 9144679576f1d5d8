import { blockStarts, expectLength, readWords, wordsToBytes } from "./blocks.ts";

/** RIPEMD-160, block by block: ISO/IEC 10118-3; https://homes.esat.kuleuven.be/~bosselae/ripemd160.html. */

const STATE_BYTES = 32;
const BLOCK_BYTES = 64;

/** 16 rounds of a line. */
interface Group {
  /** Index of the message word of each round. */
  readonly words: readonly number[];
  /** Rotation of each round, in bits. */
  readonly shifts: readonly number[];
  readonly constant: number;
  /** The function of b, c, d. */
  readonly mix: (b: number, c: number, d: number) => number;
}

const MIX: readonly Group["mix"][] = [
  (b, c, d) => b ^ c ^ d,
  (b, c, d) => (b & c) | (~b & d),
  (b, c, d) => (b | ~c) ^ d,
  (b, c, d) => (b & d) | (c & ~d),
  (b, c, d) => b ^ (c | ~d),
];

const digits = (hex: string): number[] => Array.from(hex, (digit) => Number.parseInt(digit, 16));

/** A digit for each round: the word, and the rotation. */
const group = (words: string, shifts: string, constant: number, mix: Group["mix"]): Group => ({
  words: digits(words),
  shifts: digits(shifts),
  constant,
  mix,
});

const LEFT: readonly Group[] = [
  group("0123456789abcdef", "befc5879bdef6798", 0, MIX[0]!),
  group("74d1a6f3c0952eb8", "768db97f7cf9b7dc", 0x5a827999, MIX[1]!),
  group("3ae49f812706db5c", "bd67e9dfe8d65c75", 0x6ed9eba1, MIX[2]!),
  group("19ba08c4d37fe562", "bcefef989e56865c", 0x8f1bbcdc, MIX[3]!),
  group("40597c2ae138b6fd", "9f5b68dc5cdeb856", 0xa953fd4e, MIX[4]!),
];

const RIGHT: readonly Group[] = [
  group("5e7092b4d6f81a3c", "899bdff5778beec6", 0x50a28be6, MIX[4]!),
  group("6b370d5aef8c4912", "9df7c89b77c76fdb", 0x5c4dd124, MIX[3]!),
  group("f5137e69b8c2a04d", "97fb866ecd5edd75", 0x6d703ef3, MIX[2]!),
  group("86413bf05c2d97ae", "f58bee6e69c9c5f8", 0x7a6d76e9, MIX[1]!),
  group("cfa4158762de039b", "85c9c5e68d65fdbb", 0, MIX[0]!),
];

/** State before the first block. */
export const RIPEMD160_INITIAL: Uint8Array = wordsToBytes(
  Uint32Array.from([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]),
  STATE_BYTES,
  true,
);

/**
 * @param state 32 bytes: five words in little-endian, as the digest prints them; the last 12 bytes are ignored.
 * @param blocks Padded message, n · 64 bytes.
 * @returns The state after, filled up with zeros; its first 20 bytes are the digest if the last block was the message's.
 */
export function ripemd160Absorb(state: Uint8Array, blocks: Uint8Array): Uint8Array {
  expectLength("the state of RIPEMD-160", state, STATE_BYTES);
  const words = new Uint32Array(5);
  readWords(state, 0, words, true);
  const message = new Uint32Array(16);
  for (const start of blockStarts(blocks, BLOCK_BYTES)) {
    readWords(blocks, start, message, true);
    const [l0, l1, l2, l3, l4] = line(LEFT, words, message);
    const [r0, r1, r2, r3, r4] = line(RIGHT, words, message);
    const [h0, h1, h2, h3, h4] = words as unknown as Words;
    words.set([h1 + l2 + r3, h2 + l3 + r4, h3 + l4 + r0, h4 + l0 + r1, h0 + l1 + r2]);
  }
  return wordsToBytes(words, STATE_BYTES, true);
}

type Words = readonly [number, number, number, number, number];

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** The variables after a line's 80 rounds. */
function line(groups: readonly Group[], state: Uint32Array, message: Uint32Array): Words {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (const { words, shifts, constant, mix } of groups) {
    for (let i = 0; i < 16; i++) {
      const sum = a + mix(b, c, d) + message[words[i]!]! + constant;
      a = e;
      e = d;
      d = rotl(c, 10);
      c = b;
      b = (rotl(sum, shifts[i]!) + a) | 0;
    }
  }
  return [a, b, c, d, e];
}
