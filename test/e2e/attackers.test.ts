import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { toBytes } from "@elench/bytes/hex";
import { CAPACITY } from "@elench/challenger/l1/settlement";
import type { Game, Node } from "@elench/challenger/strategy/tree";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { inferenceContext, startState } from "@elench/tensor/program/commitment";
import { createWalletClient, encodeFunctionData, type Hex, http, parseTransaction } from "viem";
import { foundry } from "viem/chains";
import { open } from "../../challenger/strategy/dissection.ts";
import { honestMoves } from "../../challenger/strategy/moves.ts";
import { packAnswered, packProposal } from "../../challenger/strategy/record.ts";
import { isMoveOwed } from "./agents.ts";
import { ledgerOf } from "./ledger.ts";
import { createLiar, createOnlooker, type Liar } from "./liar.ts";
import { startProxy } from "./proxy.ts";
import {
  answer,
  ask,
  claimsOf,
  gameEvents,
  games,
  hex,
  keyOf,
  openStage,
  parameters,
  passClocks,
  type Question,
  REPLACED,
  refutationsOf,
  resultOf,
  type Stage,
  TIMES,
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
    .map(({ args }) => args)
    .filter(({ account }) => account === watcher.address)
    .reduce((sum, { amount }) => sum + amount, 0n);
  const staked = await stakedBy(watcher.address);
  assert.ok(gained > staked, `the watchtower staked ${staked} and was credited ${gained}`);
});

/** Wei that went into the game with an account's claims: counters cost two bonds, moves one. */
async function stakedBy(account: Hex): Promise<bigint> {
  return (await claimsOf(stage))
    .filter(({ claimant }) => claimant === account.toLowerCase())
    .reduce((sum, { kind }) => sum + (kind === "counter" ? 2n : 1n) * parameters.bond + parameters.prepayment, 0n);
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
  const onlooker = await createOnlooker(stage);
  // The copy and the original both stand, and the liar answers both.
  const isArguedOut = async (id: Hex) => (await refutationsOf(stage, id)).length > 0 && !(await isMoveOwed(onlooker));
  await until(
    "the refutations",
    () => isArguedOut(game),
    () => liar.round(),
  );
  assert.ok(copied >= 2, `copied ${copied} moves`);
  const claimants = (await claimsOf(stage)).map(({ claimant }) => claimant);
  assert.ok(claimants.includes(freeloader.address.toLowerCase() as Hex), "the copy came first");

  proxy.overhear = undefined;
  const other = await liar.answer(second);
  await until(
    "the refutation of the next lie",
    () => isArguedOut(other),
    () => liar.round(),
  );
  await passClocks(stage);
  await until("the conclusions", async () => (await concluded()) === 2);
  await tower.kill();
  await proxy.close();
  assert.deepEqual(await resultOf(stage, game), { status: REPLACED, output: trueOutput(stage, question.input).root });
  assert.deepEqual(await resultOf(stage, other), { status: REPLACED, output: trueOutput(stage, second.input).root });
  // A claim with the same content may be made twice: whoever came second has its bond back, and loses gas alone.
  const gained = (await gameEvents(stage, "Credited"))
    .filter(({ args }) => args.account === watcher.address)
    .reduce((sum, { args }) => sum + args.amount, 0n);
  assert.ok(gained >= (await stakedBy(watcher.address)), "no bond of the original is lost");
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
  const credited = (await gameEvents(stage, "Credited")).map(({ args }) => args);
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
  const [counter] = await honestMoves(watchtower.forest.games.get(id) as Game, truth, TIMES, 0);
  assert.ok(counter?.kind === "counter");
  const args = [packProposal(counter.proposal), trueOutput(stage, input).root, counter.middles as never] as const;
  const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "counter", args });
  assert.ok(
    await transact(stage, twin, stage.deployment.disputeGame, data, 2n * parameters.bond + parameters.prepayment),
  );
}

/** Opens a game of its own about what the oracle was asked. @returns the game's id */
async function openForeign(account: ReturnType<typeof richAccount>, { request }: Question, output: Hex): Promise<Hex> {
  const { deployment, model } = stage;
  const inputRoot = toBytes(request.inference.inputRoot);
  const [context, start] = [inferenceContext(toBytes(model.id), inputRoot), startState(model.commitment, inputRoot)];
  const where = (BigInt(model.level) << 160n) | BigInt(deployment.tensorVerifier);
  const args = [where, account.address, hex(context), hex(start), output] as const;
  const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "propose", args });
  assert.ok(await transact(stage, account, deployment.disputeGame, data, 4n * parameters.bond + parameters.prepayment));
  return (await games(stage)).at(-1) as Hex;
}

test("games whose consumer is a stranger, who may have chosen anything, take no money from the real ones; on request they are played", {
  timeout: 90_000,
}, async () => {
  const attacker = richAccount(9);
  const question = await ask(stage, 1);
  // Enough for one counter.
  await stage.chain.client.setBalance({ address: watcher.address, value: 3n * parameters.bond });
  const foreign: Hex[] = [];
  for (const end of [1, 2, 3]) foreign.push(await openForeign(attacker, question, `0x${`${end}`.padStart(64, "0")}`));
  const tower = watch();
  for (const game of foreign)
    await tower.tells("the stranger's game", (event) => event.game === game && event.verdict === "foreign");
  const liar = await liarAt(3, 1);
  const real = await liar.answer(question);
  await until(
    "the refutation",
    async () => (await refuted()) === 1,
    () => liar.round(),
  );
  await passClocks(stage);
  await until("the conclusion", async () => (await resultOf(stage, real)).status === REPLACED);
  const claims = () => claimsOf(stage);
  assert.deepEqual(new Set((await claims()).map(({ game }) => game)), new Set([real]));
  assert.equal(await concluded(), 1, "not even for their prepayments");
  assert.equal(tower.events.filter(({ verdict }) => verdict === "foreign").length, 3);
  await tower.kill();

  await stage.chain.client.setBalance({ address: watcher.address, value: 100n * parameters.bond });
  const asked = await openForeign(attacker, question, `0x${"4".padStart(64, "0")}`);
  startTower({ ...stage.env, ELENCH_KEY: keyOf(watcher) }, ["--consumer", attacker.address]);
  await until("its counter", async () => (await claims()).some(({ game }) => game === asked));
});

test("a game with more claims than one transaction of L1 can settle is settled in several", {
  timeout: 120_000,
}, async () => {
  const { chain, deployment } = stage;
  const liar = richAccount(5);
  const question = await ask(stage, 1);
  const lie = trueOutput(stage, question.input).bytes.map((byte, i) => (i === 3 ? byte ^ 0x40 : byte));
  const game = await answer(stage, liar, question, lie);
  const tower = watch();
  await until("its counter", async () => (await gameEvents(stage, "Claimed")).length === 1);
  // A counter that is false from its first hash on, and moves against its last segment, which starts from junk: they bear on nothing.
  const word = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
  const middles = Array.from({ length: 15 }, (_, i) => word(1_000 + i)) as never;
  const onlooker = await createOnlooker(stage);
  await onlooker.watchtower.look();
  const { proposal } = onlooker.watchtower.forest.games.get(game) as Game;
  const counter = encodeFunctionData({
    abi: disputeGameAbi,
    functionName: "counter",
    args: [packProposal(proposal), word(7), middles],
  });
  assert.ok(await transact(stage, liar, deployment.disputeGame, counter, 2n * parameters.bond + parameters.prepayment));
  await onlooker.watchtower.look();
  const nodes = [...(onlooker.watchtower.forest.games.get(game) as Game).claims.values()];
  const junk = nodes.find(({ claimant }) => claimant === liar.address.toLowerCase()) as Node;
  await until("its answer to that", async () => (await gameEvents(stage, "Claimed")).length === 3);
  await chain.client.setAutomine(false);
  const wallet = createWalletClient({ account: liar, chain: foundry, transport: http(chain.url) });
  const first = await chain.client.getTransactionCount({ address: liar.address });
  for (let i = 0; i < JUNK; i++) {
    const { from, to, proof } = open(junk.points, 15);
    const opening = { from, to, proof: proof as never };
    const args = [packAnswered(junk, 15, i), word(7), opening, word(50_000 + i), middles] as const;
    await wallet.sendTransaction({
      to: deployment.disputeGame,
      data: encodeFunctionData({ abi: disputeGameAbi, functionName: "moveWhole", args }),
      value: parameters.bond + parameters.prepayment,
      nonce: first + i,
      gas: 200_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
    });
    if (i % 50 === 49) await chain.client.mine({ blocks: 1 });
  }
  await chain.client.mine({ blocks: 2 });
  await chain.client.setAutomine(true);
  assert.equal((await gameEvents(stage, "Claimed")).length, 3 + JUNK);
  await passClocks(stage);
  await passClocks(stage);
  await until("the conclusion", async () => (await resultOf(stage, game)).status === REPLACED, undefined, 60);
  await tower.kill();
  const { calls } = await ledgerOf(stage, watcher.address);
  const largest = Math.max(...calls.map(({ input }) => input.length / 2 - 1));
  assert.ok(largest <= CAPACITY.bytes, `a transaction of ${largest} bytes`);
  assert.ok(calls.every(({ succeeded }) => succeeded));
});

/** Settled in one transaction, with the other claims, they would make it larger than 128 KiB. */
const JUNK = 1_400;
