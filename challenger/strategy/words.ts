import { type Hex, toHex } from "@elench/bytes/hex";
import { keccak256 } from "@elench/merkle/keccak/keccak";

/**
 * Hashes, ids and addresses of the game are lower-case hex in `strategy/`: they come from events, go into calls as
 * such, are compared with `===`, and are keys of maps. Bytes appear only in hash inputs.
 */

/** A number as an ABI word: 64 hexadecimal digits without 0x. */
export const word = (value: bigint | number): string => value.toString(16).padStart(64, "0");

/** An address as an ABI word: 64 hexadecimal digits without 0x. */
export const addressWord = (address: Hex): string => address.slice(2).toLowerCase().padStart(64, "0");

/** keccak256 of words joined, each 64 digits without 0x. */
export const keccakWords = (...words: string[]): Hex => toHex(keccak256(Buffer.from(words.join(""), "hex")));
