import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rootOf } from "./dissection.ts";
import {
  claimed,
  concluded,
  counter,
  countered,
  counterHalted,
  counterMiddles,
  counterOutput,
  hash,
  hashes,
  move,
  moved,
  moveEnd,
  moveMiddles,
  proposal,
  proposed,
  refutation,
  refuted,
  times,
  wholeRange,
} from "./fixtures/log.ts";
import { gameIdOf, packClaim, wholeCommitment } from "./record.ts";
import { emptyForest, extend, type GameEvent, nodeDeadline, proposalDeadline } from "./tree.ts";

const id = gameIdOf(proposal);
const story = [proposed(), ...countered(), moved(), refuted()];
const gameAfter = (...events: GameEvent[]) => [...extend(emptyForest(), events).games.values()][0]!;

describe("the claim tree", () => {
  it("is rebuilt from the events, with every record, state and deadline", () => {
    const game = gameAfter(...story);
    assert.deepEqual([game.counters, [...game.claims.keys()], game.entries], [[1], [1, 2], 3]);
    const [above, below] = [game.claims.get(1)!, game.claims.get(2)!];

    const root = rootOf([proposal.start, ...counterMiddles, counterHalted]);
    assert.deepEqual([above.root, above.output], [root, counterOutput]);
    assert.equal(above.commitment, wholeCommitment(root, counterOutput));
    assert.deepEqual(above.children, [2]);
    assert.deepEqual(above.run.askedBy, undefined);

    assert.deepEqual(below.points, [counterMiddles[5], ...moveMiddles, moveEnd]);
    assert.deepEqual([below.commitment, below.output], [below.root, undefined]);
    assert.equal(below.offset, 6n * 16n);
    assert.deepEqual(below.refutations, [refutation]);

    assert.equal(proposalDeadline(game, times), 10_000 + 1000);
    assert.equal(nodeDeadline(above, times), 10_400 + 1000);
    assert.equal(nodeDeadline(below, times), 10_500 + 600);
  });

  it("follows another machine's run from the step that asks for it", () => {
    const asked = {
      ...refutation,
      kind: "delegation" as const,
      level: 1,
      machine: proposal.consumer,
      parentClock: 100,
    };
    const whole: GameEvent = {
      eventName: "WholeRange",
      args: { number: proposal.number, context: hash(70), start: hash(71), halted: hash(72) },
    };
    const game = gameAfter(...story.slice(0, -1), whole, claimed(asked, hash(73), hashes(80)));
    const { run, offset, points, output } = game.claims.get(3)!;
    const { askedBy, ...about } = run;
    assert.deepEqual(about, { machine: proposal.consumer, context: hash(70), start: hash(71), level: 1 });
    assert.deepEqual([askedBy?.run.machine, askedBy?.step], [proposal.machine, 6n * 16n + 3n]);
    assert.deepEqual([offset, points[0], points[16], output], [0n, hash(71), hash(72), hash(73)]);
  });

  it("is the same whether events come at once or one by one, and what it grew from stays", () => {
    const first = extend(emptyForest(), story.slice(0, 3));
    assert.deepEqual(extend(first, story.slice(3)), extend(emptyForest(), story));
    assert.equal(first.games.get(id)!.claims.size, 1);
  });

  it("names a claim with all that is above it: after a reorganisation the same record can be another claim", () => {
    const third = claimed({ ...move, number: 3, parent: 2, segment: 3, parentClock: 100 }, hash(9), hashes(300));
    const below = (segment: number) => {
      const second = moved({ level: 2, segment });
      return gameAfter(proposed({ level: 3 }), ...countered({ level: 3 }), second, third);
    };
    const [here, there] = [6, 7].map((segment) => below(segment).claims.get(3)!);
    assert.deepEqual(packClaim(here!), packClaim(there!));
    assert.notEqual(here!.offset, there!.offset);
    assert.notEqual(here!.id, there!.id);
  });

  it("finds a game by its number, which later events name it by", () => {
    const { numbers } = extend(emptyForest(), story);
    assert.deepEqual([...numbers], [[proposal.number, id]]);
  });

  it("ends with the result", () => {
    const parts: GameEvent = { eventName: "PartSettled", args: { number: proposal.number, left: 1n } };
    assert.equal(gameAfter(...story).unsettled, 3);
    assert.equal(gameAfter(...story, parts).unsettled, 1);
    const { status, output, unsettled } = gameAfter(...story, concluded(3));
    assert.deepEqual([status, output, unsettled], ["replaced", counterOutput, 0]);
    assert.equal(gameAfter(...story, concluded(3, 2, proposal.output)).status, "upheld");
  });
});

describe("an incomplete log", () => {
  const broken = (...events: GameEvent[]) => extend(emptyForest(), events).broken.get(proposal.number) ?? "";

  it("is noticed by the next event: claims are numbered", () => {
    assert.equal(broken(...story, concluded(3)), "");
    assert.match(broken(...story.slice(1)), /whose Proposed event is missing/);
    assert.match(broken(proposed(), story[2]!), /its WholeRange event is missing/);
    assert.match(broken(proposed(), moved()), /claim 1 is missing before 2/);
    assert.match(broken(proposed(), ...countered(), refuted()), /claim 2 is missing before 3/);
    assert.match(broken(...story, moved({ number: 5 })), /claim 4 is missing before 5/);
  });

  it("is noticed at the end: a game tells how many claims it had", () => {
    assert.match(broken(...story.slice(0, -1), concluded(3)), /it had 3 claims and refutations, of which 2 are known/);
  });

  it("is noticed when a place is used again: its games are numbered", () => {
    const { broken } = extend(emptyForest(), [proposed(), proposed({ number: proposal.number + 2n })]);
    assert.deepEqual([...broken.keys()], [proposal.number + 1n]);
  });

  it("is noticed where a claim does not follow from what it answers", () => {
    const begun = [proposed(), ...countered()];
    assert.match(broken(...begun, moved({ level: 2 })), /does not follow from claim 1/);
    assert.match(broken(...begun, moved({ parentClock: 1 })), /does not follow from claim 1/);
    assert.match(broken(...begun, moved({ parent: 9 })), /answers claim 9, whose Claimed event is missing/);
    assert.match(broken(...begun, ...countered()), /claim 1 comes after claim 1/);
    assert.match(broken(proposed(), proposed({ output: hash(9) })), /two proposals/);
  });

  it("does not take the whole range of one claim for another's", () => {
    const other = { ...counter, number: 2, place: 11 };
    assert.match(
      broken(proposed(), ...countered(), claimed(other, hash(8), hashes(300))),
      /WholeRange event is missing/,
    );
    assert.match(broken(proposed(), wholeRange(proposal.number + 1n), story[2]!), /WholeRange event is missing/);
  });

  it("breaks one game alone, of which the known part stays", () => {
    const other = { number: (77n << 16n) | 1n };
    const lost = extend(emptyForest(), [proposed(), ...countered(), moved({ number: 3, parent: 1 }), proposed(other)]);
    assert.deepEqual([...lost.broken.keys()], [proposal.number]);
    assert.equal(lost.games.size, 2);
    assert.deepEqual([...lost.games.get(id)!.claims.keys()], [1, 3]);
    assert.equal(lost.games.get(id)!.claims.get(3)!.claimant, move.claimant);
  });
});
