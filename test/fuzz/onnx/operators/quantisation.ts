import type { DType } from "@elench/tensor/program/dtype";
import { EXACT, ulps } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { ONNX_TYPE } from "../graph.ts";
import { type Tensor, tensorOf } from "../tensor.ts";

/** Powers of two, and so exact quotients, most of the time. */
const scales = (d: Draw, shape: readonly number[], dtype: DType = "f32"): Tensor => {
  const length = shape.reduce((a, b) => a * b, 1);
  return tensorOf(
    dtype,
    shape,
    Array.from({ length }, () => d.pick([0.5, 0.25, 0.125, 1, 2, 0.0625, 0.03])),
  );
};

const zeros = (d: Draw, shape: readonly number[], dtype: DType): Tensor => {
  const length = shape.reduce((a, b) => a * b, 1);
  const unsigned = dtype.startsWith("u");
  return tensorOf(
    dtype,
    shape,
    Array.from({ length }, () => (dtype === "i32" ? 0 : unsigned ? d.random(200) : d.between(-100, 100))),
  );
};

/** The shape of scale and zero point: one, one along an axis, or one for each block of it. */
function parameterShape(d: Draw, shape: readonly number[]): readonly number[] {
  const kinds = d.opset >= 21 ? ["one", "axis", "block"] : d.opset >= 13 ? ["one", "axis"] : ["one"];
  const kind = shape.length === 0 ? "one" : d.pick(kinds);
  if (kind === "one") return d.once(2) ? [] : d.opset >= 13 && d.once(2) ? [] : [];
  const axis = d.axis(shape.length);
  if (shape.length < 2 || axis !== 1 || d.once(2)) d.int("axis", axis);
  const at = axis < 0 ? axis + shape.length : axis;
  if (kind === "axis") return [shape[at] as number];
  const block = d.between(1, shape[at] as number);
  d.int("block_size", block);
  return shape.with(at, Math.ceil((shape[at] as number) / block));
}

const BYTES = ["u8", "i8"] as const;
const quantised = (d: Draw): DType => d.pick(d.opset >= 21 ? ["u8", "i8", "u16", "i16"] : BYTES);
const numbers = (d: Draw, dtype: DType, shape: readonly number[]): Tensor =>
  d.tensor(dtype, shape, d.pick(["grid", "wide"]));

export const QUANTISATION: Generators = {
  QuantizeLinear: {
    since: [10, 13, 19, 21, 23, 24, 25],
    weight: 4,
    generate: (d) => {
      const dtype = d.opset >= 19 ? d.dtype("f32", "f32", "f16") : "f32";
      const shape = d.shape(d.between(1, 4), 6);
      const to = quantised(d);
      const parameters = parameterShape(d, shape);
      d.input(d.tensor(dtype, shape, d.pick(["grid", "real", "wide"])));
      const scale = scales(d, parameters, dtype);
      d.parameter(scale);
      if (d.once(3)) {
        if (d.opset >= 21 && d.once(2)) d.int("output_dtype", ONNX_TYPE[to]);
      } else d.parameter(zeros(d, parameters, to));
      return EXACT;
    },
  },
  DequantizeLinear: {
    since: [10, 13, 19, 21, 23, 24, 25],
    weight: 4,
    generate: (d) => {
      const from = d.once(5) ? "i32" : quantised(d);
      const shape = d.shape(d.between(1, 4), 6);
      const parameters = parameterShape(d, shape);
      const dtype = d.opset >= 19 ? d.dtype("f32", "f32", "f16") : "f32";
      d.input(numbers(d, from, shape));
      d.parameter(scales(d, parameters, dtype));
      if (d.once(2)) d.parameter(zeros(d, parameters, from));
      return ulps(1);
    },
  },
  DynamicQuantizeLinear: {
    since: [11],
    generate: (d) => {
      d.input(d.tensor("f32", d.shape(d.between(1, 4), 6), d.pick(["grid", "real", "positive"])));
      d.outputs(3);
      return ulps(1);
    },
  },
  MatMulInteger: {
    since: [10],
    weight: 3,
    generate: (d) => {
      const [a, b] = [d.pick(BYTES), d.pick(BYTES)];
      const [m, k, n] = [d.between(1, 5), d.pick([1, 3, 17, 40]), d.between(1, 5)] as const;
      const batch = d.shape(d.random(3), 3);
      d.input(d.tensor(a, [...batch, m, k], "wide"));
      d.parameter(d.tensor(b, [...(d.once(2) ? batch : []), k, n], "wide"));
      const left = d.once(2);
      if (left) d.parameter(zeros(d, d.pick([[], [1]]), a));
      else d.skip();
      if (d.once(2)) d.parameter(zeros(d, d.pick([[], [1], [n]]), b));
      return EXACT;
    },
  },
  ConvInteger: {
    since: [10],
    weight: 2,
    generate: (d) => {
      const [channels, outputs, kernel] = [d.between(1, 3), d.between(1, 4), [d.between(1, 3), d.between(1, 3)]];
      if (d.once(2))
        d.ints(
          "pads",
          [0, 0, 0, 0].map(() => d.random(2)),
        );
      if (d.once(2)) d.ints("strides", [d.between(1, 2), d.between(1, 2)]);
      d.input(d.tensor("u8", [d.between(1, 2), channels, d.between(3, 6), d.between(3, 6)], "wide"));
      const w = d.pick(BYTES);
      d.parameter(d.tensor(w, [outputs, channels, ...kernel], "wide"));
      if (d.once(2)) d.parameter(zeros(d, [], "u8"));
      else d.skip();
      if (d.once(2)) d.parameter(zeros(d, [], w));
      return EXACT;
    },
  },
  QLinearMatMul: {
    since: [10, 21],
    weight: 3,
    generate: (d) => {
      const [a, b] = d.pick([
        ["u8", "u8"],
        ["u8", "i8"],
        ["i8", "i8"],
      ] as const);
      const [m, k, n] = [d.between(1, 5), d.pick([1, 3, 17]), d.between(1, 5)] as const;
      const batch = d.shape(d.random(2), 3);
      d.input(d.tensor(a, [...batch, m, k], "wide"));
      d.parameter(scales(d, []));
      d.parameter(zeros(d, [], a));
      d.parameter(d.tensor(b, [k, n], "wide"));
      const perColumn = d.once(3) ? [n] : [];
      d.parameter(scales(d, perColumn));
      d.parameter(zeros(d, perColumn, b));
      d.parameter(tensorOf("f32", [], [d.pick([4, 16, 64, 0.5])]));
      d.parameter(zeros(d, [], a));
      return EXACT;
    },
  },
  QLinearConv: {
    since: [10],
    weight: 3,
    generate: (d) => {
      const [x, w] = d.pick([
        ["u8", "u8"],
        ["u8", "i8"],
        ["i8", "i8"],
      ] as const);
      const group = d.pick([1, 1, 2]);
      const [channels, outputs, kernel] = [d.between(1, 3), d.between(1, 4), [d.between(1, 3), d.between(1, 3)]];
      if (group > 1) d.int("group", group);
      if (d.once(2))
        d.ints(
          "pads",
          [0, 0, 0, 0].map(() => d.random(2)),
        );
      if (d.once(2)) d.ints("strides", [d.between(1, 2), d.between(1, 2)]);
      d.input(d.tensor(x, [d.between(1, 2), group * channels, d.between(3, 6), d.between(3, 6)], "wide"));
      d.parameter(scales(d, []));
      d.parameter(zeros(d, [], x));
      d.parameter(d.tensor(w, [group * outputs, channels, ...kernel], "wide"));
      const perOutput = d.once(2) ? [group * outputs] : [];
      d.parameter(scales(d, perOutput));
      d.parameter(
        tensorOf(
          w,
          perOutput,
          Array.from({ length: perOutput.length ? group * outputs : 1 }, () => (w === "i8" ? 0 : 100)),
        ),
      );
      d.parameter(tensorOf("f32", [], [d.pick([4, 16, 64, 0.5])]));
      d.parameter(zeros(d, [], x));
      if (d.once(2)) d.parameter(d.tensor("i32", [group * outputs]));
      return EXACT;
    },
  },
};
