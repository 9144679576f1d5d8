import { InternalError } from "@elench/errors/internal-error";
import { type DType, dtypeSpec } from "../program/dtype.ts";
import { unsupported } from "./graph/error.ts";
import type { Kind } from "./graph/graph.ts";
import type { Value } from "./graph/tensor.ts";
import type { Call } from "./lowering/call.ts";

/**
 * The types and shapes that each operator accepts at each input (onnx/docs/Operators.md). An operator is lowered only after its inputs are checked
 * against its signature, and never without one. So no operator can read a parameter that is too short, as if zeros followed, or only a part of
 * one that is too long.
 */

/** The required shape in words, or null if the shape is correct. */
type Rule = (value: Value, call: Call) => string | null;

interface Slot {
  readonly rule: Rule;
  readonly optional: boolean;
}

interface Signature {
  readonly slots: readonly Slot[];
  /** Rule of all further inputs; without it there must be none. */
  readonly rest?: Rule;
}

// Rules.

const any: Rule = () => null;

/** One element, as a scalar or a list. */
const single: Rule = ({ shape, storage }) =>
  storage.elements === 1 && shape.length <= 1 ? null : "a scalar, or a list of one";

const list: Rule = ({ shape }) => (shape.length === 1 ? null : "a list");

const rank =
  (least: number, most = Number.POSITIVE_INFINITY): Rule =>
  ({ shape }) =>
    shape.length >= least && shape.length <= most
      ? null
      : `of ${least === most ? least : `at least ${least}`} dimensions`;

type Size = (call: Call) => number;

const vector =
  (size: Size): Rule =>
  ({ shape }, call) => {
    const n = size(call);
    return shape.length === 1 && shape[0] === n ? null : `[${n}]`;
  };

/** Broadcast to a shape by NumPy's rules, in one direction. */
const over =
  (shapeOf: (call: Call) => readonly number[]): Rule =>
  ({ shape }, call) => {
    const whole = shapeOf(call);
    const fits =
      shape.length <= whole.length && shape.every((n, i) => n === 1 || n === whole[whole.length - shape.length + i]);
    return fits ? null : `such that it can be laid over [${whole}]`;
  };

const oneOf =
  (...rules: readonly Rule[]): Rule =>
  (value, call) => {
    const wanted = rules.map((rule) => rule(value, call));
    return wanted.includes(null) ? null : wanted.join(", or ");
  };

// Sizes and shapes that rules refer to.

const shapeOf = (call: Call, i: number): readonly number[] => call.input(i).shape;
const dimension =
  (i: number, axis: number): Size =>
  (call) =>
    shapeOf(call, i).at(axis) ?? 1;
const channels = dimension(0, 1);
const rankOf: Size = (call) => shapeOf(call, 0).length;
const group = (call: Call): number => call.attributes.int("group", 1);

const overInput = over((call) => shapeOf(call, 0));

/** Rows and columns of Gemm's product. */
const gemmShape = (call: Call): number[] => [
  shapeOf(call, 0).at(call.attributes.int("transA", 0) === 0 ? 0 : 1) ?? 1,
  shapeOf(call, 1).at(call.attributes.int("transB", 0) === 0 ? 1 : 0) ?? 1,
];

/** ConvTranspose's weights are (input channels, output channels of a group, kernel…). */
const transposedWeights: Rule = ({ shape }, call) => {
  const x = shapeOf(call, 0);
  return shape.length === x.length && shape[0] === x[1] ? null : `[${x[1]}, …] of ${x.length} dimensions`;
};

/** A slope over x; before operator set 7, one for each channel or one for all. */
const slope: Rule = (value, call) =>
  call.opset < 7 ? oneOf(single, vector(channels))(value, call) : overInput(value, call);

/** One for all, one for each index of the axis, or one for each block of it. */
const quantisation: Rule = (value, call) => {
  const block = call.attributes.int("block_size", 0);
  if (block === 0 && value.storage.elements === 1 && value.shape.length <= 1) return null;
  const x = shapeOf(call, 0);
  const axis = call.axis(call.attributes.int("axis", 1), x.length);
  if (block === 0) return vector(() => x[axis] as number)(value, call);
  const blocks = x.map((n, i) => (i === axis ? Math.ceil(n / block) : n));
  return `${value.shape}` === `${blocks}` ? null : `[${blocks}]`;
};

/** Of x's type in the operator sets from 19 to 22. */
const quantisedScale: Rule = (value, call) =>
  (call.opset >= 19 && call.opset < 23 ? typed(0, quantisation) : quantisation)(value, call);

/** The shape of the scale beside it. */
const likeScale: Rule = (value, call) => {
  const scale = call.input(1);
  const same = scale.storage.elements === 1 ? value.storage.elements === 1 : `${value.shape}` === `${scale.shape}`;
  return same ? null : `[${scale.shape}], as its scale`;
};

/** One for all, or one for each row (column) of matrix `i`. */
const alongRows = (i: number): Rule => alongMatrix(i, -2);
const alongColumns = (i: number): Rule => alongMatrix(i, -1);

function alongMatrix(i: number, axis: -1 | -2): Rule {
  return ({ shape, storage }, call) => {
    const n = shapeOf(call, i).at(axis) ?? 1;
    if (storage.elements === 1 || (shape.length === 1 && shape[0] === n)) return null;
    return shape.at(axis) === n && storage.elements === n ? null : `a scalar, or [${n}]`;
  };
}

/** One for all, or one for each output channel of the weights at input `i`. */
const perOutput = (i: number): Rule => oneOf(single, vector(dimension(i, 0)));

/** Groups before operator set 21, channels from there on. */
const groupParameter: Rule = (value, call) =>
  vector(call.opset < 21 ? (c) => c.attributes.int("num_groups", 1) : channels)(value, call);

/** The element type of another input. */
const typed =
  (i: number, rule: Rule): Rule =>
  (value, call) => {
    const { dtype } = call.input(i);
    return value.dtype === dtype ? rule(value, call) : `of ${dtype}, as input ${i} is`;
  };

/** An input that older operator sets do not have. */
const since =
  (opset: number, rule: Rule): Rule =>
  (value, call) =>
    call.opset < opset ? `left out before operator set ${opset}` : rule(value, call);

/** Axes that were an attribute once. */
const reducedAxes: Rule = (value, call) => since(call.node.op === "ReduceSum" ? 13 : 18, sizes)(value, call);

/** Sizes, axes, steps. */
const integers: Rule = (value, call) =>
  ["i32", "i64"].includes(value.dtype) ? list(value, call) : "a list of i32 or i64";

const sizes: Rule = (value, call) => (value.dtype === "i64" ? list(value, call) : "a list of i64");

/** The type of the starts. */
const sliceIndices: Rule = (value, call) => (call.optional(1) ? typed(1, integers) : integers)(value, call);

/** A scalar. */
const scalar: Rule = ({ shape }) => (shape.length === 0 ? null : "a scalar");

/** BatchNormalization's: of x's type before operator set 15, and of that of input `i` from there on. */
const perChannel =
  (i: number): Rule =>
  (value, call) => {
    if (!call.attributes.flag("spatial", true)) throw unsupported("statistics for each place (spatial = 0)");
    return typed(call.opset < 15 ? 0 : i, vector(channels))(value, call);
  };

/** Indices of x's rank, that lie within it, except along `axis`. */
const elementIndices: Rule = ({ shape }, call) => {
  const x = shapeOf(call, 0);
  const axis = call.axis(call.attributes.int("axis", 0), x.length);
  const fits = shape.length === x.length && shape.every((n, i) => i === axis || n <= (x[i] as number));
  return fits ? null : `within [${x}] but along axis ${axis}`;
};

const tupleIndices: Rule = ({ shape }, call) => {
  const x = shapeOf(call, 0);
  const batch = call.attributes.int("batch_dims", 0);
  const depth = shape.at(-1) ?? 0;
  const fits =
    batch >= 0 && batch < Math.min(x.length, shape.length) && shape.slice(0, batch).every((n, i) => n === x[i]);
  return fits && depth >= 1 && batch + depth <= x.length
    ? null
    : `such that its last axis names dimensions of [${x}] behind ${batch} common ones`;
};

/**
 * A region of interest, which only one transformation reads: its start and end along each axis. Before operator set 11 this input was
 * the scales.
 */
const region: Rule = (value, call) => {
  if (call.opset >= 11 && dtypeSpec(value.dtype).scalar === "int") return "a list of floats";
  if (call.opset < 11) return perAxis("f32")(value, call);
  const axes = call.attributes.ints("axes")?.length ?? rankOf(call);
  if (value.shape.length !== 1) return "a list";
  return value.shape[0] === 0 || value.shape[0] === 2 * axes ? null : `[${2 * axes}]`;
};

/** Sizes or scales: one for each axis that the node names; an empty list counts as omitted. */
const perAxis =
  (dtype: DType): Rule =>
  (value, call) => {
    if (value.dtype !== dtype) return `a list of ${dtype}`;
    const axes = call.attributes.ints("axes")?.length ?? rankOf(call);
    return value.shape.length === 1 && (value.shape[0] === 0 || value.shape[0] === axes) ? null : `[${axes}]`;
  };

// Signatures.

const required = (...rules: readonly Rule[]): Slot[] => rules.map((rule) => ({ rule, optional: false }));
const optional = (...rules: readonly Rule[]): Slot[] => rules.map((rule) => ({ rule, optional: true }));
const takes = (...slots: readonly Slot[]): Signature => ({ slots });
const each = (signature: Signature, ...operators: readonly string[]): Record<string, Signature> =>
  Object.fromEntries(operators.map((operator) => [operator, signature]));

const ONE = takes(...required(any));
const TWO = takes(...required(any, any));
const MANY: Signature = { slots: required(any), rest: any };
const REDUCED = takes(...required(any), ...optional(reducedAxes));
const RESHAPED = takes(...required(any), ...optional(since(13, sizes)));
const IMAGE = takes(...required(rank(3)));
const NORMALISED = takes(...required(rank(3), typed(0, vector(channels)), typed(0, vector(channels))));

export const SIGNATURES: Readonly<Record<string, Signature>> = {
  ...each(ONE, "Abs", "BitwiseNot", "Cast", "Ceil", "Celu", "Cos", "Elu", "Erf", "Exp", "Flatten", "Floor", "Gelu"),
  ...each(ONE, "HardSigmoid", "HardSwish", "Hardmax", "Identity", "IsInf", "IsNaN", "LeakyRelu", "Log", "LogSoftmax"),
  ...each(ONE, "LpNormalization", "MeanVarianceNormalization", "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round"),
  ...each(ONE, "Selu", "Shape", "Shrink", "Sigmoid", "Sign", "Sin", "Size", "Softmax", "Softplus", "Softsign", "Sqrt"),
  ...each(ONE, "Swish", "Tan", "Tanh", "ThresholdedRelu", "Transpose", "ArgMax", "ArgMin", "DynamicQuantizeLinear"),
  ...each(
    TWO,
    "Add",
    "And",
    "BitShift",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
    "CastLike",
    "Div",
    "Equal",
    "Greater",
  ),
  ...each(TWO, "GreaterOrEqual", "Less", "LessOrEqual", "Mod", "Mul", "Or", "Pow", "Sub", "Xor", "Gather"),
  ...each(TWO, "MatMul"),
  ...each(MANY, "Concat", "Max", "Mean", "Min", "Sum"),
  ...each(REDUCED, "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSumSquare", "ReduceL1", "ReduceL2"),
  ...each(REDUCED, "ReduceLogSum", "ReduceLogSumExp", "ReduceMean"),
  ...each(RESHAPED, "Squeeze", "Unsqueeze", "Split"),
  ...each(IMAGE, "AveragePool", "MaxPool", "GlobalAveragePool", "GlobalMaxPool"),
  ...each(takes(...required(rank(4, 4))), "DepthToSpace", "SpaceToDepth"),
  ...each(takes(...required(any, list)), "Expand", "CenterCropPad"),
  Constant: takes(),
  ConstantOfShape: takes(...required(list)),
  EyeLike: takes(...required(rank(2, 2))),
  Range: takes(...required(scalar, typed(0, scalar), typed(0, scalar))),
  Trilu: takes(...required(rank(2)), ...optional(single)),
  Conv: takes(...required(rank(3), rank(3)), ...optional(vector(dimension(1, 0)))),
  ConvTranspose: takes(
    ...required(rank(3), transposedWeights),
    ...optional(vector((call) => dimension(1, 1)(call) * group(call))),
  ),
  Gemm: takes(...required(rank(2, 2), rank(2, 2)), ...optional(over(gemmShape))),
  Clip: takes(...required(any), ...optional(since(11, typed(0, single)), since(11, typed(0, single)))),
  Where: takes(...required(any, any, any)),
  PRelu: takes(...required(any, typed(0, slope))),
  GatherElements: takes(...required(rank(1), elementIndices)),
  GatherND: takes(...required(rank(1), tupleIndices)),
  OneHot: takes(
    ...required(
      any,
      single,
      vector(() => 2),
    ),
  ),
  CumSum: takes(...required(rank(1), single)),
  CumProd: takes(...required(rank(1), single)),
  Reshape: takes(...required(any), ...optional(since(5, sizes))),
  Slice: takes(...required(any), ...optional(since(10, integers), sliceIndices, sliceIndices, sliceIndices)),
  Tile: takes(...required(any, vector(rankOf))),
  Pad: takes(...required(any), ...optional(since(11, sizes), typed(0, single), since(18, integers))),
  Dropout: takes(...required(any), ...optional(since(12, scalar), since(12, scalar))),
  BatchNormalization: takes(...required(rank(1), perChannel(1), perChannel(1), perChannel(3), perChannel(3))),
  InstanceNormalization: NORMALISED,
  GroupNormalization: takes(...required(rank(2), typed(0, groupParameter), typed(0, groupParameter))),
  LayerNormalization: takes(...required(rank(1), typed(0, overInput)), ...optional(typed(0, overInput))),
  RMSNormalization: takes(...required(rank(1), overInput)),
  LRN: takes(...required(rank(2))),
  QuantizeLinear: takes(...required(any, quantisedScale), ...optional(likeScale)),
  DequantizeLinear: takes(...required(any, quantisation), ...optional(typed(0, likeScale))),
  MatMulInteger: takes(...required(any, any), ...optional(typed(0, alongRows(0)), typed(1, alongColumns(1)))),
  ConvInteger: takes(...required(rank(3), rank(3)), ...optional(typed(0, single), typed(1, perOutput(1)))),
  QLinearMatMul: takes(
    ...required(any, alongRows(0), typed(0, alongRows(0))),
    ...required(any, alongColumns(3), typed(3, alongColumns(3)), single, single),
  ),
  QLinearConv: takes(
    ...required(rank(3), single, typed(0, single), rank(3), perOutput(3), typed(3, perOutput(3)), single, single),
    ...optional(vector(dimension(3, 0))),
  ),
  Resize: takes(...required(any), ...optional(region, since(11, perAxis("f32")), since(11, perAxis("i64")))),
  Upsample: takes(...required(any), ...optional(since(9, perAxis("f32")))),
};

/** Kinds of the attributes that operators have, by name: without the names that operators use with different kinds. */
const KINDS: Readonly<Record<string, Kind>> = {
  ...kind("int", "allowzero", "antialias", "axis", "batch_dims", "block_size", "blocksize", "broadcast", "ceil_mode"),
  ...kind("int", "count_include_pad", "detect_negative", "detect_positive", "dtype", "end", "exclude_outside"),
  ...kind("int", "exclusive", "fmod", "group", "k", "keepdims", "noop_with_empty_axes", "num_groups", "num_outputs"),
  ...kind("int", "output_dtype", "p", "reverse", "saturate", "select_last_index", "size", "start", "storage_order"),
  ...kind("int", "training_mode", "transA", "transB", "upper", "stash_type", "spatial"),
  ...kind("float", "alpha", "beta", "bias", "cubic_coeff_a", "epsilon", "extrapolation_value", "gamma", "lambd"),
  ...kind("float", "max", "min", "momentum", "ratio"),
  ...kind("string", "approximate", "auto_pad", "coordinate_transformation_mode", "direction", "mode", "nearest_mode"),
  ...kind("string", "keep_aspect_ratio_policy"),
  ...kind("ints", "axes", "dilations", "ends", "kernel_shape", "output_padding", "output_shape", "pads", "perm"),
  ...kind("ints", "starts", "strides", "split", "shape"),
};

function kind(of: Kind, ...names: readonly string[]): Record<string, Kind> {
  return Object.fromEntries(names.map((name) => [name, of]));
}

/** @throws ModelError if an attribute has the wrong kind, or if an input is missing, superfluous, or violates the operator's rule. */
export function checkSignature(call: Call): void {
  const { op, inputs: names } = call.node;
  const signature = SIGNATURES[op];
  if (!signature) throw new InternalError(`the operator ${op} has no signature`);
  call.attributes.expectKinds(KINDS);
  const { slots, rest } = signature;
  if (call.inputs.length > slots.length && !rest)
    call.fail(`${call.inputs.length} inputs; the operator takes at most ${slots.length}`);
  const count = Math.max(slots.length, call.inputs.length);
  for (let i = 0; i < count; i++) {
    const { rule, optional: mayMiss } = slots[i] ?? { rule: rest as Rule, optional: false };
    const value = call.optional(i);
    if (!value && !mayMiss) call.fail(`input ${i} is missing`);
    const wanted = value && rule(value, call);
    if (wanted) call.fail(`input ${i} ("${names[i]}") is ${value.dtype}[${value.shape}]; it must be ${wanted}`);
  }
}
