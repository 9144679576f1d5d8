import { type Played, play } from "./play.ts";
import { ALL_RULES, type Rules } from "./rules.ts";
import type { Setting } from "./setting.ts";

/** Sums over many runs; of what is worst, the largest. */
export type Sums = Omit<Played, "violations"> & {
  runs: number;
  faults: Record<string, number>;
  /** The first of each fault. */
  examples: Record<string, string>;
};

export function playSeeds(from: number, to: number, setting: Setting, rules: Rules = ALL_RULES): Sums {
  const faults: Record<string, number> = {};
  const examples: Record<string, string> = {};
  const runs: Played[] = [];
  for (let seed = from; seed <= to; seed++) {
    const played = play(seed, setting, rules);
    runs.push(played);
    for (const { fault, at, what } of played.violations) {
      faults[fault] = (faults[fault] ?? 0) + 1;
      examples[fault] ??= `seed ${seed}, hour ${at}: ${what}`;
    }
  }
  const sum = (key: keyof Omit<Played, "violations">) => runs.reduce((total, run) => total + run[key], 0);
  const most = (key: keyof Omit<Played, "violations">) => runs.reduce((most, run) => Math.max(most, run[key]), 0);
  return {
    runs: runs.length,
    games: sum("games"),
    honestSpans: sum("honestSpans"),
    askings: sum("askings"),
    freezes: sum("freezes"),
    reorganisations: sum("reorganisations"),
    falseSettlements: sum("falseSettlements"),
    bondsLostInAbsence: sum("bondsLostInAbsence"),
    spansWithoutPlace: sum("spansWithoutPlace"),
    slowestSettlement: most("slowestSettlement"),
    oldestState: most("oldestState"),
    longestLag: most("longestLag"),
    faults,
    examples,
  };
}
