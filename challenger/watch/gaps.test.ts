import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import type { OracleEvent, RollupEvent } from "../l1/events.ts";
import type { Forest, Game } from "../strategy/tree.ts";
import { Batches } from "./batches.ts";
import { gapsOf } from "./gaps.ts";
import { Patience } from "./patience.ts";
import { Requests } from "./requests.ts";

/** What is noticed to be missing in the log, by what the contracts count and what events name. */

const hash = (i: number): Hex => `0x${i.toString(16).padStart(64, "0")}`;

const appended = (index: number): RollupEvent => ({
  eventName: "Appended",
  args: { index: BigInt(index), root: hash(index), size: 1n, batch: `0x0${index}` },
});
const proposedOutput = (batch: number, game: Hex): RollupEvent => ({
  eventName: "OutputProposed",
  args: { batch: BigInt(batch), game, previous: hash(0), output: hash(0) },
});
const requested = (id: number): OracleEvent => ({
  eventName: "Requested",
  args: {
    id: BigInt(id),
    modelId: hash(1),
    request: { requester: "0x", modelId: hash(1), inputRoot: hash(id), consumer: "0x", callbackGas: 0n, fee: 0n },
    input: "0x",
  },
});
const answered = (id: number, game: Hex): OracleEvent => ({
  eventName: "Answered",
  args: { id: BigInt(id), game, output: "0x" },
});

/** Games of these numbers, each with its number for an id. */
const forestOf = (numbers: readonly number[], broken: Forest["broken"] = new Map()) => {
  const games = numbers.map((number) => [hash(number), { proposal: { number: BigInt(number) } } as Game] as const);
  return { games: new Map(games), broken };
};

interface Log {
  readonly games?: readonly number[];
  readonly broken?: ReadonlyMap<Hex, string>;
  readonly rollup?: readonly RollupEvent[];
  readonly oracle?: readonly OracleEvent[];
  readonly unreadable?: readonly string[];
}

function gapsIn({ games = [], broken, rollup = [], oracle = [], unreadable = [] }: Log): string[] {
  const [requests, batches] = [new Requests(), new Batches()];
  requests.learn(oracle);
  batches.learn(rollup);
  return gapsOf({ forest: forestOf(games, broken), requests, batches, unreadable }).map(
    ({ where, why }) => `${where}: ${why}`,
  );
}

test("a log that tells of everything has no gaps, in whatever order it was read", () => {
  assert.deepEqual(gapsIn({}), []);
  const rollup = [appended(1), appended(0), proposedOutput(1, hash(0))];
  const oracle = [
    answered(1, hash(1)),
    requested(1),
    requested(0),
    { eventName: "Cancelled", args: { id: 0n } } as const,
  ];
  assert.deepEqual(gapsIn({ games: [1, 0, 2], rollup, oracle }), []);
});

for (const [what, log, gap] of [
  ["a game, by the number of a later one", { games: [0, 2] }, /^the log: game number 1 is missing/],
  ["the first games", { games: [2] }, /game number 0/],
  ["a batch, by the index of a later one", { rollup: [appended(0), appended(2)] }, /^the log: batch 1 is missing/],
  ["a batch, by an output of it", { games: [0], rollup: [proposedOutput(0, hash(0))] }, /batch 0 is missing/],
  ["a request, by the id of a later one", { oracle: [requested(1)] }, /^the log: request 0 is missing/],
  ["a request, by its answer", { games: [0], oracle: [answered(0, hash(0))] }, /request 0 is missing/],
  ["a game, by an answer", { oracle: [requested(0), answered(0, hash(9))] }, /^the log of game 0x0+9: an answer/],
  ["a game, by an output", { rollup: [appended(0), proposedOutput(0, hash(9))] }, /^the log of game 0x0+9: /],
  ["what a game's event follows from", { broken: new Map([[hash(3), "why"]]) }, /^the log of game 0x0+3: why/],
  ["what a log says", { unreadable: ["log 1 of block 2"] }, /^the log: log 1 of block 2/],
] satisfies readonly (readonly [string, Log, RegExp])[]) {
  test(`missing is noticed: ${what}`, () => {
    const gaps = gapsIn(log);
    assert.equal(gaps.length, 1, gaps.join("\n"));
    assert.match(gaps[0] as string, gap);
  });
}

test("batches stand at their event's index, and none is told after a missing one", () => {
  const batches = new Batches();
  batches.learn([appended(0), appended(2)]);
  assert.deepEqual(
    batches.appended.map(({ root }) => root),
    [hash(0)],
  );
  batches.learn([appended(1)]);
  assert.deepEqual(
    batches.appended.map(({ root }) => root),
    [hash(0), hash(1), hash(2)],
  );
});

test("patience lets a thing be tried at once, and then twice as rarely each time, until it is forgotten", () => {
  const patience = new Patience();
  const tries = [0, 1, 1_000, 2_999, 3_000, 6_999, 7_000].map((now) => patience.isOver(now));
  assert.deepEqual(tries, [true, false, true, false, true, false, true]);
  patience.forget();
  assert.equal(patience.isOver(7_001), true);
});
