import { wordBytes } from "@elench/bytes/words";
import { type Hash, keccak256 } from "@elench/merkle/tree";

/** Keys of the journal's records. They equal the keys of the tries: hashes of addresses and of slot numbers. */

export const ADDRESS_MASK = (1n << 160n) - 1n;

/** 20 bytes. */
export const addressBytes = (address: bigint): Uint8Array => wordBytes(address).subarray(12);

/** Number of hashes kept of each kind. Consecutive steps need the same few. */
const KEPT = 1 << 15;

/** Memoises a function. Earlier calls change only its running time. */
function remembered(hash: (value: bigint) => Hash): (value: bigint) => Hash {
  const known = new Map<bigint, Hash>();
  return (value) => {
    const before = known.get(value);
    if (before) return before;
    if (known.size >= KEPT) known.clear();
    const made = hash(value);
    known.set(value, made);
    return made;
  };
}

/** keccak256 of 20 bytes. */
export const addressKey = remembered((address) => keccak256(addressBytes(address)));

/** keccak256 of 32 bytes. */
export const slotKey = remembered((slot) => keccak256(wordBytes(slot)));
