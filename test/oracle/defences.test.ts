/** Each attack fails against the oracle, and succeeds where its defence is taken out. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Chain, startChain } from "../game/chain.ts";
import { compileOracle } from "./compile.ts";
import { defences } from "./defences.ts";
import { openStage } from "./stage.ts";

let chain: Chain;
before(async () => {
  chain = await startChain();
});
after(() => chain.close());

for (const { name, without, attack } of defences) {
  test(name, async () => {
    assert.equal(await attack(await openStage(chain)), false, "the attack succeeds");
    const weakened = await openStage(chain, { oracle: compileOracle([without]) });
    assert.equal(await attack(weakened), true, "the attack fails without this defence");
  });
}
