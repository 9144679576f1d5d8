/** Credit, holds and prices: searched through, not sampled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOND_RULES, type BondRule } from "./bonds/account.ts";
import { exhausts, lockedBy, pricesAlong } from "./bonds/capital.ts";
import { search, withoutBondRule } from "./bonds/search.ts";
import { diceFrom } from "./model/dice.ts";

test("no order of stakes, unlockings, withdrawals and holds lets money out early, or keeps it in for good", (t) => {
  const { states, wrongs } = search(withoutBondRule());
  assert.deepEqual([...wrongs], []);
  t.diagnostic(`all ${states} states of an account`);
});

for (const rule of Object.keys(BOND_RULES) as BondRule[])
  test(`without the rule ${rule}: ${BOND_RULES[rule]}`, (t) => {
    const { wrongs } = search(withoutBondRule(rule));
    const found = [...wrongs].map(([wrong, calls]) => `${wrong}: ${calls.join(", ")}`);
    assert.notDeepEqual(found, []);
    t.diagnostic(found[0]!);
  });

const LINES = {
  "span 3, EVM 10, tensor 15": { span: 3, evm: 10, tensor: 15 },
  "span 3, EVM 10": { span: 3, evm: 10, tensor: 0 },
  "span 1, EVM 10": { span: 1, evm: 10, tensor: 0 },
};

for (const [name, line] of Object.entries(LINES))
  test(`${name}: with delegations at one bond, an attacker locks one bond less than it stakes, over all trees of claims`, () => {
    const locked = lockedBy(pricesAlong(line, 1), 40);
    for (let money = 2; money <= 40; money++) assert.equal(locked[money], money - 1, `${money} bonds`);
  });

test("with delegations at two bonds, an attacker locks more than it stakes", (t) => {
  const locked = lockedBy(pricesAlong(LINES["span 3, EVM 10"], 2), 40);
  assert.ok(locked[40]! > 40, `${locked[40]}`);
  t.diagnostic(`40 bonds lock ${locked[40]}`);
});

test("by play: an attacker with at most one bond more than the honest side never exhausts it; with two more it can", (t) => {
  const prices = pricesAlong(LINES["span 3, EVM 10, tensor 15"], 1);
  let exhausted = 0;
  for (const honest of [10, 50, 200])
    for (let seed = 1; seed <= 100; seed++) {
      assert.equal(exhausts(prices, honest + 1, honest, diceFrom(seed)), false, `${honest} bonds, seed ${seed}`);
      if (exhausts(prices, honest + 2, honest, diceFrom(seed))) exhausted++;
    }
  assert.ok(exhausted > 0);
  t.diagnostic(`${exhausted} of 300 with two bonds more`);
});
