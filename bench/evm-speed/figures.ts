import type { Role } from "./contenders/roles.ts";
import type { Sample, Samples } from "./measure.ts";
import { geometricMean, medianOf } from "./statistics.ts";

/** What the samples come to. A figure of a contender that was not measured is null. */

type Figure = number | null;

export interface WorkloadFigures {
  readonly name: string;
  /** Of a block: the median. */
  readonly gas: number;
  /** Of our executor, for a block: seconds of processor time to execute the transactions, to recover their senders (not in `ours`), and to compute the state root. */
  readonly execute: Figure;
  readonly recover: Figure;
  readonly root: Figure;
  /** Millions of gas in a second of processor time, senders given, state root included. */
  readonly ours: Figure;
  readonly revm: Figure;
  readonly ethereumjs: Figure;
  /** The same for revm without what a block of no transactions costs in anvil, which computes the root of the whole state anew. */
  readonly revmExecute: Figure;
  /** Millions of gas in a second by the clock. */
  readonly wall: Readonly<Record<"ours" | "revm" | "ethereumjs", Figure>>;
  /** As `ours`: in WebAssembly; and on all processors, by the clock. */
  readonly wasm: Figure;
  readonly threads: Figure;
}

export interface AttackFigures {
  readonly name: string;
  readonly gas: number;
  /** Seconds of processor time for 30 million gas. */
  readonly ours: Figure;
  readonly revm: Figure;
  readonly ethereumjs: Figure;
}

/** @returns null without samples, or if one of them has no such value. */
function median(samples: readonly Sample[] | undefined, value: (sample: Sample) => number | undefined): Figure {
  const values = (samples ?? []).map(value).filter((one) => one !== undefined);
  return values.length > 0 && values.length === samples?.length ? medianOf(values) : null;
}

const mgas = (gas: number, seconds: number): number => gas / seconds / 1e6;
const rounded = (figure: Figure): Figure => (figure === null ? null : Number(figure.toPrecision(4)));

export function workloadFigures(name: string, samples: Samples): WorkloadFigures {
  const of = (role: Role, value: (sample: Sample) => number | undefined): Figure =>
    rounded(median(samples.get(role), value));
  const speed = (role: Role): Figure => of(role, ({ gas, cpuSeconds }) => mgas(gas, cpuSeconds));
  const wall = (role: Role): Figure => of(role, ({ gas, wallSeconds }) => mgas(gas, wallSeconds));
  return {
    name,
    gas: anyGas(samples),
    execute: of("ours", ({ parts }) => parts.execute),
    recover: of("ours", ({ parts }) => parts.recover),
    root: of("ours", ({ parts }) => parts.root),
    ours: speed("ours"),
    revm: speed("revm"),
    ethereumjs: speed("ethereumjs"),
    revmExecute: of("revm", ({ gas, parts: { execute = 0 } }) => (execute > 0 ? mgas(gas, execute) : undefined)),
    wall: { ours: wall("ours"), revm: wall("revm"), ethereumjs: wall("ethereumjs") },
    wasm: speed("wasm"),
    threads: wall("threads"),
  };
}

export function attackFigures(name: string, samples: Samples): AttackFigures {
  const seconds = (role: Role): Figure =>
    rounded(median(samples.get(role), ({ gas, cpuSeconds }) => (30e6 * cpuSeconds) / gas));
  return {
    name,
    gas: anyGas(samples),
    ours: seconds("ours"),
    revm: seconds("revm"),
    ethereumjs: seconds("ethereumjs"),
  };
}

const anyGas = (samples: Samples): number =>
  Math.round(medianOf([...samples.values()].find((some) => some.length > 0)?.map(({ gas }) => gas) ?? [0]));

/** The geometric mean of a figure, or of its ratio to another; null if a workload lacks one. */
export function geomean(
  workloads: readonly WorkloadFigures[],
  figure: (workload: WorkloadFigures) => Figure,
  over: (workload: WorkloadFigures) => Figure = () => 1,
): Figure {
  const ratios = workloads.flatMap((workload) => {
    const [a, b] = [figure(workload), over(workload)];
    return a === null || b === null ? [] : [a / b];
  });
  return ratios.length > 0 && ratios.length === workloads.length ? rounded(geometricMean(ratios)) : null;
}

/** The attack that takes us the longest. */
export function worstOf(
  attacks: readonly AttackFigures[],
): { readonly name: string; readonly secondsFor30M: number } | null {
  const measured = attacks.flatMap(({ name, ours }) => (ours === null ? [] : [{ name, secondsFor30M: ours }]));
  return measured.length === 0 ? null : measured.reduce((a, b) => (b.secondsFor30M > a.secondsFor30M ? b : a));
}
