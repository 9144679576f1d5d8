import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Hex } from "viem";
import { batchInferenceLiar } from "../../challenger/liar.ts";
import { elench } from "../../demo/processes.ts";
import { richAccount } from "../../deploy/local-chain.ts";
import { agentOn, proposeAs } from "./agents.ts";
import { append, batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { gameEvents, until, watcher } from "./stage.ts";
import { CACHE } from "./tower.ts";

/** `elench replay --dispute` of a game about a batch: the step that the parties disagree about, and on into the inference that it asks for. */

const LIAR = richAccount(3);
/** What the liar gets wrong of the inference. */
const FAULT = { instruction: 0, element: 2 };

let stage: L2Stage;
before(async () => {
  stage = await openL2Stage();
  await append(stage, batchOf(stage, 1));
});
after(() => stage?.close());

/** A false output, argued about until it is refuted. @returns the game */
async function dispute(): Promise<Hex> {
  const liar = await agentOn(stage, {
    account: LIAR,
    consumers: [LIAR.address],
    ...batchInferenceLiar(stage.backend, 0, FAULT),
  });
  const honest = await agentOn(stage, { account: watcher, consumers: [LIAR.address] });
  const { game } = await proposeAs(stage, liar, LIAR, 0);
  const refuted = async () => (await gameEvents(stage, "Refuted"))[0];
  const rounds = async () => {
    await liar.watchtower.round();
    await honest.watchtower.round();
  };
  await until("the refutation", refuted, rounds, 90);
  return game;
}

test("the step that a batch's game is about is shown, with what is wrong inside the inference that it asks for", {
  timeout: 180_000,
}, async () => {
  const game = await dispute();
  const env = { ...CACHE, ...stage.env };
  const asking = await elench(["replay", "--dispute", game, "--verify"], env);
  assert.deepEqual([asking.transaction, asking.phase, asking.agrees], [CALLING, "ASK", true]);
  const { modelId } = asking.asks as { modelId: string };
  assert.equal(modelId, stage.model.id);
  const wrong = await elench(["replay", "--dispute", game, "--descend", "--verify"], env);
  assert.deepEqual([wrong.instruction, wrong.agrees], [FAULT.instruction, true]);
  const { number } = wrong.element as { number: number };
  assert.equal(number, FAULT.element);
});
