/** The first result that is concluded and settled counts, if its game does. */
import assert from "node:assert/strict";
import { outputs, type Rule, results } from "../rule.ts";
import { FINALITY_DELAY, filled, GENESIS, hashed, refused, WINDOW } from "../stage.ts";

const A = hashed(11);
const B = hashed(12);
const C = hashed(13);
const LIE = hashed(14);

export const settling: Rule[] = [
  {
    rule: "the result of a concluded game is settled, and final after the delay",
    async run(open) {
      const stage = await filled(open, 4);
      const game = await stage.propose({ first: 0, end: 3, previous: GENESIS }, LIE);
      await stage.conclude(game, A);
      await stage.settle(game);
      const readyAt = stage.now + FINALITY_DELAY;
      assert.deepEqual(await stage.outputAt(3), { output: A, readyAt, first: 0 });
      const { sequence: _, ...settled } = stage.eventsOf("Settled")[0]!;
      const told = { end: 3n, first: 0n, number: game.number, output: A, readyAt: BigInt(readyAt) };
      assert.deepEqual(settled, told);
      await stage.warp(FINALITY_DELAY - 1);
      assert.equal(await stage.isFinal(3), false);
      await refused("NotFinal", () => stage.read("finalOutput", [3]));
      await stage.warp(1);
      assert.equal(await stage.isFinal(3), true);
      assert.equal(await stage.read("finalOutput", [3]), A);
      for (const other of [1, 2, 4, 3 + 2 ** 20]) {
        assert.equal(await stage.isFinal(other), false, `boundary ${other}`);
        await refused("NotFinal", () => stage.read("finalOutput", [other]));
      }
    },
    without: outputs("uint256 readyAt = block.timestamp + finalityDelay;", "uint256 readyAt = block.timestamp;"),
  },
  {
    rule: "nothing is settled before its game is concluded, nor with another result",
    async run(open) {
      const stage = await filled(open, 4);
      const game = await stage.propose({ first: 0, end: 3, previous: GENESIS }, A);
      await refused("NoSuchGame", () => stage.settle(game));
      await stage.conclude(game);
      const other = { ...game, proposal: { ...game.proposal, output: LIE } };
      await refused("NoSuchGame", () => stage.settle(other));
      await stage.settle(game);
    },
    without: results("    game.ended(proposal);\n", ""),
  },
  {
    rule: "the games of another consumer do not count",
    async run(open) {
      const stage = await filled(open, 4);
      const { proposal, span } = await stage.propose({ first: 0, end: 3, previous: GENESIS }, LIE);
      const foreign = { ...proposal, head: proposal.head - BigInt(stage.addresses.outputs) + BigInt(stage.stranger) };
      const game = { number: 1n, proposal: foreign, span, epoch: 0n };
      await stage.conclude(game);
      await refused("NotOwn", () => stage.settle(game));
    },
    without: results("if (consumer != address(this)) revert", "if (false && consumer != address(this)) revert"),
  },
  {
    rule: "a game settles its own span, and no other",
    async run(open) {
      const stage = await filled(open, 4);
      const game = await stage.propose({ first: 0, end: 2, previous: GENESIS }, A);
      await stage.conclude(game);
      for (const other of [{ end: 3 }, { first: 1 }, { previous: A }, { root: A }])
        await refused("NotAbout", () => stage.settle({ ...game, span: { ...game.span, ...other } }));
    },
    without: outputs("if (proposal.context != context) revert", "if (false && proposal.context != context) revert"),
  },
  {
    rule: "a game on an output that is not settled is not settled: nobody could answer it",
    async run(open) {
      const stage = await filled(open, 6);
      const first = await stage.propose({ first: 0, end: 2, previous: GENESIS }, A);
      const next = await stage.propose({ first: 2, end: 4, previous: A }, B);
      const onLie = await stage.propose({ first: 2, end: 6, previous: LIE }, LIE);
      for (const game of [first, next, onLie]) await stage.conclude(game);
      await refused("NotSettled", () => stage.settle(next));
      await stage.settle(first);
      await refused("NotSettled", () => stage.settle(onLie));
      await stage.settle(next);
    },
    without: outputs("if (!isSettled || base != span.previous) revert", "if (!isSettled) revert"),
  },
  {
    rule: "twins: a result that agrees changes nothing, neither before it is final nor after",
    async run(open) {
      const stage = await filled(open, 4);
      const twin = await stage.propose({ first: 0, end: 3, previous: GENESIS }, A);
      const later = await stage.propose({ first: 0, end: 3, previous: GENESIS }, A);
      await stage.carry({ first: 0, end: 3, previous: GENESIS }, A);
      const before = await stage.outputAt(3);
      await stage.conclude(twin);
      await stage.conclude(later);
      await stage.warp(FINALITY_DELAY - 1);
      const { sequence } = await stage.counts();
      await stage.settle(twin);
      assert.deepEqual(await stage.outputAt(3), before);
      assert.equal((await stage.counts()).sequence, sequence);
      await stage.warp(1);
      await stage.settle(later);
      assert.equal(await stage.isFinal(3), true);
    },
    without: outputs(
      "} else if (entry.index() != span.end) {\n      _checkOld(head, entry, span.end);",
      "} else if (output == _outputs[span.end % PLACES]) {",
    ),
  },
  {
    rule: "a settlement below settledCount is allowed: an honest chain of spans settles in its own order",
    async run(open) {
      const stage = await filled(open, 10);
      const mine = [
        await stage.propose({ first: 0, end: 4, previous: GENESIS }, A),
        await stage.propose({ first: 4, end: 9, previous: A }, B),
      ];
      await stage.carry({ first: 0, end: 7, previous: GENESIS }, C);
      for (const game of mine) {
        await stage.conclude(game);
        await stage.settle(game);
      }
      assert.equal((await stage.counts()).settled, 9);
      await stage.warp(FINALITY_DELAY);
      for (const boundary of [4, 7, 9]) assert.equal(await stage.isFinal(boundary), true);
      // The list has 7 and 9; 4 did not raise settledCount.
      await stage.advance(1);
      assert.equal((await stage.counts()).final, 7);
      await stage.advance(1);
      assert.equal((await stage.counts()).final, 9);
    },
    without: outputs("if (end > head.settledCount) {", "if (end > 0) {"),
  },
  {
    rule: "a game settles nothing W + 3 days after it was made: a false result of an absence is not kept back",
    async run(open) {
      const stage = await filled(open, 8);
      const hoarded = await stage.propose({ first: 0, end: 5, previous: GENESIS }, LIE);
      await stage.conclude(hoarded);
      const inTime = await stage.propose({ first: 0, end: 3, previous: GENESIS }, A);
      await stage.conclude(inTime);
      await stage.warp(WINDOW - (stage.now - Number(BigInt.asUintN(40, inTime.proposal.head >> 168n))));
      await stage.settle(inTime);
      await stage.warp(1);
      await refused("TooOld", () => stage.settle(hoarded));
    },
    without: results(" || block.timestamp > made + LONGEST + SETTLING_TIME", ""),
  },
  {
    rule: "`propose` and `settle` walk two entries of the list at most, `advance` as many as it is told",
    async run(open) {
      const stage = await filled(open, 12);
      let previous = GENESIS;
      for (let end = 1; end <= 8; end++) {
        await stage.carry({ first: end - 1, end, previous }, hashed(100 + end));
        previous = hashed(100 + end);
      }
      const last = await stage.propose({ first: 8, end: 12, previous }, A);
      await stage.conclude(last);
      await stage.warp(FINALITY_DELAY);
      assert.equal((await stage.counts()).final, 0);
      await stage.settle(last);
      assert.equal((await stage.counts()).final, 2);
      await stage.advance(3);
      assert.equal((await stage.counts()).final, 5);
      await stage.advance(100);
      assert.equal((await stage.counts()).final, 8);
      await stage.warp(FINALITY_DELAY);
      await stage.advance(100);
      assert.equal((await stage.counts()).final, 12);
    },
    without: outputs("STEPS = 2;", "STEPS = 3;"),
  },
  {
    rule: "every event carries the number of events before it",
    async run(open) {
      const stage = await filled(open, 8);
      await stage.carry({ first: 0, end: 2, previous: GENESIS }, A);
      const liar = await stage.propose({ first: 0, end: 2, previous: GENESIS }, LIE);
      await stage.conclude(liar);
      await stage.settle(liar);
      await stage.askAgain();
      await stage.upgrade("addMachine", [100, stage.addresses.machine]);
      await stage.carry({ first: 0, end: 3, previous: GENESIS }, C);
      const told = stage.events.filter(({ args }) => "sequence" in args);
      // The constructor's `MachineSet` has number 0.
      assert.deepEqual(
        told.map(({ args, eventName }) => [args.sequence, eventName]),
        ["Proposed", "Settled", "Proposed", "Frozen", "AskedAgain", "MachineSet", "Proposed", "Settled"].map((n, i) => [
          BigInt(i + 1),
          n,
        ]),
      );
      assert.equal((await stage.counts()).sequence, told.length + 1);
    },
    without: outputs("emit Frozen(head.sequence++,", "emit Frozen(head.sequence,"),
  },
];
