import type { Hex } from "@elench/bytes/hex";
import type { Forest, Game } from "../strategy/tree.ts";
import type { ProposedSpan, Spans } from "./spans.ts";

/** A proposed span whose game counts: the outputs contract takes its result, or will. */
export interface CountedSpan {
  readonly span: ProposedSpan;
  readonly game: Game;
}

/** Seconds for which the contract takes a game's result beyond the longest that the game can last (`Results`). */
const SETTLING_TIME = 3 * 86_400;

/** Whether a game is not too old to be settled. @param longest W, in seconds */
export const isInTime = ({ proposal: { made } }: Game, longest: number, now: number): boolean =>
  now <= made + longest + SETTLING_TIME;

/**
 * The spans of the current epoch whose games are not too old, lowest first.
 * @param longest W, in seconds
 */
export function countedSpans(spans: Spans, { games, numbers }: Forest, longest: number, now: number): CountedSpan[] {
  const counted: CountedSpan[] = [];
  for (const span of spans.proposals.values()) {
    const game = games.get(numbers.get(span.game) as Hex);
    if (game && span.epoch === spans.epoch && isInTime(game, longest, now)) counted.push({ span, game });
  }
  return counted.sort((a, b) => a.span.first - b.span.first || a.span.end - b.span.end);
}

/** The true output at a boundary; undefined if the batches below it are not executed. */
export type TruthAt = (boundary: number) => Hex | undefined;

/** Whether a span's game builds on the true output, and ends with the true one, or proposes it and is not over. */
export const isTrue = ({ span: { first, end, previous }, game }: CountedSpan, truthAt: TruthAt): boolean =>
  previous === truthAt(first) && (game.output ?? game.proposal.output) === truthAt(end);

/**
 * The boundaries that a proposer can build on: those that are settled and true, and the ends of its own spans if the whole chain of spans that
 * leads there from a settled one is proposed, true, and counts. A chain is only as good as its weakest span: on another account's, that account
 * might never settle it. Computed anew each time: a reorganisation, or the guardian's asking again, changes it.
 */
export function boundariesToBuildOn(
  spans: Spans,
  counted: readonly CountedSpan[],
  own: Hex,
  truthAt: TruthAt,
): Set<number> {
  const bases = new Set(spans.settled.filter(({ end, output }) => output === truthAt(end)).map(({ end }) => end));
  for (const { span, game } of counted)
    if (game.proposal.proposer === own && bases.has(span.first) && isTrue({ span, game }, truthAt)) bases.add(span.end);
  return bases;
}

/**
 * The boundaries that spans of this account wait for: where one of its spans begins, and where a span begins that could settle such a
 * boundary, if they are not settled.
 */
export function awaitedBoundaries(spans: Spans, counted: readonly CountedSpan[], own: Hex): Set<number> {
  const awaited = new Set<number>();
  const isOpen = (boundary: number): boolean => spans.at(boundary) === undefined;
  // A span that ends at an awaited boundary begins below it.
  for (const { span, game } of [...counted].sort((a, b) => b.span.end - a.span.end)) {
    const { first, end } = span;
    const isWanted = game.proposal.proposer === own ? isOpen(end) : awaited.has(end);
    if (isWanted && isOpen(first)) awaited.add(first);
  }
  return awaited;
}
