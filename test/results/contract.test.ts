/** The contract of outputs against its model: random calls, state after state; and each of its rules, taken out, is noticed. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Chain, startChain } from "../game/chain.ts";
import { playAgainst } from "./contract/play.ts";
import { contractRules } from "./contract/rules.ts";
import { openTheatre, type Theatre } from "./contract/twin.ts";

/** ELENCH_RUNS plays more, ELENCH_SEED others. */
const runs = Number(process.env.ELENCH_RUNS ?? 6);
const firstSeed = Number(process.env.ELENCH_SEED ?? 1);
const CALLS = 500;

/** Which run notices that a rule is taken out. */
const NOTICED: Readonly<Record<string, number>> = {};

describe("outputs", () => {
  let chain: Chain;
  let theatre: Theatre;
  before(async () => {
    chain = await startChain();
    theatre = await openTheatre(chain);
  });
  after(() => chain.close());

  it(`${runs} runs of ${CALLS} calls: contract and model accept the same calls, and say the same`, async (t) => {
    let [calls, accepted] = [0, 0];
    const refusals = new Map<string, number>();
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      const played = await playAgainst(theatre, seed, CALLS);
      assert.deepEqual(played.differences, [], `run ${seed}: ELENCH_SEED=${seed} ELENCH_RUNS=1`);
      calls += played.calls;
      accepted += played.accepted;
      for (const [error, times] of played.refusals) refusals.set(error, (refusals.get(error) ?? 0) + times);
    }
    const told = [...refusals].sort((a, b) => b[1] - a[1]).map(([error, times]) => `${error} ${times}`);
    t.diagnostic(`${calls} calls, ${accepted} accepted; refused: ${told.join(", ")}`);
  });

  it("a run is named for each rule", () => {
    assert.deepEqual(Object.keys(NOTICED).sort(), contractRules.map(({ rule }) => rule).sort());
  });

  for (const { rule } of contractRules)
    it(`without this, the two differ: ${rule}`, async (t) => {
      const { differences } = await playAgainst(theatre, NOTICED[rule]!, CALLS, rule);
      assert.notDeepEqual(differences, [], `run ${NOTICED[rule]} notices nothing`);
      t.diagnostic(`run ${NOTICED[rule]}, ${differences[0]}`);
    });
});
