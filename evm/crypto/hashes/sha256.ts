import { blockStarts, expectLength, readWords, wordsToBytes } from "./blocks.ts";

/** SHA-256, block by block: FIPS 180-4, section 6.2.2. */

const STATE_BYTES = 32;
const BLOCK_BYTES = 64;

/** FIPS 180-4, section 4.2.2. */
const CONSTANTS = Uint32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** State before the first block: FIPS 180-4, section 5.3.3. */
export const SHA256_INITIAL: Uint8Array = wordsToBytes(
  Uint32Array.from([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]),
  STATE_BYTES,
  false,
);

/**
 * @param state 32 bytes: H0 … H7 in big-endian, as the digest prints them.
 * @param blocks Padded message, n · 64 bytes.
 * @returns The state after; it is the digest if the last block was the message's.
 */
export function sha256Absorb(state: Uint8Array, blocks: Uint8Array): Uint8Array {
  expectLength("the state of SHA-256", state, STATE_BYTES);
  const words = new Uint32Array(8);
  readWords(state, 0, words, false);
  const schedule = new Uint32Array(64);
  for (const start of blockStarts(blocks, BLOCK_BYTES)) {
    readWords(blocks, start, schedule.subarray(0, 16), false);
    compress(words, schedule);
  }
  return wordsToBytes(words, STATE_BYTES, false);
}

/** Rotated right by `n`, as a signed number. */
const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** @param w Message schedule, of which the first 16 words are the block's; the others are written. */
function compress(state: Uint32Array, w: Uint32Array): void {
  for (let t = 16; t < 64; t++) {
    const w2 = w[t - 2]!;
    const w15 = w[t - 15]!;
    const s0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3);
    const s1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10);
    w[t] = (s1 + w[t - 7]! + s0 + w[t - 16]!) | 0;
  }
  let a = state[0]! | 0;
  let b = state[1]! | 0;
  let c = state[2]! | 0;
  let d = state[3]! | 0;
  let e = state[4]! | 0;
  let f = state[5]! | 0;
  let g = state[6]! | 0;
  let h = state[7]! | 0;
  for (let t = 0; t < 64; t++) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + CONSTANTS[t]! + w[t]!) | 0;
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}
