/** What may be proposed: `propose` is the only gate. */
import assert from "node:assert/strict";
import { toHex } from "@elench/bytes/hex";
import { hexToBytes } from "@ethereumjs/util";
import { zeroHash } from "viem";
import { spanContext, spanLevel, spanStart } from "../../../evm/batch/span.ts";
import { parameters } from "../../game/arena.ts";
import { outputs, type Rule } from "../rule.ts";
import { CHAIN_ID, FINALITY_DELAY, filled, GENESIS, hashed, refused } from "../stage.ts";

const A = hashed(11);
const B = hashed(12);
const LIE = hashed(13);

export const proposing: Rule[] = [
  {
    rule: "a proposal is a game on the span's context and start, of the caller, at the smallest level that holds its batches",
    async run(open) {
      const stage = await open({ stubInbox: true });
      await stage.pretend(10_000);
      for (const [end, level] of [
        [1, 1],
        [16, 1],
        [17, 2],
        [256, 2],
        [257, 3],
        [4_096, 3],
      ] as const) {
        const { proposal, span } = await stage.propose({ first: 0, end, previous: GENESIS }, A);
        const asStepped = { first: 0, end, previous: hexToBytes(GENESIS), root: hexToBytes(span.root) };
        assert.equal(proposal.context, toHex(spanContext(asStepped, CHAIN_ID)));
        assert.equal(proposal.start, toHex(spanStart(asStepped, CHAIN_ID)));
        assert.equal(BigInt.asUintN(8, proposal.head >> 208n), BigInt(level), `${end} batches`);
        assert.equal(spanLevel(asStepped), level);
        assert.equal(BigInt.asUintN(160, proposal.head), BigInt(stage.addresses.outputs));
        assert.equal(proposal.proposer, BigInt(stage.proposer));
        assert.equal(proposal.machine, BigInt(stage.addresses.machine));
        assert.equal(proposal.output, A);
      }
    },
  },
  {
    rule: "a span has 1 to 4,096 batches",
    async run(open) {
      const stage = await open({ stubInbox: true });
      await stage.pretend(10_000);
      for (const [first, end] of [
        [5, 5],
        [5, 4],
        [0, 4_097],
        [1, 4_098],
      ] as const)
        await refused("BadSpan", () => stage.propose({ first, end, previous: GENESIS }, A));
    },
    without: outputs(" || span.end - span.first > Spans.MAX_LENGTH", ""),
  },
  {
    rule: "no span reaches beyond the batches under its root: they could still be chosen",
    async run(open) {
      const stage = await open();
      await stage.append(3);
      await stage.checkpoint();
      await stage.append(2);
      await refused("BadSpan", () => stage.propose({ first: 0, end: 4, previous: GENESIS }, A));
      // Nor by a larger count than the root's.
      await refused("RootNotKept", () => stage.propose({ first: 0, end: 4, previous: GENESIS }, A, { count: 5 }));
      await stage.propose({ first: 0, end: 3, previous: GENESIS }, A);
    },
    without: outputs(" && span.end <= count", ""),
  },
  {
    rule: "the root is one that the inbox keeps: else the records under it are the proposer's own",
    async run(open) {
      const stage = await open();
      await stage.append(3);
      await stage.checkpoint();
      await refused("RootNotKept", () => stage.propose({ first: 0, end: 3, previous: GENESIS, root: A }, A));
      await refused("RootNotKept", () => stage.propose({ first: 0, end: 3, previous: GENESIS }, A, { checkpoint: 1n }));
    },
    without: outputs("if (!inbox.isKept(", "if (false && !inbox.isKept("),
  },
  {
    rule: "any number of games may be open about one span, and about what follows any output",
    async run(open) {
      const stage = await filled(open, 6);
      for (const output of [A, A, LIE]) await stage.propose({ first: 0, end: 2, previous: GENESIS }, output);
      await stage.propose({ first: 2, end: 4, previous: LIE }, B);
      await stage.propose({ first: 2, end: 4, previous: A }, B);
      assert.equal(stage.eventsOf("Proposed").length, 5);
    },
  },
  {
    rule: "at the final boundary and below, a span builds on the final output",
    async run(open) {
      const stage = await filled(open, 6);
      await refused("WrongPrevious", () => stage.propose({ first: 0, end: 2, previous: LIE }, A));
      await stage.carry({ first: 0, end: 2, previous: GENESIS }, A);
      await stage.warp(FINALITY_DELAY);
      await refused("WrongPrevious", () => stage.propose({ first: 2, end: 4, previous: LIE }, B));
      await stage.propose({ first: 2, end: 4, previous: A }, B);
    },
    without: outputs(
      "if (!isSettled || span.previous != expected) revert",
      "if (false && !isSettled && span.previous != expected) revert",
    ),
  },
  {
    rule: "nothing is proposed from below the final boundary, in the block in which it is final",
    async run(open) {
      const stage = await filled(open, 10);
      await stage.carry({ first: 0, end: 2, previous: GENESIS }, A);
      await stage.carry({ first: 2, end: 10, previous: A }, B);
      await stage.warp(FINALITY_DELAY);
      for (const [first, end] of [
        [0, 3],
        [2, 10],
        [3, 6],
      ] as const)
        await refused("BelowFinal", () => stage.propose({ first, end, previous: first === 0 ? GENESIS : A }, LIE));
    },
    without: outputs("if (!contests) revert", "if (false && !contests) revert"),
  },
  {
    rule: "[0, 3) below the final boundary 10 is not proposed, and makes no [3, 40) final",
    async run(open) {
      const stage = await filled(open, 40);
      await stage.carry({ first: 0, end: 10, previous: GENESIS }, A);
      await stage.warp(FINALITY_DELAY);
      await refused("BelowFinal", () => stage.propose({ first: 0, end: 3, previous: GENESIS }, B));
      await refused("BelowFinal", () => stage.propose({ first: 3, end: 40, previous: B }, LIE));
    },
    without: outputs("if (span.first > head.finalCount) return;", "if (span.first > 0) return;"),
  },
  {
    rule: "a boundary that is settled and not final is contested from where it was settled, whatever is final above",
    async run(open) {
      const stage = await filled(open, 10);
      const late = await stage.propose({ first: 0, end: 4, previous: GENESIS }, LIE);
      await stage.carry({ first: 0, end: 10, previous: GENESIS }, B);
      await stage.warp(FINALITY_DELAY - 1);
      await stage.conclude(late);
      await stage.settle(late);
      await stage.warp(1);
      const contest = await stage.propose({ first: 0, end: 4, previous: GENESIS }, A);
      assert.equal((await stage.counts()).final, 10);
      await refused("BelowFinal", () => stage.propose({ first: 1, end: 4, previous: A }, A));
      await stage.conclude(contest);
      await stage.settle(contest);
      assert.notEqual((await stage.counts()).frozenAt, 0);
    },
    without: outputs("end.length() == span.end - span.first;", "end.length() != span.end - span.first;"),
  },
  {
    rule: "a final boundary is not contested",
    async run(open) {
      const stage = await filled(open, 10);
      await stage.carry({ first: 0, end: 4, previous: GENESIS }, A);
      await stage.carry({ first: 4, end: 10, previous: A }, B);
      await stage.warp(FINALITY_DELAY);
      await refused("BelowFinal", () => stage.propose({ first: 0, end: 4, previous: GENESIS }, LIE));
    },
    without: outputs("          end.readyAt() > block.timestamp &&\n", ""),
  },
  {
    rule: "the gate is exact: where more is final than two steps reach, a proposal waits for `advance`",
    async run(open) {
      const stage = await filled(open, 8);
      let previous = GENESIS;
      for (let end = 1; end <= 5; end++) {
        await stage.carry({ first: end - 1, end, previous }, hashed(100 + end));
        previous = hashed(100 + end);
      }
      await stage.warp(FINALITY_DELAY);
      await refused("AdvanceFirst", () => stage.propose({ first: 2, end: 8, previous: hashed(102) }, LIE));
      await stage.advance(2);
      assert.equal((await stage.counts()).final, 2);
      await refused("AdvanceFirst", () => stage.propose({ first: 2, end: 8, previous: hashed(102) }, LIE));
      await stage.advance(1);
      await refused("BelowFinal", () => stage.propose({ first: 2, end: 8, previous: hashed(102) }, LIE));
      await stage.propose({ first: 5, end: 8, previous }, A);
      assert.equal((await stage.counts()).final, 5);
    },
    without: outputs(
      "if (head.next != 0 && head.nextReadyAt <= block.timestamp) revert",
      "if (false && head.next != 0) revert",
    ),
  },
  {
    rule: "a proposal for another epoch is refused",
    async run(open) {
      const stage = await filled(open, 4);
      await stage.askAgain();
      const late = () => stage.propose({ first: 0, end: 2, previous: GENESIS }, A, { epoch: 0n });
      await refused("WrongEpoch", late);
      await stage.propose({ first: 0, end: 2, previous: GENESIS }, A, { epoch: 1n });
    },
    without: outputs("if (epoch_ != head.epoch) revert", "if (false && epoch_ != head.epoch) revert"),
  },
  {
    rule: "nothing is proposed in the second of an asking: it would not count",
    async run(open) {
      const stage = await filled(open, 4);
      await stage.outputs("askAgain", [], stage.guardian);
      await refused("EpochBegins", () => stage.propose({ first: 0, end: 2, previous: GENESIS }, A));
      await stage.warp(1);
      await stage.propose({ first: 0, end: 2, previous: GENESIS }, A);
    },
    without: outputs("if (block.timestamp == head.since) revert", "if (false && block.timestamp == head.since) revert"),
  },
  {
    rule: "an output of zero is no settled output",
    async run(open) {
      const stage = await filled(open, 6);
      const game = await stage.propose({ first: 2, end: 4, previous: zeroHash }, LIE);
      await stage.conclude(game);
      await refused("NotSettled", () => stage.settle(game));
    },
    without: outputs("if (!isSettled || base != span.previous) revert", "if (base != span.previous) revert"),
  },
  {
    rule: "ether goes to the game, and none stays",
    async run(open) {
      const stage = await filled(open, 4);
      const value = parameters.bond;
      await stage.propose({ first: 0, end: 2, previous: GENESIS }, A, { value });
      const balance = (of: string) => stage.chain.request<string>("eth_getBalance", [of, "latest"]);
      assert.equal(BigInt(await balance(stage.addresses.game)), value);
      assert.equal(BigInt(await balance(stage.addresses.outputs)), 0n);
    },
    without: outputs("_open(msg.value, hint", "_open(0, hint"),
  },
];
