/** Who gets an oracle's fee: every combination of a thief's tricks, against the rules and against each rule taken out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ORACLE_RULES, type OracleRule, type OracleRules } from "./oracle/question.ts";
import { play, type Story, stories } from "./oracle/thief.ts";

const without = (taken?: OracleRule): OracleRules =>
  Object.fromEntries(Object.keys(ORACLE_RULES).map((rule) => [rule, rule !== taken])) as OracleRules;

function lost(rules: OracleRules): { story: Story; wrong: string }[] {
  return [...stories()].flatMap((story) => {
    const wrong = play(rules, story);
    return wrong === undefined ? [] : [{ story, wrong }];
  });
}

test("the provider gets the fee, whatever the thief combines", (t) => {
  assert.deepEqual(lost(without()), []);
  t.diagnostic(`${[...stories()].length} stories`);
});

for (const rule of Object.keys(ORACLE_RULES) as OracleRule[])
  test(`without the rule ${rule}: ${ORACLE_RULES[rule]}`, (t) => {
    const found = lost(without(rule));
    assert.ok(found.length > 0, "no story notices");
    t.diagnostic(`lost in ${found.length} stories; ${found[0]!.wrong}: ${JSON.stringify(found[0]!.story)}`);
  });
