import { expectLength } from "./blocks.ts";
import { KECCAK_RATE } from "./keccak.ts";

/** Padding of a message's last block. The tail is the part of the message after its last whole block. */

/**
 * Keccak's padding, 1 0* 1 from the lowest bit upwards.
 * @param tail Less than 136 bytes.
 * @returns The last block, 136 bytes.
 */
export function keccakPad(tail: Uint8Array): Uint8Array {
  if (tail.length >= KECCAK_RATE)
    throw new RangeError(`a tail of ${tail.length} bytes has a whole block: absorb its first ${KECCAK_RATE} bytes`);
  const block = new Uint8Array(KECCAK_RATE);
  block.set(tail);
  block[tail.length] = 0x01;
  // The same byte, if only one is left.
  block[KECCAK_RATE - 1]! |= 0x80;
  return block;
}

/**
 * FIPS 180-4, section 5.1.1.
 * @param tail The last `totalLength` mod 64 bytes.
 * @param totalLength Bytes of the whole message.
 * @returns The last block or the last two, 64 bytes each.
 */
export function sha256Pad(tail: Uint8Array, totalLength: number): Uint8Array {
  return withLength(tail, totalLength, false);
}

/** As `sha256Pad`, but with the length in little-endian. */
export function ripemd160Pad(tail: Uint8Array, totalLength: number): Uint8Array {
  return withLength(tail, totalLength, true);
}

/** The tail, a bit 1, zeros, and the message's length in bits. */
function withLength(tail: Uint8Array, totalLength: number, littleEndian: boolean): Uint8Array {
  expectLength(`the tail of a message of ${totalLength} bytes`, tail, totalLength % 64);
  const padded = new Uint8Array(tail.length < 56 ? 64 : 128);
  padded.set(tail);
  padded[tail.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, 8n * BigInt(totalLength), littleEndian);
  return padded;
}
