import type { Hex } from "@elench/bytes/hex";
import type { Entry } from "./record.ts";
import type { Game, Node } from "./tree.ts";

/** Which claims of a game stand, and who is paid for those that fall, if nothing more is claimed. The contract settles by the same rules. */

/** The answer that receives the bond of a claim. */
export interface Winner {
  readonly number: number;
  readonly segment: number;
  readonly by: Hex;
}

/** The number 0 is the proposal's. */
export interface Standing {
  readonly stands: (claim: number) => boolean;
  /** Undefined for a claim that stands. */
  readonly winner: (claim: number) => Winner | undefined;
}

/** All claims and refutations of a game, the latest first. */
export const entriesOf = (game: Game): (Node | Entry)[] =>
  [...game.claims.values()]
    .flatMap((node): (Node | Entry)[] => [node, ...node.refutations])
    .sort((a, b) => b.number - a.number);

/**
 * A claim falls if a refutation or a claim that stands answers it. Of those answers, the one at the lowest segment is paid; among
 * equals the first that was included.
 */
export function standingOf(game: Game): Standing {
  const winners = new Map<number, Winner>();
  // Answers are made after what they answer, so each claim's own answers come before it here.
  for (const { number, parent, segment, claimant } of entriesOf(game)) {
    if (winners.has(number)) continue;
    const best = winners.get(parent);
    // Later answers come first here, so an equal is earlier.
    if (best === undefined || segment <= best.segment) winners.set(parent, { number, segment, by: claimant });
  }
  return { stands: (claim) => !winners.has(claim), winner: (claim) => winners.get(claim) };
}
