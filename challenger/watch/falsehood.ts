import { EXIT, UserError } from "@elench/errors/user-error";
import type { Hex } from "viem";

/**
 * A result that was settled falsely in an absence, and is not final.
 * @param readyAt when it would be, in seconds since 1970
 * @param truth the command, without `elench`, that claims the true one
 */
export const falsehood = (result: Hex, readyAt: number, truth: string): UserError =>
  new UserError(
    `it is settled with the false output ${result}, and final from ${new Date(1_000 * readyAt).toISOString()} on`,
    EXIT.negative,
    { remedy: `claim the true one (elench ${truth}), and have the guardian ask again` },
  );
