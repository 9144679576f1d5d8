import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { type Agent, type AgentOptions, createAgent } from "../../challenger/agent.ts";
import { batchInferenceLiar } from "../../challenger/liar.ts";
import { elench } from "../../demo/processes.ts";
import { richAccount } from "../../deploy/local-chain.ts";
import { append, batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { gameEvents, games, hex, MAX_FEE, parameters, transact, until, watcher } from "./stage.ts";
import { CACHE } from "./tower.ts";

/** `elench replay --dispute` of a game about a batch: the step that the parties disagree about, and on into the inference that it asks for. */

const proposeAbi = parseAbi([
  "function propose(address machine, bytes32 context, bytes32 start, uint8 level, bytes32 output, address proposer) payable returns (bytes32 game)",
]);
const LIAR = richAccount(3);
/** What the liar gets wrong of the inference. */
const FAULT = { instruction: 0, element: 2 };

let stage: L2Stage;
before(async () => {
  stage = await openL2Stage();
  await append(stage, batchOf(stage, 1));
});
after(() => stage?.close());

const agentOf = (account: AgentOptions["account"], lies: Partial<AgentOptions> = {}): Promise<Agent> =>
  createAgent({
    clients: [stage.chain.client],
    chainId: stage.deployment.chainId,
    deployment: stage.deployment,
    store: stage.store,
    backend: stage.backend,
    account,
    quorum: 1,
    bumpAfter: 500,
    maxFeePerGas: MAX_FEE,
    report: () => undefined,
    ...lies,
  });

/** A false output, argued about until it is refuted. @returns the game */
async function dispute(): Promise<Hex> {
  const [liar, honest] = [await agentOf(LIAR, batchInferenceLiar(stage.backend, 0, FAULT)), await agentOf(watcher)];
  await liar.watchtower.look();
  const chain = liar.chain as NonNullable<Agent["chain"]>;
  await chain.follow();
  const { machine, context, start, level } = chain.runOf(0);
  const args = [machine, context, start, level, hex(await chain.outputOf(0)), LIAR.address] as const;
  const data = encodeFunctionData({ abi: proposeAbi, functionName: "propose", args });
  const { disputeGame } = stage.deployment;
  assert.ok(await transact(stage, LIAR, disputeGame, data, 4n * parameters.bond + parameters.prepayment));
  const refuted = async () => (await gameEvents(stage, "Refuted"))[0];
  const rounds = async () => {
    await liar.watchtower.round();
    await honest.watchtower.round();
  };
  await until("the refutation", refuted, rounds, 90);
  return (await games(stage))[0] as Hex;
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
