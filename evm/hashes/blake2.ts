import { expectLength, readWords, wordsToBytes } from "./blocks.ts";

/** BLAKE2F, round by round: BLAKE2b's compression function, RFC 7693, section 3.2, as in EIP-152. */

const INPUT_BYTES = 213;
const VECTOR_BYTES = 128;
const STATE_BYTES = 64;

/** RFC 7693, section 2.6, in halves of 32 bits, the lower first. */
const IV = wordsToBytes(
  Uint32Array.from([
    0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a, 0xade682d1,
    0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
  ]),
  STATE_BYTES,
  true,
);

/** RFC 7693, section 2.7: the order in which ten rounds take the message's words. */
const SIGMA: readonly (readonly number[])[] = [
  "0123456789abcdef",
  "ea489fd61c02b753",
  "b8c052fdae367194",
  "7931dcbe265a40f8",
  "905724afe1bc683d",
  "2c6a0b834d75fe19",
  "c51fed4a0763928b",
  "db7ec13950f4862a",
  "6fe9b308c2d714a5",
  "a2847615fb9e3cd0",
].map((order) => Array.from(order, (digit) => Number.parseInt(digit, 16)));

/** The columns and the diagonals of the working vector, seen as 4 × 4. */
const QUARTERS: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

/**
 * The working vector before the first round.
 * @param input BLAKE2F's, 213 bytes: rounds (4, big-endian) ‖ h (64) ‖ m (128) ‖ t (16) ‖ f (1).
 * @returns 16 words of 64 bits, little-endian.
 * @throws RangeError if the input's length or final flag is wrong, for which BLAKE2F fails.
 */
export function blake2Start(input: Uint8Array): Uint8Array {
  expectLength("the input of BLAKE2F", input, INPUT_BYTES);
  const flag = input[212]!;
  if (flag > 1) throw new RangeError(`the final flag of BLAKE2F is ${flag}: it must be 0 or 1`);
  const v = new Uint8Array(VECTOR_BYTES);
  v.set(input.subarray(4, 68));
  v.set(IV, STATE_BYTES);
  for (let i = 0; i < 16; i++) v[96 + i]! ^= input[196 + i]!;
  for (let i = 112; i < 120; i++) v[i]! ^= flag * 0xff;
  return v;
}

/**
 * The working vector after some more rounds.
 * @param v 128 bytes.
 * @param m Block of the message, 128 bytes.
 * @param firstRound How many rounds there were before.
 */
export function blake2Run(v: Uint8Array, m: Uint8Array, firstRound: number, rounds: number): Uint8Array {
  expectLength("the working vector of BLAKE2", v, VECTOR_BYTES);
  expectLength("the message block of BLAKE2", m, VECTOR_BYTES);
  const vector = new Uint32Array(32);
  const message = new Uint32Array(32);
  readWords(v, 0, vector, true);
  readWords(m, 0, message, true);
  for (let round = firstRound; round < firstRound + rounds; round++) {
    const order = SIGMA[round % SIGMA.length]!;
    for (const [i, quarter] of QUARTERS.entries()) mix(vector, quarter, message, order[2 * i]!, order[2 * i + 1]!);
  }
  return wordsToBytes(vector, VECTOR_BYTES, true);
}

/**
 * BLAKE2F's output, 64 bytes.
 * @param h The state from its input, 64 bytes.
 * @param v Working vector after the last round, 128 bytes.
 */
export function blake2Finish(h: Uint8Array, v: Uint8Array): Uint8Array {
  expectLength("the state of BLAKE2", h, STATE_BYTES);
  expectLength("the working vector of BLAKE2", v, VECTOR_BYTES);
  return h.map((byte, i) => byte ^ v[i]! ^ v[STATE_BYTES + i]!);
}

/** RFC 7693's G, on words a, b, c, d of the vector and words x, y of the message. A word is two halves, the lower first. */
function mix(
  v: Uint32Array,
  [a, b, c, d]: readonly [number, number, number, number],
  m: Uint32Array,
  x: number,
  y: number,
): void {
  add(v, a, v, b);
  add(v, a, m, x);
  xorRotate(v, d, a, 32);
  add(v, c, v, d);
  xorRotate(v, b, c, 24);
  add(v, a, v, b);
  add(v, a, m, y);
  xorRotate(v, d, a, 16);
  add(v, c, v, d);
  xorRotate(v, b, c, 63);
}

/** Adds word j of `words` to word i of `v`. */
function add(v: Uint32Array, i: number, words: Uint32Array, j: number): void {
  const low = v[2 * i]! + words[2 * j]!;
  v[2 * i] = low;
  v[2 * i + 1] = v[2 * i + 1]! + words[2 * j + 1]! + (low > 0xffffffff ? 1 : 0);
}

/** XORs word j to word i, and rotates that to the right by `n`. */
function xorRotate(v: Uint32Array, i: number, j: number, n: number): void {
  const low = v[2 * i]! ^ v[2 * j]!;
  const high = v[2 * i + 1]! ^ v[2 * j + 1]!;
  // By 32 and more the halves change places; JavaScript takes shifts modulo 32, so that a rest of 0 needs its own case.
  const [first, second, rest] = n < 32 ? [low, high, n] : [high, low, n - 32];
  v[2 * i] = rest === 0 ? first : (first >>> rest) | (second << (32 - rest));
  v[2 * i + 1] = rest === 0 ? second : (second >>> rest) | (first << (32 - rest));
}
