import { BLAKE2_WASM } from "./blake2/module.ts";
import { expectLength } from "./blocks.ts";

/** BLAKE2F, round by round: BLAKE2b's compression function, RFC 7693, section 3.2, as in EIP-152. The rounds run in WebAssembly, because a round costs one gas but takes a microsecond in JavaScript. */

/** The part of the WebAssembly interface used here; Node's type declarations lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  blake2_block(): number;
  blake2_rounds(first: number, rounds: number): void;
}

const INPUT_BYTES = 213;
const VECTOR_BYTES = 128;
const STATE_BYTES = 64;

const binary = Uint8Array.from(atob(BLAKE2_WASM), (character) => character.charCodeAt(0));
const { memory, blake2_block, blake2_rounds } = new WebAssembly.Instance(new WebAssembly.Module(binary))
  .exports as Exports;
/** The working vector, then the message. */
const block = new Uint8Array(memory.buffer, blake2_block(), 2 * VECTOR_BYTES);

/** Rounds in one call. V8 replaces its baseline code by optimised code only between calls. */
const STRIDE = 20_000;

/** RFC 7693, section 2.6: eight words of 64 bits, little-endian. */
const IV = new Uint8Array(
  BigUint64Array.of(
    0x6a09e667f3bcc908n,
    0xbb67ae8584caa73bn,
    0x3c6ef372fe94f82bn,
    0xa54ff53a5f1d36f1n,
    0x510e527fade682d1n,
    0x9b05688c2b3e6c1fn,
    0x1f83d9abfb41bd6bn,
    0x5be0cd19137e2179n,
  ).buffer,
);

/**
 * The working vector before the first round.
 * @param input BLAKE2F's, 213 bytes: rounds (4, big-endian) ‖ h (64) ‖ m (128) ‖ t (16) ‖ f (1).
 * @returns 16 words of 64 bits, little-endian.
 * @throws RangeError if the input's length or final flag is invalid: BLAKE2F then fails.
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
 * @param firstRound Number of rounds already done.
 */
export function blake2Run(v: Uint8Array, m: Uint8Array, firstRound: number, rounds: number): Uint8Array {
  expectLength("the working vector of BLAKE2", v, VECTOR_BYTES);
  expectLength("the message block of BLAKE2", m, VECTOR_BYTES);
  block.set(v);
  block.set(m, VECTOR_BYTES);
  const end = firstRound + rounds;
  for (let at = firstRound; at < end; at += STRIDE) blake2_rounds(at % 10, Math.min(STRIDE, end - at));
  return block.slice(0, VECTOR_BYTES);
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
