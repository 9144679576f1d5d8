/** A boundary's record stands at its index mod 2^20, until a higher boundary has been final for long. */
import assert from "node:assert/strict";
import type { Hex } from "@elench/bytes/hex";
import { outputs, type Rule } from "../rule.ts";
import {
  FINALITY_DELAY,
  filled,
  GENESIS,
  hashed,
  LONGEST,
  type Opened,
  RETENTION,
  refused,
  type Stage,
} from "../stage.ts";

/** Places, as few as the round of a test allows; the deployed contract has 2^20. */
export const PLACES = 64;
const KEPT = LONGEST + RETENTION;
const LENGTH = 16;

const outputOf = (boundary: number): Hex => (boundary === 0 ? GENESIS : hashed(boundary));

/** Spans of `LENGTH` batches, one after the other, up to boundary `end`. */
async function carryOn(stage: Stage, from: number, end: number): Promise<void> {
  for (let first = from; first < end; first += LENGTH) {
    await stage.carry({ first, end: first + LENGTH, previous: outputOf(first) }, outputOf(first + LENGTH));
  }
}

/** A concluded game about the span to 64, whose place is boundary 0's. */
async function roundTrip(stage: Stage): Promise<Opened> {
  await carryOn(stage, 0, PLACES - LENGTH);
  const first = PLACES - LENGTH;
  const game = await stage.propose({ first, end: PLACES, previous: outputOf(first) }, outputOf(PLACES));
  await stage.conclude(game);
  return game;
}

export const places: Rule[] = [
  {
    rule: "a place is taken again once a higher boundary has been final for W + the retention, and not a second earlier",
    async run(open) {
      const stage = await filled(open, 1_000, { stubInbox: true });
      const game = await roundTrip(stage);
      const { readyAt } = await stage.outputAt(LENGTH);
      await refused("PlaceTaken", () => stage.settle(game));
      await stage.advance(10);
      await stage.warp(readyAt + KEPT - 1 - stage.now);
      await stage.advance(10);
      await refused("PlaceTaken", () => stage.settle(game));
      assert.equal((await stage.outputAt(0)).output, GENESIS);
      await stage.warp(1);
      await stage.settle(game);
      assert.deepEqual(await stage.outputAt(0), { output: `0x${"00".repeat(32)}`, readyAt: 0, first: 0 });
      assert.equal(await stage.isFinal(0), false);
      await refused("NotFinal", () => stage.read("finalOutput", [0]));
      assert.equal((await stage.outputAt(PLACES)).output, outputOf(PLACES));
      await stage.warp(FINALITY_DELAY);
      assert.equal(await stage.isFinal(PLACES), true);
    },
    without: outputs("block.timestamp >= entry.higherReadyAt() + KEPT;", "block.timestamp >= entry.readyAt() + KEPT;"),
  },
  {
    rule: "a place whose higher boundary finalCount has not reached is kept",
    async run(open) {
      const stage = await filled(open, 1_000, { stubInbox: true });
      await carryOn(stage, 0, PLACES - LENGTH);
      const first = PLACES - LENGTH;
      const game = await stage.propose({ first, end: PLACES, previous: outputOf(first) }, outputOf(PLACES));
      await stage.conclude(game);
      await stage.warp(KEPT + FINALITY_DELAY);
      // `settle` itself reaches boundaries 16 and 32: enough.
      await stage.settle(game);
      assert.equal((await stage.counts()).final, 2 * LENGTH);
    },
    without: outputs(
      "    _walk(head, STEPS);\n    // INVARIANT: a game on a false output",
      "    // INVARIANT: a game on a false output",
    ),
  },
  {
    rule: "the place of a boundary off the list is taken again too",
    async run(open) {
      const stage = await filled(open, 1_000, { stubInbox: true });
      const aside = await stage.propose({ first: 0, end: 5, previous: GENESIS }, outputOf(5));
      await stage.conclude(aside);
      await carryOn(stage, 0, LENGTH);
      await stage.settle(aside);
      await carryOn(stage, LENGTH, PLACES - LENGTH);
      await stage.warp(KEPT + FINALITY_DELAY);
      const first = PLACES - LENGTH;
      await stage.advance(10);
      await stage.carry({ first, end: PLACES + 5, previous: outputOf(first) }, hashed(69));
      assert.equal((await stage.outputAt(5)).readyAt, 0);
      assert.equal((await stage.outputAt(PLACES + 5)).output, hashed(69));
    },
    without: outputs("      entry = entry.withHigher(head.settledCount, readyAt);\n", ""),
  },
  {
    rule: "the highest final boundary keeps its place for ever",
    async run(open) {
      const stage = await filled(open, 1_000, { stubInbox: true });
      await carryOn(stage, 0, LENGTH);
      await stage.warp(FINALITY_DELAY);
      await stage.advance(1);
      // Settled, and unsettled: boundary 32 is nothing that a prover could use in place of 16.
      await carryOn(stage, LENGTH, 2 * LENGTH);
      await stage.askAgain();
      await stage.warp(10 * KEPT);
      const game = await stage.propose({ first: LENGTH, end: LENGTH + PLACES, previous: outputOf(LENGTH) }, hashed(80));
      await stage.conclude(game);
      await refused("PlaceTaken", () => stage.settle(game));
      assert.equal(await stage.read("finalOutput", [LENGTH]), outputOf(LENGTH));
    },
    without: outputs("entry.higher() <= head.finalCount && ", ""),
  },
  {
    rule: "the place of a boundary that was unsettled is free",
    async run(open) {
      const stage = await filled(open, 1_000, { stubInbox: true });
      await carryOn(stage, 0, LENGTH);
      await stage.askAgain();
      const end = PLACES + LENGTH;
      const game = await stage.propose({ first: 0, end, previous: GENESIS }, hashed(80));
      await stage.conclude(game);
      await stage.settle(game);
      assert.equal((await stage.outputAt(end)).output, hashed(80));
      assert.equal((await stage.outputAt(LENGTH)).readyAt, 0);
    },
    without: outputs(
      "if (!_counts(head, entry)) {",
      "if (entry.readyAt() == 0 || (entry.index() == span.end && !_counts(head, entry))) {",
    ),
  },
];
