import type { Hex } from "@elench/bytes/hex";
import {
  type ClaimWords,
  type Entry,
  NO_COMMITMENT,
  type ProposalWords,
  packClaim,
  packProposal,
  packVerdict,
} from "./record.ts";
import type { Settlement } from "./settlement.ts";
import { entriesOf, standingOf, type Winner } from "./standing.ts";
import type { Game } from "./tree.ts";

/** A settlement in parts, for games that one transaction cannot carry. */

/** The claims of one part, the latest first, with what the contract hands on from one part to the next. */
export interface Part {
  readonly entries: readonly Entry[];
  /** Claims of later parts that a claim of this part stands against. */
  readonly parents: readonly Entry[];
  /** What earlier parts found against `entries` and `parents`, in that order. */
  readonly carried: readonly Winner[];
  /** What they found against the proposal, and the commitment of that counter. */
  readonly against: (Winner & { readonly commitment: Hex }) | undefined;
  /** The last part concludes the game. */
  readonly isLast: boolean;
}

/**
 * The settlement of what is not settled yet, in parts of at most `size` claims. They are made in this order.
 * @param size what one transaction carries, by its gas and its bytes
 */
export function partsOf(game: Game, size: number): Part[] {
  const all = entriesOf(game);
  const { stands, winnerAbove } = standingOf(game);
  const byNumber = new Map(all.map((entry) => [entry.number, entry]));
  const parts: Part[] = [];
  for (let most = game.unsettled; most > 0; most -= size) {
    const least = Math.max(1, most - size + 1);
    const entries = all.filter(({ number }) => number >= least && number <= most);
    const answered = new Set(entries.filter(({ number }) => stands(number)).map(({ parent }) => parent));
    const parents = [...answered].filter((parent) => parent > 0 && parent < least).map((n) => byNumber.get(n) as Entry);
    const against = winnerAbove(0, most);
    parts.push({
      entries,
      parents,
      carried: [...entries, ...parents].flatMap(({ number }) => winnerAbove(number, most) ?? []),
      against: against && { ...against, commitment: (byNumber.get(against.number) as Entry).commitment },
      isLast: least === 1,
    });
  }
  return parts;
}

/** The struct `Part`. */
export interface PartWords {
  readonly proposal: ProposalWords;
  readonly verdict: bigint;
  readonly winner: Hex;
  readonly claims: readonly ClaimWords[];
  readonly verdicts: readonly bigint[];
  readonly parents: readonly ClaimWords[];
  readonly winnerRoot: Hex;
  readonly winnerOutput: Hex;
}

/** A part as the argument of `settlePart`. */
export const packPart = ({ proposal, winner }: Settlement, part: Part): PartWords => ({
  proposal: packProposal(proposal),
  verdict: part.against ? packVerdict(part.against) : 0n,
  winner: part.against?.commitment ?? NO_COMMITMENT,
  claims: part.entries.map(packClaim),
  verdicts: part.carried.map(packVerdict),
  parents: part.parents.map(packClaim),
  winnerRoot: winner?.root ?? NO_COMMITMENT,
  winnerOutput: winner?.output ?? NO_COMMITMENT,
});
