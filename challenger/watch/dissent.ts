import { EXIT, UserError } from "@elench/errors/user-error";
import { isSilence } from "../l1/endpoint-failure.ts";
import type { FollowerOptions } from "../l1/follower.ts";
import type { Troubles } from "./troubles.ts";

/** Blocks behind the head from which on an endpoint is said to be behind: it counts for nothing in the quorum then. */
const BEHIND = 64n;

/**
 * Says of each endpoint when it tells other logs than the quorum, refuses to tell them, or is behind, and when that is over. Dissent once is no trouble: an
 * endpoint may be a block behind.
 */
export function dissentOf(troubles: Troubles): Required<Pick<FollowerOptions, "onBallot" | "onBehind">> {
  const inARow = new Map<string, number>();
  return {
    onBallot: (ballot) => {
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
      troubles.tell(
        where,
        ballot.says === "nothing" ? ballot.failure : dissent("tells other logs than the quorum", name),
      );
    },
    onBehind: ({ name }, blocks) => {
      const where = `${name}, head`;
      if (blocks > BEHIND) troubles.tell(where, dissent(`is ${blocks} blocks behind the quorum`, name));
      else troubles.over(where);
    },
  };
}

const dissent = (what: string, name: string): Error =>
  new UserError(`L1 ${name} ${what}, which is believed`, EXIT.environment);
