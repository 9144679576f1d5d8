/** An answer, from the request to its delivery. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Chain, startChain } from "../game/chain.ts";
import { DELIVERY_FEE, FEE, openStage, oracleParameters, type Stage, TRUE } from "./stage.ts";

let chain: Chain;
let stage: Stage;
before(async () => {
  chain = await startChain();
  stage = await openStage(chain);
});
after(() => chain.close());

test("the provider of the result gets the fee, the deliverer its part, and the commitment's deposit comes back", async () => {
  const asked = await stage.request(1);
  const game = await stage.answer(stage.provider, asked, TRUE);
  assert.equal(await stage.credit(stage.provider), oracleParameters.deposit);
  await stage.finish(game);
  await stage.deliver(asked, TRUE);
  assert.equal(await stage.credit(stage.provider), oracleParameters.deposit + FEE);
  assert.equal(await stage.credit(stage.deliverer), DELIVERY_FEE);
});
