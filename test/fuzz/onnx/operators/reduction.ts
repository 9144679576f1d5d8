import type { DType } from "@elench/tensor/program/dtype";
import { EXACT, positiveSums, sums, type Tolerance, ulps } from "../compare.ts";
import type { Draw, Generator, Generators } from "../draw.ts";
import { type Content, count, isFloat, MAGNITUDE } from "../tensor.ts";

const NUMBERS = ["f32", "f32", "f64", "i32", "i64", "f16"] as const;
const EXTREMES = ["f32", "f64", "i32", "i64", "u8", "i8", "f16", "bool"] as const;
/** ReduceMax and ReduceMin: bytes from operator set 12 on, booleans from 20 on. */
const extremesKnow = (dtype: DType, opset: number): boolean =>
  opset >= (dtype === "bool" ? 20 : dtype === "u8" || dtype === "i8" ? 12 : 1);

interface Reduction {
  readonly dtypes?: readonly DType[];
  /** Whether an operator set knows a type; all if it is not said. */
  readonly known?: (dtype: DType, opset: number) => boolean;
  readonly contents?: readonly Content[];
  /** Whether hundreds of terms have a result that is worth comparing; they do unless told. */
  readonly long?: boolean;
  /** The operator set from which axes are an input. */
  readonly axesInput?: number;
  readonly since?: readonly number[];
  readonly tolerance: (terms: number, d: Draw, dtype: DType) => Tolerance;
}

const reduction = (r: Reduction): Generator => ({
  since: r.since ?? [1, 11, 13, 18],
  weight: 2,
  generate: (d) => {
    const { axesInput = 18 } = r;
    const dtype = d.dtype(...(r.dtypes?.filter((t) => r.known?.(t, d.opset) ?? true) ?? NUMBERS));
    // Long ones are split into lanes.
    const shape = r.long !== false && d.once(8) ? [d.between(1, 3), d.between(250, 700)] : d.shape(d.random(5), 6);
    const axes =
      shape.length === 0 || d.once(4)
        ? []
        : d.axes(shape.length).map((a) => (d.opset < 11 && a < 0 ? a + shape.length : a));
    d.maybeInt("keepdims", 1, [0, 1]);
    d.input(d.tensor(dtype, shape, r.contents && d.pick(r.contents)));
    let noop = 0;
    if (d.opset >= axesInput) {
      noop = d.maybeInt("noop_with_empty_axes", 0, [0, 1]);
      if (axes.length > 0) d.integers(axes);
      else if (d.once(3)) d.integers([]);
      else if (d.once(2)) d.skip();
    } else if (axes.length > 0) d.ints("axes", axes);
    const reduced = axes.length > 0 ? axes.map((a) => shape.at(a) as number) : noop ? [] : shape;
    return isFloat(dtype) ? r.tolerance(count(reduced), d, dtype) : EXACT;
  },
});

const argument: Generator = {
  since: [1, 11, 12, 13],
  weight: 2,
  generate: (d) => {
    const shape = d.shape(d.between(1, 4), 6);
    if (d.once(2)) d.int("axis", d.opset < 11 ? d.random(shape.length) : d.axis(shape.length));
    d.maybeInt("keepdims", 1, [0, 1]);
    if (d.opset >= 12) d.maybeInt("select_last_index", 0, [0, 1]);
    d.input(d.tensor(d.dtype("f32", "f32", "f64", "i32", "i64", "u8", "i8"), shape));
    return EXACT;
  },
};

/** Of a sum: its relative error becomes an absolute one. */
const logarithm = (terms: number): Tolerance => {
  const { ulps } = positiveSums(terms);
  return { ulps: 4, absolute: ulps * 2 ** -23 };
};

export const REDUCTION: Generators = {
  ReduceSum: reduction({
    axesInput: 13,
    since: [1, 11, 13],
    tolerance: (n, d, dtype) => (d.exact ? EXACT : sums(n, MAGNITUDE, dtype)),
  }),
  ReduceMean: reduction({
    dtypes: NUMBERS.filter((t) => t !== "i64"),
    tolerance: (n, _, dtype) => sums(n, MAGNITUDE, dtype),
  }),
  ReduceMax: reduction({
    dtypes: EXTREMES,
    known: extremesKnow,
    since: [1, 11, 12, 13, 18, 20],
    tolerance: () => EXACT,
  }),
  ReduceMin: reduction({
    dtypes: EXTREMES,
    known: extremesKnow,
    since: [1, 11, 12, 13, 18, 20],
    tolerance: () => EXACT,
  }),
  ReduceProd: reduction({ long: false, contents: ["grid", "real", "nonzero"], tolerance: (n) => ulps(2 * n) }),
  ReduceSumSquare: reduction({ tolerance: (n, d) => (d.exact ? EXACT : positiveSums(n)) }),
  ReduceL1: reduction({ dtypes: ["f32", "i32", "f16"], tolerance: (n, d) => (d.exact ? EXACT : positiveSums(n)) }),
  ReduceL2: reduction({ dtypes: ["f32", "i32", "f16"], tolerance: positiveSums }),
  ReduceLogSum: reduction({ dtypes: ["f32", "f16"], contents: ["positive"], tolerance: logarithm }),
  ReduceLogSumExp: reduction({
    dtypes: ["f32", "f16"],
    contents: ["grid", "real", "large", "masked"],
    tolerance: logarithm,
  }),
  ArgMax: argument,
  ArgMin: argument,
};
