import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  account,
  concluded,
  countered,
  counterOutput,
  HONEST,
  LIAR,
  moved,
  proposal,
  proposed,
  refuted,
  times,
} from "./fixtures/log.ts";
import { gameIdOf, wholeCommitment } from "./record.ts";
import { concludedProposal, dueAt, dueSettlement, hasStake, payeesOf, pays, prepaymentsOf } from "./settlement.ts";
import { standingOf } from "./standing.ts";
import { emptyForest, extend, type GameEvent } from "./tree.ts";

const gameAfter = (...events: GameEvent[]) => extend(emptyForest(), events).games.get(gameIdOf(proposal))!;
const argued = [proposed(), ...countered(), moved()];
const refutedGame = [...argued, refuted()];
const settlementOf = (...events: GameEvent[]) => dueSettlement(gameAfter(...events), times, 20_000);

describe("which claims stand", () => {
  it("is decided from the last to the first", () => {
    const { stands, winner } = standingOf(gameAfter(...refutedGame));
    assert.deepEqual([0, 1, 2].map(stands), [false, true, false]);
    assert.deepEqual(winner(0), { number: 1, segment: 0, by: HONEST });
    assert.deepEqual(winner(2), { number: 3, segment: 3, by: HONEST });
    assert.deepEqual([0, 1, 2].map(standingOf(gameAfter(...argued)).stands), [true, false, true]);
  });

  it("pays the lowest segment, and among equals the first that was included", () => {
    const at = (number: number, segment: number) => refuted({ number, segment, claimant: account(number) });
    const { winner } = standingOf(gameAfter(...argued, at(3, 12), at(4, 9)));
    assert.equal(winner(2)?.by, account(4));
    const twin = moved({ number: 3, claimant: account(9) });
    assert.equal(standingOf(gameAfter(...argued, twin)).winner(1)?.by, LIAR);
  });
});

describe("a settlement", () => {
  it("is due when nothing can be answered any more, with every claim, the latest first", () => {
    const game = gameAfter(...refutedGame);
    assert.equal(dueAt(game, times), 11_400);
    assert.equal(dueSettlement(game, times, 11_399), undefined);
    const due = dueSettlement(game, times, 11_400)!;
    assert.deepEqual(
      due.entries.map(({ number }) => number),
      [3, 2, 1],
    );
    assert.equal(wholeCommitment(due.winner!.root, due.winner!.output), due.entries[2]!.commitment);
    assert.equal(due.winner!.output, counterOutput);
  });

  it("names no winner where the proposal stands", () => {
    assert.equal(settlementOf(...argued)!.winner, undefined);
    assert.equal(settlementOf(proposed())!.winner, undefined);
  });

  it("is not made twice, and not of a log with holes", () => {
    assert.equal(settlementOf(...refutedGame, concluded(3)), undefined);
    assert.equal(settlementOf(proposed(), ...countered(), refuted()), undefined);
    assert.equal(settlementOf(...argued, moved({ number: 4 })), undefined);
  });

  it("goes on after the parts that are settled, with the winner that may be among them", () => {
    const left = (left: bigint): GameEvent => ({ eventName: "PartSettled", args: { number: proposal.number, left } });
    const due = settlementOf(...refutedGame, left(1n))!;
    assert.deepEqual(
      due.entries.map(({ number }) => number),
      [1],
    );
    assert.equal(due.winner!.output, counterOutput);
  });

  it("brings a prepayment for each claim and for the proposal, but for no refutation", () => {
    const { entries } = settlementOf(...refutedGame)!;
    assert.deepEqual([prepaymentsOf(entries, true), prepaymentsOf(entries, false)], [3, 2]);
  });

  it("pays who is right; a stake alone is not paid", () => {
    const game = gameAfter(...refutedGame);
    assert.deepEqual(payeesOf(game), new Set([HONEST]));
    for (const [who, isPaid, isIn] of [
      [HONEST, true, true],
      [LIAR, false, true],
      [account(9), false, false],
    ] as const)
      assert.deepEqual([pays(game, new Set([who])), hasStake(game, new Set([who]))], [isPaid, isIn]);
  });

  it("leaves the proposal with the result, as a consumer brings it", () => {
    const over = gameAfter(...refutedGame, concluded(3));
    assert.deepEqual(concludedProposal(over), { ...proposal, output: counterOutput });
  });
});
