import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, decodeErrorResult, encodeFunctionData, type Hex, parseAbi } from "viem";
import { disputeGameAbi, inferenceOracleAbi } from "../../challenger/l1/abi.ts";
import type { Proposal } from "../../challenger/strategy/identity.ts";
import { richAccount } from "../../deploy/local-chain.ts";
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
  passClocks,
  type Question,
  type Stage,
  transact,
  trueOutput,
  until,
} from "./stage.ts";
import { killTowers, startTower } from "./tower.ts";

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
  assert.equal(await refusal(provider, call("deliver", [question.id, question.request, other])), "NotThatOutput");
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
