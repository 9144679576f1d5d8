import type { Hash } from "@elench/merkle/tree";

/** A machine's execution, as a dispute game sees it; the same for both machines. Steps count from 0; the state at i is the one before step i. */
export interface Trace {
  /** Steps until halted, the halting one included: the state at `steps`, and at any later one, is the halted state. */
  readonly steps: bigint;
  /** Hash of the state at 0. */
  readonly start: Hash;
  /** The context of the game: a commitment to the machine's input. */
  readonly context: Hash;
  /** Root of the output. */
  readonly output: Hash;
  /** Hashes of the states at the given steps, in their order. */
  stateHashes(steps: readonly bigint[]): Promise<Hash[]>;
  /** The witness that opens the state at a step. */
  witness(step: bigint): Promise<Uint8Array>;
}
