import type { Word } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { type Hash, zeroDataRoot } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { wordsInOrder } from "@elench/spec/evm/structures";
import { type Batch, type Block, PHASE, ZERO_HASH } from "../structures/layout.ts";
import { historyTree } from "./history.ts";
import { type BatchRecord, configHash, type Declaration, recordHash } from "./record.ts";

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

/** The input of a batch's execution: its record, opened, and the chain before it. */
export interface BatchInput extends Declaration {
  readonly previous: ChainState;
  readonly bytes: PagedBytes;
}

/** Root of the empty memory, and hash of the empty Slice. */
const NO_BYTES = zeroDataRoot(0);

/** Steps of a transaction's slot, idle steps included. */
export const SLOT_STEPS = LIMIT.SLOT_STEPS;

export const batchInput = (declaration: Declaration, previous: ChainState, bytes: Uint8Array): BatchInput => ({
  ...declaration,
  previous,
  bytes: new PagedBytes(bytes),
});

/** What L1 keeps of the batch. */
export const recordOf = ({ config, kind, gas, time, source, bytes: { root, size } }: BatchInput): BatchRecord => ({
  config: configHash(config),
  kind,
  gas,
  time,
  source,
  root,
  size,
});

export const outputOf = ({ number, stateRoot, history }: ChainState): Hash =>
  hashWords([number, stateRoot, historyTree(history).root]);

/** The words of the first step's task: its hash is the claim's context. */
export const startWords = (input: BatchInput): readonly Word[] => [
  recordHash(recordOf(input)),
  outputOf(input.previous),
];

export const contextOf = (input: BatchInput): Hash => hashWords(startWords(input));

/** Hash of the first state of a batch's execution. */
export const startOf = (input: BatchInput): Hash => startIn(contextOf(input));

/** Hash of the first state in a context: phase and task are set, memory and return data are empty, the other words are 0. */
export const startIn = (context: Hash): Hash =>
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
      task: context,
    }),
  );

/** The block a batch starts from: the previous one. Only its number and state root are known. */
export function firstBlock(input: BatchInput): Block {
  const { config, gas, previous, bytes } = input;
  const batch: Batch = {
    context: contextOf(input),
    chainId: config.chainId,
    gasLeft: gas,
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
