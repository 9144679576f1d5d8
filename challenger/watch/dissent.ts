import { EXIT, UserError } from "@elench/errors/user-error";
import { isSilence } from "../l1/endpoint-failure.ts";
import type { FollowerOptions } from "../l1/follower.ts";
import type { Troubles } from "./troubles.ts";

/** Number of blocks behind the head above which an endpoint is reported as behind: such an endpoint cannot vote on new blocks. */
const BEHIND = 64n;

/**
 * Reports each endpoint whose logs differ from the quorum's, that refuses to return logs, or that is behind, and when that is over. One dissenting vote is not reported: an
 * endpoint may be a block behind.
 */
export function dissentOf(troubles: Troubles): Required<Pick<FollowerOptions, "onBallot" | "onBehind">> {
  const inARow = new Map<string, number>();
  return {
    onBallot: (ballot) => {
      const { name } = ballot.client;
      const where = `${name}, logs`;
      // The endpoint itself reports when it is unavailable.
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
        ballot.says === "nothing" ? ballot.failure : dissent("returns other logs than the quorum", name),
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
  new UserError(`L1 ${name} ${what}; the quorum's answer is used`, EXIT.environment);
