import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hex, toBytes } from "@elench/bytes/hex";
import { rootOf } from "./dissection.ts";
import { claimIdOf, gameIdOf } from "./identity.ts";
import { outputsOf, sidesOf } from "./sides.ts";
import { emptyForest, extend, type Game, type GameEvent } from "./tree.ts";
import { keccakWords, word } from "./words.ts";

const hash = (i: number): Hex => keccakWords(word(i));
const account = (i: number): Hex => `0x${i.toString(16).padStart(40, "a")}`;
const deployment = { chainId: 1n, address: account(0) };
const [machine, context, start, level] = [account(3), hash(1), hash(2), 2];
const LIAR = account(2);
const HONEST = account(4);

// A proposal of level 2, a counter by an honest party, and the liar's move against its segment 6; L1 executes step 3 of that.
const middles = Array.from({ length: 15 }, (_, i) => hash(100 + i));
const lies = Array.from({ length: 15 }, (_, i) => hash(200 + i));
const proposal = { consumer: account(1), proposer: LIAR, number: 0n, machine, context, start, level, output: hash(3) };
const game = gameIdOf(deployment, proposal);
const place = { game, machine, delegated: false };
const counterClaim = {
  ...place,
  parent: game,
  segment: 0,
  level,
  end: hash(4),
  root: rootOf([start, ...middles, hash(5)]),
};
const counter = claimIdOf(counterClaim);
const from = middles[5] as Hex;
const moveClaim = {
  ...place,
  parent: counter,
  segment: 6,
  level: 1,
  end: hash(6),
  root: rootOf([from, ...lies, hash(6)]),
};
const move = claimIdOf(moveClaim);

const events: GameEvent[] = [
  { eventName: "Proposed", args: { ...proposal, game, made: 10_000 } },
  { eventName: "WholeRange", args: { game, id: counter, machine, context, start, halted: hash(5), level } },
  {
    eventName: "Claimed",
    args: { game, parent: game, id: counter, claimant: HONEST, made: 10_100, segment: 0, end: hash(4), middles },
  },
  {
    eventName: "Claimed",
    args: { game, parent: counter, id: move, claimant: LIAR, made: 10_200, segment: 6, end: hash(6), middles: lies },
  },
  { eventName: "Refuted", args: { game, claim: move, refuter: HONEST, made: 10_300, segment: 3 } },
];
const gameAfter = (count: number): Game =>
  extend(
    emptyForest(deployment, { maxClock: 1000, extension: 50, longExtension: 120 }),
    events.slice(0, count),
  ).games.get(game) as Game;

/** The honest party is right: within segment 6 the first three of the liar's states are too. */
const truth = {
  output: async () => toBytes(hash(4)),
  stateHashes: async (_: unknown, steps: readonly bigint[]) => steps.map((step) => toBytes(stateAt(step))),
};
function stateAt(step: bigint): Hex {
  const [segment, within] = [Number(step / 16n), Number(step % 16n)];
  if (segment === 16) return hash(5);
  if (within === 0) return segment === 0 ? start : (middles[segment - 1] as Hex);
  return segment === 6 && within <= 3 ? (lies[within - 1] as Hex) : hash(10_000 + Number(step));
}

test("outputs stand beside each other, with ours", async () => {
  assert.deepEqual(await outputsOf(gameAfter(3), truth), {
    proposed: { by: LIAR, output: hash(3) },
    countered: [{ claim: counter, by: HONEST, output: hash(4) }],
    executed: hash(4),
  });
  assert.equal((await outputsOf(gameAfter(1), null)).executed, null);
});

test("a claim that nobody answers stands alone", async () => {
  const [only, ...more] = await sidesOf(gameAfter(3), async () => truth);
  assert.deepEqual([only?.answer, more], [null, []]);
  assert.ok(only?.states.every(({ answered }) => answered === null));
  assert.deepEqual(
    only?.states.map(({ step, claimed, executed }) => [step, claimed === executed]),
    Array.from({ length: 17 }, (_, i) => [16n * BigInt(i), true]),
  );
});

test("an answer says the same up to the segment that it denies, gives its own end of it, and nothing beyond", async () => {
  const [above, below] = await sidesOf(gameAfter(5), async () => truth);
  assert.deepEqual([above?.by, above?.answer], [HONEST, { claim: move, by: LIAR, segment: 6 }]);
  assert.deepEqual(
    above?.states.map(({ answered, claimed }) => (answered === null ? "-" : answered === claimed ? "=" : answered)),
    [..."=======".split(""), hash(6), ..."---------".split("")],
  );
  // L1 has executed the step: what it leads to is ours, and the event does not tell.
  assert.deepEqual([below?.by, below?.answer], [LIAR, { claim: null, by: HONEST, segment: 3 }]);
  const wrong = below?.states.findIndex(({ claimed, executed }) => claimed !== executed);
  assert.equal(wrong, 4);
  assert.deepEqual([below?.states[4]?.step, below?.states[4]?.answered], [6n * 16n + 4n, null]);
});

test("where nobody can judge the run, the sides stand without ours", async () => {
  const sides = await sidesOf(gameAfter(5), async () => null);
  assert.ok(sides.every(({ states }) => states.every(({ executed }) => executed === null)));
});
