import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  answer,
  type Child,
  type Claim,
  deadline,
  type Position,
  propose,
  type Rules,
  refute,
  settle,
} from "./model.ts";

/**
 * Every play of the smallest game that has everything in it: two segments a claim, two levels, one step of the four asks another
 * machine, which takes two. A state is labelled by what is wrong with it at its place.
 */
const [TRUE, FALSE, JUNK, OTHER] = [0, 1, 2, 3];
const LABELS = [TRUE, FALSE, JUNK];
const [HONEST, LIAR] = [1, 0];

type Instance = {
  rules: Rules;
  /** Moves of the liar, beside its proposal. */
  lies: number;
  /** Which of the four steps asks. */
  asks: number;
  /** After which step a false state becomes true again; 4 for the other machine's first. */
  merges: number | undefined;
  /** Ticks from a claim to its honest answer. */
  latency: number;
};

type State = { game: Position<number>; now: number; left: number; lock: number };
type Totals = { states: number; plays: number; wrongs: Map<string, string> };

/** The step at which a claim starts; a delegated claim's count from 0 in the other machine. */
function place(game: Position<number>, i: number): { other: boolean; step: number } {
  const { parent, segment, delegated } = game[i]!;
  if (parent <= 0) return { other: false, step: 0 };
  if (delegated) return { other: true, step: 0 };
  const above = place(game, parent);
  return { other: above.other, step: above.step + segment * 2 };
}

/** What follows a state; undefined where it opens to nothing. */
function stepFrom({ merges }: Instance, other: boolean, step: number, label: number): number | undefined {
  if (label === TRUE) return TRUE;
  if (label === FALSE) return merges === (other ? 4 : step) ? TRUE : FALSE;
  return undefined;
}

/** What follows a state whose step asks, if the other machine answers so: some pairs of falsehoods make a truth. */
function postFrom(instance: Instance, step: number, label: number, output: number): number | undefined {
  if (label === TRUE) return output === JUNK ? OTHER : output;
  if (label === FALSE)
    return output === TRUE ? stepFrom(instance, false, step, FALSE) : output === FALSE ? TRUE : OTHER;
  return undefined;
}

const asksAt = (instance: Instance, game: Position<number>, i: number, segment: number): boolean => {
  const { other, step } = place(game, i);
  return !other && game[i]!.level === 1 && step + segment === instance.asks;
};

/** A child with these labels; undefined where there can be none. */
function childOf(
  instance: Instance,
  game: Position<number>,
  parent: number,
  segment: number,
  middle: number,
  end: number,
) {
  const claim = game[parent]!;
  if (claim.level === 0) return segment > 0 ? undefined : { parent, segment, level: 2, points: [TRUE, middle, end] };
  const start = claim.points[segment]!;
  if (claim.level > 1) return { parent, segment, points: [start, middle, end] };
  if (!asksAt(instance, game, parent, segment)) return undefined;
  const post = postFrom(instance, instance.asks, start, end);
  return post === undefined ? undefined : { parent, segment, level: 1, points: [TRUE, middle, end], post };
}

const firstFalse = ({ level, points }: Claim<number>): number | undefined => {
  const wrong = level === 0 ? (points[0] === TRUE ? -1 : 0) : points.slice(1).findIndex((label) => label !== TRUE);
  return wrong === -1 ? undefined : wrong;
};

/** The proposal; every child of a relevant true claim; those of a false one at or below its first false segment. */
function relevanceOf(game: Position<number>): boolean[] {
  const relevant: boolean[] = [];
  for (const [i, claim] of game.entries()) {
    const wrong = i === 0 ? undefined : firstFalse(game[claim.parent]!);
    relevant.push(i === 0 || (relevant[claim.parent]! && (wrong === undefined || claim.segment <= wrong)));
  }
  return relevant;
}

function honestTurn(
  instance: Instance,
  state: State,
  wrong: (what: string, game: Position<number>) => void,
): Position<number> {
  let { game } = state;
  const relevant = relevanceOf(game);
  for (const [i, claim] of state.game.entries()) {
    const segment = firstFalse(claim);
    if (!relevant[i] || segment === undefined || state.now - claim.made < instance.latency) continue;
    if (game[i]!.refuted !== undefined && game[i]!.refuted.segment <= segment) continue;
    const child = childOf(instance, game, i, segment, TRUE, TRUE);
    const isMade = (c: Claim<number>) => c.parent === i && c.segment === segment && c.points.every((p) => p === TRUE);
    if (child !== undefined && game.some(isMade)) continue;
    const next =
      child === undefined
        ? refute(instance.rules, game, { claim: i, segment, post: TRUE }, HONEST, state.now)
        : answer(instance.rules, game, child, HONEST, state.now);
    if (next === undefined) wrong("an honest move is refused", game);
    else game = next;
  }
  return game;
}

/** Everything that the liar can do now, each move with its number, so that moves of one tick come in one order only. */
function* liarTurn(
  instance: Instance,
  { game, now, lock }: State,
): Generator<{ game: Position<number>; lock: number }> {
  for (const [i, claim] of game.entries()) {
    for (let segment = 0; segment < 2; segment++) {
      const number = 2 * i + segment;
      if (number < lock || now >= deadline(instance.rules, game, i)) continue;
      if (claim.level === 1 && !asksAt(instance, game, i, segment)) {
        const { other, step } = place(game, i);
        const post = stepFrom(instance, other, step + segment, claim.points[segment]!);
        const next =
          post === undefined ? undefined : refute(instance.rules, game, { claim: i, segment, post }, LIAR, now);
        if (next !== undefined) yield { game: next, lock: number };
        continue;
      }
      for (const end of LABELS) {
        for (const middle of LABELS) {
          const child: Child<number> | undefined = childOf(instance, game, i, segment, middle, end);
          const next = child && answer(instance.rules, game, child, LIAR, now);
          if (next !== undefined) yield { game: next, lock: number };
        }
      }
    }
  }
}

function judge(
  instance: Instance,
  game: Position<number>,
  wrong: (what: string, game: Position<number>) => void,
): void {
  const { stands, winner } = settle(game);
  const relevant = relevanceOf(game);
  if (stands[0] !== (game[0]!.points[0] === TRUE)) wrong("the result is wrong", game);
  for (const [i, claim] of game.entries()) {
    const first = firstFalse(claim);
    if (claim.owner === HONEST && !stands[i]) wrong("an honest bond is lost", game);
    if (relevant[i] && first === undefined && !stands[i]) wrong("a true claim falls", game);
    if (relevant[i] && first !== undefined) {
      const paid = winner[i];
      const isTrue = paid !== undefined && (paid.child === -1 || firstFalse(game[paid.child]!) === undefined);
      if (stands[i]) wrong("a false claim that bears on the result stands", game);
      else if (paid!.segment !== first || !isTrue) wrong("a bond goes astray", game);
    }
    const { rules } = instance;
    // Two levels of the first machine, one of the other: EXT of level 2, then twice the long one.
    const bound = 2 * rules.maxClock + rules.extension + 2 * rules.longExtension;
    if (deadline(rules, game, i) > bound) wrong("the game outlasts its bound", game);
  }
}

const signature = ({ game, now, left, lock }: State): string =>
  `${now},${left},${lock};${game
    .map(
      (c) =>
        `${c.parent}${c.segment}${c.points.join("")}${c.owner}${c.made},${c.clock},${c.refuted ? `${c.refuted.segment}${c.refuted.by}` : ""}`,
    )
    .join(";")}`;

function search(instance: Instance): Totals {
  const totals: Totals = { states: 0, plays: 0, wrongs: new Map() };
  const wrong = (what: string, game: Position<number>) => {
    if (!totals.wrongs.has(what)) totals.wrongs.set(what, JSON.stringify(game));
  };
  const seen = new Set<string>();
  const over = ({ game, now }: State) => game.every((_, i) => now >= deadline(instance.rules, game, i));

  const explore = (state: State): void => {
    totals.states++;
    if (state.left === 0 || over(state)) {
      let last = state;
      while (!over(last)) last = { ...last, game: honestTurn(instance, last, wrong), now: last.now + 1 };
      totals.plays++;
      judge(instance, last.game, wrong);
      return;
    }
    const key = signature(state);
    if (seen.has(key)) return;
    seen.add(key);
    explore({ ...state, game: honestTurn(instance, state, wrong), now: state.now + 1, lock: 0 });
    for (const next of liarTurn(instance, state)) explore({ ...next, now: state.now, left: state.left - 1 });
  };
  for (const output of LABELS) {
    seen.clear();
    explore({ game: propose(output, output === TRUE ? HONEST : LIAR, 0), now: 0, left: instance.lies, lock: 0 });
  }
  return totals;
}

const rules: Rules = { maxClock: 3, extension: 2, longExtension: 2 };

describe("every play of the smallest game", () => {
  const questions = [0, 1, 2, 3];
  for (const [lies, merging] of [
    [2, [undefined, 0, 1, 2, 3, 4]],
    [3, [undefined, 1, 4]],
  ] as const)
    it(`with ${lies} lies, wherever the question and the merging are, is won by the honest party`, (t) => {
      let [states, plays] = [0, 0];
      for (const asks of questions)
        for (const merges of merging) {
          const found = search({ rules, lies, asks, merges, latency: 1 });
          assert.deepEqual([...found.wrongs], []);
          states += found.states;
          plays += found.plays;
        }
      t.diagnostic(`${states} states, ${plays} plays`);
    });

  it("with long clocks and a slow honest party, is won by it", (t) => {
    const slow: Rules = { maxClock: 5, extension: 3, longExtension: 3 };
    const { states, plays, wrongs } = search({ rules: slow, lies: 2, asks: 2, merges: 4, latency: 2 });
    assert.deepEqual([...wrongs], []);
    t.diagnostic(`${states} states, ${plays} plays`);
  });

  it("the honest party must answer within the extension: slower, and the search finds a lie that wins", () => {
    const { wrongs } = search({ rules, lies: 2, asks: 1, merges: 1, latency: 3 });
    assert.ok(wrongs.has("an honest move is refused"));
    assert.ok(wrongs.has("the result is wrong"));
  });

  it("there must be an extension: without, the search finds a lie that wins", () => {
    const none: Rules = { maxClock: 3, extension: 0, longExtension: 0 };
    const { wrongs } = search({ rules: none, lies: 2, asks: 1, merges: undefined, latency: 1 });
    assert.ok(wrongs.has("an honest move is refused"));
  });
});
