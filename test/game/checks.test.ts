import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Arena, openArena, parameters } from "./arena.ts";
import { answerOf } from "./check.ts";
import { checks } from "./checks.ts";
import { compileGame } from "./compile.ts";
import { theStrategy } from "./stage.ts";

describe("the contract, apart from any play", () => {
  const artifacts = compileGame();
  let arena: Arena;
  before(async () => {
    arena = await openArena(artifacts);
  });
  after(() => arena.chain.close());

  for (const check of checks) it(check.name, async () => assert.deepEqual(await check.run(arena, theStrategy), []));

  it("senseless parameters are refused", async () => {
    const guardian = arena.guardian;
    const deploy = (change: object) =>
      answerOf(() => arena.chain.deploy(artifacts.DisputeGame!, [{ ...parameters, guardian, ...change }]));
    assert.equal(await deploy({}), "accepted");
    for (const change of [
      { maxClock: 0n },
      { maxClock: 1n << 24n },
      { extension: 0n },
      { longExtension: 49n },
      { longExtension: 1001n },
      { bond: 2n },
      { bond: 1n << 80n },
      { prepayment: (2n * parameters.bond) / 3n + 1n },
      { withdrawalDelay: 366n * 86400n },
      { guardian: "0x0000000000000000000000000000000000000000" },
    ]) {
      assert.equal(await deploy(change), "BadParameters");
    }
  });
});
