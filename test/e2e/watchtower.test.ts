import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Hex, parseGwei } from "viem";
import { ledgerOf } from "./ledger.ts";
import { createLiar, type Liar } from "./liar.ts";
import { startProxy } from "./proxy.ts";
import {
  ask,
  claimsOf,
  gameEvents,
  keyOf,
  openStage,
  parameters,
  passClocks,
  REPLACED,
  resultOf,
  type Stage,
  trueOutput,
  until,
  watcher,
} from "./stage.ts";
import { killTowers, startTower, type Tower } from "./tower.ts";

/** A watchtower that is killed, cut off, outbid and sent back in time. A game here has four levels: counter, move, move, move, step. */

let stage: Stage;
let snapshot: Hex | undefined;
let tower: Tower;
const watch = (...args: string[]): Tower => startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, args);

before(async () => {
  stage = await openStage([8, 16, 32]);
});
beforeEach(async () => {
  if (snapshot) await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
  await stage.chain.client.setAutomine(true);
});
afterEach(killTowers);
after(() => stage.close());

/** A false answer, and the liar behind it. */
async function lie(seed = 1): Promise<{ liar: Liar; game: Hex; truth: Hex }> {
  const liar = await createLiar(stage, richAccount(5), { instruction: 0, element: 77 });
  const question = await ask(stage, seed);
  return { liar, game: await liar.answer(question), truth: trueOutput(stage, question.input).root };
}

/** An account's transactions that wait for a block. */
async function pooled(account: string): Promise<{ maxFeePerGas: Hex }[]> {
  const pool = (await stage.chain.client.request({ method: "txpool_content" } as never)) as {
    pending: Record<string, Record<string, { maxFeePerGas: Hex }>>;
  };
  return Object.values(
    Object.entries(pool.pending).find(([from]) => from.toLowerCase() === account.toLowerCase())?.[1] ?? {},
  );
}

const isRefuted = async (): Promise<boolean> => (await gameEvents(stage, "Refuted")).length > 0;
const isConcluded = async (): Promise<boolean> => (await gameEvents(stage, "Concluded")).length > 0;
const has = (name: "Unlocked" | "Withdrawn") => async (): Promise<boolean> =>
  (await gameEvents(stage, name)).length > 0;

/**
 * What the watchtower must have gained, when the liar's proposal and its two claims have fallen and all is settled by the watchtower: two thirds of
 * those bonds, and what they had prepaid for their settlement. It stakes what was credited before it sends more.
 */
const lost = (bonds: bigint): bigint => bonds * parameters.bond - (bonds * parameters.bond) / 3n;
const EXPECTED_GAIN = lost(4n) + 2n * lost(1n) + 3n * parameters.prepayment;

/** The dispute ended with the truth; every bond came home with its reward; nothing was done twice, or in vain. */
async function assertWon(game: Hex, truth: Hex, balanceBefore: bigint): Promise<void> {
  assert.deepEqual(await resultOf(stage, game), { status: REPLACED, output: truth });
  const { calls, gasPaid } = await ledgerOf(stage, watcher.address);
  assert.deepEqual(
    calls.filter(({ succeeded }) => !succeeded),
    [],
  );
  assert.equal(new Set(calls.map(({ input }) => input)).size, calls.length, "no move was paid for twice");
  const balance = await stage.chain.client.getBalance({ address: watcher.address });
  assert.equal(balance + gasPaid - balanceBefore, EXPECTED_GAIN);
}

const balance = (): Promise<bigint> => stage.chain.client.getBalance({ address: watcher.address });

test("killed after each transaction that it has confirmed, it goes on where it was, and loses nothing", {
  timeout: 150_000,
}, async () => {
  const [{ liar, game, truth }, start] = [await lie(), await balance()];
  // So slow that it is killed before it does the next thing.
  const slowly = () => watch("--interval", "500");
  tower = slowly();
  let kills = 0;
  const playOn = async () => {
    if (!(await isRefuted())) await liar.round();
    if (!tower.events.some(({ kind }) => kind === "confirmed")) return;
    await tower.kill();
    tower = slowly();
    kills++;
  };
  await until("the refutation", isRefuted, playOn);
  await passClocks(stage);
  await until("the money's unlocking", has("Unlocked"), playOn);
  await stage.chain.pass(Number(parameters.withdrawalDelay));
  await until("the money's withdrawal", has("Withdrawn"), playOn);
  await tower.kill();
  assert.ok(kills >= 3, `killed ${kills} times`);
  await assertWon(game, truth, start);
});

test("killed with each of its transactions in the pool, mined before or after it is back, it does nothing twice", {
  timeout: 150_000,
}, async () => {
  const { client } = stage.chain;
  const [{ liar, game, truth }, start] = [await lie(), await balance()];
  await client.setAutomine(false);
  tower = watch();
  const kills = { minedBefore: 0, minedAfter: 0 };
  const playOn = async () => {
    if (!(await isRefuted())) await liar.round();
    if ((await pooled(liar.agent.queue?.address ?? "")).length > 0) await client.mine({ blocks: 1 });
    if ((await pooled(watcher.address)).length === 0) return;
    await tower.kill();
    const isBackFirst = kills.minedAfter < kills.minedBefore;
    if (isBackFirst) {
      tower = watch();
      await tower.tells("what it has sent again", ({ kind, hash }) => kind === "act" && hash !== undefined);
      kills.minedAfter++;
    }
    await client.mine({ blocks: 1 });
    if (!isBackFirst) {
      tower = watch();
      kills.minedBefore++;
    }
  };
  await until("the refutation", isRefuted, playOn);
  await passClocks(stage);
  await until("the money's unlocking", has("Unlocked"), playOn);
  await stage.chain.pass(Number(parameters.withdrawalDelay));
  await until("the money's withdrawal", has("Withdrawn"), playOn);
  await tower.kill();
  assert.ok(kills.minedBefore >= 3 && kills.minedAfter >= 3, JSON.stringify(kills));
  await assertWon(game, truth, start);
});

test("what nobody mines at the price is bid for again, and the dispute goes on", { timeout: 90_000 }, async () => {
  const { client } = stage.chain;
  const [{ liar, game, truth }, start] = [await lie(), await balance()];
  await client.setAutomine(false);
  tower = watch("--bump-after", "100");
  await until("its counter in the pool", async () => (await pooled(watcher.address)).length > 0);
  const [bid] = await pooled(watcher.address);
  await client.setNextBlockBaseFeePerGas({ baseFeePerGas: 4n * BigInt(bid?.maxFeePerGas ?? 0) });
  await client.mine({ blocks: 1 });
  assert.equal((await gameEvents(stage, "Claimed")).length, 0, "its first bid is too low for this block");
  await until(
    "its counter in a block",
    async () => (await gameEvents(stage, "Claimed")).length > 0,
    () => client.mine({ blocks: 1 }),
  );
  await client.setAutomine(true);
  await until("the refutation", isRefuted, () => liar.round());
  await passClocks(stage);
  await until("the money's unlocking", has("Unlocked"));
  await stage.chain.pass(Number(parameters.withdrawalDelay));
  await until("the money's withdrawal", has("Withdrawn"));
  assert.equal(await tower.stop(), 0);
  await assertWon(game, truth, start);
});

test("when L1 goes back under its moves, it plays what the new chain lacks", { timeout: 90_000 }, async (t) => {
  const { client } = stage.chain;
  const { liar, game, truth } = await lie();
  const claims = async (): Promise<number> => (await gameEvents(stage, "Claimed")).length;
  const proxy = await startProxy(stage.chain.url);
  t.after(() => proxy.close());
  tower = startTower({ ...stage.env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(watcher) }, ["--bump-after", "300"]);
  const fork = await client.snapshot();
  await until("its counter", async () => (await claims()) === 1);
  await tower.tells("its counter's confirmation", ({ kind }) => kind === "confirmed");
  // What it has not looked at yet cannot be gone for it.
  const before = proxy.calls.length;
  const looks = () => proxy.calls.slice(before).filter(({ params: [block] }) => block === "latest").length;
  await until("two more looks, of which the first is over", () => looks() >= 2);
  await client.revert({ id: fork });
  await client.mine({ blocks: 3 });
  assert.equal(await claims(), 0, "the new chain has no counter");
  await tower.tells("the reorganisation", ({ kind }) => kind === "reorganised");
  await until("its counter again", async () => (await claims()) === 1);

  await until(
    "its second move",
    async () => (await claims()) >= 3,
    () => liar.round(),
  );
  await client.request({ method: "anvil_reorg", params: [2, []] } as never);
  await until("the refutation", isRefuted, () => liar.round());

  await passClocks(stage);
  await until("the conclusion", isConcluded);
  await tower.kill();
  assert.deepEqual(await resultOf(stage, game), { status: REPLACED, output: truth });
});

test("above its fee ceiling it judges what is new, says once what to raise, and answers every lie when the fee has fallen", {
  timeout: 90_000,
}, async () => {
  const { client } = stage.chain;
  const mineAt = async (gwei: string): Promise<void> => {
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei(gwei) });
    await client.mine({ blocks: 1 });
  };
  const liar = await createLiar(stage, richAccount(5), { instruction: 0, element: 77 });
  const questions = [await ask(stage, 1), await ask(stage, 2)] as const;
  await client.setAutomine(false);
  const lieAt = async (gwei: string, question: (typeof questions)[number]): Promise<Hex> => {
    let isAnswered = false;
    const answering = liar.answer(question).finally(() => {
      isAnswered = true;
    });
    // A commitment, and its opening.
    const isWaiting = async () => (await pooled(liar.agent.queue?.address ?? "")).length > 0;
    const mineWhatWaits = async () => ((await isWaiting()) ? mineAt(gwei) : undefined);
    await until("the lie", () => isAnswered, mineWhatWaits);
    return answering;
  };
  // It bids again at every look.
  tower = watch("--max-fee", "5", "--bump-after", "10");
  const first = await lieAt("1", questions[0]);
  await until("its counter in the pool", async () => (await pooled(watcher.address)).length > 0);
  await mineAt("60");
  const isCeiling = (reason: unknown) => /fee ceiling of 5 gwei is below the base fee of 60 gwei/.test(String(reason));
  await tower.tells("that its counter waits", ({ kind, error }) => kind === "trouble" && isCeiling(error));

  const second = await lieAt("60", questions[1]);
  await tower.tells(
    "the second lie",
    ({ kind, game, verdict }) => kind === "game" && game === second && verdict === "false",
  );
  await tower.tells(
    "why it does not answer",
    ({ kind, game, reason }) => kind === "act" && game === second && isCeiling(reason),
  );
  for (const gwei of ["60", "61", "62"]) {
    await mineAt(gwei);
    await sleep(SEVERAL_LOOKS);
  }
  assert.equal(tower.events.filter(({ kind }) => kind === "trouble").length, 1);
  assert.equal(tower.events.filter(({ reason }) => isCeiling(reason)).length, 1);

  const answered = async (): Promise<Set<Hex>> => {
    return new Set((await claimsOf(stage)).map(({ game }) => game));
  };
  await until(
    "both counters",
    async () => (await answered()).size === 2,
    () => mineAt("1"),
  );
  assert.deepEqual(await answered(), new Set([first, second]));
});

/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;
