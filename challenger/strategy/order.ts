import type { Hex } from "@elench/bytes/hex";
import type { Times } from "./clock.ts";
import { type Game, nodeDeadline, proposalDeadline } from "./tree.ts";

/**
 * The order in which games are played: games of the given consumers first; among them, the game with the earliest deadline first.
 * @param first consumers, in lower case.
 * @param now seconds since 1970.
 */
export function inOrder(games: Iterable<Game>, first: ReadonlySet<Hex>, times: Times, now: number): Game[] {
  return [...games]
    .map((game) => ({
      game,
      rank: first.has(game.proposal.consumer) ? 0 : 1,
      deadline: nextDeadline(game, times, now),
    }))
    .sort((a, b) => a.rank - b.rank || (a.deadline < b.deadline ? -1 : a.deadline > b.deadline ? 1 : 0))
    .map(({ game }) => game);
}

/**
 * The earliest deadline in a game, in seconds since 1970; infinite if there is none. Claims that are already answered count too:
 * otherwise a liar's junk answer to its own claim would make that claim seem less urgent.
 */
export function nextDeadline(game: Game, times: Times, now: number): number {
  if (game.status !== "open") return Number.POSITIVE_INFINITY;
  const deadlines = [proposalDeadline(game, times)];
  for (const node of game.claims.values()) deadlines.push(nodeDeadline(node, times));
  return deadlines.filter((deadline) => deadline > now).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/**
 * Whether an answer to this claim defends a bond of these accounts: it lies below a claim or a proposal of theirs. If the money is short, those
 * answers come first.
 */
export function defendsOwn(game: Game, answered: number, accounts: ReadonlySet<Hex>): boolean {
  let above = game.claims.get(answered)?.parent;
  while (above !== undefined) {
    if (accounts.has(above === 0 ? game.proposal.proposer : (game.claims.get(above)?.claimant ?? "0x"))) return true;
    above = game.claims.get(above)?.parent;
  }
  return false;
}
