import { EXIT, UserError } from "./errors.ts";
import { isSilence } from "./l1/error-text.ts";
import type { Ballot } from "./l1/quorum.ts";
import type { Troubles } from "./troubles.ts";

/**
 * Says of each endpoint when it tells other logs than the quorum, or refuses to tell them, and when it tells the same again. Once is no trouble: an endpoint
 * may be a block behind.
 */
export function dissentOf(troubles: Troubles): (ballot: Ballot) => void {
  const inARow = new Map<string, number>();
  return (ballot) => {
    const { name } = ballot.client;
    const where = `${name}, logs`;
    // Whether it answers at all is said by the endpoint itself.
    if (ballot.says === "nothing" && isSilence(ballot.failure)) return;
    if (ballot.says === "the same") {
      inARow.delete(name);
      return troubles.over(where);
    }
    const count = (inARow.get(name) ?? 0) + 1;
    inARow.set(name, count);
    if (count < 2) return;
    const dissent = new UserError(`${name} tells other logs than the quorum, which is believed`, EXIT.environment);
    troubles.tell(where, ballot.says === "nothing" ? (ballot.failure as Error) : dissent);
  };
}
