import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Arena, openArena } from "./arena.ts";
import { playScenario, scenarios } from "./attacks.ts";
import { type Chain, startChain } from "./chain.ts";
import { checks } from "./checks.ts";
import { compileGame } from "./compile.ts";
import { contractMutants, mutatedStrategy, strategyMutants } from "./mutants.ts";
import { theStrategy } from "./stage.ts";

/** What a scenario or a check finds wrong, tried with a few seeds. */
async function violationsIn(arena: Arena, name: string, strategy = theStrategy): Promise<string[]> {
  const check = checks.find((c) => c.name === name);
  if (check !== undefined) return check.run(arena, strategy).catch((error: Error) => [`broken: ${error.message}`]);
  const scenario = scenarios.find((s) => s.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario or check "${name}"`);
  for (const seed of [1, 2, 3]) {
    const found = await playScenario(arena, scenario, { strategy, seed });
    if (found.length > 0) return found;
  }
  return [];
}

describe("each rule of the contract, taken out, is noticed", () => {
  let chain: Chain;
  before(async () => {
    chain = await startChain();
  });
  after(() => chain.close());

  for (const { rule, mutations, noticed } of contractMutants) {
    it(rule, async (t) => {
      const found = await violationsIn(await openArena(compileGame({ mutations }), chain), noticed);
      assert.notDeepEqual(found, [], `nothing in "${noticed}" notices`);
      t.diagnostic(found[0]!);
    });
  }
});

describe("each rule of the honest agent, taken out, is noticed", () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(compileGame());
  });
  after(() => arena.chain.close());

  for (const mutant of strategyMutants) {
    it(mutant.rule, async (t) => {
      const found = await violationsIn(arena, mutant.noticed, await mutatedStrategy(mutant));
      assert.notDeepEqual(found, [], `nothing in "${mutant.noticed}" notices`);
      t.diagnostic(found[0]!);
    });
  }
});
