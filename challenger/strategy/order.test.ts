import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import { account, countered, HONEST, LIAR, moved, proposal, proposed, times } from "./fixtures/log.ts";
import { defendsOwn, inOrder, nextDeadline } from "./order.ts";
import { gameIdOf, regionOf } from "./record.ts";
import { emptyForest, extend, type GameEvent } from "./tree.ts";

const gameAfter = (...events: GameEvent[]) => extend(emptyForest(), events).games.get(gameIdOf(proposal))!;

describe("the order of games", () => {
  const stranger = account(8);
  const proposedAt = (region: bigint, made: number, consumer: Hex): GameEvent =>
    proposed({ number: (region << 16n) | 1n, made, consumer });
  const regions = (events: GameEvent[], now: number): number[] =>
    inOrder(extend(emptyForest(), events).games.values(), new Set([account(1)]), times, now).map((game) =>
      regionOf(game.proposal.number),
    );

  it("puts own consumers first, and then what leaves the least time", () => {
    const events = [
      proposedAt(1n, 10_000, stranger),
      proposedAt(2n, 10_300, account(1)),
      proposedAt(3n, 10_200, account(1)),
      proposedAt(4n, 10_100, stranger),
    ];
    assert.deepEqual(regions(events, 10_400), [3, 2, 1, 4]);
    assert.deepEqual(regions(events, 11_250), [2, 3, 1, 4], "what can no longer be answered comes last");
  });

  it("is not put off by a liar's answers to itself", () => {
    const now = 10_500;
    const before = nextDeadline(gameAfter(proposed()), times, now);
    const after = nextDeadline(gameAfter(proposed(), ...countered(), moved()), times, now);
    assert.deepEqual([before, after], [11_000, 11_000]);
  });
});

describe("an answer defends our own bonds", () => {
  const game = gameAfter(proposed(), ...countered(), moved());

  it("if it lies below a claim or a proposal of ours", () => {
    assert.ok(defendsOwn(game, 2, new Set([HONEST])));
    assert.ok(defendsOwn(game, 1, new Set([LIAR])), "the proposer's");
    assert.ok(!defendsOwn(game, 1, new Set([HONEST])));
    assert.ok(!defendsOwn(game, 0, new Set([LIAR])), "a counter attacks the proposal");
  });
});
