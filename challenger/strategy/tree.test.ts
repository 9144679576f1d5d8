import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import { rootOf } from "./dissection.ts";
import { claimIdOf, gameIdOf } from "./identity.ts";
import { inOrder, nextDeadline } from "./order.ts";
import { dueResolutions, nextResolution, worthResolving } from "./resolutions.ts";
import { emptyForest, extend, type GameEvent, nodeDeadline } from "./tree.ts";
import { keccakWords, word } from "./words.ts";

const times = { maxClock: 1000, extension: 50, longExtension: 120 };
const hash = (i: number): Hex => keccakWords(word(i));
const account = (i: number): Hex => `0x${i.toString(16).padStart(40, "a")}`;
const deployment = { chainId: 1n, address: account(0) };
const proposal = {
  consumer: account(1),
  proposer: account(2),
  number: 0n,
  machine: account(3),
  context: hash(1),
  start: hash(2),
  level: 3,
  output: hash(3),
};
const game = gameIdOf(deployment, proposal);
const proposed: GameEvent = { eventName: "Proposed", args: { ...proposal, game, made: 10_000 } };

/** A counter by account 4, and a move by account 5 against its segment 6. */
const middles = Array.from({ length: 15 }, (_, i) => hash(100 + i));
const { machine, context, start, level } = proposal;
const counterClaim = {
  game,
  parent: game,
  segment: 0,
  machine,
  level,
  delegated: false,
  end: hash(4),
  root: rootOf([start, ...middles, hash(5)]),
};
const counter = claimIdOf(counterClaim);
const countered: GameEvent[] = [
  { eventName: "WholeRange", args: { game, id: counter, machine, context, start, halted: hash(5), level } },
  {
    eventName: "Claimed",
    args: { game, parent: game, id: counter, claimant: account(4), made: 10_400, segment: 0, end: hash(4), middles },
  },
];
const moveClaim = {
  ...counterClaim,
  parent: counter,
  segment: 6,
  level: 2,
  end: hash(6),
  root: rootOf([middles[5]!, ...middles, hash(6)]),
};
const move = claimIdOf(moveClaim);
const moved: GameEvent = {
  eventName: "Claimed",
  args: { game, parent: counter, id: move, claimant: account(5), made: 10_500, segment: 6, end: hash(6), middles },
};

const empty = emptyForest(deployment, times);

describe("the claim tree", () => {
  it("is rebuilt from the events, with every place, clock and deadline", () => {
    const { claims, counters } = extend(empty, [proposed, ...countered, moved]).games.get(game)!;
    assert.deepEqual(counters, [counter]);
    const [above, below] = [claims.get(counter)!, claims.get(move)!];
    assert.deepEqual(above.claim, counterClaim);
    assert.deepEqual(above.children, [move]);
    assert.deepEqual(below.claim, moveClaim);
    assert.equal(below.offset, 6n * 256n);
    assert.deepEqual([above.clock, below.clock], [400, 100]);
    assert.equal(nodeDeadline(above, times), 10_400 + 1000);
    assert.equal(nodeDeadline(below, times), 10_500 + 600);
  });

  it("is the same whether events come at once or one by one, and what it grew from stays", () => {
    const events = [proposed, ...countered, moved];
    const first = extend(empty, [proposed, ...countered]);
    assert.deepEqual(extend(first, [moved]), extend(empty, events));
    assert.equal(first.games.get(game)!.claims.size, 1);
    assert.equal(empty.games.size, 0);
  });

  it("leaves out an event that can not be, and says which game it breaks", () => {
    const broken = (...events: GameEvent[]) => extend(empty, events).broken.get(game) ?? "";
    assert.match(broken(...countered), /whose Proposed event is missing/);
    assert.match(broken(proposed, countered[1]!), /its WholeRange event is missing/);
    assert.match(broken(proposed, moved), /answers a claim whose Claimed event is missing/);
    const bent = { ...moved, args: { ...moved.args, end: hash(7) } } as GameEvent;
    assert.match(broken(proposed, ...countered, bent), /does not hash to/);
    const other = { ...proposed, args: { ...proposed.args, output: hash(9) } } as GameEvent;
    assert.match(broken(other), /does not hash to game/);
    assert.equal(broken(proposed, ...countered, moved), "");
  });

  it("breaks one game alone, which keeps what is known of it", () => {
    const second = { ...proposal, number: 1n };
    const others: GameEvent = {
      eventName: "Proposed",
      args: { ...second, game: gameIdOf(deployment, second), made: 10_000 },
    };
    const lost = extend(empty, [proposed, countered[0]!, moved, others]);
    assert.deepEqual([...lost.broken.keys()], [game]);
    assert.deepEqual([...lost.games.keys()], [game, gameIdOf(deployment, second)]);
    assert.equal(lost.games.get(game)!.claims.size, 0);
  });
});

describe("what is due to be settled", () => {
  const forest = extend(empty, [proposed, ...countered, moved]);
  const due = (now: number) => dueResolutions(forest.games.get(game)!, times, now).map(({ id }) => id);

  it("comes children first, and waits for children that are not due", () => {
    assert.deepEqual(due(11_099), []);
    assert.deepEqual(due(11_100), [move]);
    assert.deepEqual(due(11_400), [move, counter, game]);
  });

  it("is everything, at once, in a void game", () => {
    const gone = extend(forest, [{ eventName: "Voided", args: { game } }]).games.get(game)!;
    assert.deepEqual(
      dueResolutions(gone, times, 0).map(({ id }) => id),
      [move, counter, game],
    );
  });

  it("leaves no bond behind in a void game that somebody has concluded first", () => {
    const concluded = { eventName: "Concluded", args: { game, status: 4, output: hash(3) } } as const;
    const gone = extend(forest, [{ eventName: "Voided", args: { game } }, concluded]).games.get(game)!;
    assert.deepEqual(
      dueResolutions(gone, times, 0).map(({ id }) => id),
      [move, counter],
    );
  });

  it("is announced: the first time at which something can be settled", () => {
    const told = forest.games.get(game)!;
    assert.equal(nextResolution(told, times, 10_600), 11_100);
    assert.equal(nextResolution(told, times, 11_100), 11_100);
    const settled = extend(forest, [
      { eventName: "Resolved", args: { game, claim: move, stands: true } },
      { eventName: "Resolved", args: { game, claim: counter, stands: false } },
      { eventName: "Concluded", args: { game, status: 2, output: hash(3) } },
    ]);
    assert.equal(nextResolution(settled.games.get(game)!, times, 11_400), undefined);
  });

  it("is worth its gas to who has money in it, or where the prepayment covers it", () => {
    const told = forest.games.get(game)!;
    assert.ok(worthResolving(told, new Set([account(5)]), 1n, 2n));
    assert.ok(worthResolving(told, new Set([account(2)]), 1n, 2n));
    assert.ok(worthResolving(told, new Set(), 3n, 2n));
    assert.ok(!worthResolving(told, new Set([account(9)]), 1n, 2n));
  });
});

describe("the order of games", () => {
  const stranger = account(8);
  const proposedBy = (number: bigint, made: number, consumer: Hex): GameEvent => {
    const other = { ...proposal, number, consumer };
    return { eventName: "Proposed", args: { ...other, game: gameIdOf(deployment, other), made } };
  };
  const numbers = (events: GameEvent[], now: number): bigint[] =>
    inOrder(extend(empty, events).games.values(), new Set([account(1)]), times, now).map((g) => g.proposal.number);

  it("puts own consumers first, and then what leaves the least time", () => {
    const events = [
      proposedBy(1n, 10_000, stranger),
      proposedBy(2n, 10_300, account(1)),
      proposedBy(3n, 10_200, account(1)),
      proposedBy(4n, 10_100, stranger),
    ];
    assert.deepEqual(numbers(events, 10_400), [3n, 2n, 1n, 4n]);
    assert.deepEqual(numbers(events, 11_250), [2n, 3n, 1n, 4n], "what can no longer be answered comes last");
  });

  it("is not put off by a liar's answers to itself", () => {
    const now = 10_500;
    const before = nextDeadline(extend(empty, [proposed]).games.get(game)!, times, now);
    const after = nextDeadline(extend(empty, [proposed, ...countered, moved]).games.get(game)!, times, now);
    assert.equal(before, 11_000);
    assert.equal(after, before);
  });
});
