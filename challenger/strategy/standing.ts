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
  /** The best of the answers above a number: what stands against the claim once those are settled. */
  readonly winnerAbove: (claim: number, number: number) => Winner | undefined;
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
  /** By claim, each answer that was better than all later ones: the last is the winner. */
  const winners = new Map<number, Winner[]>();
  // Answers are made after what they answer, so all answers to a claim come before it here.
  for (const { number, parent, segment, claimant } of entriesOf(game)) {
    if (winners.has(number)) continue;
    const known = winners.get(parent) ?? [];
    winners.set(parent, known);
    // Later answers come first here, so an equal is earlier.
    if (segment <= (known.at(-1)?.segment ?? segment)) known.push({ number, segment, by: claimant });
  }
  return {
    stands: (claim) => !winners.has(claim),
    winner: (claim) => winners.get(claim)?.at(-1),
    winnerAbove: (claim, above) => winners.get(claim)?.findLast(({ number }) => number > above),
  };
}
