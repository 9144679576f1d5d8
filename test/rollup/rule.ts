import type { Mutation } from "../contracts/build.ts";
import type { Stage, StageOptions } from "./stage.ts";

export type Open = (options?: StageOptions) => Promise<Stage>;

/** What the contracts promise, how it is tried, and the check that stands for it. */
export interface Rule {
  readonly rule: string;
  readonly run: (open: Open) => Promise<void>;
  /** Takes the check out: `run` must then fail. */
  readonly without?: Mutation;
}

const inFile =
  (file: string) =>
  (from: string, to: string): Mutation => ({ file, from, to });

export const outputs = inFile("contracts/rollup/Outputs.sol");
export const inbox = inFile("contracts/rollup/Inbox.sol");
export const results = inFile("contracts/game/Results.sol");
