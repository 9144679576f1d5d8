/** Each rule of results, taken out of the model, is noticed: by a run that is named here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "./model/play.ts";
import { ALL_RULES, RULES, type Rule, without } from "./model/rules.ts";
import { SETTINGS } from "./model/setting.ts";
import { answersAfterAskingIsUndone } from "./model/story.ts";

type Noticed = readonly [setting: string, seed: number];

const NOTICED: Readonly<Record<Exclude<Rule, "keepsForReorganisation">, Noticed>> = {
  proposalNamesEpoch: ["spiteful guardian, reorganised, 48 h", 1],
  epochBeginsLater: ["random guardian, reorganised, 48 h", 1],
  proposalAboveFinal: ["present, 48 h", 1],
  gateIsExact: ["idle, 48 h", 3],
  reopening: ["sly, absent 150 h, 400 h", 33],
  proposalBuildsOnFinal: ["absent, 48 h", 1],
  rootIsKept: ["present, 48 h", 1],
  spanCrossesNoMachine: ["upgrades, reorganised, 48 h", 4],
  machineBeyondInbox: ["upgrades, reorganised, 48 h", 9],
  replacementAsksAgain: ["upgrades, reorganised, 48 h", 2],
  refusedWhileFrozen: ["absent, hoarding, 400 h", 1],
  settlesOwnEpoch: ["spiteful guardian, reorganised, 48 h", 1],
  settlesInTime: ["sly, absent 150 h, 400 h", 14],
  settlesOnSettled: ["present, 48 h", 1],
  agreementChangesNothing: ["present, 48 h", 1],
  finalStays: ["absent, 48 h", 1],
  disagreementFreezes: ["absent, woken guardian, 400 h", 1],
  settlesBelowHighest: ["present, 48 h", 1],
  freezeStopsFinality: ["absent, hoarding, 400 h", 1],
  epochEndsAtFreeze: ["absent, woken guardian, 400 h", 1],
  askingUnsettles: ["spiteful guardian, reorganised, 48 h", 1],
  askingWalksList: ["spiteful guardian, reorganised, 48 h", 1],
  placeNamesBoundary: ["few places, 48 h", 1],
  placeIsKept: ["crowded places, reorganised, 48 h", 1],
  placeOutlivesHigher: ["idle, 48 h", 1],
  playsStrangers: ["present, 48 h", 1],
  keepsConcluded: ["idle, 48 h", 3],
  keepsReopenable: ["spiteful guardian, 240 h", 1],
  buildsOnWhatCounts: ["spiteful guardian, reorganised, 48 h", 1],
  baseFromChain: ["reorganised, 48 h", 1],
  mendsFalseBoundary: ["sly, absent 150 h, 400 h", 33],
};

for (const [rule, [setting, seed]] of Object.entries(NOTICED) as [keyof typeof NOTICED, Noticed][])
  test(`without ${rule}: ${RULES[rule]}`, (t) => {
    const { violations } = play(seed, SETTINGS[setting]!, without(rule));
    assert.notDeepEqual(violations, [], `nothing in "${setting}", seed ${seed}, notices`);
    const { fault, at, what } = violations[0]!;
    t.diagnostic(`${setting}, seed ${seed}, hour ${at}: ${fault}: ${what}`);
  });

test("the named runs are faultless with all rules", () => {
  const runs = new Map(Object.values(NOTICED).map((run) => [run.join(), run]));
  for (const [setting, seed] of runs.values())
    assert.deepEqual(play(seed, SETTINGS[setting]!).violations, [], `${setting}, seed ${seed}`);
});

test(`without keepsForReorganisation: ${RULES.keepsForReorganisation}`, () => {
  assert.equal(answersAfterAskingIsUndone(ALL_RULES), true);
  assert.equal(answersAfterAskingIsUndone(without("keepsForReorganisation")), false);
});
