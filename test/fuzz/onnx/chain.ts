import type { DType } from "@elench/tensor/program/dtype";
import type { Random } from "../../../evm/trie/fixtures/random.ts";
import { once, pick } from "../values.ts";
import type { Tolerance } from "./compare.ts";
import { type Attribute, type GraphSpec, ONNX_TYPE } from "./graph.ts";
import { count, int64s, isFloat, randomTensor, roundoff, type Tensor, tensorOf } from "./tensor.ts";

/**
 * Random chains of operators, with what each value can be known to be: so that results can be compared as closely as arithmetic
 * allows, and exactly where every step is exact.
 */

/** A value of the graph. */
interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its elements are at most this. */
  readonly bound: number;
  /** How far two right results can be apart. */
  readonly error: number;
  /** Its elements are multiples of 2^grid; null if that is not known. */
  readonly grid: number | null;
}

type Facts = Pick<Value, "bound" | "error" | "grid">;

/** Bounds are kept below f16's greatest number. */
const GREATEST = 2 ** 13;
/** The longest axis product of a value. */
const LARGEST = 2000;

const DIGITS: Readonly<Record<string, number>> = { f32: 24, f64: 53, f16: 11, bf16: 8 };

/** Whether all multiples of 2^grid up to the bound are numbers of the type. */
const representable = (dtype: DType, { bound, grid }: Pick<Value, "bound" | "grid">): boolean =>
  grid !== null && bound <= 2 ** (grid + (DIGITS[dtype] as number));

export class Chain {
  readonly #random: Random;
  readonly #values: Value[] = [];
  readonly #nodes: GraphSpec["nodes"][number][] = [];
  readonly #inputs: { name: string; value: Tensor }[] = [];
  readonly #initializers: { name: string; value: Tensor; encoding: "raw" | "typed" }[] = [];
  readonly opset: number;
  #names = 0;

  constructor(random: Random, opset: number) {
    this.#random = random;
    this.opset = opset;
  }

  /** A chain of so many steps. Some of its values are outputs, the last one always. */
  build(steps: number): { graph: GraphSpec; tolerances: [Tolerance, ...Tolerance[]] } {
    const rank = this.pick([1, 2, 2, 3, 4, 4, 4]);
    const shape = Array.from({ length: rank }, () => this.between(1, 5));
    this.#given("f32", shape, true);
    if (once(this.#random, 2)) this.#given("f32", shape, once(this.#random, 2));
    for (let left = steps, tries = 0; left > 0 && tries < 200; tries++) {
      const before = this.#nodes.length;
      pick(this.#random, STEPS)(this, this.#pickValue());
      if (this.#nodes.length > before) left--;
    }
    const made = this.#values.filter(({ name }) => this.#nodes.some((node) => node.outputs.includes(name)));
    const last = made.at(-1) as Value;
    const others = made.filter((value) => value !== last && value.dtype !== "bf16" && once(this.#random, 4));
    const outputs = [...others, last.dtype === "bf16" ? this.cast(last, "f32") : last];
    const tolerances = outputs.map(({ error }) => ({ ulps: error > 0 ? 1 : 0, absolute: error }));
    return {
      graph: {
        opset: this.opset,
        inputs: this.#inputs,
        initializers: this.#initializers,
        nodes: this.#nodes,
        outputs: outputs.map(({ name }) => name),
      },
      tolerances: tolerances as [Tolerance, ...Tolerance[]],
    };
  }

  between(low: number, high: number): number {
    return low + this.#random(high - low + 1);
  }

  once(bound: number): boolean {
    return once(this.#random, bound);
  }

  pick<T>(from: readonly T[]): T {
    return pick(this.#random, from);
  }

  /** A late value most of the time, so that chains get long. */
  #pickValue(): Value {
    const values = this.#values;
    return this.once(3) ? this.pick(values) : (values.at(-1) as Value);
  }

  /** Another value of the same type whose shape satisfies `fits`, or undefined. */
  other(value: Value, fits: (shape: readonly number[]) => boolean): Value | undefined {
    const found = this.#values.filter((v) => v.dtype === value.dtype && fits(v.shape));
    return found.length > 0 ? this.pick(found) : undefined;
  }

  #name(): string {
    return `v${this.#names++}`;
  }

  /** A graph input or an initializer: multiples of 1/8 up to 4, or any numbers up to 4. */
  #given(dtype: DType, shape: readonly number[], input: boolean): Value {
    const name = this.#name();
    const even = !isFloat(dtype) || this.once(2);
    const value = randomTensor(this.#random, dtype, shape, even ? "grid" : "real");
    if (input) this.#inputs.push({ name, value });
    else if (this.once(4))
      this.#nodes.push({ op: "Constant", inputs: [], outputs: [name], attributes: { value: { tensor: value } } });
    else this.#initializers.push({ name, value, encoding: this.pick(["raw", "typed"]) });
    const facts = {
      name,
      dtype,
      shape,
      bound: isFloat(dtype) ? 4 : 16,
      error: 0,
      grid: isFloat(dtype) ? (even ? -3 : null) : 0,
    };
    this.#values.push(facts);
    return facts;
  }

  constant(dtype: DType, shape: readonly number[]): Value {
    const value = this.#given(dtype, shape, false);
    this.#values.splice(this.#values.indexOf(value), 1);
    return value;
  }

  /** The name of an initializer with these elements. */
  initializer(value: Tensor): string {
    const name = this.#name();
    this.#initializers.push({ name, value, encoding: this.pick(["raw", "typed"]) });
    return name;
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs = 1,
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#name());
    this.#nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }

  value(name: string, dtype: DType, shape: readonly number[], facts: Facts): Value {
    const value = { name, dtype, shape, ...facts };
    this.#values.push(value);
    return value;
  }

  /** One node with one result. */
  emit(
    op: string,
    inputs: readonly string[],
    dtype: DType,
    shape: readonly number[],
    facts: Facts,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value | undefined {
    if (facts.bound > GREATEST || count(shape) > LARGEST || shape.length > 5) return undefined;
    const [name] = this.node(op, inputs, attributes) as [string];
    return this.value(name, dtype, shape, facts);
  }

  /**
   * To another type. What is exact stays so: a conversion rounds in one way alone, and nothing that follows may undo it.
   */
  cast(x: Value, to: DType): Value {
    const [name] = this.node("Cast", [x.name], { to: { int: ONNX_TYPE[to] } }) as [string];
    return this.value(name, to, x.shape, castFacts(x, to));
  }
}

function castFacts(x: Value, to: DType): Facts {
  if (to === "bool") return { bound: 1, error: 0, grid: 0 };
  if (!isFloat(to)) return { bound: Math.trunc(x.bound), error: 0, grid: 0 };
  if (representable(to, x)) return { bound: x.bound, error: x.error, grid: x.grid };
  const rounded = x.bound * roundoff(to);
  return {
    bound: x.bound + rounded,
    error: x.error === 0 ? 0 : x.error + 2 * rounded,
    grid: to === "f16" ? -24 : null,
  };
}

/**
 * The result of a float operation that is exact but for one rounding to the type. In f32 and f64 both sides round alike; a half
 * type is computed in f32, and may be rounded later than it should be.
 */
function rounded(dtype: DType, bound: number, error: number, grid: number | null): Facts {
  if (!isFloat(dtype) || representable(dtype, { bound, grid })) return { bound, error, grid };
  const unit = 2 * bound * roundoff(dtype);
  const single = dtype === "f32" || dtype === "f64";
  return { bound, error: single && error === 0 ? 0 : error + unit, grid: null };
}

/** A sum of terms in any order. */
function summed(dtype: DType, terms: number, bound: number, error: number, grid: number | null): Facts {
  const total = terms * bound;
  const wide = dtype === "f64" ? "f64" : "f32";
  if (!isFloat(dtype)) return { bound: total, error: 0, grid: 0 };
  // Exact as long as every partial sum is.
  if (representable(wide, { bound: total, grid })) return rounded(dtype, total, terms * error, grid);
  return { bound: total, error: terms * (error + 2 * total * 2 ** -24) + 2 * total * roundoff(dtype), grid: null };
}

const least = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : Math.min(a, b));
const both = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

type Step = (c: Chain, x: Value) => void;

/** x's facts: elements are moved, chosen or turned round, and none is computed. */
const same = ({ bound, error, grid }: Value): Facts => ({ bound, error, grid });

const unary =
  (op: string, facts: (x: Value) => Facts | null, attributes: Readonly<Record<string, Attribute>> = {}): Step =>
  (c, x) => {
    if (!isFloat(x.dtype) || x.dtype === "bf16") return;
    const known = facts(x);
    if (known) c.emit(op, [x.name], x.dtype, x.shape, known, attributes);
  };

/** A function of slope `slope` at most, which each side computes within some f32 ulps of `bound`. */
const smooth = (op: string, slope: number, bound: (x: number) => number, most = GREATEST): Step =>
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
const stepwise = (op: string): Step =>
  unary(op, (x) => (x.error > 0 ? null : { bound: Math.ceil(x.bound), error: 0, grid: Math.max(0, x.grid ?? 0) }));

function broadcast(a: readonly number[], b: readonly number[]): number[] | null {
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
const binary =
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

const moved =
  (f: (c: Chain, x: Value) => void): Step =>
  (c, x) => {
    if (x.dtype !== "bf16") f(c, x);
  };

function reshapeTo(c: Chain, x: Value): number[] {
  const shape: number[] = [];
  let left = count(x.shape);
  while (left > 1 && shape.length < 4) {
    const next = c.pick(Array.from({ length: left }, (_, i) => i + 1).filter((n) => left % n === 0));
    shape.push(next);
    left /= next;
  }
  return left > 1 || shape.length === 0 ? [...shape, left] : shape;
}

const reduction =
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

const product = (x: Value, y: Value): Facts => ({
  bound: x.bound * y.bound,
  error: x.error * y.bound + y.error * x.bound + x.error * y.error,
  grid: both(x.grid, y.grid),
});

const matMul: Step = (c, x) => {
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

const gemm: Step = (c, x) => {
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

const conv: Step = (c, x) => {
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

const pool: Step = (c, x) => {
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

const batchNorm: Step = (c, x) => {
  if (x.shape.length < 2 || x.dtype !== "f32") return;
  const n = x.shape[1] as number;
  const [scale, bias, mean] = [0, 1, 2].map(() => c.constant("f32", [n]).name) as [string, string, string];
  const variance = c.initializer(randomVariance(c, n));
  // (x − mean) · scale / √variance + bias, with variance from 1/4.
  const bound = (x.bound + 4) * 8 + 4;
  const facts = { bound, error: 8 * x.error + 16 * 2 ** -24 * (bound + 32), grid: null };
  c.emit("BatchNormalization", [x.name, scale, bias, mean, variance], "f32", x.shape, facts);
};

const randomVariance = (c: Chain, n: number): Tensor =>
  tensorOf(
    "f32",
    [n],
    Array.from({ length: n }, () => c.pick([0.25, 0.5, 1, 2, 3])),
  );

const softmax: Step = (c, x) => {
  if (x.shape.length === 0 || x.dtype !== "f32" || x.bound > 64) return;
  const axis = c.between(0, x.shape.length - 1);
  const n = x.shape[axis] as number;
  const error = 2 * x.error + (n + 32 + 4 * x.bound) * 2 ** -24;
  c.emit("Softmax", [x.name], "f32", x.shape, { bound: 1, error, grid: null }, { axis: { int: axis } });
};

/** To a type and, half of the time, at once back. */
const conversion: Step = (c, x) => {
  const types: readonly DType[] = ["f16", "bf16", "f32", "f64", "i32", "i64", "i16", "bool"];
  const to = c.pick(types.filter((t) => t !== x.dtype && (isFloat(t) || x.error === 0)));
  if (to === undefined) return;
  const converted = c.cast(x, to);
  if (to === "bf16" || c.once(2)) c.cast(converted, isFloat(x.dtype) && x.dtype !== "bf16" ? x.dtype : "f32");
};

/** Into small integers and back. */
const quantised: Step = (c, x) => {
  if (x.dtype !== "f32" || x.error > 0) return;
  const scale = c.initializer(tensorOf("f32", [], [c.pick([0.25, 0.5, 1, 0.125])]));
  const zero = c.initializer(tensorOf("u8", [], [c.between(0, 255)]));
  const [q] = c.node("QuantizeLinear", [x.name, scale, zero]) as [string];
  c.emit("DequantizeLinear", [q, scale, zero], "f32", x.shape, { bound: 256, error: 0, grid: -3 });
};

/** The greater of two where a comparison says so. */
const choice: Step = (c, x) => {
  if (x.dtype !== "f32" || x.error > 0) return;
  const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
  const threshold = c.constant("f32", []);
  const [condition] = c.node(c.pick(["Less", "Greater"]), [x.name, threshold.name]) as [string];
  const facts = { bound: Math.max(x.bound, y.bound), error: y.error, grid: least(x.grid, y.grid) };
  c.emit("Where", [condition, x.name, y.name], "f32", x.shape, facts);
};

/** A shape that is computed from a value's, as exporters write it. */
const computedReshape: Step = (c, x) => {
  if (x.shape.length < 2 || x.dtype === "bf16") return;
  const [whole] = c.node("Shape", [x.name]) as [string];
  const [first] = c.node("Gather", [whole, c.initializer(int64s([0]))], { axis: { int: 0 } }) as [string];
  const [asked] = c.node("Concat", [first, c.initializer(int64s([-1]))], { axis: { int: 0 } }) as [string];
  const rows = x.shape[0] as number;
  c.emit("Reshape", [x.name, asked], x.dtype, [rows, count(x.shape) / rows], same(x));
};

const concat: Step = (c, x) => {
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

const split: Step = (c, x) => {
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
const gather: Step = (c, x) => {
  if (x.shape.length === 0 || x.dtype === "bf16" || x.dtype === "bool") return;
  const axis = c.between(0, x.shape.length - 1);
  const size = x.shape[axis] as number;
  const indices = Array.from({ length: c.between(1, 3) }, () => c.between(-size, size - 1));
  const one = c.once(3);
  const value = one ? tensorOf("i64", [], indices.slice(0, 1)) : int64s(indices);
  const shape = x.shape.toSpliced(axis, 1, ...value.shape.map(() => indices.length));
  c.emit("Gather", [x.name, c.initializer(value)], x.dtype, shape, same(x), { axis: { int: axis } });
};

const clip: Step = (c, x) => {
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
const halved: Step = (c, x) => {
  if (!["f32", "f64"].includes(x.dtype)) return;
  const divisor = c.initializer(tensorOf(x.dtype, [], [4]));
  c.emit("Div", [x.name, divisor], x.dtype, x.shape, {
    bound: x.bound / 4,
    error: x.error / 4,
    grid: both(x.grid, -2),
  });
};

const square: Step = (c, x) => {
  if (!["f32", "i32", "i64"].includes(x.dtype)) return;
  const two = c.initializer(tensorOf(c.pick(["f32", "i64"] as const), [], [2]));
  const { bound, error, grid } = product(x, x);
  const facts = rounded(x.dtype, bound, error, grid);
  // onnxruntime's square may be a power of the library, which need not be rounded as a product is.
  const further = isFloat(x.dtype) && facts.grid === null ? 4 * bound * 2 ** -24 : 0;
  c.emit("Pow", [x.name, two], x.dtype, x.shape, { ...facts, error: facts.error + further });
};

/** √|x|: a small difference of what is near 0 becomes a large one. */
const root: Step = (c, x) => {
  if (x.dtype !== "f32" || x.error > 0) return;
  const [size] = c.node("Abs", [x.name]) as [string];
  c.emit("Sqrt", [size], "f32", x.shape, { bound: Math.sqrt(x.bound) + 1, error: 0, grid: null });
};

const argument: Step = (c, x) => {
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

const logic: Step = (c, x) => {
  if (x.dtype !== "bool") return;
  const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
  const [not] = c.node("Not", [y.name]) as [string];
  c.emit(c.pick(["And", "Or", "Xor"]), [x.name, not], "bool", x.shape, same(x));
};

const comparison: Step = (c, x) => {
  if (x.error > 0 || !["f32", "i32", "i64"].includes(x.dtype)) return;
  const y = c.other(x, (s) => `${s}` === `${x.shape}`) as Value;
  if (y.error > 0) return;
  c.emit(c.pick(["Less", "Greater", "Equal"]), [x.name, y.name], "bool", x.shape, { bound: 1, error: 0, grid: 0 });
};

const enlarged: Step = (c, x) => {
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

const tiled: Step = (c, x) => {
  if (x.shape.length === 0 || !["f32", "i32", "i64"].includes(x.dtype)) return;
  const repeats = x.shape.map(() => c.between(1, 2));
  const shape = x.shape.map((n, i) => n * (repeats[i] as number));
  c.emit("Tile", [x.name, c.initializer(int64s(repeats))], x.dtype, shape, same(x));
};

/** Expanded to the shape of another value, which exporters compute. */
const expanded: Step = (c, x) => {
  if (x.dtype === "bf16" || x.dtype === "bool") return;
  const y = c.other(x, (s) => `${broadcast(x.shape, s)}` === `${s}`);
  if (!y) return;
  const [shape] = c.node("Shape", [y.name]) as [string];
  c.emit("Expand", [x.name, shape], x.dtype, y.shape, same(x));
};

/** Of rows with little deviation, each side loses digits; what is exact here has steps of 1/8 at least, or none. */
const layerNorm: Step = (c, x) => {
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

const STEPS: readonly Step[] = [
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
