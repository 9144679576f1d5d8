import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Hex } from "viem";
import { runNode } from "../../cli/fixtures/run.ts";
import { type Elench, elench, startElench, startLiar } from "../../demo/processes.ts";
import { agentOn } from "./agents.ts";
import { batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import {
  claimsOf,
  gameEvents,
  games,
  keyOf,
  OPEN,
  passToSettle,
  REPLACED,
  resultOf,
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
/** Whether the output after a batch is final. */
const isFinal = (batch: bigint) =>
  stage.chain.client.readContract({ ...outputs(), functionName: "isFinal", args: [batch + 1n] });
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
    () => passToSettle(stage),
    60,
  );
}

/** The settled output after a batch; zero if there is none. */
const settled = async (batch: bigint): Promise<Hex> =>
  (await stage.chain.client.readContract({ ...outputs(), functionName: "outputAt", args: [batch + 1n] }))[0];
/** The output that the latest proposal claims. */
const proposed = async (): Promise<Hex> => {
  const [last] = (await gameEvents(stage, "Proposed")).slice(-1);
  return last?.args.proposal.output as Hex;
};

test("an honest output becomes final; a false one is replaced, whatever happens to the watchtower, and the next span builds on the truth", {
  timeout: 240_000,
}, async () => {
  await append(1, 0n);
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  parties.push(startElench(["propose", "--defend", "--interval", "30"], env(3)));
  await until("the proposal", async () => (await gameEvents(stage, "Proposed")).length === 1, undefined, 60);
  const honest = await proposed();
  await waitForFinality(0n);
  assert.equal(await settled(0n), honest);
  for (const party of parties.splice(0)) await party.stop();

  await append(2, 3n);
  parties.push(startLiar(`storage:${CALLING}`, ["propose", "--end", "2", "--defend", "--interval", "30"], env(4)));
  await until("the false proposal", async () => (await gameEvents(stage, "Proposed")).length === 2, undefined, 60);
  const lied = await proposed();
  // All that a watchtower knows it can work out again, the batches' states too.
  await until("the watchtower's second claim", async () => (await claimsOf(stage)).length >= 3, undefined, 60);
  await tower.kill();
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  // A level of the span machine and ten of the EVM machine: the last claim is honest, and nobody can refute it.
  await until("the last claim", async () => (await claimsOf(stage)).length >= 11, undefined, 60);
  // Once the truth is settled, the liar would contradict it with a further proposal.
  for (const party of parties.splice(0)) await party.stop();
  await waitForFinality(1n);
  assert.notEqual(await settled(1n), lied);

  // Three batches at once.
  for (const [seed, nonce] of [
    [3, 6n],
    [4, 9n],
    [5, 12n],
  ] as const)
    await append(seed, nonce);
  const third = await elench(["propose"], env(5));
  assert.deepEqual([third.first, third.end], [2, 5]);
  assert.equal(third.output, await proposed());
});

test("who proposes what cannot be proposed is told why, and keeps the money", { timeout: 120_000 }, async () => {
  const refusal = (...args: string[]) =>
    elench(args, env(6)).then(
      () => "",
      (error: Error) => error.message,
    );
  const before = await stage.chain.client.getBalance({ address: richAccount(6).address });
  assert.match(
    await refusal("propose", "--end", "77"),
    /code 2.*no span ends before batch 77: the inbox has 5 batches/,
  );
  assert.match(await refusal("propose", "--end", "0"), /code 2.*no span ends before batch 0/);
  assert.match(await refusal("propose", "--first", "9"), /code 2.*no span begins at batch 9/);
  assert.match(
    await refusal("propose", "--first", "3", "--end", "3"),
    /code 2.*a span has 1 to 4096 batches, and not 0/,
  );
  assert.match(await refusal("propose", "--end", "1"), /code 4.*the batches below 2 are final/);
  assert.match(await refusal("propose", "--first", "4"), /code 4.*neither settled and true/);
  const record = JSON.parse(readFileSync(stage.env.ELENCH_DEPLOYMENT as string, "utf8")) as L2Stage["deployment"];
  const genesis = JSON.parse(readFileSync(stage.deployment.rollup.genesis, "utf8")) as { elench: object };
  const other = join(stage.folder, "other.json");
  writeFileSync(other, JSON.stringify({ ...genesis, elench: { ...genesis.elench, models: {} } }));
  const wrong = join(stage.folder, "wrong.json");
  writeFileSync(wrong, JSON.stringify({ ...record, rollup: { ...record.rollup, genesis: other } }));
  assert.match(await refusal("propose", "--deployment", wrong), /code 2.*another chain's genesis/);
  assert.equal(await stage.chain.client.getBalance({ address: richAccount(6).address }), before);
});

const settleByHand = (end: number) => runNode([CLI, "settle", "--end", String(end), "--json"], { ...CACHE, ...env(6) });
const isOver = async (game: Hex) => (await resultOf(stage, game)).status !== OPEN;

test("an output that nobody has earned anything with is settled by hand, and with --settle-all; who builds on it settles it too", {
  timeout: 240_000,
}, async () => {
  // The true output of the three batches is proposed, and its proposer went home.
  const first = (await games(stage)).at(-1) as Hex;
  const early = await settleByHand(5);
  assert.equal(early.code, 1, early.complaint);
  assert.match((JSON.parse(early.out) as { waits: string }).waits, /can still be answered/);
  let tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  await until(
    "the conclusion, which is paid for",
    () => isOver(first),
    () => passToSettle(stage),
  );
  await sleep(SEVERAL_LOOKS);
  assert.equal(BigInt(await settled(4n)), 0n, "a settlement is not paid for");
  await tower.kill();
  const done = await settleByHand(5);
  assert.equal(done.code, 0, done.complaint);
  assert.notEqual(BigInt(await settled(4n)), 0n);

  // A liar refutes itself, and goes home: whoever settles everything brings the truth in.
  await append(6, 15n);
  const liar = startLiar(`storage:${CALLING}`, ["propose", "--end", "6", "--interval", "30"], env(9));
  await until("the lie", async () => (await gameEvents(stage, "Proposed")).length === 4, undefined, 60);
  await liar.stop();
  const lie = (await games(stage)).at(-1) as Hex;
  const attacker = await agentOn(stage, { account: richAccount(9) });
  await attacker.watchtower.round();
  await until("its own counter", async () => (await claimsOf(stage, lie)).length === 1);
  tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--settle-all"]);
  await until(
    "the settlement",
    async () => BigInt(await settled(5n)) !== 0n,
    () => passToSettle(stage),
    60,
  );
  assert.notEqual(await settled(5n), (await resultOf(stage, first)).output);
  assert.equal((await resultOf(stage, lie)).status, REPLACED);
  await tower.kill();
});

/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;
