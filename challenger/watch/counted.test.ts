import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import type { OutputsEvent } from "../l1/events.ts";
import type { Forest, Game, GameStatus } from "../strategy/tree.ts";
import { awaitedBoundaries, boundariesToBuildOn, countedSpans, isTrue } from "./counted.ts";
import { askedAgain, FALSE, game, hash, proposed, settled, truth } from "./fixtures/events.ts";
import { Spans } from "./spans.ts";

/** Which spans count, and what a proposer may build on. */

const [US, STRANGER]: [Hex, Hex] = [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`];
const LONGEST = 1_000;
const MADE = 10_000;

interface Made {
  readonly number: bigint;
  readonly by?: Hex;
  readonly output: Hex;
  readonly status?: GameStatus;
  readonly result?: Hex;
  readonly made?: number;
}

function forestOf(...made: Made[]): Forest {
  const games = made.map(({ number, by = US, output, status = "open", result, made: at = MADE }) => {
    const proposal = { number, proposer: by, output, made: at };
    return { id: hash(Number(number)), proposal, status, output: result } as Game;
  });
  return {
    games: new Map(games.map((each) => [each.id, each])),
    numbers: new Map(games.map(({ id, proposal }) => [proposal.number, id])),
    broken: new Map(),
  };
}

function spansAfter(...events: OutputsEvent[]): Spans {
  const spans = new Spans({ chainId: 7n, genesisOutput: truth(0) });
  spans.learn(events);
  return spans;
}

const countedNow = (spans: Spans, forest: Forest, now = MADE) => countedSpans(spans, forest, LONGEST, now);

test("a game of an earlier epoch does not count, nor one that is older than W and three days", () => {
  const spans = spansAfter(
    proposed({ sequence: 0, end: 1 }),
    askedAgain(1, 1, 50),
    proposed({ sequence: 2, end: 2 }, { epoch: 1 }),
  );
  const forest = forestOf({ number: game(0), output: truth(1) }, { number: game(2), output: truth(2) });
  const numbers = (now: number) => countedNow(spans, forest, now).map(({ span }) => span.game);
  assert.deepEqual(numbers(MADE), [game(2)]);
  assert.deepEqual(numbers(MADE + LONGEST + 259_200), [game(2)]);
  assert.deepEqual(numbers(MADE + LONGEST + 259_201), []);
});

const chain = [
  proposed({ sequence: 0, first: 0, end: 2 }),
  proposed({ sequence: 1, first: 2, end: 5 }),
  proposed({ sequence: 2, first: 5, end: 9 }),
];
const ours = [
  { number: game(0), output: truth(2) },
  { number: game(1), output: truth(5) },
  { number: game(2), output: truth(9) },
];
const basesOf = (spans: Spans, forest: Forest) =>
  [...boundariesToBuildOn(spans, countedNow(spans, forest), US, truth)].sort((a, b) => a - b);

test("a proposer builds on settled boundaries, and on chains of its own spans that lead there from one", () => {
  assert.deepEqual(basesOf(spansAfter(...chain), forestOf(...ours)), [0, 2, 5, 9]);
});

test("a chain with a hole is not built on: behind it, only what is settled", () => {
  const [first, , third] = ours as [Made, Made, Made];
  assert.deepEqual(basesOf(spansAfter(...chain), forestOf(first, third)), [0, 2]);
  const settledAhead = spansAfter(...chain, settled({ sequence: 3, first: 0, end: 5 }));
  assert.deepEqual(basesOf(settledAhead, forestOf(first, third)), [0, 2, 5, 9]);
});

test("another account's span is not built on before it is settled, though it is true", () => {
  const [first, second, third] = ours as [Made, Made, Made];
  const forest = forestOf(first, { ...second, by: STRANGER }, third);
  assert.deepEqual(basesOf(spansAfter(...chain), forest), [0, 2]);
});

test("nothing is built on a false boundary, nor on an own proposal that is false after a reorganisation, nor on one that has lost", () => {
  const lying = spansAfter(settled({ sequence: 0, end: 2 }, { output: FALSE }));
  assert.deepEqual(basesOf(lying, forestOf()), [0]);
  const [first, second] = ours as [Made, Made];
  assert.deepEqual(basesOf(spansAfter(...chain), forestOf({ ...first, output: FALSE }, second)), [0]);
  const lost: Made = { ...first, status: "replaced", result: FALSE };
  assert.deepEqual(basesOf(spansAfter(...chain), forestOf(lost, second)), [0]);
});

test("after the guardian asked again, the base is computed anew", () => {
  const spans = spansAfter(...chain, settled({ sequence: 3, end: 2 }, { readyAt: 100 }), askedAgain(4, 1, 100));
  assert.deepEqual(basesOf(spans, forestOf(...ours)), [0, 2]);
});

test("a proposal that is false but whose game ends truly is true in the end", () => {
  const [counted] = countedNow(
    spansAfter(proposed({ sequence: 0, end: 2 })),
    forestOf({ number: game(0), output: FALSE, status: "replaced", result: truth(2) }),
  );
  assert.equal(counted && isTrue(counted, truth), true);
});

test("an own span waits for the boundary where it begins, and so for the spans that could settle it", () => {
  const spans = spansAfter(...chain);
  const awaited = (forest: Forest) => [...awaitedBoundaries(spans, countedNow(spans, forest), US)].sort();
  const [first, second, third] = ours as [Made, Made, Made];
  const strangers = [first, second].map((made) => ({ ...made, by: STRANGER }));
  assert.deepEqual(awaited(forestOf(...strangers, third)), [2, 5]);
  assert.deepEqual(awaited(forestOf(...strangers)), []);
});
