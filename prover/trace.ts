import type { Hash } from "@elench/merkle/tree";

/** A machine's execution, seen from outside: what a dispute game asks of either machine. Steps count from 0; the state at i is the one before step i. */
export interface Trace {
  /** Steps until halted, the halting one included: the state at `steps`, and at any later one, is the halted state. */
  readonly steps: bigint;
  /** Hash of the state at 0. */
  readonly start: Hash;
  /** What the machine was started on, as the game names it. */
  readonly context: Hash;
  /** Root of the result. */
  readonly output: Hash;
  /** Hashes of the states at the given steps, in their order. */
  stateHashes(steps: readonly bigint[]): Promise<Hash[]>;
  /** Opens the state at a step to the verifier. */
  witness(step: bigint): Promise<Uint8Array>;
}
