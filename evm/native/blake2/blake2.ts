import type { AddPrecompile } from "@ethereumjs/evm";
import { invalidInput, outOfGas } from "../failure.ts";
import { BLAKE2_WASM } from "./module.ts";

/** What is used of the WebAssembly interface, which every host has and Node's type declarations lack. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  blake2_input(): number;
  blake2_begin(final: number): void;
  blake2_rounds(tens: number, ones: number): void;
  blake2_end(): void;
}

/** Rounds (4, big-endian) ‖ state (64) ‖ message (128) ‖ counters (16) ‖ whether this is the last block (1). */
const INPUT_BYTES = 213;
const FINAL_AT = 212;
const STATE_BYTES = 64;

const binary = Uint8Array.from(atob(BLAKE2_WASM), (character) => character.charCodeAt(0));
const { memory, blake2_input, blake2_begin, blake2_rounds, blake2_end } = new WebAssembly.Instance(
  new WebAssembly.Module(binary),
).exports as Exports;
const start = blake2_input();
const bytes = new Uint8Array(memory.buffer);

/** Tens of rounds in one call: V8 exchanges its first, slow code for the optimised one between calls only. */
const STRIDE = 2000;

function compress(rounds: number, final: number): void {
  blake2_begin(final);
  let tens = Math.floor(rounds / 10);
  for (; tens > STRIDE; tens -= STRIDE) blake2_rounds(STRIDE, 0);
  blake2_rounds(tens, rounds % 10);
  blake2_end();
}

/**
 * BLAKE2F (EIP-152) in place of the library's: a round costs one gas, and in JavaScript a microsecond, so that a block of 30M gas would keep
 * every node busy for half a minute.
 */
export const blake2Precompile: AddPrecompile = {
  address: `0x${"09".padStart(40, "0")}`,
  function: ({ data, gasLimit }) => {
    const final = data[FINAL_AT] as number;
    if (data.length !== INPUT_BYTES || final > 1) return invalidInput(gasLimit);
    const rounds = new DataView(data.buffer, data.byteOffset).getUint32(0);
    if (gasLimit < BigInt(rounds)) return outOfGas(gasLimit);
    bytes.set(data.subarray(4, FINAL_AT), start);
    compress(rounds, final);
    return { returnValue: bytes.slice(start, start + STATE_BYTES), executionGasUsed: BigInt(rounds) };
  },
};
