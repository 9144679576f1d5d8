import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { encodeFunctionData, type Hex } from "viem";
import { runNode } from "../../cli/fixtures/run.ts";
import { type Elench, elench, startElench, startLiar } from "../../demo/processes.ts";
import { agentOn } from "./agents.ts";
import { batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import {
  DELIVERY_DELAY,
  gameEvents,
  games,
  keyOf,
  OPEN,
  parameters,
  passClocks,
  resultOf,
  transact,
  UPHELD,
  until,
  user,
  watcher,
} from "./stage.ts";
import { CACHE, CLI, killTowers, startTower } from "./tower.ts";

/** The rollup as its parties run it: each a process of its own, from the batch on L1 to its final output. */

let stage: L2Stage;
before(async () => {
  stage = await openL2Stage();
});
const parties: Elench[] = [];
afterEach(async () => {
  killTowers();
  await Promise.all(parties.splice(0).map((party) => party.stop()));
});
after(() => stage?.close());

const outputs = () => ({ address: stage.deployment.rollup.outputs, abi: outputsAbi }) as const;
const isFinal = (batch: bigint) =>
  stage.chain.client.readContract({ ...outputs(), functionName: "isFinal", args: [batch] });
const env = (account: number) => ({ ...stage.env, ELENCH_KEY: keyOf(richAccount(account)) });

async function append(seed: number, nonce: bigint): Promise<void> {
  const file = join(stage.folder, `batch-${seed}`);
  writeFileSync(file, batchOf(stage, seed, nonce));
  await elench(["batch", "append", file], { ...stage.env, ELENCH_KEY: keyOf(user) });
}

/** Lets windows and delays pass until the output is final. */
async function waitForFinality(batch: bigint): Promise<void> {
  await until(
    `finality of batch ${batch}`,
    () => isFinal(batch),
    async () => {
      await passClocks(stage);
      await stage.chain.pass(Number(DELIVERY_DELAY));
    },
    60,
  );
}

const proposed = async (batch: bigint): Promise<Hex> =>
  (await stage.chain.client.readContract({ ...outputs(), functionName: "outputOf", args: [batch] }))[2];

test("an honest output becomes final; a false one is replaced, whatever happens to the watchtower, and the next batch builds on the truth", {
  timeout: 240_000,
}, async () => {
  await append(1, 0n);
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  parties.push(startElench(["propose", "--batch", "0", "--defend", "--interval", "30"], env(3)));
  await until("the proposal", async () => (await gameEvents(stage, "Proposed")).length === 1, undefined, 60);
  const honest = await proposed(0n);
  await waitForFinality(0n);
  assert.equal(await proposed(0n), honest);

  await append(2, 3n);
  parties.push(startLiar(`storage:${CALLING}`, ["propose", "--batch", "1", "--defend", "--interval", "30"], env(4)));
  await until("the false proposal", async () => (await gameEvents(stage, "Proposed")).length === 2, undefined, 60);
  const lied = await proposed(1n);
  // All that a watchtower knows it can work out again, the batches' states too.
  await until(
    "the watchtower's second claim",
    async () => (await gameEvents(stage, "Claimed")).length >= 3,
    undefined,
    60,
  );
  await tower.kill();
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  await until("the refutation", async () => (await gameEvents(stage, "Refuted")).length === 1, undefined, 60);
  await waitForFinality(1n);
  assert.notEqual(await proposed(1n), lied);

  await append(3, 6n);
  const third = await elench(["propose", "--batch", "2"], env(5));
  assert.equal(third.output, await proposed(2n));
});

test("who proposes what cannot be proposed is told why, and keeps the money", { timeout: 120_000 }, async () => {
  const refusal = (...args: string[]) =>
    elench(args, env(6)).then(
      () => "",
      (error: Error) => error.message,
    );
  const before = await stage.chain.client.getBalance({ address: richAccount(6).address });
  assert.match(await refusal("propose", "--batch", "77"), /code 2.*no batch 77/);
  assert.match(await refusal("propose", "--batch", "0"), /code 4.*AlreadyProposed: batch 0, game 0x/);
  const record = JSON.parse(readFileSync(stage.env.ELENCH_DEPLOYMENT as string, "utf8")) as L2Stage["deployment"];
  const genesis = JSON.parse(readFileSync(stage.deployment.rollup.genesis, "utf8")) as { elench: object };
  const other = join(stage.folder, "other.json");
  writeFileSync(other, JSON.stringify({ ...genesis, elench: { ...genesis.elench, models: {} } }));
  const wrong = join(stage.folder, "wrong.json");
  writeFileSync(wrong, JSON.stringify({ ...record, rollup: { ...record.rollup, genesis: other } }));
  assert.match(await refusal("propose", "--batch", "0", "--deployment", wrong), /code 2.*another chain's genesis/);
  assert.equal(await stage.chain.client.getBalance({ address: richAccount(6).address }), before);
});

const settledCount = () => stage.chain.client.readContract({ ...outputs(), functionName: "settledCount" });
const settleByHand = (batch: number) =>
  runNode([CLI, "settle", "--batch", String(batch), "--json"], { ...CACHE, ...env(6) });

/** Proposes an output, with a bond, on the one that the earlier batch has now. @returns its game */
async function proposeOutput(account: number, batch: bigint, output: Hex): Promise<Hex> {
  const { client } = stage.chain;
  const context = await client.readContract({
    ...outputs(),
    functionName: "contextOf",
    args: [batch, await proposed(batch - 1n)],
  });
  const data = encodeFunctionData({ abi: outputsAbi, functionName: "propose", args: [batch, context, output] });
  const bond = 4n * parameters.bond + parameters.prepayment;
  assert.ok(await transact(stage, richAccount(account), stage.deployment.rollup.outputs, data, bond));
  return (await games(stage)).at(-1) as Hex;
}

const FALSE_OUTPUT: Hex = `0x${"bad".padStart(64, "0")}`;

test("outputs that nobody has earned anything with become final all the same: by hand, for those who build on them, and with --settle-all", {
  timeout: 240_000,
}, async () => {
  // The true output of batch 2 is there, and its proposer went home.
  const [second] = (await gameEvents(stage, "Proposed")).slice(-1).map(({ args }) => args as unknown as { game: Hex });
  const isOver = async (game: Hex | undefined) => (await resultOf(stage, game as Hex)).status !== OPEN;
  const watch = (...args: string[]) => startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, args);
  let tower = watch();
  await until(
    "the conclusion, which is paid for",
    () => isOver(second?.game),
    () => passClocks(stage),
  );
  await sleep(SEVERAL_LOOKS);
  assert.equal(await settledCount(), 2n, "a settlement is not paid for");
  await tower.kill();
  await append(4, 9n);
  const proposer = startElench(["propose", "--batch", "3", "--defend", "--interval", "30"], env(7));
  parties.push(proposer);
  await until("the settlement of what it builds on", async () => (await settledCount()) === 3n, undefined, 60);
  await until(
    "the settlement of its own",
    async () => (await settledCount()) === 4n,
    () => passClocks(stage),
    60,
  );
  await proposer.stop();

  // Who lies about batch 4 refutes itself, and goes home.
  await append(5, 12n);
  await append(6, 15n);
  await append(7, 18n);
  const lie = await proposeOutput(9, 4n, FALSE_OUTPUT);
  const attacker = await agentOn(stage, { account: richAccount(9) });
  await attacker.watchtower.round();
  const isCountered = async (game: Hex) =>
    (await gameEvents(stage, "Claimed")).some(({ args }) => (args as unknown as { parent: Hex }).parent === game);
  await until("its own counter", () => isCountered(lie));
  const early = await settleByHand(4);
  assert.equal(early.code, 1, early.complaint);
  assert.match((JSON.parse(early.out) as { waits: string }).waits, /none of its claims can be settled yet/);
  tower = watch();
  await until(
    "the conclusion",
    () => isOver(lie),
    () => passClocks(stage),
  );
  await sleep(SEVERAL_LOOKS);
  assert.equal(await settledCount(), 4n);
  await tower.kill();
  const refused = await elench(["propose", "--batch", "5"], env(7)).catch((error: Error) => error.message);
  assert.match(String(refused), /code 4.*elench settle --batch 4/);
  const settled = await settleByHand(4);
  assert.equal(settled.code, 0, settled.complaint);
  assert.equal(await settledCount(), 5n);
  assert.notEqual(await proposed(4n), FALSE_OUTPUT);

  // On a false output of batch 5, a false one of batch 6.
  const below = await proposeOutput(9, 5n, FALSE_OUTPUT);
  await proposeOutput(9, 6n, FALSE_OUTPUT);
  tower = watch("--settle-all");
  await until("its counter", () => isCountered(below));
  const isDiscarded = async () => BigInt(await proposed(6n)) === 0n;
  await until(
    "the settlement of batch 5",
    async () => (await settledCount()) === 6n,
    () => passClocks(stage),
    90,
  );
  assert.notEqual(await proposed(5n), FALSE_OUTPUT);
  await until("discarding batch 6", isDiscarded, undefined, 60);

  // Nobody was there in time to answer a false output: the guardian has the delay to stop it, if nobody starts that.
  await tower.kill();
  const upheld = await proposeOutput(9, 6n, FALSE_OUTPUT);
  await passClocks(stage);
  tower = watch("--settle-all");
  await tower.tells(
    "what the guardian must stop",
    ({ kind, error }) => kind === "trouble" && /guardian/.test(String(error)),
  );
  assert.equal((await resultOf(stage, upheld)).status, UPHELD);
  assert.equal(await settledCount(), 6n);
});

/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;
