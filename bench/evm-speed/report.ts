import type { AttackFigures, WorkloadFigures } from "./figures.ts";

/** The figures as a table, row by row. */

const cells = (name: string, ...figures: readonly (string | number | null)[]): string =>
  [name.padEnd(60), ...figures.map((figure) => String(figure ?? "-").padStart(12))].join("");

export const headings = {
  workloads: `millions of gas in a second of processor time\n${cells("", "gas", "ours", "revm", "revm, alone", "ethereumjs")}\n`,
  attacks: `seconds of processor time for 30 million gas\n${cells("", "gas", "ours", "revm", "ethereumjs")}\n`,
};

export const workloadRow = ({ name, gas, ours, revm, revmExecute, ethereumjs }: WorkloadFigures): string =>
  cells(name, gas, ours, revm, revmExecute, ethereumjs);

export const attackRow = ({ name, gas, ours, revm, ethereumjs }: AttackFigures): string =>
  cells(name, gas, ours, revm, ethereumjs);
