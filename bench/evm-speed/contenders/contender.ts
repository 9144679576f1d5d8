import type { Hex } from "@elench/bytes/hex";
import type { PreState } from "@elench/evm/reference/state";

/** What the benchmark asks of an executor of the EVM: to load a world, and to execute blocks on it, one after the other. */

/** A signed transaction. */
export interface Signed {
  /** EIP-2718. */
  readonly bytes: Uint8Array;
  /** The address that signed it, 20 bytes. */
  readonly sender: Uint8Array;
}

/** A batch of one block. */
export interface Batch {
  /** As docs/evm-machine.md encodes it. */
  readonly bytes: Uint8Array;
  /** Of the block, in seconds since 1970; greater than the last block's. */
  readonly timestamp: bigint;
  /** Of the block, in its order. */
  readonly transactions: readonly Signed[];
}

export interface Receipt {
  readonly success: boolean;
  readonly gasUsed: number;
}

/** The execution of a batch. */
export interface Run {
  /** Processor time of all threads, in seconds: from the batch with its senders to the state root. */
  readonly cpuSeconds: number;
  /** The same, by the clock. */
  readonly wallSeconds: number;
  /** Of each transaction; absent if it was refused. */
  readonly receipts: readonly Receipt[];
  readonly stateRoot: Uint8Array;
  /** What is known of the parts, in seconds of processor time. */
  readonly parts: Parts;
}

export interface Parts {
  /** The transactions, without the senders and without the state root. */
  readonly execute?: number;
  /** The recovery of all senders. It is not in `cpuSeconds`. */
  readonly recover?: number;
  /** The state root, and whatever else a block without transactions costs. */
  readonly root?: number;
}

/** Reads the state after the last batch. */
export interface Reader {
  balance(address: Hex): Promise<bigint>;
  storage(address: Hex, slot: bigint): Promise<bigint>;
  code(address: Hex): Promise<Uint8Array>;
}

export interface Contender {
  readonly name: string;
  /** Whether its state roots count accounts and slots that do not exist as if they did: see Scenario.absent. */
  readonly countsAbsent?: boolean;
  /** By which the work is checked. What has none is held against the state root of one that has. */
  readonly reader?: Reader;
  /** Begins a chain (world/chain.ts) whose state is these accounts. The chain before is forgotten. */
  load(accounts: PreState): Promise<void>;
  /** Executes the next batch. */
  run(batch: Batch): Promise<Run>;
  close(): Promise<void>;
}
