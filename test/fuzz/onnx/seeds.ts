import { type Backend, openBackend, openWasm } from "@elench/tensor/engine/backend";
import type { Peer } from "../../../cli/compare/onnxruntime.ts";
import { nativeAddon } from "../../../ml-vm/engine/native.ts";
import type { GraphSpec } from "./graph.ts";
import { judge } from "./judge.ts";
import { GENERATORS } from "./operators/all.ts";
import { caseOfSeed, type FuzzCase } from "./seed.ts";

/** Judges the graphs of a range of seeds. */

export interface SeedsReport {
  readonly seeds: number;
  /** Graphs that both ran, or whose refusal both owe. */
  readonly compared: number;
  readonly agreed: number;
  readonly wrong: readonly { readonly seed: number; readonly graph: string; readonly why: string }[];
  /** How many graphs of each operator both ran and agreed on, alone or in a chain. */
  readonly operators: Readonly<Record<string, number>>;
  /** Valid graphs that onnxruntime runs and we refuse. */
  readonly refused: number;
  /** How often each operator was refused for each reason; numbers are left out of the reasons. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Graphs that onnxruntime does not run, or not by the specification. */
  readonly notComparable: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Different graphs, by operators, operator set, element types and attributes. */
  readonly distinct: number;
}

export interface SeedsOptions {
  readonly first: number;
  readonly last: number;
  /** An operator, or "chain": all graphs are of this kind. */
  readonly only?: string;
}

/** Every so many seeds another engine has to give the same bits. */
const OTHER_ENGINES = 8;

export async function judgeSeeds(
  { first, last, only }: SeedsOptions,
  peer: Peer,
  progress: (done: number, wrong: number) => void = () => {},
): Promise<SeedsReport> {
  const backend = openBackend({ threads: 1 });
  const others = otherEngines();
  const wrong: { seed: number; graph: string; why: string }[] = [];
  const counts = { agreed: 0, refused: 0, notComparable: 0 };
  const [refusals, reasons] = [new Map<string, number>(), new Map<string, number>()];
  const operators = new Map<string, number>(Object.keys(GENERATORS).map((op) => [op, 0]));
  const distinct = new Set<string>();
  for (let seed = first; seed <= last; seed++) {
    const fuzzCase = caseOfSeed(seed, only);
    distinct.add(signatureOf(fuzzCase.graph));
    const second = seed % OTHER_ENGINES === 0 ? others[(seed / OTHER_ENGINES) % others.length] : undefined;
    const outcome = await judge(fuzzCase, { peer, backend, ...(second && { second }) });
    if (outcome.kind === "wrong") wrong.push({ seed, graph: describe(fuzzCase), why: outcome.why });
    else counts[outcome.kind]++;
    if (outcome.kind === "agreed" && outcome.ran)
      for (const op of new Set(fuzzCase.graph.nodes.map((node) => node.op)))
        operators.set(op, (operators.get(op) ?? 0) + 1);
    if (outcome.kind === "refused") tally(refusals, outcome.why);
    if (outcome.kind === "notComparable") tally(reasons, outcome.why);
    progress(seed - first + 1, wrong.length);
  }
  return {
    seeds: last - first + 1,
    compared: counts.agreed + wrong.length,
    ...counts,
    wrong,
    operators: byCount(operators),
    refusals: byCount(refusals),
    reasons: byCount(reasons),
    distinct: distinct.size,
  };
}

const otherEngines = (): readonly Backend[] =>
  nativeAddon() ? [openBackend({ engine: "interpreter" }), openWasm()] : [openWasm(false)];

/** Counts a reason, its numbers and names left out. */
function tally(counts: Map<string, number>, why: string): void {
  const reason = why
    .replace(/"[^"]*_\d+"/g, '"…"')
    .replace(/\d+/g, "N")
    .split("\n")[0]
    ?.slice(0, 160) as string;
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

const byCount = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));

const json = (x: unknown): string =>
  JSON.stringify(x, (_, value) =>
    typeof value === "bigint" ? `${value}` : value instanceof Uint8Array ? [...value] : value,
  );

const typesOf = (graph: GraphSpec): string[] =>
  [...graph.inputs, ...graph.initializers].map(({ value }) => value.dtype);

const signatureOf = (graph: GraphSpec): string =>
  json([graph.opset, graph.nodes.map(({ op, attributes }) => [op, attributes]), typesOf(graph)]);

/** A graph in words. */
function describe({ graph, changed }: FuzzCase): string {
  const nodes = graph.nodes.map(({ op, inputs, outputs, attributes }) => {
    const settings = Object.entries(attributes).map(([name, value]) => ` ${name}=${json(Object.values(value)[0])}`);
    return `${outputs} = ${op}(${inputs})${settings.join("")}`;
  });
  const given = [...graph.inputs, ...graph.initializers].map(
    ({ name, value }) => `${name}: ${value.dtype}[${value.shape}]`,
  );
  return `opset ${graph.opset}; ${given.join(", ")}; ${nodes.join("; ")}${changed ? ` (changed: ${changed.what})` : ""}`;
}
