import type { Mutation } from "./compile.ts";

/** A rule taken out of the contract, and the scenario or the check that must notice. */
export type ContractMutant = { rule: string; mutations: Mutation[]; noticed: string };

export const without = (file: string, from: string): Mutation => ({ file, from, to: "" });

/** A rule of the honest agent taken out, and the scenario or the check that must notice. */
export type StrategyMutant = { rule: string; from: string; to: string; noticed: string };
