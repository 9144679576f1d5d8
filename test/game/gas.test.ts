import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { compileGame } from "./compile.ts";
import { type Gas, measure } from "./gas.ts";
import type { Rules } from "./ruled-chain.ts";

const file = new URL("../snapshots/game-gas.json", import.meta.url);
const EIP_170 = 24_576;

/** Most gas of a transaction on used storage, between parties that were credited before. */
const BOUNDS: Readonly<Record<string, Readonly<Record<Rules, number>>>> = {
  propose: { osaka: 38_000, amsterdam: 53_000 },
  counter: { osaka: 63_000, amsterdam: 78_000 },
  move: { osaka: 63_000, amsterdam: 78_000 },
  refute: { osaka: 54_000, amsterdam: 70_000 },
  "settle, undisputed, by its proposer": { osaka: 44_000, amsterdam: 53_000 },
  "settle, each further claim": { osaka: 6_500, amsterdam: 7_500 },
  "settle in parts, each claim whose parent is in a later part": { osaka: 15_000, amsterdam: 23_000 },
  "dispute of 2^20 steps, both sides": { osaka: 430_000, amsterdam: 540_000 },
  "dispute of 2^20 steps, both sides, empty pool": { osaka: 560_000, amsterdam: 1_250_000 },
  unlock: { osaka: 28_000, amsterdam: 30_000 },
  // The slot of the hold on all is read here, for 2,100 gas, and the event takes 1,381: see docs/game.md.
  withdraw: { osaka: 37_500, amsterdam: 41_000 },
};

describe("what the game costs", () => {
  const measured: Record<string, Gas> = {};
  let bytes = 0;
  before(async () => {
    const artifacts = compileGame({ optimize: true });
    for (const rules of ["osaka", "amsterdam"] as const) measured[rules] = await measure(artifacts, rules);
    bytes = artifacts.DisputeGame!.deployedSize;
  });

  it("is what it was: UPDATE_SNAPSHOTS=1 accepts a change", () => {
    const text = `${JSON.stringify({ ...measured, "bytes of the deployed contract": bytes }, null, 2)}\n`;
    if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(file, text);
    assert.equal(text, readFileSync(file, "utf8"));
  });

  for (const [name, bounds] of Object.entries(BOUNDS))
    it(`${name}: at most ${bounds.osaka} gas, ${bounds.amsterdam} under Amsterdam's rules`, () => {
      for (const rules of ["osaka", "amsterdam"] as const)
        assert.ok(measured[rules]![name]! <= bounds[rules], `${measured[rules]![name]} under ${rules}`);
    });

  it("the contract fits EIP-170", () => assert.ok(bytes < EIP_170));
});
