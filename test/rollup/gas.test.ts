/** What the rollup costs on L1: whole transactions, under two rule sets. UPDATE_SNAPSHOTS=1 accepts a change. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { compileGame } from "../game/compile.ts";
import type { Rules } from "../game/ruled-chain.ts";
import { compile } from "./contracts.ts";
import { type Gas, measure, roundContracts } from "./gas.ts";

const file = new URL("../snapshots/rollup-gas.json", import.meta.url);
const EIP_170 = 24_576;

/** Most gas of a transaction on used storage. */
const BOUNDS: Readonly<Record<string, Readonly<Record<Rules, number>>>> = {
  "append 100 bytes": { osaka: 46_000, amsterdam: 55_000 },
  // Ten cold slots of the frontier are 21,000 of it: docs/rollup.md, "What it costs".
  "checkpoint of 1,023 batches: ten slots of the frontier": { osaka: 63_000, amsterdam: 71_000 },
  "span propose": { osaka: 75_000, amsterdam: 95_000 },
  // Four slots are written: output, record, the link of the list, head. See docs/rollup.md, "What it costs".
  "span settle": { osaka: 63_000, amsterdam: 87_000 },
};

describe("what the rollup costs", () => {
  const measured: Record<string, Gas> = {};
  const bytes: Record<string, number> = {};
  before(async () => {
    const game = compileGame({ optimize: true }).DisputeGame!;
    const contracts = roundContracts();
    for (const rules of ["osaka", "amsterdam"] as const) measured[rules] = await measure(game, contracts, rules);
    for (const name of ["Inbox", "Outputs"] as const) bytes[name] = compile()[name].deployedSize;
  });

  it("is what it was: UPDATE_SNAPSHOTS=1 accepts a change", () => {
    const text = `${JSON.stringify({ ...measured, "bytes of the deployed contracts": bytes }, null, 2)}\n`;
    if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(file, text);
    assert.equal(text, readFileSync(file, "utf8"));
  });

  for (const [name, bounds] of Object.entries(BOUNDS))
    it(`${name}: at most ${bounds.osaka} gas, ${bounds.amsterdam} under Amsterdam's rules`, () => {
      for (const rules of ["osaka", "amsterdam"] as const)
        assert.ok(measured[rules]![name]! <= bounds[rules], `${measured[rules]![name]} under ${rules}`);
    });

  it("a batch costs the calldata's floor price (EIP-7623), 40,000 gas a kB", () =>
    assert.ok(measured.osaka!["append, each further kB"]! <= 40_500));

  it("the contracts fit EIP-170", () => {
    for (const size of Object.values(bytes)) assert.ok(size < EIP_170);
  });
});
