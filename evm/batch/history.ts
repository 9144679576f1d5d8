import { hashWords } from "@elench/merkle/hash-words";
import { type Hash, ListTree } from "@elench/merkle/tree";
import { BLOCK_HASH } from "@elench/spec/evm/batch";
import { LIMIT } from "@elench/spec/evm/limits";
import { type Block, ZERO_HASH } from "../structures/layout.ts";

/** The hashes of the last 256 blocks: a list tree whose entry n mod 256 is block n's. */

export const HISTORY_LENGTH = LIMIT.HISTORY_LENGTH;

/** The history before the first block. */
export const NO_HISTORY: readonly Hash[] = new Array<Hash>(HISTORY_LENGTH).fill(ZERO_HASH);

export const historyTree = (history: readonly Hash[]): ListTree => new ListTree(history, LIMIT.HISTORY_DEPTH);

/** Index of a block's hash. */
export const historyIndex = (number: bigint): number => Number(number % BigInt(HISTORY_LENGTH));

export const blockHash = (block: Block): Hash => hashWords(BLOCK_HASH.map((name) => block[name]));
