import type { Hex } from "@elench/bytes/hex";
import type { Disagreement } from "@elench/challenger/strategy/disagreement";
import { EXIT, UserError } from "@elench/errors/user-error";

/** A game that is replayed. */
export interface Dispute {
  readonly game: Hex;
  /** Null where nobody says anything false. */
  readonly disagreement: Disagreement | null;
}

/** The step that a game is about. @throws UserError, with the exit code of a no, unless the game is narrowed to one */
export function disputedStep({ game, disagreement }: Dispute, what: "batch" | "inference"): bigint {
  if (disagreement === null)
    throw new UserError(
      `nobody in game ${game} says anything false about this ${what}, so there is no step in dispute; --step N shows any step`,
      EXIT.negative,
    );
  const { step, width } = disagreement;
  if (width === 1n) return step;
  throw new UserError(
    `game ${game} is not narrowed to one step of the ${what} yet: its parties disagree about one of ${width} steps, from step ${step} on; elench dispute show shows how far it has got, --step N any step`,
    EXIT.negative,
  );
}
