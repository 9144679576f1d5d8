import type { GraphSpec, Node } from "./graph.ts";
import type { FuzzCase } from "./seed.ts";
import { count, elementOf, type Tensor } from "./tensor.ts";

/**
 * Where onnxruntime 1.30.0's CPU provider does other than the ONNX specification says: as few as can be. Each is looked at
 * only where results differ.
 */
interface Departure {
  readonly what: string;
  readonly applies: (node: Node, graph: GraphSpec) => boolean;
}

const text = (node: Node, name: string): string => {
  const attribute = node.attributes[name];
  return attribute && "string" in attribute ? attribute.string : "";
};

const ints = (node: Node, name: string): readonly number[] => {
  const attribute = node.attributes[name];
  return attribute && "ints" in attribute ? attribute.ints.map(Number) : [];
};

const given = (graph: GraphSpec, name: string | undefined): Tensor | undefined =>
  [...graph.inputs, ...graph.initializers].find((candidate) => candidate.name === name)?.value;

const numbers = (tensor: Tensor | undefined): number[] =>
  tensor ? Array.from({ length: tensor.shape[0] ?? 1 }, (_, i) => Number(elementOf(tensor, i))) : [];

const same = (node: Node): boolean => text(node, "auto_pad").startsWith("SAME");

/** Whether the kernel of a ConvTranspose leaves gaps between its copies. */
function gaps(node: Node, graph: GraphSpec): boolean {
  const kernel = given(graph, node.inputs[1])?.shape.slice(2) ?? [];
  const [strides, dilations, extra] = ["strides", "dilations", "output_padding"].map((name) => ints(node, name));
  return kernel.some((k, i) => (k - 1) * (dilations?.[i] ?? 1) + 1 + (extra?.[i] ?? 0) < (strides?.[i] ?? 1));
}

/** Sizes, scales and regions of the axes that a Resize changes. */
function resized(node: Node, graph: GraphSpec) {
  const [x, roi, scales, sizes] = node.inputs.map((name) => given(graph, name));
  const shape = x?.shape ?? [];
  const chosen = ints(node, "axes").map((a) => (a < 0 ? a + shape.length : a));
  const axes = chosen.length > 0 ? chosen : shape.map((_, i) => i);
  const [region, factors, lengths] = [numbers(roi), numbers(scales), numbers(sizes)];
  const ratios = axes.map((axis, i) => (lengths[i] as number) / (shape[axis] as number));
  const policy = text(node, "keep_aspect_ratio_policy");
  const common = policy === "not_larger" ? Math.min(...ratios) : policy === "not_smaller" ? Math.max(...ratios) : null;
  return axes.map((axis, i) => ({
    size: shape[axis] as number,
    scale: factors[i] ?? common ?? (ratios[i] as number),
    region: [region[i] ?? 0, region[i + axes.length] ?? 1] as const,
  }));
}

const DEPARTURES: readonly Departure[] = [
  {
    // min(−2256163400, −996885) is said to be −996885: numbers are compared as if they had another sign.
    what: "Clip, Max and Min of int64 beyond 32 bits: the wrong one of two numbers",
    applies: (node, graph) =>
      /^(Clip|Max|Min)$/.test(node.op) &&
      node.inputs.some((name) => {
        const x = given(graph, name);
        return x?.dtype === "i64" && numbers({ ...x, shape: [count(x.shape)] }).some((n) => Math.abs(n) >= 2 ** 31);
      }),
  },
  {
    // AveragePool, MaxPool: "output_spatial_shape[i] = ceil(input_spatial_shape[i] / strides_spatial_shape[i])" for SAME_*.
    what: "pools with auto_pad SAME_* and dilations: the output's size is that of VALID",
    applies: (node) => /^(Max|Average)Pool$/.test(node.op) && same(node) && ints(node, "dilations").some((n) => n > 1),
  },
  {
    // onnx/defs/nn, convPoolShapeInference: "if (total_pad < 0) total_pad = 0".
    what: "pools with auto_pad SAME_* and a kernel that reaches less far than its stride: padding below 0",
    applies: (node) =>
      /^(Max|Average)Pool$/.test(node.op) &&
      same(node) &&
      ints(node, "kernel_shape").some((k, i) => k < (ints(node, "strides")[i] ?? 1)),
  },
  {
    what: "Sign of float16: 0 for NaN",
    applies: (node, graph) => node.op === "Sign" && given(graph, node.inputs[0])?.dtype === "f16",
  },
  {
    what: "ReduceProd of int32 and int64: beyond the type's range some products saturate, others wrap",
    applies: (node, graph) => node.op === "ReduceProd" && /^i(32|64)$/.test(given(graph, node.inputs[0])?.dtype ?? ""),
  },
  {
    what: "MaxPool: a window that sees padding alone gives the lowest number, not −∞",
    applies: (node) =>
      node.op === "MaxPool" && ints(node, "pads").some((n) => n > 0) && ints(node, "dilations").some((n) => n > 1),
  },
  {
    // "saturate(round (x / y_scale) + y_zero_point)"
    what: "QuantizeLinear by blocks: beyond 2^31 it does not saturate",
    applies: (node, graph) => {
      const x = given(graph, node.inputs[0]);
      const large = x ? numbers({ ...x, shape: [count(x.shape)] }).some((n) => Math.abs(n) > 2 ** 25) : false;
      return node.op === "QuantizeLinear" && "block_size" in node.attributes && large;
    },
  },
  {
    // ConvTranspose: "output_shape[i] = input_shape[i] * strides[i]" for SAME_*.
    what: "ConvTranspose with auto_pad SAME_* and a kernel that reaches less far than its stride: a smaller output",
    applies: (node, graph) => node.op === "ConvTranspose" && same(node) && gaps(node, graph),
  },
  {
    // The node tests resize_downsample_scales_linear_align_corners and its like, which onnxruntime excludes from its own.
    what: "Resize by a scale that gives no whole length: align_corners and tf_crop_and_resize take the length cut off",
    applies: (node, graph) =>
      node.op === "Resize" &&
      /^(align_corners|tf_crop_and_resize)$/.test(text(node, "coordinate_transformation_mode")) &&
      resized(node, graph).some(({ size, scale }) => !Number.isInteger(size * scale)),
  },
  {
    what: "Resize, tf_crop_and_resize: the region of an axis that keeps its length is ignored",
    applies: (node, graph) =>
      node.op === "Resize" &&
      text(node, "coordinate_transformation_mode") === "tf_crop_and_resize" &&
      resized(node, graph).some(({ scale, region }) => scale === 1 && (region[0] !== 0 || region[1] !== 1)),
  },
  {
    // "axes: … Negative value means counting dimensions from the back."
    what: "Resize with keep_aspect_ratio_policy: negative axes are not resized",
    applies: (node) =>
      node.op === "Resize" && text(node, "keep_aspect_ratio_policy") !== "" && ints(node, "axes").some((a) => a < 0),
  },
];

/** The departure that explains a difference, or undefined. */
export const departureOf = ({ graph }: FuzzCase): string | undefined =>
  DEPARTURES.find(({ applies }) => graph.nodes.some((node) => applies(node, graph)))?.what;
