/** Each attack fails against the oracle, and succeeds where its defence is taken out. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Chain, startChain } from "../game/chain.ts";
import { compileOracle } from "./compile.ts";
import { defences } from "./defences.ts";
import { model, modelOf, openStage } from "./stage.ts";

let chain: Chain;
before(async () => {
  chain = await startChain();
});
after(() => chain.close());

for (const { name, without, attack, outputs } of defences) {
  test(name, async () => {
    const about = outputs === undefined ? model : modelOf(outputs);
    assert.equal(await attack(await openStage(chain, {}, {}, about)), false, "the attack succeeds");
    const weakened = await openStage(chain, { oracle: compileOracle([without]) }, {}, about);
    assert.equal(await attack(weakened), true, "the attack fails without this defence");
  });
}
