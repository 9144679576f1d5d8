import { DTYPES, type DType, dtypeSpec } from "@elench/tensor/program/dtype";
import type { Random } from "../../../evm/trie/fixtures/random.ts";
import { pick } from "../values.ts";
import type { Attribute, GraphSpec } from "./graph.ts";
import { count, elementOf, isFloat, type Tensor, tensorOf } from "./tensor.ts";

/** Breaks one rule of a graph of one operator: a shape, an element type, the number of inputs, an attribute. */

type Broken = { readonly graph: GraphSpec; readonly rule: string };
type Breaker = (random: Random, graph: GraphSpec) => Broken | undefined;

/** The same elements over and over, in another shape. */
function refilled({ dtype, data }: Tensor, shape: readonly number[]): Tensor {
  const length = count(shape) * dtypeSpec(dtype).size;
  return { dtype, shape, data: Uint8Array.from({ length }, (_, i) => data[i % Math.max(1, data.length)] ?? 0) };
}

/** The graph with another tensor in place of input `name`. */
const withValue = (graph: GraphSpec, name: string, value: Tensor): GraphSpec => ({
  ...graph,
  inputs: graph.inputs.map((given) => (given.name === name ? { ...given, value } : given)),
  initializers: graph.initializers.map((given) => (given.name === name ? { ...given, value } : given)),
});

const withNode = (graph: GraphSpec, change: Partial<GraphSpec["nodes"][number]>): GraphSpec => ({
  ...graph,
  nodes: [{ ...(graph.nodes[0] as GraphSpec["nodes"][number]), ...change }],
});

const given = (graph: GraphSpec) => [...graph.inputs, ...graph.initializers];
const show = ({ dtype, shape }: Tensor): string => `${dtype}[${shape}]`;

/** One axis longer or shorter, or one axis more or less. */
const shape: Breaker = (random, graph) => {
  const all = given(graph);
  if (all.length === 0) return undefined;
  const { name, value } = pick(random, all);
  const sizes = [...value.shape];
  const axis = random(Math.max(1, sizes.length));
  const kind = random(4);
  if (kind === 0 && sizes.length > 0) sizes[axis] = (sizes[axis] as number) + 1 + random(2);
  else if (kind === 1 && (sizes[axis] ?? 0) > 1) sizes[axis] = (sizes[axis] as number) - 1;
  else if (kind === 2) sizes.splice(axis, 0, 1 + random(3));
  else if (sizes.length > 0) sizes.splice(axis, 1);
  const changed = refilled(value, sizes);
  return { graph: withValue(graph, name, changed), rule: `${name} is ${show(changed)}, not ${show(value)}` };
};

/** The same numbers in another type, cut off where they are large. */
function retyped(tensor: Tensor, dtype: DType): Tensor {
  const numbers = Array.from({ length: count(tensor.shape) }, (_, i) => {
    const x = Number(elementOf(tensor, i));
    const small = Number.isFinite(x) ? Math.max(-100, Math.min(100, x)) : 1;
    if (isFloat(dtype)) return small;
    return BigInt(dtype === "bool" ? Number(small !== 0) : Math.trunc(dtype.startsWith("u") ? Math.abs(small) : small));
  });
  return tensorOf(dtype, tensor.shape, numbers);
}

const dtype: Breaker = (random, graph) => {
  const all = given(graph);
  if (all.length === 0) return undefined;
  const { name, value } = pick(random, all);
  const others = DTYPES.filter((t) => t !== "bf16" && t !== value.dtype);
  const changed = retyped(value, pick(random, others));
  return { graph: withValue(graph, name, changed), rule: `${name} is ${show(changed)}, not ${show(value)}` };
};

const arity: Breaker = (random, graph) => {
  const inputs = [...(graph.nodes[0]?.inputs ?? [])];
  const used = inputs.filter((name) => name !== "");
  if (used.length === 0) return undefined;
  const kind = random(3);
  if (kind === 0) {
    const name = inputs.pop() as string;
    const rest = inputs.includes(name) ? graph : without(graph, name);
    return { graph: withNode(rest, { inputs }), rule: "the last input is missing" };
  }
  if (kind === 1) return { graph: withNode(graph, { inputs: [...inputs, pick(random, used)] }), rule: "an input more" };
  const at = random(inputs.length);
  const name = inputs[at] as string;
  return { graph: withNode(without(graph, name), { inputs: inputs.with(at, "") }), rule: `input ${at} is left out` };
};

const without = (graph: GraphSpec, name: string): GraphSpec => ({
  ...graph,
  inputs: graph.inputs.filter((input) => input.name !== name),
  initializers: graph.initializers.filter((input) => input.name !== name),
});

/** Attributes that change nothing at inference. */
const UNUSED = ["momentum", "ratio", "stash_type", "storage_order"];
/** Integers of which few are right; of others any is, or only 0 and 1 mean something. */
const BOUNDED = [
  "axis",
  "batch_dims",
  "blocksize",
  "block_size",
  "group",
  "num_groups",
  "num_outputs",
  "size",
  "to",
  "p",
];

const attribute: Breaker = (random, graph) => {
  const node = graph.nodes[0] as GraphSpec["nodes"][number];
  const names = Object.keys(node.attributes).filter((name) => !UNUSED.includes(name));
  if (names.length === 0) return undefined;
  const name = pick(random, names);
  const changed = changedAttribute(random, name, node.attributes[name] as Attribute);
  const attributes = { ...node.attributes, [name]: changed };
  const text = JSON.stringify(changed, (_, x) => (typeof x === "bigint" ? `${x}` : x));
  return { graph: withNode(graph, { attributes }), rule: `attribute ${name} is ${text}` };
};

function changedAttribute(random: Random, name: string, old: Attribute): Attribute {
  if ("ints" in old) {
    const ints = [...old.ints];
    const kind = random(4);
    if (kind === 0) return { ints: [...ints, 1] };
    if (kind === 1 && ints.length > 0) return { ints: ints.slice(0, -1) };
    if (kind === 2 && ints.length > 0) return { ints: ints.with(random(ints.length), pick(random, [-1, -9, 9, 0])) };
    return { int: 1 };
  }
  if ("int" in old && BOUNDED.includes(name) && random(2) === 0) return { int: pick(random, [9, -9, 0]) };
  if ("int" in old) return pick(random, [{ float: 1 }, { ints: [1] }, { string: "1" }]);
  if ("float" in old) return pick(random, [{ int: 1 }, { string: "1" }, { floats: [1] }]);
  if ("string" in old) return pick(random, [{ string: "none of these" }, { int: 1 }]);
  if ("floats" in old) return pick(random, [{ floats: old.floats.slice(1) }, { ints: [1] }]);
  return { int: 1 };
}

const BREAKERS: readonly Breaker[] = [shape, shape, shape, dtype, arity, attribute];

/** The graph with one rule broken, most of the time: what is changed may be right as well. Undefined if nothing can be. */
export const broken = (random: Random, graph: GraphSpec): Broken | undefined => pick(random, BREAKERS)(random, graph);
