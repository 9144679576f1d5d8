import { type Hex, toHex } from "@elench/bytes/hex";
import { keccak256 } from "@elench/merkle/keccak/keccak";

/**
 * Hashes, ids and addresses of the game are lower-case hex in `strategy/`: they come from events, go into calls as
 * such, are compared with `===`, and are keys of maps. Bytes appear only in hash inputs.
 */

/** A number as an ABI word: 64 hexadecimal digits without 0x. */
export const word = (value: bigint | number): string => value.toString(16).padStart(64, "0");

/** The low 160 bits of a word as an address. */
export const addressOf = (value: bigint): Hex => `0x${BigInt.asUintN(160, value).toString(16).padStart(40, "0")}`;

/** keccak256 of words joined, each 64 digits without 0x. */
export const keccakWords = (...words: string[]): Hex => toHex(keccak256(Buffer.from(words.join(""), "hex")));
