import type { Hex } from "@elench/bytes/hex";
import type { Disagreement } from "@elench/challenger/strategy/disagreement";
import { EXIT, UserError } from "@elench/errors/user-error";

/** The game of a replay. */
export interface Dispute {
  readonly game: Hex;
  /** Null if no claim is false. */
  readonly disagreement: Disagreement | null;
}

/** The disputed step of a game. @throws UserError with exit code 1 unless the game is narrowed to one step */
export function disputedStep({ game, disagreement }: Dispute, what: "batch" | "inference"): bigint {
  if (disagreement === null)
    throw new UserError(
      `game ${game} has no false claim about this ${what}, so no step is disputed; --step N shows any step`,
      EXIT.negative,
    );
  const { step, width } = disagreement;
  if (width === 1n) return step;
  throw new UserError(
    `game ${game} is not narrowed to one step of the ${what} yet: the disputed step is one of ${width} steps from step ${step} on; elench dispute show shows its claims, --step N any step`,
    EXIT.negative,
  );
}
