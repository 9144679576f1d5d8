import { absorbBlocks } from "@elench/merkle/keccak/keccak";
import { expectBlocks, expectLength } from "./blocks.ts";

/** The sponge of KECCAK-256, block by block: https://keccak.team/files/Keccak-reference-3.0.pdf, with a rate of 136 bytes. */

export const KECCAK_RATE = 136;
const STATE_BYTES = 200;

/** State before the first block. */
export const KECCAK_INITIAL: Uint8Array = new Uint8Array(STATE_BYTES);

/**
 * XORs each block into the state and permutes it.
 * @param state 200 bytes: the sponge in its standard order, lane x + 5y in little-endian at 8 · (x + 5y).
 * @param blocks Padded message, n · 136 bytes.
 * @returns The state after; its first 32 bytes are the digest if the last block was the message's.
 */
export function keccakAbsorb(state: Uint8Array, blocks: Uint8Array): Uint8Array {
  expectLength("the state of keccak", state, STATE_BYTES);
  expectBlocks(blocks, KECCAK_RATE);
  return absorbBlocks(state, blocks);
}
