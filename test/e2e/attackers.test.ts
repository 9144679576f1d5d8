import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { encodeFunctionData, type Hex, parseTransaction } from "viem";
import type { Agent } from "../../challenger/agent.ts";
import { disputeGameAbi } from "../../challenger/l1/abi.ts";
import { honestMoves } from "../../challenger/strategy/moves.ts";
import type { Game } from "../../challenger/strategy/tree.ts";
import { richAccount } from "../../deploy/local-chain.ts";
import { ledgerOf } from "./ledger.ts";
import { createLiar, createOnlooker, type Liar } from "./liar.ts";
import { startProxy } from "./proxy.ts";
import {
  answer,
  ask,
  gameEvents,
  keyOf,
  openStage,
  parameters,
  passClocks,
  REPLACED,
  resultOf,
  type Stage,
  transact,
  trueOutput,
  UPHELD,
  until,
  watcher,
} from "./stage.ts";
import { killTowers, startTower } from "./tower.ts";

/** One watchtower against many. A game here has two levels: counter, move, step. */

let stage: Stage;
let snapshot: Hex | undefined;
before(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  if (snapshot) await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
  await stage.chain.client.setAutomine(true);
});
afterEach(killTowers);
after(() => stage.close());

const liarAt = (account: number, element: number): Promise<Liar> =>
  createLiar(stage, richAccount(account), { instruction: 0, element });
const watch = () => startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--bump-after", "500"]);
const concluded = async (): Promise<number> => (await gameEvents(stage, "Concluded")).length;
const refuted = async (): Promise<number> => (await gameEvents(stage, "Refuted")).length;

test("liars answer several requests at once, and one counters an honest answer: every result is the true one", {
  timeout: 90_000,
}, async () => {
  const liars = await Promise.all([3, 4, 5].map((account, i) => liarAt(account, i + 1)));
  const questions = [];
  for (const seed of [1, 2, 3, 4]) questions.push(await ask(stage, seed));
  const games: Hex[] = [];
  for (const [i, liar] of liars.entries()) games.push(await liar.answer(questions[i] as (typeof questions)[number]));
  const honest = questions[3] as (typeof questions)[number];
  games.push(await answer(stage, richAccount(6), honest, trueOutput(stage, honest.input).bytes));

  watch();
  const everyoneLies = async () => {
    for (const liar of liars) await liar.round();
  };
  const onlooker = await createOnlooker(stage);
  let said = -1;
  await until(
    "the end of all talk",
    async () => {
      const before = said;
      said = (await gameEvents(stage, "Claimed")).length + (await refuted());
      return said === before && !(await isMoveOwed(onlooker));
    },
    everyoneLies,
  );
  // Each liar defends its own answer, and attacks the three others', the honest one too.
  assert.ok((await refuted()) >= 9);
  await passClocks(stage);
  await until("the conclusions", async () => (await concluded()) === 4);
  for (const [i, game] of games.entries()) {
    const truth: Hex = trueOutput(stage, (questions[i] as (typeof questions)[number]).input).root;
    assert.deepEqual(await resultOf(stage, game), { status: i < 3 ? REPLACED : UPHELD, output: truth });
  }
  const credited = await gameEvents(stage, "Credited");
  const gained = credited
    .map(({ args }) => args as unknown as { account: Hex; amount: bigint })
    .filter(({ account }) => account === watcher.address)
    .reduce((sum, { amount }) => sum + amount, 0n);
  const staked = await stakedBy(watcher.address);
  assert.ok(gained > staked, `the watchtower staked ${staked} and was credited ${gained}`);
});

/** Whether an honest party has anything left to say. */
async function isMoveOwed({ watchtower, truth }: Agent): Promise<boolean> {
  const { timestamp } = await watchtower.look();
  for (const game of watchtower.forest.games.values()) {
    if ((await honestMoves(game, truth, watchtower.forest.times, Number(timestamp))).length > 0) return true;
  }
  return false;
}

/** Wei that went into the game with an account's claims: counters cost two bonds, moves one. */
async function stakedBy(account: Hex): Promise<bigint> {
  const claims = (await gameEvents(stage, "Claimed")).map(
    ({ args }) => args as unknown as { claimant: Hex; game: Hex; parent: Hex },
  );
  return claims
    .filter(({ claimant }) => claimant === account)
    .reduce((sum, { game, parent }) => sum + (game === parent ? 2n : 1n) * parameters.bond + parameters.prepayment, 0n);
}

test("a freeloader whose copy of every move comes first earns the reward; the truth stands, and the watchtower goes on", {
  timeout: 90_000,
}, async () => {
  const [liar, freeloader] = [await liarAt(3, 1), richAccount(7)];
  const [question, second] = [await ask(stage, 1), await ask(stage, 2)];
  const game = await liar.answer(question);
  const proxy = await startProxy(stage.chain.url);
  let copied = 0;
  proxy.overhear = async (method, params) => {
    if (method !== "eth_sendRawTransaction") return;
    copied++;
    await copyFirst(params[0] as Hex, freeloader);
  };
  const tower = startTower({ ...stage.env, ELENCH_RPC: proxy.url, ELENCH_KEY: keyOf(watcher) });
  await until(
    "the refutation",
    async () => (await refuted()) === 1,
    () => liar.round(),
  );
  assert.ok(copied >= 2, `copied ${copied} moves`);
  const claimants = (await gameEvents(stage, "Claimed")).map(
    ({ args }) => (args as unknown as { claimant: Hex }).claimant,
  );
  assert.ok(claimants.includes(freeloader.address), "the copy came first");
  assert.ok(!claimants.includes(watcher.address), "the original came second, and was refused");

  proxy.overhear = undefined;
  const other = await liar.answer(second);
  await until(
    "the refutation of the next lie",
    async () => (await refuted()) === 2,
    () => liar.round(),
  );
  await passClocks(stage);
  await until("the conclusions", async () => (await concluded()) === 2);
  await tower.kill();
  await proxy.close();
  assert.deepEqual(await resultOf(stage, game), { status: REPLACED, output: trueOutput(stage, question.input).root });
  assert.deepEqual(await resultOf(stage, other), { status: REPLACED, output: trueOutput(stage, second.input).root });
  const { calls } = await ledgerOf(stage, watcher.address);
  assert.ok(
    calls.some(({ succeeded }) => !succeeded),
    "what was copied was refused on L1, and cost gas alone",
  );
});

/** Sends what somebody has signed from another account, and waits until it is in a block. A copy that comes too late is refused, and left. */
async function copyFirst(raw: Hex, account: ReturnType<typeof richAccount>): Promise<void> {
  const { to, data, value, gas } = parseTransaction(raw);
  await transact(stage, account, to as Hex, data ?? "0x", value ?? 0n, gas).catch(() => undefined);
}

test("a poisoned twin, with the true end over a false dissection, does not keep the true claim out", {
  timeout: 60_000,
}, async () => {
  const liar = await liarAt(3, 1);
  const question = await ask(stage, 1);
  const game = await liar.answer(question);
  await poison(game, question.input);
  watch();
  await until(
    "the refutations",
    async () => (await refuted()) === 2,
    () => liar.round(),
  );
  await passClocks(stage);
  await until("the conclusion", async () => (await concluded()) === 1);
  assert.deepEqual(await resultOf(stage, game), { status: REPLACED, output: trueOutput(stage, question.input).root });
  const credited = (await gameEvents(stage, "Credited")).map(
    ({ args }) => args as unknown as { account: Hex; amount: bigint },
  );
  assert.ok(
    !credited.some(({ account, amount }) => account === twin.address && amount > 0n),
    "the twin's maker has lost its bond",
  );
});

const twin = richAccount(8);

/** Counters with the true output, over the dissection of a false run. */
async function poison(id: Hex, input: Uint8Array): Promise<void> {
  const { watchtower, truth } = (await createLiar(stage, twin, { instruction: 0, element: 2 })).agent;
  await watchtower.look();
  const [counter] = await honestMoves(watchtower.forest.games.get(id) as Game, truth, watchtower.forest.times, 0);
  assert.ok(counter?.kind === "counter");
  const args = [counter.proposal, trueOutput(stage, input).root, counter.middles as never] as const;
  const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "counter", args });
  assert.ok(
    await transact(stage, twin, stage.deployment.disputeGame, data, 2n * parameters.bond + parameters.prepayment),
  );
}
