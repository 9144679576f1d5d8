import type { DType } from "@elench/tensor/program/dtype";
import { EXACT, sums } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { count, isFloat, MAGNITUDE, type Tensor, tensorOf } from "../tensor.ts";

const ANY = ["f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"] as const;

/** Indices into an axis, from either end where the operator set allows it. */
function indices(
  d: Draw,
  shape: readonly number[],
  size: number,
  since: number,
  dtype: DType = d.pick(["i64", "i32"]),
): Tensor {
  const low = d.opset >= since ? -size : 0;
  return tensorOf(
    dtype,
    shape,
    Array.from({ length: count(shape) }, () => d.between(low, size - 1)),
  );
}

/** Types of indices, values and depth for which onnxruntime has OneHot. */
const ONE_HOT = [
  ["i64", "i64", "i64"],
  ["f32", "f32", "f32"],
  ["i64", "i32", "f32"],
  ["i64", "f32", "i64"],
  ["i32", "f32", "i32"],
  ["i32", "f32", "f32"],
] as const;

export const INDEXING: Generators = {
  Gather: {
    since: [1, 11, 13],
    weight: 3,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const axis = d.once(3) ? 0 : d.axis(shape.length);
      const at = d.opset < 11 && axis < 0 ? axis + shape.length : axis;
      if (axis !== 0 || d.once(2)) d.int("axis", at);
      d.parameter(d.tensor(d.pick(ANY), shape, d.pick(["grid", "wide"])));
      d.parameter(indices(d, d.shape(d.random(3)), shape.at(at) as number, 11));
      return EXACT;
    },
  },
  GatherElements: {
    since: [11, 13],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const axis = d.once(3) ? 0 : d.axis(shape.length);
      if (axis !== 0 || d.once(2)) d.int("axis", axis);
      const along = axis < 0 ? axis + shape.length : axis;
      const wanted = shape.map((n, i) => (i === along ? d.between(1, 5) : d.between(1, n)));
      d.parameter(d.tensor(d.pick(ANY), shape, d.pick(["grid", "wide"])));
      d.parameter(indices(d, wanted, shape[along] as number, 11));
      return EXACT;
    },
  },
  GatherND: {
    since: [11, 12, 13],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const batch = d.opset >= 12 && shape.length > 1 ? d.maybeInt("batch_dims", 0, [0, d.random(shape.length)]) : 0;
      const depth = d.between(1, shape.length - batch);
      const lead = [...shape.slice(0, batch), ...d.shape(d.random(3), 3)];
      const rows = count(lead);
      const values = Array.from({ length: rows * depth }, (_, i) => {
        const size = shape[batch + (i % depth)] as number;
        return d.between(-size, size - 1);
      });
      d.parameter(d.tensor(d.pick(ANY), shape, d.pick(["grid", "wide"])));
      d.parameter(tensorOf("i64", [...lead, depth], values));
      return EXACT;
    },
  },
  OneHot: {
    since: [9, 11],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.between(1, 3));
      const depth = d.between(1, 5);
      if (d.once(2)) {
        const axis = d.random(shape.length + 1);
        d.int("axis", d.once(2) ? axis - shape.length - 1 : axis);
      }
      const [dtype, result, depthType] = d.pick(ONE_HOT);
      const values = Array.from({ length: count(shape) }, () => d.between(-depth - 1, depth));
      d.input(tensorOf(dtype, shape, values));
      d.constant(tensorOf(depthType, d.pick([[], [1]]), [depth]));
      d.parameter(d.tensor(result, [2]));
      return EXACT;
    },
  },
  CumSum: {
    since: [11, 14],
    weight: 2,
    generate: (d) => {
      const dtype = d.pick(["f32", "f64", "i32", "i64"] as const);
      const shape = d.shape(d.between(1, 4), 6);
      const axis = d.axis(shape.length);
      d.maybeInt("exclusive", 0, [0, 1]);
      d.maybeInt("reverse", 0, [0, 1]);
      d.input(d.tensor(dtype, shape));
      d.constant(tensorOf(d.pick(["i64", "i32"] as const), d.pick([[], [1]]), [axis]));
      return d.exact ? EXACT : sums(shape.at(axis) as number, MAGNITUDE, dtype);
    },
  },
  CumProd: {
    since: [26],
    generate: (d) => {
      const dtype = d.pick(["f32", "f64", "i32", "i64"] as const);
      const shape = d.shape(d.between(1, 4), 6);
      d.maybeInt("exclusive", 0, [0, 1]);
      d.maybeInt("reverse", 0, [0, 1]);
      d.input(d.tensor(dtype, shape));
      d.constant(tensorOf("i64", d.pick([[], [1]]), [d.axis(shape.length)]));
      return isFloat(dtype) ? sums(6, 4 ** 6, dtype) : EXACT;
    },
  },
};
