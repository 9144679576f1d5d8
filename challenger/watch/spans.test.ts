import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutputsEvent } from "../l1/events.ts";
import { askedAgain, FALSE, frozen, game, machineSet, proposed, settled, truth } from "./fixtures/events.ts";
import { Spans } from "./spans.ts";

/** What follows from the events of the outputs contract. */

function after(...events: OutputsEvent[]): Spans {
  const spans = new Spans({ chainId: 7n, genesisOutput: truth(0) });
  spans.learn(events);
  return spans;
}

test("the genesis is settled and final before anything else", () => {
  const spans = after();
  assert.equal(spans.at(0)?.output, truth(0));
  assert.deepEqual(spans.finalList(0), [0]);
});

test("a boundary is final from its readyAt on; the list goes on over boundaries that were settled above all others", () => {
  const spans = after(
    settled({ sequence: 0, end: 4 }, { readyAt: 100 }),
    settled({ sequence: 1, end: 2 }, { readyAt: 110 }),
    settled({ sequence: 2, first: 4, end: 9 }, { readyAt: 120 }),
  );
  assert.equal(spans.isFinal(4, 99), false);
  assert.equal(spans.isFinal(4, 100), true);
  assert.deepEqual(spans.finalList(99), [0]);
  assert.deepEqual(spans.finalList(115), [0, 4], "boundary 2 is final, but below the list");
  assert.deepEqual(spans.finalList(120), [0, 4, 9]);
});

test("what is not final when the guardian asks again is unsettled, and the list is cut there", () => {
  const asked = [
    settled({ sequence: 0, end: 3 }, { readyAt: 100 }),
    settled({ sequence: 1, first: 3, end: 6 }, { readyAt: 200 }),
    askedAgain(2, 1, 150),
  ];
  const spans = after(...asked);
  assert.equal(spans.epoch, 1);
  assert.equal(spans.at(3)?.output, truth(3));
  assert.equal(spans.at(6), undefined);
  assert.deepEqual(spans.finalList(1_000), [0, 3], "time does not make it final");
  const again = after(...asked, settled({ sequence: 3, first: 3, end: 5 }, { readyAt: 300 }));
  assert.deepEqual(again.finalList(300), [0, 3, 5], "boundary 5 is below 6, and above what is settled now");
});

test("a second asking leaves what the first one left, and takes what was settled between", () => {
  const spans = after(
    settled({ sequence: 0, end: 3 }, { readyAt: 100 }),
    askedAgain(1, 1, 100),
    settled({ sequence: 2, first: 3, end: 4 }, { readyAt: 250 }),
    askedAgain(3, 2, 200),
  );
  assert.equal(spans.at(3)?.output, truth(3));
  assert.equal(spans.at(4), undefined);
});

test("a contradiction freezes the contract until the guardian asks again", () => {
  const contradicted = [settled({ sequence: 0, end: 3 }, { output: FALSE }), frozen({ sequence: 1, end: 3 })];
  assert.equal(after(...contradicted).frozenBy, game(1));
  assert.equal(after(...contradicted, askedAgain(2, 1, 50)).frozenBy, undefined);
});

test("a game counted at a block if the guardian asked at that block or later, or has not", () => {
  const spans = after(askedAgain(0, 1, 50, 1_000n));
  assert.equal(spans.countedSince({ epoch: 0 }, 1_000n), true);
  assert.equal(spans.countedSince({ epoch: 0 }, 1_001n), false);
  assert.equal(spans.countedSince({ epoch: 1 }, 5_000n), true);
});

test("a machine executes batches until the next one; one that is replaced takes the later ones with it", () => {
  const until = (spans: Spans, ...batches: number[]) => batches.map((first) => spans.machineOf(first)?.until);
  const spans = after(machineSet(0, 0), machineSet(1, 10), machineSet(2, 20));
  assert.deepEqual(until(spans, 0, 9, 10, 20), [10, 10, 20, Number.POSITIVE_INFINITY]);
  spans.learn([machineSet(3, 7)]);
  assert.deepEqual(until(spans, 0, 7, 10), [7, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  assert.equal(after().machineOf(0), undefined);
});

test("the same events give the same state, and forgetting starts again", () => {
  const events = [proposed({ sequence: 0, end: 3 }), settled({ sequence: 1, end: 3 }), askedAgain(2, 1, 150)];
  const spans = after(...events);
  const state = () => [spans.epoch, spans.settled, [...spans.proposals], spans.finalList(150)];
  const before = state();
  spans.forget();
  assert.deepEqual([spans.epoch, spans.proposals.size, spans.settled.length], [0, 0, 1]);
  spans.learn(events);
  assert.deepEqual(state(), before);
});
