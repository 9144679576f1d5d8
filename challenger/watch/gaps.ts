import type { Forest } from "../strategy/tree.ts";
import type { Batches } from "./batches.ts";
import type { Requests } from "./requests.ts";

/** An event that must exist but is missing from the log, or a log that cannot be read. */
export interface Gap {
  /** The log as a whole, or that of one game. */
  readonly where: string;
  readonly why: string;
}

interface Told {
  readonly forest: Pick<Forest, "games" | "broken">;
  readonly requests: Pick<Requests, "missing" | "answers">;
  readonly batches: Pick<Batches, "missing" | "entries">;
  /** Logs that do not decode as events of their contracts. */
  readonly unreadable: readonly string[];
}

/**
 * The gaps in the log. The contracts number games, requests and batches from 0; an answer and an output name their game; and each of a
 * game's events depends on earlier ones.
 */
export function gapsOf({ forest, requests, batches, unreadable }: Told): Gap[] {
  const log = (why: string): Gap => ({ where: "the log", why });
  const gaps = unreadable.map(log);
  const game = firstMissingGame(forest);
  if (game !== undefined) gaps.push(log(`game number ${game} is missing, but later games exist`));
  const { missing: request } = requests;
  if (request !== undefined) gaps.push(log(`request ${request} is missing, but a log names it or a later one`));
  const { missing: batch } = batches;
  if (batch !== undefined) gaps.push(log(`batch ${batch} is missing, but a log names it or a later one`));
  for (const [id, why] of forest.broken) gaps.push({ where: `the log of game ${id}`, why });
  for (const { game: id } of [...requests.answers.values(), ...batches.entries.values()])
    if (!forest.games.has(id) && !forest.broken.has(id))
      gaps.push({
        where: `the log of game ${id}`,
        why: "an answer or an output names it, but its `Proposed` event is missing",
      });
  return gaps;
}

function firstMissingGame({ games }: Pick<Forest, "games">): bigint | undefined {
  const numbers = new Set([...games.values()].map(({ proposal }) => proposal.number));
  for (let number = 0n; number < numbers.size; number++) if (!numbers.has(number)) return number;
  return undefined;
}
