import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hex, toBytes } from "@elench/bytes/hex";
import {
  countered,
  counterHalted,
  counterMiddles,
  counterOutput,
  HONEST,
  hash,
  LIAR,
  moved,
  moveEnd,
  moveMiddles,
  proposal,
  proposed,
  refuted,
} from "./fixtures/log.ts";
import { gameIdOf } from "./record.ts";
import { outputsOf, sidesOf } from "./sides.ts";
import { emptyForest, extend, type Game, type GameEvent } from "./tree.ts";

// A proposal of level 2, a counter by an honest party, and the liar's move against its segment 6; L1 executes step 3 of that.
const proposedOnly = [proposed()];
const withCounter = [...proposedOnly, ...countered()];
const withRefutation = [...withCounter, moved(), refuted()];
const gameAfter = (events: GameEvent[]): Game => extend(emptyForest(), events).games.get(gameIdOf(proposal)) as Game;

/** The honest party is right: within segment 6 the first three of the liar's states are too. */
const truth = {
  output: async () => toBytes(counterOutput),
  stateHashes: async (_: unknown, steps: readonly bigint[]) => steps.map((step) => toBytes(stateAt(step))),
};
function stateAt(step: bigint): Hex {
  const [segment, within] = [Number(step / 16n), Number(step % 16n)];
  if (segment === 16) return counterHalted;
  if (within === 0) return segment === 0 ? proposal.start : (counterMiddles[segment - 1] as Hex);
  return segment === 6 && within <= 3 ? (moveMiddles[within - 1] as Hex) : hash(10_000 + Number(step));
}

test("outputs stand beside each other, with ours", async () => {
  assert.deepEqual(await outputsOf(gameAfter(withCounter), truth), {
    proposed: { by: LIAR, output: proposal.output },
    countered: [{ claim: 1, by: HONEST, output: counterOutput }],
    executed: counterOutput,
  });
  assert.equal((await outputsOf(gameAfter(proposedOnly), null)).executed, null);
});

test("a claim that nobody answers stands alone", async () => {
  const [only, ...more] = await sidesOf(gameAfter(withCounter), async () => truth);
  assert.deepEqual([only?.answer, more], [null, []]);
  assert.ok(only?.states.every(({ answered }) => answered === null));
  assert.deepEqual(
    only?.states.map(({ step, claimed, executed }) => [step, claimed === executed]),
    Array.from({ length: 17 }, (_, i) => [16n * BigInt(i), true]),
  );
});

test("an answer says the same up to the segment that it denies, gives its own end of it, and nothing beyond", async () => {
  const [above, below] = await sidesOf(gameAfter(withRefutation), async () => truth);
  assert.deepEqual([above?.by, above?.answer], [HONEST, { claim: 2, isRefutation: false, by: LIAR, segment: 6 }]);
  assert.deepEqual(
    above?.states.map(({ answered, claimed }) => (answered === null ? "-" : answered === claimed ? "=" : answered)),
    [..."=======".split(""), moveEnd, ..."---------".split("")],
  );
  // L1 has executed the step: what it leads to is ours, and the event does not tell.
  assert.deepEqual([below?.by, below?.answer], [LIAR, { claim: 3, isRefutation: true, by: HONEST, segment: 3 }]);
  const wrong = below?.states.findIndex(({ claimed, executed }) => claimed !== executed);
  assert.equal(wrong, 4);
  assert.deepEqual([below?.states[4]?.step, below?.states[4]?.answered], [6n * 16n + 4n, null]);
});

test("where nobody can judge the run, the sides stand without ours", async () => {
  const sides = await sidesOf(gameAfter(withRefutation), async () => null);
  assert.ok(sides.every(({ states }) => states.every(({ executed }) => executed === null)));
});
