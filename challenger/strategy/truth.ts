import type { Hex } from "@elench/bytes/hex";

/** One execution: of `machine` from `start`. `context` binds what it runs on; it halts within 16^level steps. */
export type Run = {
  machine: Hex;
  context: Hex;
  start: Hex;
  level: number;
  /** Where another machine's step asks for it; undefined for what a proposal is about. */
  askedBy?: { run: Run; step: bigint };
};

/**
 * What really happens, worked out by native execution and virtual traces (`prover/`). The strategy asks it only about runs that
 * follow from true states, and steps within 16^level.
 */
export interface Truth {
  /** Whether this is a run that we can judge: a machine that we trust, a start that is right for the context. */
  knows(run: Run): Promise<boolean>;
  /** The output that the run halts with. */
  output(run: Run): Promise<Uint8Array>;
  /** State hashes before the given steps, in their order. From the halt on, every state is the halted one. */
  stateHashes(run: Run, steps: bigint[]): Promise<Uint8Array[]>;
  /** The run that this step asks another machine for; undefined where it asks nobody. */
  asked(run: Run, step: bigint): Promise<Run | undefined>;
  /** What opens the state before this step to the machine's contract. */
  witness(run: Run, step: bigint): Promise<Uint8Array>;
}
