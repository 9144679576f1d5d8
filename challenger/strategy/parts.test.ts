import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { account, countered, HONEST, LIAR, moved, proposal, proposed, refuted, times } from "./fixtures/log.ts";
import { packPart, partsOf } from "./parts.ts";
import { gameIdOf, packVerdict } from "./record.ts";
import { dueSettlement } from "./settlement.ts";
import { emptyForest, extend, type GameEvent } from "./tree.ts";

const gameAfter = (...events: GameEvent[]) => extend(emptyForest(), events).games.get(gameIdOf(proposal))!;
const counters = countered();
const second = countered({ number: 6, place: 20, claimant: account(6) });
/** 1: counter. 2: move against it. 3, 5: refutations of 2 at segments 12 and 3. 4: move at a segment above. 6: another counter. */
const game = gameAfter(
  ...[proposed(), ...counters, moved(), refuted({ segment: 12, claimant: LIAR })],
  ...[moved({ number: 4, segment: 9, claimant: account(8) }), refuted({ number: 5 }), ...second],
);

describe("a settlement in parts", () => {
  const numbers = (size: number) =>
    partsOf(game, size).map(({ entries, parents }) => [entries, parents].map((list) => list.map((e) => e.number)));

  it("takes all claims once, the latest first, and the parents of later parts that a claim stands against", () => {
    assert.deepEqual(numbers(6), [[[6, 5, 4, 3, 2, 1], []]]);
    assert.deepEqual(numbers(2), [
      [[6, 5], [2]],
      [
        [4, 3],
        [1, 2],
      ],
      [[2, 1], []],
    ]);
  });

  it("hands on what was found: the lowest segment, whichever part found it", () => {
    const [first, middle, last] = partsOf(game, 2);
    const found = { number: 5, segment: 3, by: HONEST };
    assert.deepEqual(first!.carried, []);
    assert.deepEqual(middle!.carried, [found], "against claim 2, which both parts stand against");
    assert.deepEqual(last!.carried, [found, { number: 4, segment: 9, by: account(8) }]);
    assert.deepEqual([first!.against, last!.against?.number, last!.isLast], [undefined, 6, true]);
  });

  it("goes on where it was left", () => {
    const left: GameEvent = { eventName: "PartSettled", args: { number: proposal.number, left: 4n } };
    const forest = extend(
      { ...emptyForest(), games: new Map([[game.id, game]]), numbers: new Map([[proposal.number, game.id]]) },
      [left],
    );
    assert.deepEqual(partsOf(forest.games.get(game.id)!, 2), partsOf(game, 2).slice(1));
  });

  it("becomes the words of a call", () => {
    const settlement = dueSettlement(game, times, 99_999)!;
    const [, , last] = partsOf(game, 2).map((part) => packPart(settlement, part));
    assert.equal(last!.verdict, packVerdict({ number: 6, segment: 0, by: account(6) }));
    assert.equal(last!.verdict, (6n << 160n) | BigInt(account(6)));
    assert.equal(last!.winner, game.claims.get(6)!.commitment);
    assert.equal(last!.winnerOutput, settlement.winner!.output);
  });
});
