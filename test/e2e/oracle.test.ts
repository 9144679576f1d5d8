import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Address, decodeErrorResult, encodeFunctionData, type Hex, parseAbi } from "viem";
import type { Proposal } from "../../challenger/strategy/identity.ts";
import { runNode } from "../../cli/fixtures/run.ts";
import { agentOn } from "./agents.ts";
import { createOnlooker } from "./liar.ts";
import {
  answer,
  ask,
  DELIVERY_DELAY,
  FEE,
  gameEvents,
  guardian,
  hex,
  keyOf,
  openStage,
  parameters,
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

/** An answer on its way from the game to the contract that asked, whatever that contract does with it. */

let stage: Stage;
let snapshot: Hex | undefined;
const provider = richAccount(6);
before(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  if (snapshot) await stage.chain.client.revert({ id: snapshot });
  snapshot = await stage.chain.client.snapshot();
});
afterEach(killTowers);
after(() => stage.close());

/** Contracts that asked, as bytecode: what they do with the answer. */
const CONSUMERS = {
  // sstore(0, first word of the output): calldata is selector, id, offset, length, bytes.
  "keeps it": "60643560005500",
  // revert(0, 0)
  reverts: "60006000fd",
  // An endless loop: all of its gas is gone.
  "burns its gas": "5b600056",
  // return(0, 100 kB): a flood that would cost the caller a fortune to copy.
  "returns a flood": "620186a06000f3",
  // revert(0, 100 kB)
  "reverts with a flood": "620186a06000fd",
} as const;

const CONSUMER: Address = "0x00000000000000000000000000000000000c0de1";
const CALLBACK_GAS = 1_000_000n;

async function consumer(what: keyof typeof CONSUMERS): Promise<void> {
  await stage.chain.client.setCode({ address: CONSUMER, bytecode: `0x${CONSUMERS[what]}` });
}

/** The provider's own process takes its answer home; nobody disputes it. */
async function deliverAnswer(question: Question): Promise<void> {
  await answer(stage, provider, question, trueOutput(stage, question.input).bytes);
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(provider) });
  await tower.tells("its verdict", ({ kind, verdict }) => kind === "game" && verdict === "true");
  await passClocks(stage);
  await until("the game's end to be noted", async () => (await readyAt(question.id)) > 0n);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
  await tower.kill();
}

const oracle = () => ({ address: stage.deployment.inferenceOracle, abi: inferenceOracleAbi }) as const;

async function readyAt(id: bigint): Promise<bigint> {
  return (await stage.chain.client.readContract({ ...oracle(), functionName: "answerOf", args: [id] }))[1];
}

async function delivered() {
  const logs = await stage.chain.client.getContractEvents({
    ...oracle(),
    eventName: "Delivered",
    fromBlock: 0n,
    strict: true,
  });
  return logs.at(-1)?.args;
}

for (const what of Object.keys(CONSUMERS) as (keyof typeof CONSUMERS)[]) {
  const isWell = what === "keeps it" || what === "returns a flood";
  test(`an answer is delivered, and its fee earned, where the callback ${what}`, async () => {
    await consumer(what);
    const question = await ask(stage, 1, CONSUMER, CALLBACK_GAS);
    await deliverAnswer(question);
    const output = hex(trueOutput(stage, question.input).bytes);
    const event = await delivered();
    assert.equal(event?.output, output);
    assert.equal(event?.callbackSucceeded, isWell);
    assert.equal(await feesOf(provider.address), FEE);
    if (what === "keeps it") {
      assert.equal(await stage.chain.client.getStorageAt({ address: CONSUMER, slot: "0x0" }), output.slice(0, 66));
    }
  });
}

test("when L1 goes back under a delivery, it is made again", async () => {
  await consumer("keeps it");
  const question = await ask(stage, 1, CONSUMER, CALLBACK_GAS);
  await answer(stage, provider, question, trueOutput(stage, question.input).bytes);
  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(provider) });
  await tower.tells("its verdict", ({ kind }) => kind === "game");
  await passClocks(stage);
  await until("the game's end to be noted", async () => (await readyAt(question.id)) > 0n);
  const fork = await stage.chain.client.snapshot();
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
  await sleep(SEVERAL_LOOKS);
  await stage.chain.client.revert({ id: fork });
  assert.equal(await delivered(), undefined);
  await stage.chain.pass(Number(DELIVERY_DELAY) + 1);
  await until("the delivery again", async () => (await delivered()) !== undefined);
});

/** Milliseconds: a watchtower here looks every 30. */
const SEVERAL_LOOKS = 400;

const feesOf = (account: Address): Promise<bigint> =>
  stage.chain.client.readContract({ ...oracle(), functionName: "feesOf", args: [account] });

const call = (functionName: "settle" | "deliver" | "stop" | "collect", args: readonly unknown[]): Hex =>
  encodeFunctionData({
    abi: [...inferenceOracleAbi, ...parseAbi(["function stop(uint256 id)"])],
    functionName,
    args,
  } as never);

/** Sends a call to the oracle. @returns the error that refuses it, or undefined */
async function refusal(account: typeof provider, data: Hex): Promise<string | undefined> {
  const errors = parseAbi([
    "error NotGuardian(address caller)",
    "error NothingToCollect(address account)",
    "function stop(uint256 id)",
  ]);
  try {
    await stage.chain.client.call({ account: account.address, to: stage.deployment.inferenceOracle, data });
  } catch (error) {
    const selector = /0x[0-9a-f]{8,}/.exec(String((error as { details?: string; message: string }).message))?.[0];
    return decodeRefusal(error, [...inferenceOracleAbi, ...errors]) ?? selector ?? String(error);
  }
  assert.ok(await transact(stage, account, stage.deployment.inferenceOracle, data));
  return undefined;
}

function decodeRefusal(error: unknown, abi: readonly unknown[]): string | undefined {
  const withData = (error as { walk?: (f: (e: unknown) => boolean) => { data?: Hex } | null }).walk?.(
    (e) => typeof (e as { data?: unknown }).data === "string",
  );
  if (!withData?.data) return undefined;
  try {
    return decodeErrorResult({ abi: abi as typeof inferenceOracleAbi, data: withData.data }).errorName;
  } catch {
    return undefined;
  }
}

async function proposalOf(game: Hex): Promise<Proposal> {
  const onlooker = await createOnlooker(stage);
  await onlooker.watchtower.look();
  const found = onlooker.watchtower.forest.games.get(game);
  if (!found) throw new Error(`no game ${game}`);
  return found.proposal;
}

/** Answered, undisputed, and concluded by hand. */
async function conclude(question: Question): Promise<Proposal> {
  const game = await answer(stage, provider, question, trueOutput(stage, question.input).bytes);
  const proposal = await proposalOf(game);
  await passClocks(stage);
  const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "conclude", args: [proposal] });
  assert.ok(await transact(stage, provider, stage.deployment.disputeGame, data));
  return proposal;
}

test("nothing is delivered before the game is over, nor before the delay has passed", async () => {
  const question = await ask(stage, 1);
  const output = hex(trueOutput(stage, question.input).bytes);
  const deliver = call("deliver", [question.id, question.request, output]);
  assert.equal(await refusal(provider, deliver), "NotAnswered");
  const game = await answer(stage, provider, question, trueOutput(stage, question.input).bytes);
  const proposal = await proposalOf(game);
  assert.equal(await refusal(provider, call("settle", [question.id, proposal])), "NotConcluded");
  assert.equal(await refusal(provider, deliver), "NotAnswered");
  await passClocks(stage);
  const conclusion = encodeFunctionData({ abi: disputeGameAbi, functionName: "conclude", args: [proposal] });
  assert.ok(await transact(stage, provider, stage.deployment.disputeGame, conclusion));
  assert.equal(await refusal(provider, deliver), "NotAnswered");
  assert.equal(await refusal(provider, call("settle", [question.id, proposal])), undefined);
  assert.equal(await refusal(provider, deliver), "TooSoon");
  await stage.chain.pass(Number(DELIVERY_DELAY));
  const other = `0x${"00".repeat(output.length / 2 - 1)}`;
  assert.equal(await refusal(provider, call("deliver", [question.id, question.request, other])), "OutputMismatch");
  assert.equal(await refusal(provider, deliver), undefined);
  assert.equal(await refusal(provider, deliver), "NoSuchRequest");
});

test("fees are collected once, by whoever's answer stood", async () => {
  const question = await ask(stage, 1);
  const proposal = await conclude(question);
  assert.equal(await refusal(provider, call("settle", [question.id, proposal])), undefined);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  const stranger = richAccount(8);
  const deliver = call("deliver", [question.id, question.request, hex(trueOutput(stage, question.input).bytes)]);
  assert.equal(await refusal(stranger, deliver), undefined);
  assert.equal(await refusal(stranger, call("collect", [])), "NothingToCollect");
  const before = await stage.chain.client.getBalance({ address: stage.deployment.inferenceOracle });
  assert.equal(await refusal(provider, call("collect", [])), undefined);
  assert.equal(await stage.chain.client.getBalance({ address: stage.deployment.inferenceOracle }), before - FEE);
  assert.equal(await refusal(provider, call("collect", [])), "NothingToCollect");
});

test("the guardian alone stops an answer, and the request is open again", async () => {
  const question = await ask(stage, 1);
  await answer(stage, provider, question, new Uint8Array(trueOutput(stage, question.input).bytes.length));
  const stop = call("stop", [question.id]);
  assert.equal(await refusal(provider, stop), "NotGuardian");
  assert.equal(await refusal(guardian, stop), undefined);
  // Void: the false answer's bond goes home, and an honest one takes its place.
  await deliverAnswer(question);
  assert.equal((await delivered())?.output, hex(trueOutput(stage, question.input).bytes));
  assert.equal((await gameEvents(stage, "Proposed")).length, 2);
});

/** A false answer. @returns its game */
const falseAnswer = (account: typeof provider, question: Question): Promise<Hex> =>
  answer(
    stage,
    account,
    question,
    trueOutput(stage, question.input).bytes.map((byte, i) => (i === 3 ? byte ^ 0x40 : byte)),
  );

const settleByHand = (id: bigint) =>
  runNode([CLI, "settle", "--request", String(id), "--json"], { ...CACHE, ...stage.env, ELENCH_KEY: keyOf(provider) });

test("an answer that its own maker refuted reaches whoever asked: by hand, or from a watchtower with --settle-all", {
  timeout: 90_000,
}, async () => {
  const attacker = richAccount(9);
  const question = await ask(stage, 1);
  const game = await falseAnswer(attacker, question);
  const honest = await agentOn(stage, { account: attacker });
  await honest.watchtower.round();
  await until("its own counter", async () => (await gameEvents(stage, "Claimed")).length === 1);
  const early = await settleByHand(question.id);
  assert.equal(early.code, 1, early.complaint);
  const told = JSON.parse(early.out) as { transactions: unknown[]; waits: string; until: number };
  assert.deepEqual(told.transactions, []);
  assert.match(told.waits, /none of its claims can be settled yet/);
  const { timestamp } = await stage.chain.client.getBlock();
  assert.ok(told.until > Number(timestamp) && told.until <= Number(timestamp) + Number(parameters.maxClock));

  const tower = startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) });
  await passClocks(stage);
  await passClocks(stage);
  await until("the conclusion, which is paid for", async () => (await resultOf(stage, game)).status === REPLACED);
  await sleep(SEVERAL_LOOKS);
  assert.equal(await readyAt(question.id), 0n, "a delivery is not paid for");
  await tower.kill();

  const settled = await settleByHand(question.id);
  assert.equal(settled.code, 0, settled.complaint);
  assert.ok((await readyAt(question.id)) > 0n);
  assert.equal((JSON.parse(settled.out) as { until: number }).until, Number(await readyAt(question.id)));
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--settle-all"]);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered()) !== undefined);
  assert.equal((await delivered())?.output, hex(trueOutput(stage, question.input).bytes));
  assert.equal((await settleByHand(question.id)).code, 1);
  assert.equal((await settleByHand(77n)).code, 2);
});

test("who refuted an answer delivers the true one where the fee pays for it, and burns no gas for one whose callback is without end and whose fee is none", {
  timeout: 90_000,
}, async () => {
  await consumer("burns its gas");
  const { model, tiny } = stage;
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "request",
    args: [model.id, hex(tinyInput(tiny, 4)), CONSUMER, 12_000_000n],
  });
  assert.ok(await transact(stage, user, stage.deployment.inferenceOracle, data));
  const [asked] = await stage.chain.client.getContractEvents({
    ...oracle(),
    eventName: "Requested",
    fromBlock: 0n,
    strict: true,
  });
  const burning: Question = {
    id: asked?.args.id as bigint,
    request: asked?.args.request as Question["request"],
    input: tinyInput(tiny, 4),
  };
  const paying = await ask(stage, 5);
  const burningGame = await falseAnswer(richAccount(9), burning);
  await falseAnswer(richAccount(9), paying);
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--settle-all"]);
  await until("its counters", async () => (await gameEvents(stage, "Claimed")).length === 2);
  await passClocks(stage);
  await passClocks(stage);
  await until("the settlement", async () => (await readyAt(paying.id)) > 0n);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await until("the delivery", async () => (await delivered())?.id === paying.id);
  await sleep(SEVERAL_LOOKS);
  assert.equal(await feesOf(watcher.address), FEE);
  const settled = await stage.chain.client.readContract({ ...oracle(), functionName: "answerOf", args: [burning.id] });
  assert.deepEqual(settled, [burningGame, 0n], "its delivery is not begun");
  assert.equal((await gameEvents(stage, "Concluded")).length, 2);
});
