import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concluded, countered, move, moved, proposal, proposed, refuted } from "./fixtures/log.ts";
import { freePlaces, placeHints, regionHint } from "./places.ts";
import { emptyForest, extend, type Forest, type GameEvent } from "./tree.ts";

const forestAfter = (...events: GameEvent[]) => extend(emptyForest(), events);
const firstHints = (count: number, forest: Forest) => placeHints(forest).take(count).toArray();
const over = [proposed(), ...countered(), moved(), refuted(), concluded(3)];

describe("hints", () => {
  it("name the places of games that are over", () => {
    assert.deepEqual(freePlaces(forestAfter(...over)), [7, 8, 9]);
    assert.deepEqual(freePlaces(forestAfter(...over.slice(0, -1))), []);
    const beyond = [proposed(), ...countered({ place: 1 << 16 }), concluded(1)];
    assert.deepEqual(freePlaces(forestAfter(...beyond)), [], "a hint has 16 bits");
  });

  it("leave out what an open game holds, whoever used it before", () => {
    const [number, made] = [(6n << 16n) | 1n, 20_000];
    const again = countered({ place: 8 }).map((event) => ({ ...event, args: { ...event.args, number } }) as GameEvent);
    assert.deepEqual(freePlaces(forestAfter(...over, proposed({ number, made }), ...again)), [7, 9]);
  });

  it("are all the free places, and then fresh ones, each once", () => {
    assert.deepEqual(firstHints(4, forestAfter(...over)), [7, 8, 9, 10]);
    assert.deepEqual(firstHints(2, forestAfter(...over.slice(0, -1))), [move.place + 2, move.place + 3]);
    assert.deepEqual(firstHints(2, emptyForest()), [0, 1]);
    const last = forestAfter(proposed(), ...countered({ place: (1 << 16) - 2 }));
    assert.deepEqual(firstHints(2, last), [(1 << 16) - 1, 0], "a hint has 16 bits");
  });

  it("name the region of a game that is over for long enough, or else a fresh one", () => {
    const forest = forestAfter(...over);
    assert.equal(regionHint(forest, 5_000, proposal.made + 5_001), 5);
    assert.equal(regionHint(forest, 5_000, proposal.made + 5_000), 0);
    assert.equal(regionHint(forestAfter(proposed()), 5_000, 99_999), 0);
    const next = proposed({ number: proposal.number + 1n, made: 20_000 });
    assert.equal(regionHint(forestAfter(...over, next), 5_000, 90_000), 0, "the next game is there");
    const regions = [0n, 1n, 3n, 2n ** 24n - 1n].map((region) => proposed({ number: region << 16n }));
    assert.equal(
      regionHint(forestAfter(...regions), 5_000, 0),
      2,
      "the first that nobody has, whatever is taken above",
    );
    assert.equal(regionHint(emptyForest(), 5_000, 0), 0);
  });
});
