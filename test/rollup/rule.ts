import assert from "node:assert/strict";
import { it } from "node:test";
import type { Mutation } from "../contracts/build.ts";
import type { Chain } from "../game/chain.ts";
import { compile } from "./contracts.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";

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

/**
 * Tests a rule on the contracts, and its test on the contracts without the check.
 * @param changes that both are made with, so that a test can go round a ring
 */
export function tryRule({ rule, run, without }: Rule, chain: () => Chain, changes: readonly Mutation[] = []): void {
  const opening =
    (mutations: readonly Mutation[]): Open =>
    (options) =>
      openStage(chain(), { contracts: compile(mutations), ...options });

  it(rule, () => run(opening(changes)));
  if (without === undefined) return;
  it("… and the test notices that its check is taken out", async (t) => {
    const open = opening([...changes, without]);
    await open(); // The change compiles.
    await assert.rejects(run(open), (error: Error) => {
      t.diagnostic(error.message.split("\n")[0]!);
      return true;
    });
  });
}
