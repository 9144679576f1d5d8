/** Two different results freeze the contract, and the guardian asks again. */
import assert from "node:assert/strict";
import { outputs, type Rule, results } from "../rule.ts";
import { FINALITY_DELAY, filled, GENESIS, hashed, refused, type Stage } from "../stage.ts";

const A = hashed(11);
const B = hashed(12);
const C = hashed(13);
const LIE = hashed(14);

/** Boundary 2 is final, 4 is settled, and 6 after it; then a contradiction about 4. */
async function frozen(stage: Stage): Promise<void> {
  await stage.carry({ first: 0, end: 2, previous: GENESIS }, A);
  await stage.warp(FINALITY_DELAY);
  const other = await stage.propose({ first: 2, end: 4, previous: A }, B);
  await stage.carry({ first: 2, end: 4, previous: A }, LIE);
  await stage.carry({ first: 4, end: 6, previous: LIE }, C);
  await stage.conclude(other);
  await stage.settle(other);
}

export const freezing: Rule[] = [
  {
    rule: "a contradiction before finality freezes: nothing is proposed, settled, or becomes final; what is final stays",
    async run(open) {
      const stage = await filled(open, 10);
      await frozen(stage);
      assert.equal((await stage.counts()).frozenAt, stage.now);
      const { sequence: _, ...told } = stage.eventsOf("Frozen")[0]!;
      assert.deepEqual({ end: told.end, output: told.output, other: told.other }, { end: 4n, output: LIE, other: B });
      await stage.warp(10 * FINALITY_DELAY);
      await stage.advance(10);
      assert.deepEqual(await Promise.all([2, 4, 6].map((b) => stage.isFinal(b))), [true, false, false]);
      assert.equal((await stage.counts()).final, 2);
      assert.equal(await stage.read("finalOutput", [2]), A);
    },
    without: outputs("if (output != known && entry.readyAt()", "if (false && output != known && entry.readyAt()"),
  },
  {
    rule: "while frozen, `propose` and `settle` are refused",
    async run(open) {
      const stage = await filled(open, 10);
      const pending = await stage.propose({ first: 0, end: 1, previous: GENESIS }, C);
      await stage.conclude(pending);
      await frozen(stage);
      await refused("IsFrozen", () => stage.propose({ first: 2, end: 4, previous: A }, B));
      await refused("IsFrozen", () => stage.settle(pending));
    },
    without: outputs("if (head.phase == Phase.Frozen) revert", "if (false && head.phase == Phase.Frozen) revert"),
  },
  {
    rule: "finality stops at the freeze's time, and does not go on afterwards",
    async run(open) {
      const stage = await filled(open, 10);
      await frozen(stage);
      await stage.warp(2 * FINALITY_DELAY);
      await stage.advance(10);
      assert.equal((await stage.counts()).final, 2);
      assert.equal(await stage.isFinal(6), false);
    },
    without: outputs(
      "head.phase == Phase.Frozen ? head.since : block.timestamp;\n  }\n\n  /// @dev Moves",
      "head.since > 0 ? block.timestamp : 0;\n  }\n\n  /// @dev Moves",
    ),
  },
  {
    rule: "what was final at the freeze counts afterwards, and nothing else, however late the guardian asks",
    async run(open) {
      const stage = await filled(open, 10);
      await frozen(stage);
      await stage.warp(10 * FINALITY_DELAY);
      await stage.askAgain();
      assert.deepEqual(await stage.outputAt(4), { output: `0x${"00".repeat(32)}`, readyAt: 0, first: 0 });
      assert.deepEqual(await Promise.all([2, 4, 6].map((b) => stage.isFinal(b))), [true, false, false]);
      const { final, settled, epoch, frozenAt } = await stage.counts();
      assert.deepEqual({ final, settled, epoch, frozenAt }, { final: 2, settled: 2, epoch: 1, frozenAt: 0 });
    },
    without: outputs("uint256 endedAt = _finalUntil(head);", "uint256 endedAt = block.timestamp;"),
  },
  {
    rule: "a result that contradicts a final one is ignored",
    async run(open) {
      const stage = await filled(open, 4);
      const late = await stage.propose({ first: 0, end: 2, previous: GENESIS }, LIE);
      await stage.carry({ first: 0, end: 2, previous: GENESIS }, A);
      await stage.conclude(late);
      await stage.warp(FINALITY_DELAY);
      await stage.settle(late);
      assert.equal((await stage.counts()).frozenAt, 0);
      assert.equal(await stage.read("finalOutput", [2]), A);
    },
    without: outputs("if (output != known && entry.readyAt() > block.timestamp) {", "if (output != known) {"),
  },
  {
    rule: "games opened before an asking do not count, not even those of the same second",
    async run(open) {
      const stage = await filled(open, 4);
      const before = await stage.propose({ first: 0, end: 2, previous: GENESIS }, LIE);
      await stage.outputs("askAgain", [], stage.guardian);
      await stage.conclude(before);
      await refused("TooOld", () => stage.settle(before));
      await stage.warp(1);
      await refused("TooOld", () => stage.settle(before));
      await stage.carry({ first: 0, end: 2, previous: GENESIS }, A);
    },
    without: results("made <= since || ", "made < since || "),
  },
  {
    rule: "asking again unsettles what is not final, and keeps what is, whether the list was walked there or not",
    async run(open) {
      const stage = await filled(open, 10);
      let previous = GENESIS;
      for (let end = 1; end <= 5; end++) {
        await stage.carry({ first: end - 1, end, previous }, hashed(100 + end));
        previous = hashed(100 + end);
      }
      await stage.warp(FINALITY_DELAY - 1);
      await stage.carry({ first: 5, end: 7, previous }, C);
      await stage.warp(1);
      await stage.askAgain();
      const { final, settled } = await stage.counts();
      assert.deepEqual({ final, settled }, { final: 5, settled: 5 });
      for (let boundary = 1; boundary <= 5; boundary++) assert.equal(await stage.isFinal(boundary), true);
      await stage.warp(FINALITY_DELAY);
      assert.equal(await stage.isFinal(7), false);
      // The list goes on from there.
      await stage.carry({ first: 5, end: 9, previous }, B);
      await stage.warp(FINALITY_DELAY);
      await stage.advance(1);
      assert.equal((await stage.counts()).final, 9);
    },
    without: outputs("    (head.next, head.nextReadyAt) = (0, 0);\n", ""),
  },
  {
    rule: "an asking walks the whole list: nobody stands in its way by many boundaries that become final at once",
    async run(open) {
      const stage = await filled(open, 10);
      let previous = GENESIS;
      for (let end = 1; end <= 5; end++) {
        await stage.carry({ first: end - 1, end, previous }, hashed(100 + end));
        previous = hashed(100 + end);
      }
      await stage.warp(FINALITY_DELAY);
      await stage.askAgain();
      assert.equal((await stage.counts()).final, 5);
    },
    without: outputs("_walk(head, type(uint256).max);", "_walk(head, STEPS);"),
  },
  {
    rule: "the guardian asks four times in a year; a freeze's asking does not count",
    async run(open) {
      const stage = await filled(open, 10);
      await frozen(stage);
      const first = stage.now;
      for (let i = 0; i < 5; i++) await stage.askAgain();
      await refused("AskedTooOften", () => stage.askAgain());
      await stage.warp(first + 1 + 365 * 86_400 - stage.now - 1);
      await refused("AskedTooOften", () => stage.askAgain());
      await stage.warp(1);
      await stage.askAgain();
    },
    without: outputs(
      "if (head.phase != Phase.Frozen) {\n      uint256 fourthLast",
      "if (head.phase != Phase.Asked) {\n      uint256 fourthLast",
    ),
  },
  {
    rule: "a fifth asking in a year is refused",
    async run(open) {
      const stage = await filled(open, 1);
      for (let i = 0; i < 4; i++) await stage.askAgain();
      await refused("AskedTooOften", () => stage.askAgain());
    },
    without: outputs("if (block.timestamp < fourthLast + 365 days) revert", "if (block.timestamp < fourthLast) revert"),
  },
  {
    rule: "the guardian ends a freeze, and may be as late as it likes: nothing becomes final meanwhile",
    async run(open) {
      const stage = await filled(open, 10);
      await frozen(stage);
      await stage.warp(365 * 86_400);
      await stage.askAgain();
      await stage.carry({ first: 2, end: 4, previous: A }, B);
      await stage.warp(FINALITY_DELAY);
      assert.equal(await stage.read("finalOutput", [4]), B);
    },
    without: outputs("if (head.phase == Phase.Frozen) head.phase = Phase.Running;\n", ""),
  },
];
