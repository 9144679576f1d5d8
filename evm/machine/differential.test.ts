/** Random transactions reach the same state with the same gas, whether run by @ethereumjs/vm or step by step. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PHASE } from "../structures/layout.ts";
import { randomScenario, runNatively, runStepped } from "./fixtures/programs.ts";

const SCENARIOS = Number(process.env.ELENCH_RANDOM_PROGRAMS ?? 150);

test(`${SCENARIOS} random transactions: state root, gas and number of logs equal those of @ethereumjs/vm`, async () => {
  const phases = new Set<number>();
  for (let seed = 1; seed <= SCENARIOS; seed++) {
    const scenario = randomScenario(seed);
    const [native, stepped] = [await runNatively(scenario), await runStepped(scenario, (m) => phases.add(m.phase))];
    assert.deepEqual(stepped, native, `seed ${seed}`);
  }
  const { create, deposit, enter, leave, precompile, copy, build, loadCode } = PHASE;
  for (const phase of [create, deposit, enter, leave, precompile, copy, build, loadCode])
    assert.ok(phases.has(phase), `no program reached phase ${phase}`);
});
