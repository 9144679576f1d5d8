/** Each rule of results, taken out of the model, is noticed: by a run that is named here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "./model/play.ts";
import { RULES, type Rule, without } from "./model/rules.ts";
import { SETTINGS } from "./model/setting.ts";

const NOTICED: Readonly<Record<Rule, readonly [setting: string, seed: number]>> = {
  proposalNamesEpoch: ["spiteful guardian, 240 h", 1],
};
for (const [rule, [setting, seed]] of Object.entries(NOTICED) as [Rule, readonly [string, number]][])
  test(`without ${rule}: ${RULES[rule]}`, (t) => {
    const { violations } = play(seed, SETTINGS[setting]!, without(rule));
    assert.ok(violations.length > 0, `nothing in "${setting}", seed ${seed}, notices`);
    assert.deepEqual(play(seed, SETTINGS[setting]!).violations, [], "the run itself is at fault");
    const { fault, at, what } = violations[0]!;
    t.diagnostic(`${setting}, seed ${seed}, hour ${at}: ${fault}: ${what}`);
  });
