import type { DType } from "@elench/tensor/program/dtype";
import { EXACT, type Tolerance, ulps } from "../compare.ts";
import type { Draw, Generator, Generators } from "../draw.ts";
import { type Content, INTEGERS, isFloat, MAGNITUDE, tensorOf } from "../tensor.ts";

const NUMBERS: readonly DType[] = ["f32", "f32", "f64", "i32", "i64"];
const WIDER: readonly DType[] = [...NUMBERS, "f16"];
const FLOATS: readonly DType[] = ["f32", "f32", "f64", "f16"];
const SINGLE: readonly DType[] = ["f32", "f32", "f32", "f16"];

interface Unary {
  readonly dtypes?: readonly DType[];
  readonly content?: readonly Content[];
  readonly attributes?: (d: Draw) => void;
  readonly tolerance?: Tolerance;
}

const unary = (since: readonly number[], options: Unary = {}): Generator => ({
  since,
  generate: (d) => {
    const { dtypes = FLOATS, content = ["grid", "real", "special"], attributes, tolerance = EXACT } = options;
    const dtype = d.dtype(...dtypes);
    attributes?.(d);
    d.input(d.tensor(dtype, d.shape(d.random(5)), d.pick(content)));
    return isFloat(dtype) ? tolerance : EXACT;
  },
});

/** Two operands that broadcast, or before operator set 7 a second one that is laid along the first. */
function operands(d: Draw, dtype: DType, content: Content, second: Content = content, secondType = dtype): void {
  const shape = d.shape(d.random(5), 4);
  if (d.opset < 7) {
    d.input(d.tensor(dtype, shape, content));
    const axis = d.random(shape.length + 1);
    if (d.once(2) && shape.length > axis) {
      const part = shape.slice(axis, axis + d.between(1, shape.length - axis));
      d.int("broadcast", 1);
      if (axis + part.length !== shape.length || d.once(2)) d.int("axis", axis);
      d.parameter(d.tensor(secondType, part, second));
    } else d.parameter(d.tensor(secondType, shape, second));
    return;
  }
  const other = d.broadcastable(shape);
  const [left, right] = d.once(2) ? [shape, other] : [other, shape];
  d.parameter(d.tensor(dtype, left, content));
  // One of them is the graph's, so that something is left to compute.
  if (d.once(2)) d.input(d.tensor(secondType, right, second));
  else d.parameter(d.tensor(secondType, right, second));
}

interface Binary {
  readonly dtypes: (opset: number) => readonly DType[];
  readonly content?: readonly Content[];
  /** What integers hold. */
  readonly integers?: readonly Content[];
  readonly second?: Content;
  /** Floats of `special` are both: division by 0 included. */
  readonly special?: boolean;
  readonly attributes?: (d: Draw, dtype: DType) => void;
  readonly tolerance?: Tolerance;
}

const binary = (since: readonly number[], options: Binary): Generator => ({
  since,
  weight: 2,
  generate: (d) => {
    const dtype = d.pick(options.dtypes(d.opset));
    options.attributes?.(d, dtype);
    const floats = options.content ?? ["grid", "real", "special"];
    const content = isFloat(dtype) ? d.pick(floats) : d.pick(options.integers ?? (["grid", "wide"] as const));
    const second = options.special && content === "special" ? content : (options.second ?? content);
    operands(d, dtype, content, second);
    return isFloat(dtype) ? (options.tolerance ?? EXACT) : EXACT;
  },
});

const arithmetic = (options: Partial<Binary> = {}): Generator =>
  binary([1, 6, 7, 13, 14], {
    dtypes: (v) => (v < 6 ? ["f32", "f64"] : v < 7 ? NUMBERS : v < 14 ? NUMBERS : WIDER),
    ...options,
  });

const compared = (since: readonly number[], first: readonly DType[]): Generator =>
  binary(since, { dtypes: (v) => (v < 7 ? ["f32"] : v < 9 ? first : ["f32", "f64", "i32", "i64"]) });

const logical = (): Generator => binary([1, 7], { dtypes: () => ["bool"] });
const bitwise = (): Generator => binary([18], { dtypes: () => INTEGERS });

const variadic = (
  since: readonly number[],
  dtypes: (opset: number) => readonly DType[],
  tolerance: Tolerance,
  special = false,
): Generator => ({
  since,
  weight: 2,
  generate: (d) => {
    const dtype = d.pick(dtypes(d.opset));
    const shape = d.shape(d.random(4));
    const content = d.pick(special ? (["grid", "real", "special"] as const) : (["grid", "real"] as const));
    for (let i = d.between(1, 4); i > 0; i--) {
      const part = d.opset < 8 ? shape : d.broadcastable(shape);
      d.parameter(d.tensor(dtype, part, isFloat(dtype) ? content : "wide"));
    }
    return isFloat(dtype) ? tolerance : EXACT;
  },
});

/** Bounds as the operator set has them. */
function bounds(d: Draw, dtype: DType): void {
  const [low, high]: readonly (number | bigint | null)[] = isFloat(dtype)
    ? d.pick([
        [-1, 1],
        [0, 6],
        [null, 0.5],
        [-0.25, null],
        [null, null],
        [-Infinity, 2],
        [2, -1],
      ])
    : d.pick([
        [-3, 3],
        [0, 6],
        [null, 5],
        [1, null],
        [null, null],
        dtype === "i64" ? [-(2n ** 53n) - 1n, 2n ** 63n - 1n] : [1, 100],
      ]);
  const unsigned = (x: number | bigint): number | bigint => (dtype.startsWith("u") && x < 0 ? 0 : x);
  if (d.opset < 11) {
    if (low !== null && low !== undefined) d.float("min", Number(low));
    if (high !== null && high !== undefined) d.float("max", Number(high));
    return;
  }
  for (const x of [low, high]) {
    if (x === null || x === undefined) d.skip();
    else d.parameter(tensorOf(dtype, [], [unsigned(x)]));
  }
}

const fewUlps = (n: number): Tolerance => ulps(n, 2 ** -22);

/** `special`'s ends of the range are far from where onnxruntime's approximations are meant to hold. */
const MILD: readonly Content[] = ["grid", "real"];

export const ELEMENTWISE: Generators = {
  Add: arithmetic(),
  Sub: arithmetic(),
  Mul: arithmetic(),
  Div: arithmetic({ second: "nonzero", special: true, integers: ["grid"] }),
  Mod: binary([10, 13], {
    dtypes: () => ["f32", "f64", ...INTEGERS],
    content: ["grid"],
    integers: ["grid"],
    second: "nonzero",
    attributes: (d, dtype) => {
      if (isFloat(dtype)) d.int("fmod", 1);
      else d.maybeInt("fmod", 0, [0, 1]);
    },
  }),
  Pow: {
    since: [7, 12, 13, 15],
    weight: 4,
    generate: (d) => {
      const base = d.pick(d.opset < 12 ? (["f32", "f64"] as const) : (["f32", "f32", "f64", "i32", "i64"] as const));
      const exponent = d.opset < 12 ? base : d.pick(["f32", "f64", "i32", "i64"] as const);
      const whole = d.once(2);
      const shape = d.shape(d.random(4));
      // Powers up to 2^31 or 2^53: onnxruntime computes them in f64.
      const greatest = { i32: 200, i64: 8000 }[base as string];
      if (greatest !== undefined && d.once(2)) {
        const length = shape.reduce((a, b) => a * b, 1);
        const bases = Array.from({ length }, () => d.between(-greatest, greatest));
        d.parameter(tensorOf(base, shape, bases));
      } else d.parameter(d.tensor(base, shape, whole ? "grid" : "positive"));
      const values = whole
        ? [0, 1, 2, 3, 4]
        : isFloat(exponent) && isFloat(base)
          ? [0.5, -1, 2, 1.5, 3, 0]
          : [0, 1, 2, 3];
      if (d.once(2)) d.constant(tensorOf(exponent, d.pick([[], [1]]), [d.pick(values)]));
      else {
        const other = d.broadcastable(shape);
        const elements = other.reduce((a, b) => a * b, 1);
        d.input(
          tensorOf(
            exponent,
            other,
            Array.from({ length: elements }, () => d.pick(values)),
          ),
        );
      }
      return isFloat(base) ? ulps(4) : EXACT;
    },
  },
  Sum: variadic([6, 8, 13], () => ["f32", "f32", "f64"], ulps(4, 2 ** -21)),
  Mean: variadic([6, 8, 13], () => ["f32"], ulps(4, 2 ** -21)),
  Max: variadic(
    [6, 8, 12, 13],
    (v) => (v < 12 ? ["f32", "f64"] : ["f32", "f64", "f16", "i32", "u32", "i64", "u64", "i8", "u8"]),
    EXACT,
    true,
  ),
  Min: variadic(
    [6, 8, 12, 13],
    (v) => (v < 12 ? ["f32", "f64"] : ["f32", "f64", "f16", "i32", "u32", "i64", "u64", "i8", "u8"]),
    EXACT,
    true,
  ),
  Equal: binary([1, 7, 11, 13, 19], {
    dtypes: (v) => (v < 11 ? ["bool", "i32", "i64"] : ["bool", "i32", "i64", "f32", "f64"]),
  }),
  Less: compared([7, 9, 13], ["f32", "f64"]),
  Greater: compared([7, 9, 13], ["f32", "f64"]),
  LessOrEqual: compared([12, 16], []),
  GreaterOrEqual: compared([12, 16], []),
  And: logical(),
  Or: logical(),
  Xor: logical(),
  Not: unary([1], { dtypes: ["bool"] }),
  BitwiseAnd: bitwise(),
  BitwiseOr: bitwise(),
  BitwiseXor: bitwise(),
  BitwiseNot: unary([18], { dtypes: INTEGERS, content: ["wide"] }),
  BitShift: {
    since: [11],
    weight: 2,
    generate: (d) => {
      const dtype = d.pick(["u8", "u32", "u64"] as const);
      d.string("direction", d.pick(["LEFT", "RIGHT"]));
      const shape = d.shape(d.random(4));
      d.input(d.tensor(dtype, shape, "wide"));
      const bits = { u8: 8, u32: 32, u64: 64 }[dtype];
      const other = d.broadcastable(shape);
      d.parameter(
        tensorOf(
          dtype,
          other,
          Array.from({ length: other.reduce((a, b) => a * b, 1) }, () => d.random(bits)),
        ),
      );
      return EXACT;
    },
  },
  Where: {
    since: [9, 16],
    weight: 2,
    generate: (d) => {
      const dtype = d.pick(["f32", "i32", "i64", "u8", "f64"] as const);
      const shape = d.shape(d.random(4));
      const parts = [shape, d.broadcastable(shape), d.broadcastable(shape)];
      const [c, x, y] = d.permutation(3).map((i) => parts[i] as number[]);
      d.parameter(d.tensor("bool", c as number[]));
      d.parameter(d.tensor(dtype, x as number[], d.pick(["grid", "special"])));
      d.parameter(d.tensor(dtype, y as number[], d.pick(["grid", "special"])));
      return EXACT;
    },
  },
  Clip: {
    since: [6, 11, 12, 13],
    weight: 3,
    generate: (d) => {
      const dtype = d.pick(
        d.opset < 12 ? (["f32"] as const) : (["f32", "f64", "i32", "u32", "i64", "u64", "i8", "u8", "f16"] as const),
      );
      d.input(
        d.tensor(dtype, d.shape(d.random(5)), isFloat(dtype) ? d.pick(["grid", "real"]) : d.pick(["grid", "wide"])),
      );
      bounds(d, dtype);
      return EXACT;
    },
  },
  PRelu: {
    since: [6, 7, 9, 16],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const dtype = d.pick(
        d.opset < 9 ? (["f32"] as const) : (["f32", "f32", "f64", "i32", "i64", "u32", "u64"] as const),
      );
      d.input(d.tensor(dtype, shape));
      const kept = shape.slice(d.random(shape.length + 1)).map((n) => (d.once(4) ? 1 : n));
      const channel = shape.length > 1 ? [shape[1] as number] : [1];
      d.parameter(d.tensor(dtype, d.opset < 7 ? d.pick([channel, [1]]) : kept));
      return EXACT;
    },
  },
  Abs: unary([6, 13], { dtypes: [...FLOATS, ...INTEGERS] }),
  Neg: unary([6, 13], { dtypes: [...FLOATS, "i8", "i16", "i32", "i64"] }),
  Sign: unary([9, 13], { dtypes: [...FLOATS, ...INTEGERS] }),
  Floor: unary([6, 13]),
  Ceil: unary([6, 13]),
  Round: unary([11, 22]),
  Sqrt: unary([6, 13], { content: ["positive", "special"], tolerance: ulps(1) }),
  Reciprocal: unary([6, 13], { tolerance: ulps(1) }),
  IsNaN: unary([9, 13, 20], { dtypes: ["f32", "f64", "f16"], content: ["special"] }),
  IsInf: unary([10, 20], {
    dtypes: ["f32", "f64"],
    content: ["special"],
    attributes: (d) => {
      d.maybeInt("detect_positive", 1, [0, 1]);
      d.maybeInt("detect_negative", 1, [0, 1]);
    },
  }),
  Exp: unary([6, 13], { dtypes: SINGLE, content: ["grid", "real", "large", "special"], tolerance: ulps(4) }),
  Log: unary([6, 13], { dtypes: SINGLE, content: ["positive", "special"], tolerance: fewUlps(4) }),
  Sin: unary([7, 22], { dtypes: SINGLE, content: MILD, tolerance: fewUlps(4) }),
  Cos: unary([7, 22], { dtypes: SINGLE, content: MILD, tolerance: fewUlps(4) }),
  Tan: unary([7, 22], { dtypes: ["f32"], content: MILD, tolerance: fewUlps(8) }),
  Tanh: unary([6, 13], { dtypes: SINGLE, content: ["grid", "real", "large", "special"], tolerance: fewUlps(4) }),
  Erf: unary([9, 13], { dtypes: SINGLE, content: ["grid", "real", "large", "special"], tolerance: fewUlps(4) }),
  Sigmoid: unary([6, 13], { dtypes: SINGLE, content: ["grid", "real", "large", "special"], tolerance: fewUlps(4) }),
  Relu: unary([6, 13, 14], { dtypes: ["f32", "f32", "f64", "f16"], content: ["grid", "real", "special"] }),
  LeakyRelu: unary([6, 16], { dtypes: SINGLE, attributes: (d) => void d.maybeFloat("alpha", 0.01, [0.5, -1, 0]) }),
  ThresholdedRelu: unary([10, 22], { dtypes: SINGLE, attributes: (d) => void d.maybeFloat("alpha", 1, [0.5, -1, 0]) }),
  Elu: unary([6, 22], {
    dtypes: SINGLE,
    attributes: (d) => void d.maybeFloat("alpha", 1, [0.5, 2]),
    tolerance: fewUlps(8),
  }),
  Selu: unary([6, 22], {
    dtypes: SINGLE,
    attributes: (d) => {
      d.maybeFloat("alpha", 1.67, [0.5, 2]);
      d.maybeFloat("gamma", 1.05, [0.5, 2]);
    },
    tolerance: ulps(8, 2 ** -20),
  }),
  Celu: unary([12], {
    dtypes: ["f32"],
    attributes: (d) => void d.maybeFloat("alpha", 1, [0.5, 2]),
    tolerance: fewUlps(8),
  }),
  Gelu: unary([20], {
    dtypes: SINGLE,
    content: MILD,
    attributes: (d) => {
      if (d.once(2)) d.string("approximate", d.pick(["none", "tanh"]));
    },
    tolerance: ulps(8, 2 ** -20),
  }),
  Softplus: unary([1, 22], { dtypes: SINGLE, content: ["grid", "real", "large"], tolerance: fewUlps(8) }),
  Softsign: unary([1, 22], { dtypes: SINGLE, content: ["grid", "real", "large"], tolerance: ulps(2) }),
  Mish: unary([18, 22], { dtypes: ["f32", "f16"], content: MILD, tolerance: fewUlps(16) }),
  Swish: unary([24], {
    dtypes: ["f32", "f16"],
    content: MILD,
    attributes: (d) => void d.maybeFloat("alpha", 1, [0.5, 2]),
    tolerance: ulps(16, MAGNITUDE * 2 ** -21),
  }),
  HardSigmoid: unary([6, 22], {
    dtypes: SINGLE,
    content: MILD,
    attributes: (d) => {
      d.maybeFloat("alpha", 0.2, [0.5, 1]);
      d.maybeFloat("beta", 0.5, [0.25, 1]);
    },
    tolerance: ulps(2, 2 ** -23),
  }),
  HardSwish: unary([14, 22], { dtypes: SINGLE, content: MILD, tolerance: ulps(4, 2 ** -22) }),
  Shrink: unary([9], {
    dtypes: ["f32", "f64", "f16", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"],
    content: MILD,
    attributes: (d) => {
      d.maybeFloat("lambd", 0.5, [1.5, 0]);
      d.maybeFloat("bias", 0, [1.5, 1]);
    },
  }),
};
