import type { DType } from "@elench/tensor/program/dtype";
import { EXACT } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { ONNX_TYPE } from "../graph.ts";
import { type Content, isFloat, roundoff, type Tensor, tensorOf } from "../tensor.ts";

const ALL: readonly DType[] = ["f32", "f64", "f16", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

/** What the specification says how to convert: floats within the range of an integer type. */
function convertible(d: Draw, from: DType, to: DType): Content {
  if (isFloat(from) && !isFloat(to) && to !== "bool") return to.startsWith("u") ? "positive" : d.pick(["grid", "real"]);
  if (isFloat(from) && isFloat(to)) return d.pick(["grid", "real", "wide", "special"]);
  return d.pick(["grid", "wide", "special"]);
}

export const CONSTANTS: Generators = {
  Constant: {
    since: [1, 9, 11, 12, 13, 19, 21],
    generate: (d) => {
      const kind = d.opset < 12 ? 0 : d.random(5);
      if (kind === 0)
        d.attribute("value", {
          tensor: d.tensor(d.pick(d.opset < 9 ? ["f32", "f64", "i64"] : ALL), d.shape(d.random(4)), "wide"),
        });
      if (kind === 1) d.float("value_float", Math.fround(d.pick([1.1, -0, 3e38])));
      if (kind === 2) d.floats("value_floats", [1.1, 2, -3.3].map(Math.fround));
      if (kind === 3) d.int("value_int", d.pick([7n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]));
      if (kind === 4) d.ints("value_ints", [d.pick([7n, 2n ** 53n + 1n]), -(2n ** 63n), 2n ** 63n - 1n]);
      return EXACT;
    },
  },
  Cast: {
    since: [6, 9, 13, 19, 21, 23, 24, 25],
    weight: 5,
    generate: (d) => {
      const [from, to] = [d.pick(ALL), d.pick(ALL)];
      d.int("to", ONNX_TYPE[to]);
      d.input(d.tensor(from, d.shape(d.random(4)), convertible(d, from, to)));
      return EXACT;
    },
  },
  CastLike: {
    since: [15, 19, 21, 23, 24, 25],
    weight: 2,
    generate: (d) => {
      const [from, to] = [d.pick(ALL), d.pick(ALL)];
      d.input(d.tensor(from, d.shape(d.random(4)), convertible(d, from, to)));
      d.parameter(d.tensor(to, d.shape(d.random(3))));
      return EXACT;
    },
  },
  Range: {
    since: [11],
    weight: 2,
    generate: (d) => {
      const dtype = d.pick(["f32", "f64", "i32", "i64", "i16"] as const);
      const step = d.pick(isFloat(dtype) ? [1, 0.5, -0.25, 2, 0.1, -0.3] : [1, 2, -1, 3]);
      const start = d.between(-5, 5);
      const scalar = (x: number): Tensor => tensorOf(dtype, [], [x]);
      for (const x of [start, start + step * d.between(1, 6) + (isFloat(dtype) ? step / 4 : 0), step])
        d.constant(scalar(x));
      // start + i · delta; onnxruntime adds the delta again and again.
      return Number.isInteger(4 * step) ? EXACT : { ulps: 4, absolute: 64 * roundoff(dtype) };
    },
  },
  EyeLike: {
    since: [9, 22],
    generate: (d) => {
      const types = ["f32", "f64", "i32", "i64", "u64"] as const;
      if (d.once(2)) d.int("dtype", ONNX_TYPE[d.pick(types)]);
      d.maybeInt("k", 0, [1, -1, 2, -3, 9]);
      d.input(d.tensor(d.pick(types), d.shape(2)));
      return EXACT;
    },
  },
  Trilu: {
    since: [14],
    weight: 2,
    generate: (d) => {
      d.maybeInt("upper", 1, [0, 1]);
      d.input(d.tensor(d.pick(["f32", "f64", "i64", "bool"] as const), d.shape(d.between(2, 4), 6)));
      if (d.once(2)) d.constant(tensorOf("i64", [], [d.pick([0, 1, -1, 3, -4, 10])]));
      return EXACT;
    },
  },
};
