import { type Hex, toHex } from "@elench/bytes/hex";
import { keccak256 } from "@elench/merkle/keccak/keccak";

/**
 * Hashes, ids and addresses of the game are lower-case hex throughout `strategy/`: they come from events and go into calls as
 * such, are compared with `===`, and are keys of maps. Bytes appear only where something is hashed.
 */

/** A number as a word of the ABI, 64 digits without 0x. */
export const word = (value: bigint | number): string => value.toString(16).padStart(64, "0");

/** An address as a word of the ABI, likewise. */
export const addressWord = (address: Hex): string => address.slice(2).toLowerCase().padStart(64, "0");

/** keccak256 of words joined, each 64 digits without 0x. */
export const keccakWords = (...words: string[]): Hex => toHex(keccak256(Buffer.from(words.join(""), "hex")));
