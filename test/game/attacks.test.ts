import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Arena } from "./arena.ts";
import { openArena } from "./arena.ts";
import { playScenario, scenarios } from "./attacks.ts";
import { compileGame } from "./compile.ts";

describe("one honest party, against programmed attackers", () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(compileGame());
  });
  after(() => arena.chain.close());

  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      for (const seed of [1, 2, 3]) assert.deepEqual(await playScenario(arena, scenario, { seed }), []);
    });
  }
});
