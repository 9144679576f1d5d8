import type { DType } from "@elench/tensor/program/dtype";
import type { Chain } from "./chain.ts";
import { both, type Facts, GREATEST, least, rounded, summed, type Value } from "./facts.ts";
import type { Attribute } from "./graph.ts";
import { count, int64s, isFloat, roundoff, type Tensor, tensorOf } from "./tensor.ts";

/** The steps that a random chain can take: each adds nodes to it, or nothing if it does not fit. */

export type Step = (c: Chain, x: Value) => void;

/** x's facts: elements are moved, chosen or turned round, and none is computed. */
export const same = ({ bound, error, grid }: Value): Facts => ({ bound, error, grid });

export const unary =
  (op: string, facts: (x: Value) => Facts | null, attributes: Readonly<Record<string, Attribute>> = {}): Step =>
  (c, x) => {
    if (!isFloat(x.dtype) || x.dtype === "bf16") return;
    const known = facts(x);
    if (known) c.emit(op, [x.name], x.dtype, x.shape, known, attributes);
  };

/** A function of slope `slope` at most, which each side computes within some f32 ulps of `bound`. */
export const smooth = (op: string, slope: number, bound: (x: number) => number, most = GREATEST): Step =>
  unary(op, (x) =>
    x.dtype === "f64" || x.bound > most
      ? null
      : {
          bound: bound(x.bound),
          error: slope * x.error + bound(x.bound) * (16 * 2 ** -24 + 2 * roundoff(x.dtype)),
          grid: null,
        },
  );

/** Only of what is exact: a small difference would become a large one. */
export const stepwise = (op: string): Step =>
  unary(op, (x) => (x.error > 0 ? null : { bound: Math.ceil(x.bound), error: 0, grid: Math.max(0, x.grid ?? 0) }));

export function broadcast(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) return null;
    shape.push(Math.max(m, n));
  }
  return shape;
}

/** With another value that broadcasts, or a constant. */
export const binary =
  (op: string, facts: (x: Value, y: Value) => Facts): Step =>
  (c, x) => {
    if (x.dtype === "bf16" || x.dtype === "bool") return;
    const shape = x.shape.slice(c.between(0, x.shape.length));
    const y = (c.once(2) ? c.other(x, (s) => broadcast(x.shape, s) !== null) : undefined) ?? c.constant(x.dtype, shape);
    const swapped = c.once(2);
    const [a, b] = swapped ? [y, x] : [x, y];
    const whole = broadcast(a.shape, b.shape) as number[];
    c.emit(op, [a.name, b.name], x.dtype, whole, facts(a, b));
  };

export const moved =
  (f: (c: Chain, x: Value) => void): Step =>
  (c, x) => {
    if (x.dtype !== "bf16") f(c, x);
  };

export function reshapeTo(c: Chain, x: Value): number[] {
  const shape: number[] = [];
  let left = count(x.shape);
  while (left > 1 && shape.length < 4) {
    const next = c.pick(Array.from({ length: left }, (_, i) => i + 1).filter((n) => left % n === 0));
    shape.push(next);
    left /= next;
  }
  return left > 1 || shape.length === 0 ? [...shape, left] : shape;
}

export const reduction =
  (op: string, facts: (x: Value, terms: number) => Facts | null): Step =>
  (c, x) => {
    if (x.shape.length === 0 || !["f32", "f64", "i32", "i64", "f16"].includes(x.dtype)) return;
    const axis = c.between(0, x.shape.length - 1);
    const keep = c.once(2);
    const known = facts(x, x.shape[axis] as number);
    if (!known) return;
    const shape = keep ? x.shape.with(axis, 1) : x.shape.toSpliced(axis, 1);
    const input = op === "ReduceSum" || c.opset >= 18;
    const attributes = { keepdims: { int: keep ? 1 : 0 }, ...(!input && { axes: { ints: [axis] } }) };
    c.emit(op, input ? [x.name, c.initializer(int64s([axis]))] : [x.name], x.dtype, shape, known, attributes);
  };

export const product = (x: Value, y: Value): Facts => ({
  bound: x.bound * y.bound,
  error: x.error * y.bound + y.error * x.bound + x.error * y.error,
  grid: both(x.grid, y.grid),
});

export const matMul: Step = (c, x) => {
  if (x.shape.length < 2 || !["f32", "f16", "f64"].includes(x.dtype)) return;
  const depth = x.shape.at(-1) as number;
  const width = c.between(1, 6);
  const y =
    (c.once(3) ? c.other(x, (s) => s.length === 2 && s[0] === depth) : undefined) ??
    c.constant(x.dtype, [depth, width]);
  const term = product(x, y);
  const facts = summed(x.dtype, depth, term.bound, term.error, term.grid);
  c.emit("MatMul", [x.name, y.name], x.dtype, [...x.shape.slice(0, -1), y.shape[1] as number], facts);
};

export const gemm: Step = (c, x) => {
  if (x.shape.length !== 2 || !["f32", "f16"].includes(x.dtype)) return;
  const [depth, width] = [x.shape[1] as number, c.between(1, 6)];
  const transposed = c.once(2);
  const y = c.constant(x.dtype, transposed ? [width, depth] : [depth, width]);
  const bias = c.constant(x.dtype, [width]);
  const term = product(x, y);
  const sum = summed(x.dtype, depth, term.bound, term.error, term.grid);
  const facts = rounded(x.dtype, sum.bound + bias.bound, sum.error, least(sum.grid, bias.grid));
  const error = facts.error > 0 ? facts.error + (depth + 1) * 2 ** -22 * facts.bound : 0;
  const attributes: Record<string, Attribute> = transposed ? { transB: { int: 1 } } : {};
  c.emit("Gemm", [x.name, y.name, bias.name], x.dtype, [x.shape[0] as number, width], { ...facts, error }, attributes);
};

export const conv: Step = (c, x) => {
  if (x.shape.length !== 4 || x.dtype !== "f32") return;
  const [n, channels, height, wide] = x.shape as [number, number, number, number];
  const [outputs, k] = [c.between(1, 4), c.pick([1, 1, 3])];
  const pad = k === 3 ? 1 : 0;
  const w = c.constant("f32", [outputs, channels, k, k]);
  const bias = c.constant("f32", [outputs]);
  const term = product(x, w);
  const terms = channels * k * k;
  const sum = summed("f32", terms + 1, term.bound, term.error, least(term.grid, bias.grid));
  const inputs = c.once(2) ? [x.name, w.name, bias.name] : [x.name, w.name];
  const attributes: Record<string, Attribute> = pad > 0 ? { pads: { ints: [pad, pad, pad, pad] } } : {};
  c.emit("Conv", inputs, "f32", [n, outputs, height, wide], sum, attributes);
};

export const pool: Step = (c, x) => {
  if (x.shape.length !== 4 || x.dtype !== "f32") return;
  const [n, channels, height, wide] = x.shape as [number, number, number, number];
  const k = c.between(1, Math.min(2, height, wide));
  const shape = [n, channels, height - k + 1, wide - k + 1];
  const attributes = { kernel_shape: { ints: [k, k] } };
  if (c.once(2)) c.emit("MaxPool", [x.name], "f32", shape, same(x), attributes);
  else {
    const sum = summed("f32", k * k, x.bound, x.error, x.grid);
    c.emit(
      "AveragePool",
      [x.name],
      "f32",
      shape,
      { bound: x.bound, error: sum.error + 2 ** -22 * x.bound, grid: null },
      attributes,
    );
  }
};

export const batchNorm: Step = (c, x) => {
  if (x.shape.length < 2 || x.dtype !== "f32") return;
  const n = x.shape[1] as number;
  const [scale, bias, mean] = [0, 1, 2].map(() => c.constant("f32", [n]).name) as [string, string, string];
  const variance = c.initializer(randomVariance(c, n));
  // (x − mean) · scale / √variance + bias, with variance from 1/4.
  const bound = (x.bound + 4) * 8 + 4;
  const facts = { bound, error: 8 * x.error + 16 * 2 ** -24 * (bound + 32), grid: null };
  c.emit("BatchNormalization", [x.name, scale, bias, mean, variance], "f32", x.shape, facts);
};

export const randomVariance = (c: Chain, n: number): Tensor =>
  tensorOf(
    "f32",
    [n],
    Array.from({ length: n }, () => c.pick([0.25, 0.5, 1, 2, 3])),
  );

export const softmax: Step = (c, x) => {
  if (x.shape.length === 0 || x.dtype !== "f32" || x.bound > 64) return;
  const axis = c.between(0, x.shape.length - 1);
  const n = x.shape[axis] as number;
  const error = 2 * x.error + (n + 32 + 4 * x.bound) * 2 ** -24;
  c.emit("Softmax", [x.name], "f32", x.shape, { bound: 1, error, grid: null }, { axis: { int: axis } });
};

/** To a type and, half of the time, at once back. */
export const conversion: Step = (c, x) => {
  const types: readonly DType[] = ["f16", "bf16", "f32", "f64", "i32", "i64", "i16", "bool"];
  const to = c.pick(types.filter((t) => t !== x.dtype && (isFloat(t) || x.error === 0)));
  if (to === undefined) return;
  const converted = c.cast(x, to);
  if (to === "bf16" || c.once(2)) c.cast(converted, isFloat(x.dtype) && x.dtype !== "bf16" ? x.dtype : "f32");
};

/** Into small integers and back. */
export const quantised: Step = (c, x) => {
  if (x.dtype !== "f32" || x.error > 0) return;
  const scale = c.initializer(tensorOf("f32", [], [c.pick([0.25, 0.5, 1, 0.125])]));
  const zero = c.initializer(tensorOf("u8", [], [c.between(0, 255)]));
  const [q] = c.node("QuantizeLinear", [x.name, scale, zero]) as [string];
  c.emit("DequantizeLinear", [q, scale, zero], "f32", x.shape, { bound: 256, error: 0, grid: -3 });
};

/** The greater of two where a comparison says so. */
export const choice: Step = (c, x) => {
  if (x.dtype !== "f32" || x.error > 0) return;
  const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
  const threshold = c.constant("f32", []);
  const [condition] = c.node(c.pick(["Less", "Greater"]), [x.name, threshold.name]) as [string];
  const facts = { bound: Math.max(x.bound, y.bound), error: y.error, grid: least(x.grid, y.grid) };
  c.emit("Where", [condition, x.name, y.name], "f32", x.shape, facts);
};

/** A shape that is computed from a value's, as exporters write it. */
export const computedReshape: Step = (c, x) => {
  if (x.shape.length < 2 || x.dtype === "bf16") return;
  const [whole] = c.node("Shape", [x.name]) as [string];
  const [first] = c.node("Gather", [whole, c.initializer(int64s([0]))], { axis: { int: 0 } }) as [string];
  const [asked] = c.node("Concat", [first, c.initializer(int64s([-1]))], { axis: { int: 0 } }) as [string];
  const rows = x.shape[0] as number;
  c.emit("Reshape", [x.name, asked], x.dtype, [rows, count(x.shape) / rows], same(x));
};

export const concat: Step = (c, x) => {
  if (x.shape.length === 0 || x.dtype === "bf16" || x.dtype === "bool") return;
  const axis = c.between(0, x.shape.length - 1);
  const fits = (s: readonly number[]) =>
    s.length === x.shape.length && s.every((n, i) => i === axis || n === x.shape[i]);
  const parts = [x, c.other(x, fits) as Value, c.constant(x.dtype, x.shape.with(axis, c.between(1, 2)))];
  const shape = x.shape.with(
    axis,
    parts.reduce((sum, p) => sum + (p.shape[axis] as number), 0),
  );
  const facts = {
    bound: Math.max(...parts.map((p) => p.bound)),
    error: Math.max(...parts.map((p) => p.error)),
    grid: parts.map((p) => p.grid).reduce(least),
  };
  c.emit(
    "Concat",
    parts.map((p) => p.name),
    x.dtype,
    shape,
    facts,
    { axis: { int: axis } },
  );
};

export const split: Step = (c, x) => {
  const axis = x.shape.findIndex((n) => n >= 2);
  if (axis < 0 || x.dtype === "bf16" || x.dtype === "bool") return;
  const size = x.shape[axis] as number;
  const first = c.between(1, size - 1);
  const sizes = c.initializer(int64s([first, size - first]));
  const names = c.node("Split", [x.name, sizes], { axis: { int: axis } }, 2);
  for (const [i, n] of [first, size - first].entries())
    c.value(names[i] as string, x.dtype, x.shape.with(axis, n), same(x));
};

/** Elements of one axis by constant indices, from either end. */
export const gather: Step = (c, x) => {
  if (x.shape.length === 0 || x.dtype === "bf16" || x.dtype === "bool") return;
  const axis = c.between(0, x.shape.length - 1);
  const size = x.shape[axis] as number;
  const indices = Array.from({ length: c.between(1, 3) }, () => c.between(-size, size - 1));
  const one = c.once(3);
  const value = one ? tensorOf("i64", [], indices.slice(0, 1)) : int64s(indices);
  const shape = x.shape.toSpliced(axis, 1, ...value.shape.map(() => indices.length));
  c.emit("Gather", [x.name, c.initializer(value)], x.dtype, shape, same(x), { axis: { int: axis } });
};

export const clip: Step = (c, x) => {
  if (!["f32", "f64", "i32", "i64", "f16"].includes(x.dtype)) return;
  const [low, high] = c.pick([
    [0, 6],
    [-1, 1],
    [-3, 100],
  ]) as [number, number];
  const bounds = [low, high].map((n) => c.initializer(tensorOf(x.dtype, [], [isFloat(x.dtype) ? n : BigInt(n)])));
  const bound = Math.max(Math.abs(low), Math.min(x.bound, high));
  c.emit("Clip", [x.name, ...bounds], x.dtype, x.shape, {
    bound,
    error: x.error,
    grid: x.grid === null ? null : Math.min(x.grid, 0),
  });
};

/** By a power of two, which is exact. */
export const halved: Step = (c, x) => {
  if (!["f32", "f64"].includes(x.dtype)) return;
  const divisor = c.initializer(tensorOf(x.dtype, [], [4]));
  c.emit("Div", [x.name, divisor], x.dtype, x.shape, {
    bound: x.bound / 4,
    error: x.error / 4,
    grid: both(x.grid, -2),
  });
};

export const square: Step = (c, x) => {
  if (!["f32", "i32", "i64"].includes(x.dtype)) return;
  const two = c.initializer(tensorOf(c.pick(["f32", "i64"] as const), [], [2]));
  const { bound, error, grid } = product(x, x);
  const facts = rounded(x.dtype, bound, error, grid);
  // onnxruntime's square may be a power of the library, which need not be rounded as a product is.
  const further = isFloat(x.dtype) && facts.grid === null ? 4 * bound * 2 ** -24 : 0;
  c.emit("Pow", [x.name, two], x.dtype, x.shape, { ...facts, error: facts.error + further });
};

/** √|x|: a small difference of what is near 0 becomes a large one. */
export const root: Step = (c, x) => {
  if (x.dtype !== "f32" || x.error > 0) return;
  const [size] = c.node("Abs", [x.name]) as [string];
  c.emit("Sqrt", [size], "f32", x.shape, { bound: Math.sqrt(x.bound) + 1, error: 0, grid: null });
};

export const argument: Step = (c, x) => {
  if (x.shape.length === 0 || x.error > 0 || !["f32", "i32"].includes(x.dtype)) return;
  const axis = c.between(0, x.shape.length - 1);
  const attributes = { axis: { int: axis }, keepdims: { int: 1 } };
  const bound = x.shape[axis] as number;
  c.emit(
    c.pick(["ArgMax", "ArgMin"]),
    [x.name],
    "i64",
    x.shape.with(axis, 1),
    { bound, error: 0, grid: 0 },
    attributes,
  );
};

export const logic: Step = (c, x) => {
  if (x.dtype !== "bool") return;
  const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
  const [not] = c.node("Not", [y.name]) as [string];
  c.emit(c.pick(["And", "Or", "Xor"]), [x.name, not], "bool", x.shape, same(x));
};

export const comparison: Step = (c, x) => {
  if (x.error > 0 || !["f32", "i32", "i64"].includes(x.dtype)) return;
  const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
  if (y.error > 0) return;
  c.emit(c.pick(["Less", "Greater", "Equal"]), [x.name, y.name], "bool", x.shape, { bound: 1, error: 0, grid: 0 });
};

export const enlarged: Step = (c, x) => {
  if (x.shape.length !== 4 || x.dtype !== "f32") return;
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const scales = c.initializer(tensorOf("f32", [4], [1, 1, 2, 2]));
  const attributes = {
    mode: { string: "nearest" },
    coordinate_transformation_mode: { string: "asymmetric" },
    nearest_mode: { string: "floor" },
  };
  c.emit("Resize", [x.name, "", scales], "f32", [n, channels, 2 * height, 2 * width], same(x), attributes);
};

export const tiled: Step = (c, x) => {
  if (x.shape.length === 0 || !["f32", "i32", "i64"].includes(x.dtype)) return;
  const repeats = x.shape.map(() => c.between(1, 2));
  const shape = x.shape.map((n, i) => n * (repeats[i] as number));
  c.emit("Tile", [x.name, c.initializer(int64s(repeats))], x.dtype, shape, same(x));
};

/** Expanded to the shape of another value, which exporters compute. */
export const expanded: Step = (c, x) => {
  if (x.dtype === "bf16" || x.dtype === "bool") return;
  const y = c.other(x, (s) => `${broadcast(x.shape, s)}` === `${s}`);
  if (!y) return;
  const [shape] = c.node("Shape", [y.name]) as [string];
  c.emit("Expand", [x.name, shape], x.dtype, y.shape, same(x));
};

/** Of rows with little deviation, each side loses digits; what is exact here has steps of 1/8 at least, or none. */
export const layerNorm: Step = (c, x) => {
  if (x.shape.length === 0 || x.dtype !== "f32" || x.error > 0 || (x.grid ?? -9) < -3 || c.opset < 17) return;
  const n = x.shape.at(-1) as number;
  const [scale, bias] = [c.constant("f32", [n]).name, c.constant("f32", [n]).name];
  const bound = 4 * Math.sqrt(n) + 4;
  c.emit("LayerNormalization", [x.name, scale, bias], "f32", x.shape, {
    bound,
    error: 1e-5 * bound * (1 + x.bound),
    grid: null,
  });
};

export const STEPS: readonly Step[] = [
  binary("Add", (x, y) => rounded(x.dtype, x.bound + y.bound, x.error + y.error, least(x.grid, y.grid))),
  binary("Add", (x, y) => rounded(x.dtype, x.bound + y.bound, x.error + y.error, least(x.grid, y.grid))),
  binary("Sub", (x, y) => rounded(x.dtype, x.bound + y.bound, x.error + y.error, least(x.grid, y.grid))),
  binary("Mul", (x, y) => {
    const { bound, error, grid } = product(x, y);
    return rounded(x.dtype, bound, error, grid);
  }),
  // Residual connections.
  (c, x) => {
    if (x.dtype === "bf16" || x.dtype === "bool") return;
    const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
    const facts = rounded(x.dtype, x.bound + y.bound, x.error + y.error, least(x.grid, y.grid));
    c.emit("Add", [x.name, y.name], x.dtype, x.shape, facts);
  },
  unary("Relu", same),
  unary("Neg", same),
  unary("Abs", same),
  unary("LeakyRelu", (x) => (x.dtype === "f64" ? null : rounded(x.dtype, x.bound, x.error, both(x.grid, -2))), {
    alpha: { float: 0.25 },
  }),
  stepwise("Floor"),
  stepwise("Ceil"),
  stepwise("Round"),
  smooth("Sigmoid", 1, () => 1),
  smooth("Tanh", 1, () => 1),
  smooth("Erf", 2, () => 1),
  smooth("Exp", Math.exp(4), (x) => Math.exp(x), 4),
  smooth("Softplus", 1, (x) => x + 1),
  (c, x) => {
    if (c.opset >= 20) smooth("Gelu", 2, (bound) => bound + 1)(c, x);
  },
  moved((c, x) => {
    const shape = reshapeTo(c, x);
    c.emit("Reshape", [x.name, c.initializer(int64s(shape))], x.dtype, shape, same(x));
  }),
  moved((c, x) => {
    const left = x.shape.map((_, i) => i);
    const perm = x.shape.map(() => left.splice(c.between(0, left.length - 1), 1)[0] as number);
    const shape = perm.map((axis) => x.shape[axis] as number);
    if (perm.length > 0) c.emit("Transpose", [x.name], x.dtype, shape, same(x), { perm: { ints: perm } });
  }),
  moved((c, x) => {
    const axis = c.between(0, x.shape.length);
    c.emit("Unsqueeze", [x.name, c.initializer(int64s([axis]))], x.dtype, x.shape.toSpliced(axis, 0, 1), same(x));
  }),
  moved((c, x) => {
    const axis = x.shape.indexOf(1);
    if (axis >= 0)
      c.emit("Squeeze", [x.name, c.initializer(int64s([axis]))], x.dtype, x.shape.toSpliced(axis, 1), same(x));
  }),
  moved((c, x) => {
    if (x.shape.length === 0) return;
    const axis = c.between(0, x.shape.length - 1);
    const size = x.shape[axis] as number;
    const start = c.between(0, size - 1);
    const end = c.pick([size, 2n ** 63n - 1n]);
    const bounds = [[start], [end], [axis]].map((list) => c.initializer(int64s(list)));
    c.emit("Slice", [x.name, ...bounds], x.dtype, x.shape.with(axis, size - start), same(x));
  }),
  moved((c, x) => {
    const shape = [c.between(1, 3), ...x.shape];
    c.emit("Expand", [x.name, c.initializer(int64s(shape))], x.dtype, shape, same(x));
  }),
  moved((c, x) => void c.emit("Identity", [x.name], x.dtype, x.shape, same(x))),
  (c, x) => {
    if (x.shape.length === 0 || x.dtype !== "f32") return;
    const pads = [...x.shape, ...x.shape].map(() => c.between(0, 1));
    const shape = x.shape.map((n, i) => n + (pads[i] as number) + (pads[i + x.shape.length] as number));
    c.emit("Pad", [x.name, c.initializer(int64s(pads))], x.dtype, shape, same(x));
  },
  concat,
  split,
  computedReshape,
  reduction("ReduceSum", (x, n) => summed(x.dtype, n, x.bound, x.error, x.grid)),
  reduction("ReduceMax", same),
  reduction("ReduceMean", (x, n) => {
    if (!isFloat(x.dtype)) return null;
    const sum = summed(x.dtype, n, x.bound, x.error, x.grid);
    return { bound: x.bound, error: sum.error / n + x.bound * (2 ** -22 + 2 * roundoff(x.dtype)), grid: null };
  }),
  matMul,
  matMul,
  gemm,
  conv,
  conv,
  pool,
  batchNorm,
  softmax,
  conversion,
  conversion,
  conversion,
  quantised,
  choice,
  gather,
  clip,
  halved,
  square,
  root,
  argument,
  logic,
  comparison,
  comparison,
  enlarged,
  tiled,
  expanded,
  layerNorm,
];
