import { hashWords } from "@elench/merkle/hash-words";
import { type Hash, ListTree } from "@elench/merkle/tree";
import { type Block, ZERO_HASH } from "../structures/layout.ts";

/** The hashes of the last 256 blocks: a list tree whose entry n mod 256 is block n's. */

export const HISTORY_LENGTH = 256;
export const HISTORY_DEPTH = 8;

/** No block has been. */
export const NO_HISTORY: readonly Hash[] = new Array<Hash>(HISTORY_LENGTH).fill(ZERO_HASH);

export const historyTree = (history: readonly Hash[]): ListTree => new ListTree(history, HISTORY_DEPTH);

/** Where a block's hash stands. */
export const historyIndex = (number: bigint): number => Number(number % BigInt(HISTORY_LENGTH));

export const blockHash = (b: Block): Hash =>
  hashWords([
    b.number,
    b.timestamp,
    b.gasLimit,
    b.baseFee,
    b.blobBaseFee,
    b.coinbase,
    b.prevRandao,
    b.gasUsed,
    b.receipts,
    b.stateRoot,
  ]);
