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
const NOTICED: Readonly<Record<string, number>> = {
  "nothing is proposed or settled in a freeze": 2,
  "a proposal names its epoch": 1,
  "nothing is proposed in the second of an asking": 3,
  "the gate is exact": 14,
  "a span has a batch": 1,
  "a span is not too long": 4,
  "a span's batches are appended": 1,
  "a span's root is the inbox's": 1,
  "a span has one machine": 1002,
  "no span begins below what is final": 2,
  "a span below begins where a boundary was settled from": 8,
  "a final boundary is not contested": 6,
  "a boundary is contested from below": 1,
  "nothing is proposed against what is settled": 1,
  "the game is the contract's own": 1,
  "a game from before an asking does not count": 1,
  "an old game does not count": 6,
  "the game is concluded with this result": 2,
  "the game is about the span": 2,
  "a game is settled on a settled output": 1,
  "a result that agrees changes nothing": 1,
  "a final output is not contradicted": 1,
  "a contradiction freezes": 2,
  "a place is another boundary's": 1,
  "a place is used again when its record is old": 1,
  "a place's record is old under a final boundary": 8,
  "a place's record is old after a time": 5,
  "a place is not given to a lower boundary": 11,
  "a boundary on the list is old under the next one": 1,
  "the list begins with the first boundary above finalCount": 1,
  "settledCount rises only": 3,
  "a record is its boundary's, where an output is read": 1,
  "a record is its boundary's, where it is final": 1,
  "a record is its boundary's, where a span begins": 1,
  "what an asking unsettled does not count": 2,
  "what was final before an asking counts": 1,
  "nothing becomes final in a freeze": 5,
  "only the guardian asks": 2,
  "the guardian asks four times a year": 7,
  "an asking in a freeze is not counted": 5,
  "an epoch ends at the freeze": 12,
  "an asking walks the list": 7,
  "an asking cuts the list": 2,
  "an asking lowers settledCount": 2,
  "an asking ends the freeze": 2,
  "an asking is when the epoch begins": 1,
  "only the upgrader changes machines": 1,
  "a machine is for batches that are not appended": 3,
  "machines are in order": 9,
  "a machine is replaced in a new epoch": 1,
  "final batches keep their machine": 1,
  "a replaced machine's batches begin at finalCount": 1,
  "machines wait after an asking": 7,
  "machines wait until finality goes on": 7,
  "machines wait after a replacement": 1,
  "a frozen contract gets a machine at once": 13,
};

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
