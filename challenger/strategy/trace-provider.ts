import type { Hex } from "@elench/bytes/hex";

/** One execution of `machine` from `start`. `context` commits to its inputs; it halts within 16^level steps. */
export type Run = {
  machine: Hex;
  context: Hex;
  start: Hex;
  level: number;
  /** The step of another machine that asks for it; undefined for the run of a proposal. */
  askedBy?: { run: Run; step: bigint };
};

/**
 * The true execution, computed by native execution and virtual traces (`prover/`). The strategy queries only runs that start
 * from true states, and about steps within 16^level.
 */
export interface TraceProvider {
  /** Whether this party can judge the run: it knows and trusts the machine, and the start is right for the context. */
  knows(run: Run): Promise<boolean>;
  /** The output that the run halts with. */
  output(run: Run): Promise<Uint8Array>;
  /** Hashes of the states before the given steps, in their order. After the halt every state is the halted one. */
  stateHashes(run: Run, steps: bigint[]): Promise<Uint8Array[]>;
  /** The run of another machine that this step asks for; undefined if there is none. */
  asked(run: Run, step: bigint): Promise<Run | undefined>;
  /** The witness that opens the state before this step to the machine's contract. */
  witness(run: Run, step: bigint): Promise<Uint8Array>;
}
