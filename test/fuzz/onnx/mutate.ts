import onnxProto from "onnx-proto";
import { type Random, seededRandom } from "../../../evm/trie/fixtures/random.ts";
import { once, pick } from "../values.ts";
import { modelFile } from "./graph.ts";
import { caseOfSeed } from "./seed.ts";

/** Damaged model files: what a disk, a network or an attacker makes of a good one. */

const { onnx } = onnxProto;
type ModelProto = onnxProto.onnx.ModelProto;
type Graph = onnxProto.onnx.GraphProto;
type AttributeProto = onnxProto.onnx.IAttributeProto;

/** Numbers at the ends of what a field, an index or a size can be. */
const EXTREME = [0n, 1n, -1n, 2n, 7n, 255n, 65536n, 2n ** 24n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 40n].concat([
  2n ** 53n + 1n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 31n),
  -(2n ** 63n),
  -7n,
  1000n,
  10_000_000n,
]);

function extreme(random: Random) {
  const value = BigInt.asUintN(64, pick(random, EXTREME));
  return { low: Number(value & 0xffffffffn) | 0, high: Number(value >> 32n) | 0, unsigned: false };
}

/** Changes one thing of a decoded model. */
type Mutation = (random: Random, graph: Graph, model: ModelProto) => void;

const any = <T>(random: Random, list: readonly T[] | null | undefined): T | undefined =>
  list && list.length > 0 ? pick(random, list) : undefined;

function changeDims(random: Random, dims: unknown[] | null | undefined): void {
  if (!dims || dims.length === 0) return;
  const at = random(dims.length);
  const kind = random(4);
  if (kind === 0) dims[at] = extreme(random);
  else if (kind === 1) dims.splice(at, 1);
  else if (kind === 2) dims.splice(at, 0, extreme(random));
  else dims.reverse();
}

const dimsOf = (info: onnxProto.onnx.IValueInfoProto | undefined) => info?.type?.tensorType?.shape?.dim;

const MUTATIONS: readonly Mutation[] = [
  // Shapes.
  (random, graph) => changeDims(random, any(random, graph.initializer)?.dims as unknown[]),
  (random, graph) => {
    const dims = dimsOf(any(random, graph.input));
    if (!dims || dims.length === 0) return;
    const at = random(dims.length);
    const kind = random(4);
    if (kind === 0) dims[at] = { dimValue: extreme(random) };
    else if (kind === 1) dims.splice(at, 1);
    else if (kind === 2) dims.push(...dims);
    else dims[at] = { dimParam: "n" };
  },
  // Element types.
  (random, graph) => {
    const tensor = any(random, graph.initializer);
    if (tensor) tensor.dataType = random(30) - 1;
  },
  (random, graph) => {
    const type = any(random, graph.input)?.type?.tensorType;
    if (type) type.elemType = random(30) - 1;
  },
  // Attributes.
  (random, graph) => {
    const attribute = any(random, any(random, graph.node)?.attribute);
    if (attribute) changeAttribute(random, attribute);
  },
  (random, graph) => {
    const attribute = any(random, any(random, graph.node)?.attribute);
    if (attribute) changeAttribute(random, attribute);
  },
  (random, graph) => {
    const node = any(random, graph.node);
    if (node?.attribute && node.attribute.length > 0) node.attribute.splice(random(node.attribute.length), 1);
  },
  // Elements.
  (random, graph) => {
    const tensor = any(random, graph.initializer);
    if (tensor?.rawData?.length) tensor.rawData = tensor.rawData.map(() => random(256));
    else if (tensor?.int64Data?.length) tensor.int64Data = tensor.int64Data.map(() => extreme(random)) as never;
    else if (tensor?.floatData?.length)
      tensor.floatData = tensor.floatData.map(() => pick(random, [1e38, -1, 0, 1e-40, Number.NaN]));
    else if (tensor?.int32Data?.length) tensor.int32Data = tensor.int32Data.map(() => random(2 ** 31) - 2 ** 30);
  },
  (random, graph) => {
    const tensor = any(random, graph.initializer);
    if (!tensor) return;
    if (tensor.rawData) tensor.rawData = tensor.rawData.slice(0, random(tensor.rawData.length + 1));
    else if (tensor.int64Data) tensor.int64Data = tensor.int64Data.slice(1);
    else tensor.floatData = [];
  },
  // Nodes and their inputs.
  (random, graph) => void graph.node.splice(random(graph.node.length), 1),
  (random, graph) => void graph.node.push(...graph.node.slice(random(graph.node.length + 1))),
  (_, graph) => void graph.node.reverse(),
  (random, graph) => {
    const node = any(random, graph.node);
    if (!node?.input || node.input.length === 0) return;
    const at = random(node.input.length);
    const kind = random(5);
    if (kind === 0) node.input.splice(at, 1);
    else if (kind === 1) node.input.push(node.input[at] as string);
    else if (kind === 2) node.input[at] = "";
    else if (kind === 3) node.input[at] = any(random, node.output) ?? "";
    else node.input.reverse();
  },
  (random, graph) => {
    const node = any(random, graph.node);
    if (!node?.output) return;
    const kind = random(3);
    if (kind === 0) node.output.push("more");
    else if (kind === 1) node.output = [];
    else node.output[0] = any(random, node.input) ?? "";
  },
  (random, graph) => {
    const node = any(random, graph.node);
    if (node)
      node.opType = pick(random, [
        "",
        "Loop",
        "Resize",
        "Conv",
        "Reshape",
        "Expand",
        "Tile",
        "Range",
        "Pad",
        "__proto__",
        "constructor",
      ]);
  },
  // The graph's own inputs and outputs.
  (random, graph) => void graph.input.splice(random(graph.input.length + 1), 1),
  (random, graph) => void graph.initializer.splice(random(graph.initializer.length + 1), 1),
  (random, graph) => {
    const output = any(random, graph.output);
    if (output) output.name = any(random, graph.input)?.name ?? "nothing";
  },
  (random, graph) => {
    const tensor = any(random, graph.initializer);
    if (tensor) graph.initializer.push(tensor);
  },
  // Versions.
  (random, _, model) => {
    const set = model.opsetImport[0];
    if (set) set.version = once(random, 2) ? random(40) : (extreme(random) as never);
  },
];

function changeAttribute(random: Random, attribute: AttributeProto): void {
  const kind = random(5);
  if (kind === 0) attribute.type = random(16);
  else if (attribute.ints && attribute.ints.length > 0) {
    const ints = attribute.ints as unknown[];
    if (kind === 1) ints.splice(random(ints.length), 1);
    else if (kind === 2) ints.push(extreme(random));
    else ints[random(ints.length)] = extreme(random);
  } else if (attribute.i) attribute.i = extreme(random) as never;
  else if (attribute.f !== null && attribute.f !== undefined && attribute.type === 1)
    attribute.f = pick(random, [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e38, 1e-40]);
  else if (attribute.t) changeDims(random, attribute.t.dims as unknown[]);
  else attribute.s = Uint8Array.from({ length: random(40) }, () => random(256));
}

const LARGE = [2, 3, 16, 16, 1000, 65_536, 2 ** 20, 2 ** 24, 2 ** 28, 2 ** 31 - 1];

/** Nodes behind a value, or behind nothing, which make more and more of it: a small file that asks for much. */
function grow(random: Random, graph: Graph): void {
  let names = 0;
  const node = (opType: string, input: string[], attribute: AttributeProto[] = []): string => {
    const output = `grown${names++}`;
    graph.node.push(onnx.NodeProto.create({ opType, input, output: [output], attribute }));
    return output;
  };
  const constant = (values: readonly number[]): string => {
    const name = `size${names++}`;
    const [dims, dataType] = [[values.length], 7];
    graph.initializer.push(onnx.TensorProto.create({ name, dims, dataType, int64Data: [...values] }));
    return name;
  };
  const axis = (i: number): AttributeProto => ({ name: "axis", type: 2, i });
  const large = (): number => pick(random, LARGE);
  const steps: readonly ((x: string) => string)[] = [
    (x) => node("Concat", [x, x], [axis(random(2))]),
    (x) => node("Concat", [x, x, x, x], [axis(0)]),
    (x) => node("Tile", [x, constant([large(), 1])]),
    (x) => node("Pad", [x, constant([0, 0, large(), large()])]),
    (x) => node("MatMul", [x, node("Transpose", [x])]),
    (x) => node("Flatten", [node("Expand", [x, constant([large(), 1, 1])])], [axis(1)]),
    (x) => node("Gather", [x, node("ConstantOfShape", [constant([large()])])]),
    (x) => node("OneHot", [node("Shape", [x]), constant([large()]), constant([0, 1])]),
    (x) => node("CumSum", [x, constant([0])]),
    (x) => node("Softmax", [x]),
  ];
  const sources: readonly (() => string)[] = [
    () => node("Flatten", [(any(random, graph.initializer) ?? any(random, graph.input))?.name ?? ""]),
    () => node("Flatten", [any(random, graph.output)?.name ?? ""]),
    () => node("ConstantOfShape", [constant([large(), large()])]),
    () => node("EyeLike", [node("ConstantOfShape", [constant([large(), 2])])]),
  ];
  let last = pick(random, sources)();
  for (let i = random(30); i > 0; i--) last = pick(random, steps)(last);
  graph.output.push(onnx.ValueInfoProto.create({ name: last }));
}

/** Changes some bytes of a file. */
function damaged(random: Random, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  const at = random(bytes.length);
  switch (random(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      // A length of protobuf, perhaps, made long.
      bytes.set([0xff, 0xff, 0xff, 0xff, 0x7f].slice(0, bytes.length - at), at);
      return bytes;
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + 1 + random(8)))]);
    case 3:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(random(bytes.length))]);
    default:
      for (let i = 1 + random(4); i > 0; i--) {
        const place = random(bytes.length);
        bytes[place] = (bytes[place] as number) ^ (1 << random(8));
      }
      return bytes;
  }
}

/** Mutation number `index` of a series: a valid model with one to three faults, or with nodes that ask for much. */
export function mutatedModel(series: number, index: number): Uint8Array {
  const random = seededRandom(Math.imul(series + 1, 0x85ebca6b) ^ Math.imul(index + 1, 0x9e3779b1));
  for (let i = 0; i < 4; i++) random(2);
  const file = modelFile(caseOfSeed(random(2 ** 20), once(random, 2) ? "chain" : undefined).graph);
  if (once(random, 4)) return damaged(random, file);
  const model = onnx.ModelProto.decode(file);
  if (once(random, 4)) grow(random, model.graph as Graph);
  else for (let i = 1 + random(3); i > 0; i--) pick(random, MUTATIONS)(random, model.graph as Graph, model);
  return onnx.ModelProto.encode(model).finish();
}
