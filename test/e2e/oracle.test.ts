import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Address, encodeFunctionData, type Hex, parseEther } from "viem";
import type { HDAccount } from "viem/accounts";
import { settleAnswerIntent } from "../../challenger/l1/oracle-calls.ts";
import { settlementCall } from "../../challenger/l1/settlement.ts";
import { concludedProposal, dueSettlement, type Settlement } from "../../challenger/strategy/settlement.ts";
import type { Game } from "../../challenger/strategy/tree.ts";
import { runNode } from "../../cli/fixtures/run.ts";
import { agentOn } from "./agents.ts";
import {
  answer,
  ask,
  claimsOf,
  DELIVERY_DELAY,
  DELIVERY_FEE,
  FEE,
  gameEvents,
  guardian,
  hex,
  keyOf,
  openStage,
  oracleParameters,
  passClocks,
  type Question,
  REPLACED,
  resultOf,
  type Stage,
  transact,
  trueOutput,
  until,
  user,
  watcher,
} from "./stage.ts";
import { tinyInput } from "./tiny-model.ts";
import { CACHE, CLI, killTowers, startTower } from "./tower.ts";

/** An answer on its way from a provider's process to the contract that asked. */

let stage: Stage;
let snapshot: Hex | undefined;
const [provider, attacker] = [richAccount(6), richAccount(9)];
before(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  if (snapshot) await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
});
afterEach(killTowers);
after(() => stage.close());

const oracle = () => ({ address: stage.deployment.inferenceOracle, abi: inferenceOracleAbi }) as const;

type EventName = "Requested" | "Committed" | "Opened" | "ProposedAgain" | "Settled" | "Delivered" | "Collected";

const events = <Name extends EventName>(eventName: Name) =>
  stage.chain.client.getContractEvents({ ...oracle(), eventName, fromBlock: 0n, strict: true });

const isSettled = async () => (await events("Settled")).length > 0;
const delivered = async () =>
  (await events("Delivered")).at(-1)?.args as
    | { id: bigint; paid: Address; output: Hex; callbackSucceeded: boolean }
    | undefined;

const creditOf = (account: HDAccount): Promise<bigint> =>
  stage.chain.client.readContract({ ...oracle(), functionName: "creditOf", args: [account.address] });

/** A block a moment: a commitment is opened in a later one. */
const mine = () => stage.chain.pass(1);

/** An `elench` command of this account, while L1 goes on. */
async function elench(account: HDAccount, ...args: string[]) {
  const ended = runNode([CLI, ...args, "--json"], { ...CACHE, ...stage.env, ELENCH_KEY: keyOf(account) });
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  await until("the command's end", () => isOver, mine, 60);
  return ended;
}

const answering = (account: HDAccount, { id }: Question) => elench(account, "answer", "--request", String(id));
const settling = (account: HDAccount, id: bigint) => elench(account, "settle", "--request", String(id));

/** From an open game to the delivery, as time passes. */
async function passToDelivery(): Promise<void> {
  await passClocks(stage);
  await until("the settlement", isSettled);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
}

/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;

/** A false answer. @returns its game */
const falseAnswer = (account: HDAccount, question: Question): Promise<Hex> =>
  answer(
    stage,
    account,
    question,
    trueOutput(stage, question.input).bytes.map((byte, i) => (i === 3 ? byte ^ 0x40 : byte)),
  );

/** Settles the one game there is, and takes its result, which is false. */
async function settleLie(account: HDAccount): Promise<void> {
  const { watchtower, parameters: times } = await agentOn(stage, {});
  const { disputeGame, inferenceOracle } = stage.deployment;
  const { timestamp } = await watchtower.look();
  const [game] = [...watchtower.forest.games.values()] as [Game];
  const due = dueSettlement(game, times, Number(timestamp)) as Settlement;
  const { intent } = settlementCall(game, due, disputeGame);
  assert.ok(await transact(stage, account, disputeGame, intent.data));
  const { data } = settleAnswerIntent(concludedProposal(game), inferenceOracle);
  assert.ok(await transact(stage, account, inferenceOracle, data));
}

const CONSUMER: Address = "0x00000000000000000000000000000000000c0de1";

test("a provider commits, opens in a later block, and takes its answer home: the contract has it, and the fee is collected", {
  timeout: 90_000,
}, async () => {
  // sstore(0, first word of the output): calldata is selector, id, offset, length, bytes.
  await stage.chain.client.setCode({ address: CONSUMER, bytecode: "0x60643560005500" });
  const question = await ask(stage, 1, CONSUMER, 200_000n);
  const ended = await answering(provider, question);
  assert.equal(ended.code, 0, ended.complaint);
  const { transactions } = JSON.parse(ended.out) as { transactions: { what: string }[] };
  assert.deepEqual(
    transactions.map(({ what }) => what),
    [`the commitment to the answer to request ${question.id}`, `the answer to request ${question.id}`],
  );
  const again = await answering(provider, question);
  assert.equal((JSON.parse(again.out) as { resumed: boolean }).resumed, true, "a repeated run changes nothing");
  assert.equal((await events("Committed")).length, 1);

  startTower({ ...stage.env, ELENCH_KEY: keyOf(provider) });
  await passToDelivery();
  const output = hex(trueOutput(stage, question.input).bytes);
  const event = await delivered();
  assert.deepEqual([event?.output, event?.callbackSucceeded, event?.paid], [output, true, provider.address]);
  assert.equal(await stage.chain.client.getStorageAt({ address: CONSUMER, slot: "0x0" }), output.slice(0, 66));
  await until("the collection", async () => (await creditOf(provider)) === 0n);
  const amounts = (await events("Collected")).map(({ args }) => args.amount);
  assert.equal(
    amounts.reduce((sum, amount) => sum + amount, 0n),
    FEE + DELIVERY_FEE + oracleParameters.deposit,
  );
});

test("a provider that is killed between commitment and opening goes on with its commitment", {
  timeout: 90_000,
}, async () => {
  const question = await ask(stage, 1);
  const env = { ...process.env, ...CACHE, ...stage.env, ELENCH_KEY: keyOf(provider) };
  const killed = spawn(process.execPath, [CLI, "answer", "--request", String(question.id), "--json"], { env });
  // No block comes after the commitment's: it cannot be opened yet.
  await until("the commitment", async () => (await events("Committed")).length === 1);
  await sleep(200);
  assert.equal((await events("Opened")).length, 0);
  killed.kill("SIGKILL");
  const ended = await answering(provider, question);
  assert.equal(ended.code, 0, ended.complaint);
  assert.equal((await events("Committed")).length, 1, "no second deposit");
  assert.equal((await events("Opened")).at(-1)?.args.provider, provider.address);
});

test("when L1 goes back under commitment and answer, a provider that defends makes both again", {
  timeout: 90_000,
}, async () => {
  const question = await ask(stage, 1);
  const fork = await stage.chain.client.snapshot();
  const env = { ...process.env, ...CACHE, ...stage.env, ELENCH_KEY: keyOf(provider) };
  const args = [CLI, "answer", "--request", String(question.id), "--defend", "--interval", "30"];
  const defending = spawn(process.execPath, args, { env });
  try {
    await until("the answer", async () => (await events("Opened")).length === 1, mine);
    await sleep(SEVERAL_LOOKS);
    await stage.chain.client.revert({ id: fork });
    assert.equal((await events("Committed")).length, 0);
    await until("the answer again", async () => (await events("Opened")).length === 1, mine);
  } finally {
    defending.kill("SIGKILL");
  }
});

test("an answer that is copied out of the pool earns nothing", { timeout: 90_000 }, async () => {
  const question = await ask(stage, 1);
  const ended = await answering(provider, question);
  assert.equal(ended.code, 0, ended.complaint);
  await answer(stage, attacker, question, trueOutput(stage, question.input).bytes);
  const late = await answering(watcher, question);
  assert.equal(late.code, 4, "whoever comes later is told so, before it pays a deposit");
  assert.match(late.complaint, /committed to this output first/);
  startTower({ ...stage.env, ELENCH_KEY: keyOf(provider) });
  await passToDelivery();
  assert.equal((await delivered())?.paid, provider.address);
});

test("an account that could not pay the bond pays no deposit either", { timeout: 60_000 }, async () => {
  const question = await ask(stage, 1);
  await stage.chain.client.setBalance({ address: provider.address, value: parseEther("0.1") });
  const ended = await answering(provider, question);
  assert.equal(ended.code, 4, ended.complaint);
  assert.match(ended.complaint, /insufficient balance.*246000000000000000 wei/);
  assert.equal((await events("Committed")).length, 0);
});

test("when L1 goes back under a delivery, it is made again", { timeout: 90_000 }, async () => {
  const question = await ask(stage, 1);
  await answer(stage, provider, question, trueOutput(stage, question.input).bytes);
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(provider) });
  await tower.tells("its verdict", ({ kind }) => kind === "game");
  await passClocks(stage);
  await until("the settlement", isSettled);
  const fork = await stage.chain.client.snapshot();
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
  await sleep(SEVERAL_LOOKS);
  await stage.chain.client.revert({ id: fork });
  assert.equal(await delivered(), undefined);
  await stage.chain.pass(Number(DELIVERY_DELAY) + 1);
  await until("the delivery again", async () => (await delivered()) !== undefined);
});

test("an answer that its own maker refuted reaches whoever asked: a stranger's watchtower is paid for the delivery", {
  timeout: 90_000,
}, async () => {
  const question = await ask(stage, 1);
  const game = await falseAnswer(attacker, question);
  const honest = await agentOn(stage, { account: attacker });
  await honest.watchtower.round();
  await until("its own counter", async () => (await claimsOf(stage)).length === 1);
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  await passClocks(stage);
  await passClocks(stage);
  await until("the conclusion", async () => (await resultOf(stage, game)).status === REPLACED);
  await until("the settlement", isSettled);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
  const event = await delivered();
  assert.equal(event?.output, hex(trueOutput(stage, question.input).bytes));
  assert.equal(event?.paid, user.address, "nobody committed to it: the fee goes back");
});

test("by hand, it is settled and delivered whatever it brings, and the command says what it waits for", {
  timeout: 90_000,
}, async () => {
  const question = await ask(stage, 1);
  await answer(stage, provider, question, trueOutput(stage, question.input).bytes);
  const early = await settling(user, question.id);
  assert.equal(early.code, 1, early.complaint);
  assert.match((JSON.parse(early.out) as { waits: string }).waits, /is open/);
  await passClocks(stage);
  const settled = await settling(user, question.id);
  assert.equal(settled.code, 0, settled.complaint);
  const { transactions, until: readyAt } = JSON.parse(settled.out) as { transactions: unknown[]; until: number };
  assert.equal(transactions.length, 2, "the game, and its result");
  assert.equal(readyAt, Number((await events("Settled"))[0]?.args.readyAt));
  await stage.chain.pass(Number(DELIVERY_DELAY));
  assert.equal((await settling(user, question.id)).code, 0);
  assert.equal((await delivered())?.paid, provider.address);
  assert.match((JSON.parse((await settling(user, question.id)).out) as { waits: string }).waits, /is delivered/);
  assert.equal((await settling(user, 77n)).code, 2);
});

test("nobody delivers at a loss: not for a fee of nothing and a callback that burns 11 million gas, not even with --settle-all", {
  timeout: 90_000,
}, async () => {
  await stage.chain.client.setCode({ address: CONSUMER, bytecode: "0x5b600056" });
  const { model, tiny } = stage;
  const terms = { consumer: CONSUMER, callbackGas: 11_000_000n, fee: 0n, deliveryFee: 0n };
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "request",
    args: [model.id, hex(tinyInput(tiny, 4)), terms, 0n],
  });
  assert.ok(await transact(stage, attacker, stage.deployment.inferenceOracle, data, parseEther("0.1")));
  const [asked] = await events("Requested");
  assert.ok(asked);
  const { context, place, request } = asked.args;
  const burning: Question = { id: request.id, context, place, request, input: tinyInput(tiny, 4) };
  const paying = await ask(stage, 5);
  await falseAnswer(attacker, burning);
  await falseAnswer(attacker, paying);
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--settle-all"]);
  await until("its counters", async () => (await claimsOf(stage)).length === 2);
  await passClocks(stage);
  await passClocks(stage);
  await until("both settlements", async () => (await events("Settled")).length === 2);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered())?.id === paying.id);
  await sleep(SEVERAL_LOOKS);
  assert.equal((await events("Delivered")).length, 1);
  assert.equal((await gameEvents(stage, "Concluded")).length, 2);
});

test("a false answer that was settled while everybody was away is contradicted, also if its first request is cancelled; when the guardian has asked again, the truth is delivered", {
  timeout: 120_000,
}, async () => {
  const bait = await ask(stage, 1);
  const question = await ask(stage, 1);
  assert.equal(question.context, bait.context);
  const cancelling = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "cancel",
    args: [bait.place, bait.request],
  });
  assert.ok(await transact(stage, user, stage.deployment.inferenceOracle, cancelling));
  await falseAnswer(attacker, question);
  await passClocks(stage);
  await settleLie(attacker);
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--contradict"]);
  await tower.tells(
    "the falsehood",
    ({ kind, where }) => kind === "trouble" && where === `the question of request ${bait.id}`,
  );
  await until("a true answer", async () => (await events("Opened")).length === 2, mine);
  const asking = encodeFunctionData({ abi: inferenceOracleAbi, functionName: "askAgain", args: [question.context] });
  assert.ok(await transact(stage, guardian, stage.deployment.inferenceOracle, asking));
  // Its commitment stands; a further game is opened.
  await until("the answer again", async () => (await events("ProposedAgain")).length === 1, mine);
  await passClocks(stage);
  await until("the true settlement", async () => (await events("Settled")).length === 2);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
  assert.equal((await delivered())?.paid, watcher.address);
});
