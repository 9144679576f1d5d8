import { concat } from "@elench/bytes/concat";
import type { Hex } from "@elench/bytes/hex";
import { toBigInt, wordBytes } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";

/** The slot of an account's entry in Solidity's `mapping(address => …)` ("Layout of State Variables in Storage"). @param slot the mapping's own. */
export const entryOf = (key: Hex, slot: bigint): bigint =>
  toBigInt(keccak256(concat(wordBytes(BigInt(key)), wordBytes(slot))));
