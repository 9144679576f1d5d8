import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { encodeFunctionData } from "viem";
import { batchLiar } from "../../challenger/watch/fixtures/liar.ts";
import { type Elench, elench, lie, startElench } from "../../demo/processes.ts";
import { parseBatchFault } from "../../prover/fixtures/faulty-batch-trace.ts";
import { agentOn } from "./agents.ts";
import { batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { claimsOf, gameEvents, keyOf, passToSettle, transact, until, user } from "./stage.ts";

/** A proposer that is killed, at whatever moment, goes on with its proposal when the same command is run again. */

const PROPOSER = richAccount(3);
const LIAR = richAccount(4);

let stage: L2Stage;
before(async () => {
  stage = await openL2Stage();
  const file = join(stage.folder, "batch");
  writeFileSync(file, batchOf(stage, 1, 0n));
  await elench(["batch", "append", file], { ...stage.env, ELENCH_KEY: keyOf(user) });
  // Somebody has made the checkpoint: a proposal is one transaction.
  const checkpoint = encodeFunctionData({ abi: inboxAbi, functionName: "checkpoint" });
  await transact(stage, user, stage.deployment.rollup.inbox, checkpoint);
});
const runs: Elench[] = [];
afterEach(() => Promise.all(runs.splice(0).map((run) => run.stop())));
after(() => stage?.close());

interface Proposer {
  readonly told: Record<string, unknown>[];
  kill(): Promise<void>;
}

function startProposer(): Proposer {
  const told: Record<string, unknown>[] = [];
  const run = startElench(
    ["propose", "--end", "1", "--defend", "--interval", "30"],
    { ...stage.env, ELENCH_KEY: keyOf(PROPOSER) },
    (result) => told.push(result),
  );
  runs.push(run);
  return {
    told,
    kill: async () => {
      run.process.kill("SIGKILL");
      if (run.process.signalCode === null) await once(run.process, "exit");
    },
  };
}

const sent = (blockTag: "latest" | "pending") =>
  stage.chain.client.getTransactionCount({ address: PROPOSER.address, blockTag });
const proposals = async () => (await gameEvents(stage, "Proposed")).length;
const claimsBy = async (account: string) =>
  (await claimsOf(stage)).filter(({ claimant }) => claimant === account.toLowerCase()).length;
const ofBatch0 = () => ({ address: stage.deployment.rollup.outputs, abi: outputsAbi, args: [1n] }) as const;
const isFinal = () => stage.chain.client.readContract({ ...ofBatch0(), functionName: "isFinal" });
const outputOfBatch = () => stage.chain.client.readContract({ ...ofBatch0(), functionName: "finalOutput" });

test("killed between sending and the block, between rounds and in the midst of a dispute: one proposal, one bond, defended to its end", {
  timeout: 240_000,
}, async () => {
  const { client } = stage.chain;
  await client.setAutomine(false);
  const first = startProposer();
  await until("the proposal in the pool", async () => (await sent("pending")) === 1, undefined, 60);
  await first.kill();
  assert.deepEqual(first.told, [], "it was killed before the block");

  const second = startProposer();
  await until("its look at the pool", () => sleepTwoLooks().then(() => true));
  await client.setAutomine(true);
  await client.mine({ blocks: 1 });
  await until("the second run's word", () => second.told.length > 0, undefined, 60);
  assert.equal(await proposals(), 1, "one proposal, for two runs");
  assert.equal(await sent("latest"), 1, "and one transaction");
  await second.kill();

  const liar = await agentOn(stage, { account: LIAR, ...batchLiar(0, parseBatchFault(`storage:${CALLING}`)) });
  await liar.watchtower.round();
  assert.equal(await claimsBy(LIAR.address), 1, "a false counter, while nobody is there");
  const third = startProposer();
  await until("the third run's word", () => third.told.length > 0, undefined, 60);
  const [word] = third.told;
  assert.equal(word?.resumed, true);
  assert.equal(word?.transaction, null);
  await until("its first move", async () => (await claimsBy(PROPOSER.address)) === 1, undefined, 60);
  await third.kill();

  startProposer();
  // The levels are odd and even in turn: the last claim is the proposer's, and true, so that nobody can refute it.
  await until(
    "the last of its claims",
    async () => (await claimsBy(PROPOSER.address)) === 5,
    () => liar.watchtower.round(),
    90,
  );
  await until("finality", isFinal, () => passToSettle(stage), 60);
  assert.equal(await proposals(), 1);
  assert.equal(await outputOfBatch(), word?.output);
});

test("what was proposed by the same account and is false is not defended", { timeout: 60_000 }, async () => {
  const file = join(stage.folder, "batch-1");
  writeFileSync(file, batchOf(stage, 2, 3n));
  await elench(["batch", "append", file], { ...stage.env, ELENCH_KEY: keyOf(user) });
  const env = { ...stage.env, ELENCH_KEY: keyOf(LIAR) };
  const told = await lie(`storage:${CALLING}`, ["propose", "--end", "2"], env);
  assert.equal(told.resumed, false);
  await assert.rejects(elench(["propose", "--end", "2"], env), /code 1.*the proposal is false and cannot be defended/);
  const again = await lie(`storage:${CALLING}`, ["propose", "--end", "2"], env);
  assert.deepEqual(
    [again.resumed, again.game, again.output],
    [true, told.game, told.output],
    "told the same lie, it stands by it",
  );
});

const sleepTwoLooks = () => new Promise((resolve) => setTimeout(resolve, 2_000));
