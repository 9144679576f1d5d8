import type { Scalar } from "../../functions/builder.ts";
import { exp, log } from "../../functions/functions.ts";
import type { DType } from "../../program/dtype.ts";
import { elementCount, VARIABLES } from "../../program/program.ts";
import type { Value } from "../graph/tensor.ts";
import type { Call, Operator } from "../lowering/call.ts";
import { type Combine, type Lowering, neutral, registerBits, type Scope, scalarOf } from "../lowering/lower.ts";

/** Reads a tensor of the reduced tensor's shape at the term. */
export type Load = (value: Value, pad?: number | bigint) => Scalar;

interface AxisReduction {
  readonly combine: Combine;
  /** The accumulator with one more term. */
  readonly term: (s: Scope, acc: Scalar, load: Load) => Scalar;
  readonly finish?: (s: Scope, acc: Scalar) => Scalar;
  /** Element type of the result. Default: that of x. */
  readonly dtype?: DType;
}

/** Joins neighbouring axes that are reduced together: [N, C, H, W] over (2, 3) becomes [N, C, H·W] over (2). */
function joinAxes(shape: readonly number[], axes: readonly number[]): { shape: number[]; axes: number[] } {
  const joined: number[] = [];
  const reduced: number[] = [];
  for (const [axis, size] of shape.entries()) {
    if (axes.includes(axis) && axes.includes(axis - 1)) joined[joined.length - 1] = (joined.at(-1) as number) * size;
    else {
      if (axes.includes(axis)) reduced.push(joined.length);
      joined.push(size);
    }
  }
  return { shape: joined, axes: reduced };
}

/** Reduces `x` over `axes`, which are kept with size 1. */
export function reduceAxes(lower: Lowering, x: Value, axes: readonly number[], reduction: AxisReduction): Value {
  const joined = joinAxes(x.shape, axes);
  const { combine, term, finish, dtype = x.dtype } = reduction;
  const result = lower.reduce(
    { dtype, shape: joined.shape.map((n, i) => (joined.axes.includes(i) ? 1 : n)) },
    {
      space: joined.axes.map((axis) => joined.shape[axis] as number),
      combine,
      of: x.dtype,
      term: (s, acc) => {
        const at = joined.shape.map((_, i) => (joined.axes.includes(i) ? s.r(joined.axes.indexOf(i)) : s.o(i)));
        return term(s, acc, (value, pad = 0) => s.read({ ...value, shape: joined.shape }, at, pad));
      },
      ...(finish && { finish }),
    },
  );
  return { ...result, shape: x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) };
}

const countOf = (x: Value, axes: readonly number[]): number =>
  elementCount(axes.map((axis) => x.shape[axis] as number));

export const sumOf = (lower: Lowering, x: Value, axes: readonly number[]): Value =>
  reduceAxes(lower, x, axes, { combine: "sum", term: (s, acc, load) => s.b.add(acc, load(x)) });

export const maxOf = (lower: Lowering, x: Value, axes: readonly number[]): Value =>
  reduceAxes(lower, x, axes, {
    combine: "max",
    term: (s, acc, load) => s.b.max(acc, load(x, neutral("max", x.dtype))),
  });

/** Σ x / n over the axes. */
export const average = (lower: Lowering, x: Value, axes: readonly number[]): Value =>
  reduceAxes(lower, x, axes, {
    combine: "sum",
    term: (s, acc, load) => s.b.add(acc, load(x)),
    finish: (s, acc) => s.b.div(acc, s.b.number(acc.type, countOf(x, axes))),
  });

type Body = (x: Value) => Pick<AxisReduction, "combine" | "term" | "finish">;

const squares: Body = (x) => ({
  combine: "sum",
  term: (s, acc, load) => {
    const element = load(x);
    return s.b.fma(element, element, acc);
  },
});

const BODIES: Readonly<Record<string, Body>> = {
  ReduceSum: (x) => ({ combine: "sum", term: (s, acc, load) => s.b.add(acc, load(x)) }),
  ReduceMax: (x) => ({ combine: "max", term: (s, acc, load) => s.b.max(acc, load(x, neutral("max", x.dtype))) }),
  ReduceMin: (x) => ({ combine: "min", term: (s, acc, load) => s.b.min(acc, load(x, neutral("min", x.dtype))) }),
  ReduceProd: (x) => ({ combine: "product", term: (s, acc, load) => s.b.mul(acc, load(x, 1)) }),
  ReduceSumSquare: squares,
  ReduceL1: (x) => ({ combine: "sum", term: (s, acc, load) => s.b.add(acc, s.b.abs(load(x))) }),
  ReduceL2: (x) => ({ ...squares(x), finish: (s, acc) => s.b.op(`${acc.type}.sqrt`, acc) }),
  ReduceLogSum: (x) => ({
    combine: "sum",
    term: (s, acc, load) => s.b.add(acc, load(x)),
    finish: (s, acc) => log(s.b, acc),
  }),
};

/** Axes from the attribute or the second input; none means all, unless noop_with_empty_axes is set: the reduction is then an element-wise operator. */
function axesOf(call: Call, x: Value): number[] {
  const given = call.integersFrom("axes", 1, call.node.op === "ReduceSum" ? 13 : 18);
  if (given && given.length > 0) return call.axes(given, x.shape.length).sort((a, b) => a - b);
  return call.attributes.flag("noop_with_empty_axes", false) ? [] : x.shape.map((_, i) => i);
}

const withoutAxes = (call: Call, reduced: Value, axes: readonly number[]): Value =>
  call.attributes.flag("keepdims", true)
    ? reduced
    : { ...reduced, shape: reduced.shape.filter((_, i) => !axes.includes(i)) };

/** Reductions that are the identity on a single element: without axes they need no instruction. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  "ReduceSum",
  "ReduceMean",
  "ReduceMax",
  "ReduceMin",
  "ReduceProd",
  "ReduceLogSumExp",
]);

const reducer =
  (reduce: (call: Call, x: Value, axes: readonly number[]) => Value): Operator =>
  (call) => {
    const x = call.input(0);
    const axes = axesOf(call, x);
    if (axes.length === 0 && IDEMPOTENT.has(call.node.op)) return x;
    return withoutAxes(call, reduce(call, x, axes), axes);
  };

/** log Σ exp(x − max) + max, in f32; where max is infinite, log Σ exp x. */
function logSumExp(call: Call, x: Value, axes: readonly number[]): Value {
  call.expect(x, "f32", "f16", "bf16");
  const max = maxOf(call.lower, x, axes);
  const shift = call.lower.map({ dtype: "f32", shape: max.shape }, (s) => {
    const [b, greatest] = [s.b, s.element(max)];
    return b.select(b.lt(b.abs(greatest), b.f32(Number.POSITIVE_INFINITY)), greatest, b.f32(0));
  });
  const powers = call.lower.map({ dtype: "f32", shape: x.shape }, (s) =>
    exp(s.b, s.b.sub(s.element(x), s.element(shift))),
  );
  const total = sumOf(call.lower, powers, axes);
  return call.lower.map(max, (s) => s.b.add(log(s.b, s.element(total)), s.element(shift)));
}

/** The index of the greatest (least) element of an axis, which is kept with size 1: the first, or the last. */
function extreme(lower: Lowering, x: Value, axis: number, least: boolean, last: boolean): Value {
  const type = scalarOf(x.dtype);
  const start = { type, bits: registerBits(type, neutral(least ? "min" : "max", x.dtype)) };
  return lower.fold(
    { dtype: "i64", shape: x.shape.map((n, i) => (i === axis ? 1 : n)) },
    {
      space: [x.shape[axis] as number],
      accumulators: [start, { type: "int", bits: 0n }],
      body: (s, [best, at]) => {
        const element = s.read(
          x,
          x.shape.map((_, i) => (i === axis ? s.r(0) : s.o(i))),
        );
        const [low, high] = (least ? [element, best] : [best, element]) as [Scalar, Scalar];
        const better = last ? s.b.le(low, high) : s.b.lt(low, high);
        return [
          s.b.select(better, element, best as Scalar),
          s.b.select(better, s.b.index(VARIABLES.reduction), at as Scalar),
        ];
      },
      finish: (_, [, at]) => at as Scalar,
    },
  );
}

export const firstGreatest = (lower: Lowering, x: Value, axis: number): Value => extreme(lower, x, axis, false, false);

const argument =
  (least: boolean): Operator =>
  (call) => {
    const x = call.input(0);
    const axis = call.axis(call.attributes.int("axis", 0), x.shape.length);
    const last = call.attributes.flag("select_last_index", false);
    return withoutAxes(call, extreme(call.lower, x, axis, least, last), [axis]);
  };

export const REDUCTION: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(
    Object.entries(BODIES).map(([name, body]) => [
      name,
      reducer((call, x, axes) => reduceAxes(call.lower, x, axes, body(x))),
    ]),
  ),
  ReduceMean: reducer((call, x, axes) => average(call.lower, x, axes)),
  ReduceLogSumExp: reducer(logSumExp),
  ArgMax: argument(false),
  ArgMin: argument(true),
};
