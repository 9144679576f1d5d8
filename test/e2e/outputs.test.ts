import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import type { Hex } from "viem";
import { outputsAbi } from "../../challenger/l1/abi.ts";
import { type Elench, elench, startElench } from "../../demo/processes.ts";
import { richAccount } from "../../deploy/local-chain.ts";
import { batchOf, CALLING, type L2Stage, openL2Stage } from "./l2-stage.ts";
import { DELIVERY_DELAY, gameEvents, keyOf, passClocks, until, user, watcher } from "./stage.ts";
import { killTowers, startTower } from "./tower.ts";

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
  const lie = ["--inject-fault", `storage:${CALLING}`];
  parties.push(startElench(["propose", "--batch", "1", "--defend", "--interval", "30", ...lie], env(4)));
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
  assert.match(await refusal("propose", "--batch", "0"), /code 4.*AlreadyProposed\(0, 0x/);
  assert.match(await refusal("propose", "--batch", "0", "--inject-fault", "nonsense"), /code 2.*opcode, storage, gas/);
  assert.match(
    await refusal("propose", "--batch", "0", "--inject-fault", "storage:0"),
    /code 2.*transaction 0 has no step/,
  );
  const record = JSON.parse(readFileSync(stage.env.ELENCH_DEPLOYMENT as string, "utf8")) as L2Stage["deployment"];
  const genesis = JSON.parse(readFileSync(stage.deployment.rollup.genesis, "utf8")) as { elench: object };
  const other = join(stage.folder, "other.json");
  writeFileSync(other, JSON.stringify({ ...genesis, elench: { ...genesis.elench, models: {} } }));
  const wrong = join(stage.folder, "wrong.json");
  writeFileSync(wrong, JSON.stringify({ ...record, rollup: { ...record.rollup, genesis: other } }));
  assert.match(await refusal("propose", "--batch", "0", "--deployment", wrong), /code 2.*another chain's genesis/);
  assert.equal(await stage.chain.client.getBalance({ address: richAccount(6).address }), before);
});
