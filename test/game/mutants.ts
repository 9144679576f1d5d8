import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { times } from "./arena.ts";
import type { ContractMutant, StrategyMutant } from "./mutant.ts";
import { bonds } from "./mutants/bonds.ts";
import { clocks } from "./mutants/clocks.ts";
import { content } from "./mutants/content.ts";
import { identity } from "./mutants/identity.ts";
import { places } from "./mutants/places.ts";
import { settlement } from "./mutants/settlement.ts";
import type { Strategy } from "./stage.ts";

export { strategyMutants } from "./mutants/strategy.ts";

export const contractMutants: readonly ContractMutant[] = [
  ...identity,
  ...content,
  ...clocks,
  ...places,
  ...settlement,
  ...bonds,
];

/** The strategy with one rule taken out, as a module made of the changed source. */
export async function mutatedStrategy({ from, to }: StrategyMutant): Promise<Strategy> {
  const url = new URL("../../challenger/strategy/moves.ts", import.meta.url);
  const parts = readFileSync(url, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`the strategy has ${parts.length - 1} places like this, not one: ${from}`);
  // A module of a data: URL resolves nothing by itself.
  const script = stripTypeScriptTypes(parts.join(to)).replaceAll(
    /from "([^"]+)"/g,
    (_, name: string) => `from "${name.startsWith(".") ? new URL(name, url) : import.meta.resolve(name)}"`,
  );
  const { honestMoves } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  return (game, truth, now, judgements, own) => honestMoves(game, truth, times, now, judgements, own);
}
