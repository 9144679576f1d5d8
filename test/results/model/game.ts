/**
 * A game, as far as results depend on it: its deepest line of claims, with the clocks of docs/game.md, and whether the honest side
 * owes an answer. One tick is an hour.
 */

export const MAX_CLOCK = 84;
const EXTENSION = 1;
const LONG_EXTENSION = 4;

/** Depths of claims that take longer: level 1 or delegated, in a line of 3 span, 10 EVM and 15 tensor levels. */
const LONG_DEPTHS = new Set([3, 4, 13, 14, 28]);
const LONGEST_LINE = 28;

/** W: the longest that a game lasts. */
export const LONGEST =
  2 * MAX_CLOCK + LONG_DEPTHS.size * LONG_EXTENSION + (LONGEST_LINE - LONG_DEPTHS.size) * EXTENSION;

export type Party = "honest" | "liar";
/** Why the honest side did not answer. */
export type Failure = "absent" | "states dropped" | "late";

type Claim = { made: number; clock: number };

export type Game = {
  number: number;
  first: number;
  end: number;
  previous: number;
  output: number;
  /** The root that the proposal named. */
  count: number;
  root: number;
  machine: number;
  by: Party;
  made: number;
  epoch: number;
  /** Somebody honest can execute the span. */
  isPlayable: boolean;
  /** What the span's execution from `previous` gives. */
  truth: number;
  /** What it ends with if nobody answers the liar. */
  lie: number;
  /** The proposal, then the claims. */
  line: Claim[];
  /** Of the line's last claim. */
  deadline: number;
  /** The latest deadline of all: nothing is concluded before. */
  due: number;
  /** A false claim stands that the honest side must answer, from `answerAt` on. */
  pending: boolean;
  answerAt: number;
  /** The honest side has a bond in it. */
  staked: boolean;
  result: number | undefined;
  /** The adversary settles it no earlier. */
  settleAt: number;
  settled: boolean;
  failure: Failure | undefined;
};

export const openLine = (now: number): Pick<Game, "line" | "deadline" | "due"> => ({
  line: [{ made: now, clock: 0 }],
  deadline: now + MAX_CLOCK,
  due: now + MAX_CLOCK,
});

export const isFull = (game: Game): boolean => game.line.length > LONGEST_LINE;

/** One more claim at the line's end, with the recurrences of docs/game.md, "Clocks". */
export function addClaim(game: Game, now: number): void {
  const parent = game.line.at(-1)!;
  const grandparentClock = game.line.at(-2)?.clock ?? 0;
  const extension = LONG_DEPTHS.has(game.line.length) ? LONG_EXTENSION : EXTENSION;
  game.line.push({ made: now, clock: Math.min(MAX_CLOCK, grandparentClock + now - parent.made) });
  game.deadline = now + Math.max(extension, MAX_CLOCK - parent.clock);
  game.due = Math.max(game.due, game.deadline);
}

export const cloneGame = (game: Game): Game => ({ ...game, line: game.line.map((claim) => ({ ...claim })) });
