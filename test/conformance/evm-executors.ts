import type { StateCase } from "./evm-case.ts";
import type { Figures } from "./evm-figures.ts";
import { runNative, runWasm } from "./evm-native.ts";
import { runReference } from "./evm-reference.ts";
import { runStepper } from "./evm-stepper.ts";
import { runVerifier } from "./evm-verifier.ts";

/** What an executor makes of a state test. */
export type Outcome =
  | {
      readonly status: "executed";
      /** State root after the transaction, 0x and lower case. */
      readonly root: string;
      /** keccak256 of the RLP list of the transaction's logs. */
      readonly logsHash: string;
      /** What was left out, if anything: goes to the report. */
      readonly note?: string;
      readonly figures?: Figures;
    }
  /** The transaction is invalid: nothing is executed, and no state is changed. */
  | { readonly status: "rejected"; readonly why: string; readonly figures?: Figures };

export interface Executor {
  readonly name: string;
  /** It takes long, and runs with --verify only. */
  readonly verifies: boolean;
  readonly run: (test: StateCase) => Promise<Outcome>;
}

/** Everything that must agree with the official tests. */
export const EXECUTORS: readonly Executor[] = [
  { name: "native", verifies: false, run: runNative },
  { name: "wasm", verifies: false, run: runWasm },
  { name: "reference", verifies: false, run: runReference },
  { name: "stepper", verifies: false, run: runStepper },
  { name: "verifier", verifies: true, run: runVerifier },
];
