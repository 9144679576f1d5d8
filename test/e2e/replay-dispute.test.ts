import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { registerModel } from "@elench/challenger/l1/registration";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { batchInferenceLiar } from "../../challenger/watch/fixtures/liar.ts";
import { type Ended, runNode } from "../../cli/fixtures/run.ts";
import { elench } from "../../demo/processes.ts";
import { agentOn, proposeAs } from "./agents.ts";
import { append, batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { createLiar } from "./liar.ts";
import { answer, ask, gameEvents, refutationsOf, trueOutput, until, user, watcher } from "./stage.ts";
import { CACHE } from "./tower.ts";

/** `elench replay --dispute` where an L2 chain is deployed: the step that the parties of a game disagree about, be it of a batch or of an inference for L1. */

const CLI = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
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
    ...batchInferenceLiar(stage, 0, FAULT),
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

  // The two sides beside each other: of every claim that is false from a true start, its answer denies the first false state.
  const { outputs, sides } = (await elench(["replay", "--dispute", game, "--claims"], env)) as unknown as Claims;
  assert.notEqual(outputs.executed, outputs.proposed.output);
  assert.ok(outputs.countered.some(({ output }) => output === outputs.executed));
  assert.ok(sides.some(({ level }) => level === 10) && sides.some(({ answer }) => answer?.isRefutation));
  const lies = sides.filter(
    ({ by, states }) => by === LIAR.address.toLowerCase() && states[0]?.claimed === states[0]?.executed,
  );
  assert.ok(lies.length > 2, `${lies.length} of ${sides.length}`);
  for (const { answer, states } of lies) {
    const firstFalse = states.findIndex(({ claimed, executed }) => claimed !== executed);
    assert.equal(answer?.segment, firstFalse - 1);
  }
});

interface Claims {
  readonly outputs: {
    readonly proposed: { readonly output: string };
    readonly countered: readonly { readonly output: string }[];
    readonly executed: string;
  };
  readonly sides: readonly {
    readonly by: string;
    readonly level: number;
    readonly answer: { readonly isRefutation: boolean; readonly segment: number } | null;
    readonly states: readonly { readonly claimed: string; readonly executed: string }[];
  }[];
}

/** What the command says of a game that it shows no step of. */
async function refusal(game: Hex): Promise<Ended> {
  const ended = await runNode([CLI, "replay", "--dispute", game], { ...CACHE, ...stage.env });
  assert.equal(ended.out, "");
  return ended;
}

test("an inference for L1 is replayed too, once its game is narrowed to a step", { timeout: 180_000 }, async () => {
  await registerModel({
    client: stage.chain.client,
    account: user,
    chainId: stage.deployment.chainId,
    registry: stage.deployment.modelRegistry,
    loaded: stage.model,
    progress: () => undefined,
  });
  const honestAnswer = await ask(stage, 1);
  const upheld = await answer(stage, richAccount(4), honestAnswer, trueOutput(stage, honestAnswer.input).bytes);
  const nothing = await refusal(upheld);
  assert.deepEqual([nothing.code, /game .* has no false claim/.test(nothing.complaint)], [1, true]);

  const liar = await createLiar(stage, richAccount(5), FAULT);
  const game = await liar.answer(await ask(stage, 2));
  const wide = await refusal(game);
  assert.deepEqual(
    [wide.code, /not narrowed to one step.*one of \d+ steps/.test(wide.complaint)],
    [1, true],
    wide.complaint,
  );
  const named = await elench(["replay", "--dispute", game, "--step", "3"], { ...CACHE, ...stage.env });
  assert.equal(named.step, 3);

  const honest = await agentOn(stage, { account: watcher });
  const rounds = async () => {
    await honest.watchtower.round();
    await liar.round();
  };
  const refuted = async () => (await refutationsOf(stage, game)).length > 0;
  await until("the refutation", refuted, rounds, 90);
  const wrong = await elench(["replay", "--dispute", game, "--verify"], { ...CACHE, ...stage.env });
  assert.deepEqual([wrong.instruction, wrong.agrees], [FAULT.instruction, true]);
  assert.equal((wrong.element as { number: number }).number, FAULT.element);
});
