import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, zeroDataRoot } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { wordsInOrder } from "@elench/spec/evm/structures";
import { type Batch, type Block, PHASE, ZERO_HASH } from "../structures/layout.ts";
import { historyTree } from "./history.ts";

/** The input, context and output of a claim about a batch: docs/evm-machine.md, "Batches, blocks, transactions". */

/** The chain after a block: what an output commits to. */
export interface ChainState {
  /** Number of the last block. */
  readonly number: bigint;
  /** Root of the state trie. */
  readonly stateRoot: Hash;
  /** 256 hashes: entry n mod 256 is block n's. */
  readonly history: readonly Hash[];
}

/** The input of a batch's execution. */
export interface BatchInput {
  readonly chainId: bigint;
  /** Gas that the batch may use: at most 2^27. */
  readonly batchGas: bigint;
  readonly previous: ChainState;
  readonly bytes: PagedBytes;
}

/** Root of the empty memory, and hash of the empty Slice. */
const NO_BYTES = zeroDataRoot(0);

/** Steps of a transaction's slot, idle steps included. */
export const SLOT_STEPS = LIMIT.SLOT_STEPS;

export const batchInput = (chainId: bigint, batchGas: bigint, previous: ChainState, bytes: Uint8Array): BatchInput => ({
  chainId,
  batchGas,
  previous,
  bytes: new PagedBytes(bytes),
});

export const outputOf = ({ number, stateRoot, history }: ChainState): Hash =>
  hashWords([number, stateRoot, historyTree(history).root]);

/** The words of the first step's task: its hash is the claim's context. */
export const startWords = ({ chainId, batchGas, previous, bytes }: BatchInput): readonly Word[] => [
  chainId,
  batchGas,
  outputOf(previous),
  bytes.root,
  bytes.size,
];

export const contextOf = (input: BatchInput): Hash => hashWords(startWords(input));

/** Hash of the first state: phase and task are set, memory and return data are empty, the other words are 0. */
export const startOf = (input: BatchInput): Hash =>
  hashWords(
    wordsInOrder<"State", Word>("State", {
      phase: PHASE.start,
      clock: 0,
      pc: 0,
      gas: 0,
      stack: 0,
      height: 0,
      memory: NO_BYTES,
      memorySize: 0,
      code: 0,
      codeSize: 0,
      returned: NO_BYTES,
      journal: 0,
      frame: 0,
      tx: 0,
      task: contextOf(input),
    }),
  );

/** The block a batch starts from: the previous one. Only its number and state root are known. */
export function firstBlock(input: BatchInput): Block {
  const { chainId, batchGas, previous, bytes } = input;
  const batch: Batch = {
    context: contextOf(input),
    chainId,
    gasLeft: batchGas,
    bytes,
    position: 0,
    history: previous.history,
    historyRoot: historyTree(previous.history).root,
    transactions: LIMIT.BATCH_TRANSACTIONS,
  };
  return {
    number: previous.number,
    timestamp: 0n,
    gasLimit: 0n,
    baseFee: 0n,
    blobBaseFee: 0n,
    coinbase: 0n,
    prevRandao: 0n,
    gasUsed: 0n,
    remaining: 0,
    open: false,
    receipts: ZERO_HASH,
    stateRoot: previous.stateRoot,
    batch,
  };
}
