import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf } from "@elench/evm/batch/record";
import type { Counters } from "../l1/counters.ts";
import type { InboxEvent, OutputsEvent } from "../l1/events.ts";
import { counter, countered, moved, proposal, proposed as proposedGame } from "../strategy/fixtures/log.ts";
import { emptyForest, extend, type GameEvent } from "../strategy/tree.ts";
import { Batches } from "./batches.ts";
import { ConsumerLog } from "./consumer-log.ts";
import { appended, checkpointed, game, machineSet, proposed, settled } from "./fixtures/events.ts";
import { gapsOf } from "./gaps.ts";
import { Patience } from "./patience.ts";

/** Which missing events are noticed: by a later event, or by what the contracts count. */

interface Log {
  readonly games?: readonly GameEvent[];
  readonly inbox?: readonly InboxEvent[];
  readonly outputs?: readonly OutputsEvent[];
  readonly counters?: Partial<Counters>;
  readonly unreadable?: readonly string[];
}

function gapsIn({ games = [], inbox = [], outputs = [], counters, unreadable = [] }: Log): string[] {
  const batches = new Batches(configOf(7n));
  const [oracleLog, outputsLog] = [new ConsumerLog(), new ConsumerLog()];
  batches.learn(inbox);
  outputsLog.learn(outputs);
  const read = counters && { block: 0n, regions: [], oracle: 0, rollup: null, ...counters };
  const forest = extend(emptyForest(), games);
  const told = { forest, batches, oracle: oracleLog, outputs: outputsLog, counters: read, unreadable };
  return gapsOf(told).map(({ where, why }) => `${where}: ${why}`);
}

const REGION = Number(proposal.number >> 16n);
const own = { ...proposal, number: game(REGION) };
const story = [proposedGame(own), ...countered(), moved()];

test("a log that tells of everything has no gaps, in whatever order it was read", () => {
  assert.deepEqual(gapsIn({}), []);
  const inbox = [appended(1), checkpointed(0, 1), appended(0)];
  const outputs = [machineSet(0, 0), settled({ sequence: 2 }), proposed({ sequence: 1, number: own.number })];
  const counters = {
    regions: [{ region: REGION, generation: 1, claims: 2 }],
    rollup: { batches: 2, checkpoints: 1, outputs: 3 },
  };
  const settledBy = outputs.map((event) => ({ ...event, args: { ...event.args, number: own.number } }) as OutputsEvent);
  assert.deepEqual(gapsIn({ games: story, inbox, outputs: settledBy, counters }), []);
});

for (const [what, log, gap] of [
  ["a batch, by a later one", { inbox: [appended(0), appended(2)] }, /^the log: batch 1 is missing/],
  ["a batch, by a checkpoint over it", { inbox: [checkpointed(0, 1)] }, /batch 0 is missing/],
  ["the last batch, by the inbox", { counters: { rollup: { batches: 1, checkpoints: 0, outputs: 0 } } }, /batch 0/],
  ["a checkpoint, by a later one", { inbox: [checkpointed(1, 0)] }, /^the log: checkpoint 0 is missing/],
  [
    "the last checkpoint, by the inbox",
    { counters: { rollup: { batches: 0, checkpoints: 1, outputs: 0 } } },
    /checkpoint 0/,
  ],
  [
    "an event of the outputs, by a later one",
    { outputs: [machineSet(1, 0)] },
    /^the log: event of the outputs, number 0/,
  ],
  [
    "their last event, by their count",
    { counters: { rollup: { batches: 0, checkpoints: 0, outputs: 1 } } },
    /outputs, number 0/,
  ],
  ["the oracle's last event, by its count", { counters: { oracle: 1 } }, /^the log: event of the oracle, number 0/],
  [
    "a game, by an output",
    { outputs: [proposed({ sequence: 0, number: game(3) })] },
    /^the log of game number 196609: an output/,
  ],
  [
    "a game, by a later one of its region",
    { games: [proposedGame({ ...own, number: own.number + 1n })] },
    /game number 327681/,
  ],
  [
    "a game, by its region",
    { games: [proposedGame(own)], counters: { regions: [{ region: REGION, generation: 2, claims: 0 }] } },
    /region 5 has had 2 games, of which 1/,
  ],
  [
    "a claim, by a later one",
    { games: [proposedGame(own), ...countered(), moved({ number: 3 })] },
    /claim 2 is missing before 3/,
  ],
  [
    "the last claim, by the game",
    { games: story, counters: { regions: [{ region: REGION, generation: 1, claims: 3 }] } },
    /it has 3 claims and refutations, of which 2/,
  ],
  ["what a log says", { unreadable: ["log 1 of block 2"] }, /^the log: log 1 of block 2/],
] satisfies readonly (readonly [string, Log, RegExp])[]) {
  test(`missing is noticed: ${what}`, () => {
    const gaps = gapsIn(log);
    assert.equal(gaps.length, 1, gaps.join("\n"));
    assert.match(gaps[0] as string, gap);
  });
}

test("the contracts' counters are of an earlier block: newer events are no gap", () => {
  const counters = { regions: [{ region: REGION, generation: 1, claims: counter.number }] };
  assert.deepEqual(gapsIn({ games: story, counters }), []);
});

test("patience lets a thing be tried at once, and then twice as rarely each time, until it is forgotten", () => {
  const patience = new Patience();
  const tries = [0, 1, 1_000, 2_999, 3_000, 6_999, 7_000].map((now) => patience.isOver(now));
  assert.deepEqual(tries, [true, false, true, false, true, false, true]);
  patience.forget();
  assert.equal(patience.isOver(7_001), true);
});
