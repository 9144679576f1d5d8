import type { Counters } from "../l1/counters.ts";
import { generationOf, regionOf } from "../strategy/record.ts";
import type { Forest, Game } from "../strategy/tree.ts";
import type { Batches } from "./batches.ts";
import type { ConsumerLog } from "./consumer-log.ts";

/** An event that must exist but is missing from the log, or a log that cannot be read. */
export interface Gap {
  /** The log as a whole, or that of one game. */
  readonly where: string;
  readonly why: string;
}

/** What is known of the contracts. */
interface Knowledge {
  readonly forest: Forest;
  readonly batches: Pick<Batches, "batches" | "checkpoints">;
  readonly oracle: ConsumerLog;
  readonly outputs: ConsumerLog;
  /** What the contracts said that there is, when they were last asked. */
  readonly counters: Counters | undefined;
  /** Logs that do not decode as events of their contracts. */
  readonly unreadable: readonly string[];
}

/**
 * The gaps in the log. The contracts number batches, checkpoints, the events of outputs and oracle, the games of a region, and the claims of a game,
 * all without gaps, so a later event shows that an earlier one is missing; and each contract tells how many there are, so a missing last one
 * shows too.
 */
export function gapsOf({ forest, batches, oracle, outputs, counters, unreadable }: Knowledge): Gap[] {
  const log = (why: string): Gap => ({ where: "the log", why });
  const missing = (what: string, number: number | undefined): Gap[] =>
    number === undefined ? [] : [log(`${what} ${number} is missing, but L1 has it`)];
  const named = [...oracle.games, ...outputs.games];
  return [
    ...unreadable.map(log),
    ...missing("batch", batches.batches.missing(counters?.rollup?.batches)),
    ...missing("checkpoint", batches.checkpoints.missing(counters?.rollup?.checkpoints)),
    ...missing("event of the outputs, number", outputs.events.missing(counters?.rollup?.outputs)),
    ...missing("event of the oracle, number", oracle.events.missing(counters?.oracle)),
    ...[...forest.broken].map(([number, why]) => gameGap(forest, number, why)),
    ...named
      .filter((number) => !forest.numbers.has(number) && !forest.broken.has(number))
      .map((number) => gameGap(forest, number, "an output or an answer names it, but its `Proposed` event is missing")),
    ...(counters ? missingInRegions(forest, counters) : []),
  ];
}

const gameGap = ({ numbers }: Forest, number: bigint, why: string): Gap => ({
  where: `the log of game ${numbers.get(number) ?? `number ${number}`}`,
  why,
});

/** Games and claims that are missing at the end of what is known. */
function missingInRegions(forest: Forest, { regions }: Counters): Gap[] {
  const newest = newestGames(forest);
  return regions.flatMap(({ region, generation, claims }): Gap[] => {
    const game = newest.get(region);
    const known = game ? generationOf(game.proposal.number) : 0;
    if (generation > known) {
      const number = (BigInt(region) << 16n) | BigInt(generation);
      return [gameGap(forest, number, `region ${region} has had ${generation} games, of which ${known} are known`)];
    }
    if (game && generation === known && claims > game.entries)
      return [
        gameGap(
          forest,
          game.proposal.number,
          `it has ${claims} claims and refutations, of which ${game.entries} are known`,
        ),
      ];
    return [];
  });
}

/** By region. */
function newestGames({ games }: Forest): Map<number, Game> {
  const newest = new Map<number, Game>();
  for (const game of games.values()) {
    const region = regionOf(game.proposal.number);
    const other = newest.get(region);
    if (!other || other.proposal.number < game.proposal.number) newest.set(region, game);
  }
  return newest;
}
