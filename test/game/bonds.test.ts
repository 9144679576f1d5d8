import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AccountOnChain, viewOf } from "./bonds/contract.ts";
import { ACTIONS, type Action, act, PRICE, RULES, type Rules, START, type State } from "./bonds/model.ts";
import { outcomeOf, type Search, search } from "./bonds/search.ts";
import { type Chain, startChain } from "./chain.ts";
import { compileGame } from "./compile.ts";
import { diceFrom } from "./stage.ts";

const SEED = Number(process.env.ELENCH_SEED ?? 1);
const CALLS = Number(process.env.ELENCH_CALLS ?? 400);

describe("credit, stakes, delays and holds", () => {
  let all: Search;
  let chain: Chain;
  before(async () => {
    all = search();
    chain = await startChain();
  });
  after(() => chain.close());

  it("no order of calls takes money early, from another, or past a hold, nor holds an account without a break", () => {
    assert.equal(all.finding, undefined);
    assert.ok(all.states > 10_000, `${all.states} states`);
  });

  for (const rule of Object.keys(RULES) as (keyof Rules)[])
    it(`without the rule ${rule} some order of calls does`, () => {
      assert.notEqual(search({ ...RULES, [rule]: false }).finding, undefined);
    });

  it("the contract does what the model does, in every way that the model knows", async () => {
    const account = await AccountOnChain.open(chain, compileGame());
    const dice = diceFrom(SEED);
    const met = new Set<string>();
    let state: State = START;
    const path: string[] = [];
    for (let i = 0; i < CALLS; i++) {
      const action = nextAction(state, dice);
      const outcome = act(state, action);
      const expected = "refused" in outcome ? outcome.refused : "done";
      path.push(action);
      assert.equal(await account.act(action), expected, path.slice(-20).join(" > "));
      if ("state" in outcome) state = outcome.state;
      assert.deepEqual(await account.view(), viewOf(state), path.slice(-20).join(" > "));
      met.add(outcomeOf(action, expected));
    }
    assert.deepEqual([...met].sort(), [...all.met].sort());
  });
});

/** Time passes in one call of three. */
function nextAction(state: State, dice: (bound: number) => number): Action {
  const action = dice(3) === 0 ? "tick" : ACTIONS[dice(ACTIONS.length)]!;
  return action === "receive" && state.credit + state.staked + PRICE > 20 ? "tick" : action;
}
