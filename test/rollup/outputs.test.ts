/** Outputs become final in the order of batches, by way of their games, and by no other. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Hex, toHex } from "@elench/bytes/hex";
import { batchInput, type ChainState, contextOf, outputOf, startOf } from "@elench/evm/batch/claim";
import { NO_HISTORY } from "@elench/evm/batch/history";
import { ordinary } from "@elench/evm/batch/record";
import { firstState } from "@elench/evm/machine/start";
import type { Host } from "@elench/evm/machine/state/host";
import { maxUint64 } from "viem";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { parameters, prices, times } from "../game/arena.ts";
import { type Chain, startChain } from "../game/chain.ts";
import {
  artifact,
  BATCH_GAS,
  CHAIN_ID,
  FINALITY_DELAY,
  GENESIS,
  hashed,
  openStage,
  refused,
  START,
  type Stage,
} from "./stage.ts";

const NOTHING: Hex = `0x${"00".repeat(32)}`;
/** Outputs of the first batches: what they stand for makes no difference here. */
const [TRUE_0, FALSE_0, TRUE_1, FALSE_1, TRUE_2] = [1, 2, 3, 4, 5].map(hashed) as [Hex, Hex, Hex, Hex, Hex];

let chain: Chain;
before(async () => {
  chain = await startChain();
});
after(() => chain.close());

/** Contracts of one's own, with so many batches. */
async function stageWith(batches: number): Promise<Stage> {
  const stage = await openStage(chain);
  await stage.appendMany(batches);
  return stage;
}

/** Batch 0 was false and is replaced, but batch 1 was built on the lie, and nobody could answer it. */
async function upheldOnALie(): Promise<Stage> {
  const stage = await stageWith(3);
  const lie = await stage.propose(0, GENESIS, FALSE_0, stage.liar);
  const onTop = await stage.propose(1, FALSE_0, FALSE_1, stage.liar);
  await stage.counter(lie, TRUE_0);
  await stage.conclude(lie);
  await stage.conclude(onTop);
  assert.equal(stage.game(onTop).status, "upheld");
  return stage;
}

// ── What a proposal is ────────────────────────────────────────────────────────────────────────────────────────────────────

test("context and start are the machine's first state, for any batch and any previous output", async () => {
  const random = seededRandom(9);
  const host = {} as Host;
  const stage = await openStage(chain);
  let previous: ChainState = START;
  for (let batch = 0; batch < 12; batch++) {
    const bytes = Uint8Array.from({ length: random(1000) }, () => random(256));
    await stage.append(bytes);
    const next: ChainState = {
      number: BigInt(random(1_000_000)),
      stateRoot: Uint8Array.from({ length: 32 }, () => random(256)),
      history: NO_HISTORY,
    };
    const game = await stage.propose(batch, toHex(outputOf(previous)), toHex(outputOf(next)));
    const input = batchInput(ordinary(CHAIN_ID), previous, bytes);
    const { proposal } = stage.game(game);
    assert.equal(proposal.context, toHex(contextOf(input)));
    assert.equal(proposal.start, toHex(firstState(input, host).hash()));
    assert.equal(proposal.start, toHex(startOf(input)));
    previous = next;
  }
});

test("a proposal is a game of the EVM machine at level 10, whose bond is the proposer's", async () => {
  const stage = await stageWith(1);
  const id = await stage.propose(0, GENESIS, TRUE_0);
  const { proposal } = stage.game(id);
  assert.equal(proposal.machine.toLowerCase(), stage.addresses.EvmVerifier);
  assert.equal(proposal.consumer.toLowerCase(), stage.addresses.Outputs);
  assert.equal(proposal.proposer.toLowerCase(), stage.proposer);
  assert.equal(Number(proposal.level), 10);
  assert.equal(proposal.output, TRUE_0);
  assert.deepEqual(await stage.entry(0), { game: id, previous: GENESIS, output: TRUE_0, readyAt: 0 });
  assert.deepEqual(stage.events.at(-1), {
    eventName: "OutputProposed",
    args: { batch: 0n, game: id, previous: GENESIS, output: TRUE_0 },
  });
});

test("a batch builds on the earlier one's output while that is pending", async () => {
  const stage = await stageWith(2);
  await stage.propose(0, GENESIS, TRUE_0);
  const id = await stage.propose(1, TRUE_0, TRUE_1, stage.anyone);
  assert.deepEqual(await stage.entry(1), { game: id, previous: TRUE_0, output: TRUE_1, readyAt: 0 });
});

test("no output is proposed for a batch that is not in the inbox: it may still be anything", async () => {
  const stage = await stageWith(1);
  await stage.propose(0, GENESIS, TRUE_0);
  const propose = (batch: number) =>
    stage.transact(stage.liar, "Outputs", "propose", [batch, NOTHING, TRUE_1], prices.proposal);
  await refused("NoSuchBatch", () => propose(1));
  await stage.append(Uint8Array.of(9));
  await stage.propose(1, TRUE_0, TRUE_1);
});

test("no output is proposed on top of none", async () => {
  const stage = await stageWith(2);
  await refused("NotProposed", () => stage.propose(1, NOTHING, TRUE_1));
  await refused("NotProposed", () => stage.propose(1, GENESIS, TRUE_1));
});

test("a place takes one proposal at a time, pending or settled", async () => {
  const stage = await stageWith(1);
  const id = await stage.propose(0, GENESIS, TRUE_0);
  await refused("AlreadyProposed", () => stage.propose(0, GENESIS, FALSE_0, stage.liar));
  await stage.conclude(id);
  await stage.settle(0);
  await refused("AlreadyProposed", () => stage.propose(0, GENESIS, FALSE_0, stage.liar));
  assert.equal((await stage.entry(0)).output, TRUE_0);
});

test("the game's price is taken, to the wei", async () => {
  const stage = await stageWith(1);
  const context = await stage.context(0, GENESIS);
  for (const value of [0n, prices.proposal - 1n, prices.proposal + 1n])
    await refused("WrongPayment", () =>
      stage.transact(stage.proposer, "Outputs", "propose", [0, context, TRUE_0], value),
    );
});

test("a proposer whose previous output was changed before its transaction loses nothing", async () => {
  const stage = await stageWith(2);
  await stage.propose(0, GENESIS, TRUE_0);
  const context = await stage.context(1, TRUE_0);
  await stage.stop(0);
  await stage.propose(0, GENESIS, FALSE_0, stage.liar);
  const propose = (given: Hex) =>
    stage.transact(stage.proposer, "Outputs", "propose", [1, given, TRUE_1], prices.proposal);
  await refused("ContextMismatch", () => propose(context));
  assert.equal((await stage.entry(1)).game, NOTHING);
});

test("nor one whose batch is another, after a reorganisation of L1", async () => {
  const [computed, there] = [await openStage(chain), await openStage(chain)];
  await computed.append(Uint8Array.of(1));
  await there.append(Uint8Array.of(2));
  const context = await computed.context(0, GENESIS);
  await refused("ContextMismatch", () =>
    there.transact(there.proposer, "Outputs", "propose", [0, context, TRUE_0], prices.proposal),
  );
});

// ── Settlement and finality ───────────────────────────────────────────────────────────────────────────────────────────────

test("an output that nobody counters is settled when its game is over, and final after the delay", async () => {
  const stage = await stageWith(1);
  const id = await stage.propose(0, GENESIS, TRUE_0);
  await refused("NotConcluded", () => stage.settle(0));
  stage.now += times.maxClock;
  await refused("NotConcluded", () => stage.settle(0));
  await stage.conclude(id);
  assert.equal(await stage.isFinal(0), false);
  await refused("NotFinal", () => stage.read("Outputs", "finalOutput", [0]));

  await stage.settle(0);
  const readyAt = stage.now + FINALITY_DELAY;
  assert.deepEqual(await stage.entry(0), { game: id, previous: GENESIS, output: TRUE_0, readyAt });
  assert.equal(await stage.read("Outputs", "settledCount"), 1n);
  assert.deepEqual(stage.events.at(-1), {
    eventName: "Settled",
    args: { batch: 0n, game: id, output: TRUE_0, readyAt: BigInt(readyAt) },
  });

  await stage.pass(FINALITY_DELAY - 1);
  assert.equal(await stage.isFinal(0), false);
  await refused("NotFinal", () => stage.read("Outputs", "finalOutput", [0]));
  await stage.pass(1);
  assert.equal(await stage.isFinal(0), true);
  assert.equal(await stage.read("Outputs", "finalOutput", [0]), TRUE_0);
});

test("where the proposal fell, the output is the counter's", async () => {
  const stage = await stageWith(1);
  const id = await stage.propose(0, GENESIS, FALSE_0, stage.liar);
  await stage.counter(id, TRUE_0);
  await stage.conclude(id);
  await stage.settle(0);
  assert.equal((await stage.entry(0)).output, TRUE_0);
  await stage.pass(FINALITY_DELAY);
  assert.equal(await stage.read("Outputs", "finalOutput", [0]), TRUE_0);
});

test("a batch that nobody has proposed is neither settled nor final", async () => {
  const stage = await stageWith(1);
  await refused("NotProposed", () => stage.settle(0));
  assert.equal(await stage.isFinal(0), false);
  await refused("NotFinal", () => stage.read("Outputs", "finalOutput", [0]));
  await refused("NotProposed", () => stage.stop(0));
});

test("batches are settled in order, and once", async () => {
  const stage = await stageWith(2);
  const first = await stage.propose(0, GENESIS, TRUE_0);
  const second = await stage.propose(1, TRUE_0, TRUE_1);
  await stage.conclude(second);
  await refused("NotNext", () => stage.settle(1));
  await stage.conclude(first);
  await stage.settle(0);
  await refused("NotNext", () => stage.settle(0));
  await stage.settle(1);
  await refused("NotNext", () => stage.settle(1));
  await stage.pass(FINALITY_DELAY);
  assert.equal(await stage.read("Outputs", "finalOutput", [1]), TRUE_1);
});

test("each batch waits out its own delay", async () => {
  const stage = await stageWith(2);
  await stage.carry(0, GENESIS, TRUE_0);
  await stage.carry(1, TRUE_0, TRUE_1);
  const [first, second] = [await stage.entry(0), await stage.entry(1)];
  assert.ok(first.readyAt < second.readyAt);
  await stage.pass(second.readyAt - stage.now - 1);
  assert.deepEqual([await stage.isFinal(0), await stage.isFinal(1)], [true, false]);
});

// ── A false previous output ───────────────────────────────────────────────────────────────────────────────────────────────

test("an upheld game on a false output is never settled", async () => {
  const stage = await upheldOnALie();
  await refused("NotNext", () => stage.settle(1));
  await stage.settle(0);
  await refused("PreviousOutputMismatch", () => stage.settle(1));
  await stage.pass(10 * FINALITY_DELAY);
  await refused("PreviousOutputMismatch", () => stage.settle(1));
  assert.equal(await stage.isFinal(1), false);
});

test("its place is freed by anyone, and taken by an output on the true one", async () => {
  const stage = await upheldOnALie();
  await stage.settle(0);
  const { game } = await stage.entry(1);
  await stage.discard(1);
  assert.deepEqual(stage.events.at(-1), { eventName: "Discarded", args: { batch: 1n, game } });
  assert.deepEqual(await stage.entry(1), { game: NOTHING, previous: NOTHING, output: NOTHING, readyAt: 0 });
  await refused("NotProposed", () => stage.settle(1));
  await stage.carry(1, TRUE_0, TRUE_1);
  await stage.pass(FINALITY_DELAY);
  assert.equal(await stage.read("Outputs", "finalOutput", [1]), TRUE_1);
});

test("nobody builds on the false output once the true one is settled", async () => {
  const stage = await upheldOnALie();
  await stage.settle(0);
  await stage.discard(1);
  await refused("ContextMismatch", () => stage.propose(1, FALSE_0, FALSE_1, stage.liar));
});

test("a whole chain of lies falls with the first, one after the other", async () => {
  const stage = await upheldOnALie();
  const third = await stage.propose(2, FALSE_1, TRUE_2, stage.liar);
  await stage.settle(0);
  await refused("NotStale", () => stage.discard(2));
  await stage.discard(1);
  await stage.discard(2);
  assert.equal(stage.game(third).status, "void");
  await stage.carry(1, TRUE_0, TRUE_1);
  await stage.carry(2, TRUE_1, TRUE_2);
});

test("discarded while its game is open, an entry gives every bond back", async () => {
  const stage = await stageWith(2);
  const lie = await stage.propose(0, GENESIS, FALSE_0, stage.liar);
  await stage.counter(lie, TRUE_0);
  await stage.conclude(lie);
  await stage.settle(0);
  await stage.stop(0);
  await stage.propose(0, GENESIS, FALSE_0, stage.liar);
  const open = await stage.propose(1, FALSE_0, FALSE_1, stage.anyone);
  await stage.counter(open, TRUE_1);
  await stage.stop(0);
  const before = await Promise.all([stage.credit(stage.anyone), stage.credit(stage.proposer)]);
  await stage.discard(1);
  assert.equal(stage.game(open).status, "void");
  await stage.pay(open);
  const after = await Promise.all([stage.credit(stage.anyone), stage.credit(stage.proposer)]);
  // Whoever settles is paid what each claim carries for it: here, anyone.
  const prepaid = 2n * parameters.prepayment;
  assert.deepEqual(after, [before[0]! + 4n * parameters.bond + prepaid, before[1]! + 2n * parameters.bond]);
});

test("an entry that fits stays, pending or settled", async () => {
  const stage = await stageWith(2);
  const first = await stage.propose(0, GENESIS, TRUE_0);
  const second = await stage.propose(1, TRUE_0, TRUE_1);
  for (const batch of [0, 1]) await refused("NotStale", () => stage.discard(batch));
  await stage.conclude(first);
  await stage.settle(0);
  await stage.conclude(second);
  for (const batch of [0, 1]) await refused("NotStale", () => stage.discard(batch));
  await stage.settle(1);
  for (const batch of [0, 1]) await refused("NotStale", () => stage.discard(batch));
});

test("there is nothing to discard where nothing is proposed", async () => {
  const stage = await stageWith(2);
  await refused("NotProposed", () => stage.discard(1));
});

test("an output of zero is no free place: what builds on it goes when it goes", async () => {
  const stage = await stageWith(2);
  await stage.propose(0, GENESIS, NOTHING, stage.liar);
  await stage.propose(1, NOTHING, FALSE_1, stage.liar);
  await refused("NotStale", () => stage.discard(1));
  await stage.stop(0);
  await stage.discard(1);
  await refused("NotProposed", () => stage.propose(1, NOTHING, FALSE_1, stage.liar));
});

test("the same output proposed again is another game", async () => {
  const stage = await stageWith(1);
  const first = await stage.propose(0, GENESIS, TRUE_0);
  await stage.stop(0);
  const second = await stage.propose(0, GENESIS, TRUE_0);
  assert.notEqual(first, second);
  await stage.pay(first);
  await refused("NotConcluded", () => stage.settle(0));
});

// ── The guardian ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test("the guardian alone stops", async () => {
  const stage = await stageWith(1);
  await stage.propose(0, GENESIS, TRUE_0);
  await refused("NotGuardian", () => stage.stop(0, stage.proposer));
});

test("a pending output that is stopped leaves a void game and a free place", async () => {
  const stage = await stageWith(1);
  const id = await stage.propose(0, GENESIS, FALSE_0, stage.liar);
  await stage.stop(0);
  assert.equal(stage.game(id).status, "void");
  assert.deepEqual(stage.events.at(-1), { eventName: "Stopped", args: { batch: 0n, game: id } });
  assert.equal((await stage.entry(0)).game, NOTHING);
  await stage.carry(0, GENESIS, TRUE_0);
});

test("a settled output is stopped until the last second before it is final, and not after", async () => {
  const early = await stageWith(1);
  await early.carry(0, GENESIS, TRUE_0);
  early.now += FINALITY_DELAY - 1;
  await early.stop(0);
  assert.equal((await early.entry(0)).game, NOTHING);

  const late = await stageWith(1);
  await late.carry(0, GENESIS, TRUE_0);
  late.now += FINALITY_DELAY;
  await refused("AlreadyFinal", () => late.stop(0));
});

/** So many batches, each built on the one before; settled at the same time. */
async function settledChain(...outputs: readonly Hex[]): Promise<Stage> {
  const stage = await stageWith(outputs.length);
  const games: Hex[] = [];
  for (const [batch, output] of outputs.entries())
    games.push(await stage.propose(batch, outputs[batch - 1] ?? GENESIS, output));
  for (const game of games) await stage.conclude(game);
  for (const batch of outputs.keys()) await stage.settle(batch);
  return stage;
}

test("what was settled on a stopped output never becomes final without it", async () => {
  const stage = await settledChain(FALSE_0, FALSE_1, TRUE_2);
  await stage.stop(0);
  assert.equal(await stage.read("Outputs", "settledCount"), 0n);
  await stage.pass(10 * FINALITY_DELAY);
  for (const batch of [0, 1, 2]) {
    assert.equal(await stage.isFinal(batch), false);
    assert.equal((await stage.entry(batch)).readyAt, 0);
    await refused("NotFinal", () => stage.read("Outputs", "finalOutput", [batch]));
  }
  await refused("NotNext", () => stage.settle(1));
  await stage.carry(0, GENESIS, TRUE_0);
  await refused("PreviousOutputMismatch", () => stage.settle(1));
  await stage.discard(1);
  await stage.discard(2);
});

test("once what was stopped is there again, what was settled on it is settled again, and waits again", async () => {
  const stage = await settledChain(TRUE_0, TRUE_1);
  await stage.stop(0);
  await stage.carry(0, GENESIS, TRUE_0);
  await stage.settle(1);
  assert.equal((await stage.entry(1)).readyAt, stage.now + FINALITY_DELAY);
  await stage.pass(FINALITY_DELAY - 1);
  assert.equal(await stage.isFinal(1), false);
  await stage.pass(1);
  assert.equal(await stage.read("Outputs", "finalOutput", [1]), TRUE_1);
});

test("what stands below a stopped output stays as it was", async () => {
  const stage = await settledChain(TRUE_0, FALSE_1, TRUE_2);
  const entry = await stage.entry(0);
  await stage.stop(1);
  assert.deepEqual(await stage.entry(0), entry);
  assert.equal(await stage.read("Outputs", "settledCount"), 1n);
  await stage.pass(FINALITY_DELAY);
  assert.equal(await stage.isFinal(0), true);
  assert.equal(await stage.isFinal(2), false);
});

test("a pending output that is stopped settles and unsettles nothing below it", async () => {
  const stage = await settledChain(TRUE_0);
  await stage.appendMany(2);
  await stage.propose(1, TRUE_0, FALSE_1, stage.liar);
  await stage.propose(2, FALSE_1, TRUE_2, stage.liar);
  for (const batch of [2, 1]) {
    await stage.stop(batch);
    assert.equal(await stage.read("Outputs", "settledCount"), 1n);
  }
});

// ── The contract itself ───────────────────────────────────────────────────────────────────────────────────────────────────

test("the outputs hold no money, whatever happened", async () => {
  const stage = await upheldOnALie();
  await stage.settle(0);
  await stage.discard(1);
  await stage.propose(1, TRUE_0, TRUE_1);
  await stage.stop(1);
  assert.equal(BigInt(await chain.request<Hex>("eth_getBalance", [stage.addresses.Outputs, "latest"])), 0n);
});

test("what it was deployed with is told", async () => {
  const stage = await openStage(chain);
  const { DisputeGame, EvmVerifier, Inbox } = stage.addresses;
  const told = {
    game: DisputeGame,
    machine: EvmVerifier,
    inbox: Inbox,
    chainId: CHAIN_ID,
    batchGas: BATCH_GAS,
    genesisOutput: GENESIS,
    guardian: stage.guardian,
    finalityDelay: BigInt(FINALITY_DELAY),
  };
  for (const [name, value] of Object.entries(told)) {
    const read = await stage.read<string | bigint>("Outputs", name);
    assert.equal(typeof read === "string" ? read.toLowerCase() : read, value, name);
  }
});

test("parameters beyond what the machine takes are refused", async () => {
  const nobody: Hex = `0x${"00".repeat(20)}`;
  const wrong = [
    { chainId: 0n },
    { chainId: maxUint64 + 1n },
    { batchGas: 0n },
    { batchGas: 2n ** 27n + 1n },
    { guardian: nobody },
    { judge: nobody },
    { machine: nobody },
    { inbox: nobody },
    { finalityDelay: 365 * 24 * 3600 + 1 },
  ];
  for (const changes of wrong) await refused("BadParameters", () => openStage(chain, changes));
  await openStage(chain, { chainId: maxUint64, batchGas: 2n ** 27n, finalityDelay: 365 * 24 * 3600 });
});

test("the contracts fit EIP-170", () => {
  for (const name of ["Inbox", "Outputs"] as const) assert.ok(artifact(name).deployedSize < 24_576, name);
});
