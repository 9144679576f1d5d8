import { EXACT, positiveSums, type Tolerance, ulps } from "../compare.ts";
import type { Draw, Generator, Generators } from "../draw.ts";
import { count, MAGNITUDE } from "../tensor.ts";

const dtypeOf = (d: Draw) => d.dtype("f32", "f32", "f16");

/**
 * A normalised value is at most √n, as exact as the variance: by n · u · (max / deviation)². Data to be normalised is a grid, whose
 * deviation is no smaller than its step, or 0; where numbers are nearly alike, onnxruntime's E[x²] − E[x]² loses most digits.
 */
const normal = (terms: number) => ({ ulps: 4, absolute: 1e-4 * Math.sqrt(terms) * MAGNITUDE });

const softmaxLike = (tolerance: (terms: number) => Tolerance): Generator => ({
  since: [1, 11, 13],
  weight: 2,
  generate: (d) => {
    const shape = d.shape(d.opset < 13 ? d.between(2, 4) : d.between(1, 4));
    const axis = d.once(3) ? null : d.opset < 11 ? d.random(shape.length) : d.axis(shape.length);
    if (axis !== null) d.int("axis", axis);
    d.input(d.tensor(dtypeOf(d), shape, d.pick(["grid", "real", "large", "masked"])));
    return tolerance(count(shape));
  },
});

/** Scale or bias of a channel: never all alike. */
const vector = (d: Draw, dtype: "f32" | "f16" | "f64", n: number, content: "grid" | "positive" = "grid") =>
  d.parameter(d.tensor(dtype, [n], content));

const epsilon = (d: Draw): void => {
  d.maybeFloat("epsilon", 1e-5, [1e-5, 1e-3, 0.5]);
};

export const NORMALISATION: Generators = {
  // Values of little probability are compared by their distance to others, since onnxruntime's exp cuts them off.
  Softmax: softmaxLike((n) => ({ ...positiveSums(n), absolute: 2 ** -30 })),
  LogSoftmax: softmaxLike((n) => ({ ulps: 8, absolute: (16 + 4 * Math.sqrt(n)) * 2 ** -23 })),
  Hardmax: softmaxLike(() => EXACT),
  BatchNormalization: {
    since: [7, 9, 14, 15],
    weight: 3,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const channels = d.between(1, 5);
      epsilon(d);
      if (d.opset >= 14) d.maybeInt("training_mode", 0, [0]);
      d.maybeFloat("momentum", 0.9, [0.5]);
      const space = d.shape(d.random(4));
      // Before operator set 9, parameters can be of each place of a channel.
      const apart = d.opset < 9 && d.maybeInt("spatial", 1, [0, 1]) === 0;
      const parameter = apart ? [channels, ...space] : [channels];
      d.input(d.tensor(dtype, [d.between(1, 3), channels, ...space]));
      for (const content of ["grid", "grid", "grid", "positive"] as const)
        d.parameter(d.tensor(dtype, parameter, content));
      // |x − mean| · scale / √(1/8), and a bias.
      return { ulps: 4, absolute: 16 * 2 ** -24 * (2 * MAGNITUDE * MAGNITUDE * 3 + MAGNITUDE) };
    },
  },
  LayerNormalization: {
    since: [17],
    weight: 3,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const shape = d.shape(d.between(1, 4), 6);
      const axis = d.once(3) ? -1 : d.axis(shape.length);
      if (axis !== -1 || d.once(2)) d.int("axis", axis);
      epsilon(d);
      d.maybeInt("stash_type", 1, [1]);
      const rest = shape.slice(axis < 0 ? axis + shape.length : axis);
      d.input(d.tensor(dtype, shape, "grid"));
      d.parameter(d.tensor(dtype, rest));
      if (d.once(2)) d.parameter(d.tensor(dtype, rest));
      if (d.once(3)) d.outputs(d.between(2, 3), d.once(2) ? [1] : []);
      return normal(count(rest));
    },
  },
  RMSNormalization: {
    since: [23],
    generate: (d) => {
      const dtype = dtypeOf(d);
      const shape = d.shape(d.between(1, 4), 6);
      const axis = d.once(3) ? -1 : d.axis(shape.length);
      if (axis !== -1 || d.once(2)) d.int("axis", axis);
      epsilon(d);
      const rest = shape.slice(axis < 0 ? axis + shape.length : axis);
      d.input(d.tensor(dtype, shape));
      d.parameter(d.tensor(dtype, rest));
      return normal(count(rest));
    },
  },
  InstanceNormalization: {
    since: [6, 22],
    weight: 2,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const [channels, space] = [d.between(1, 4), d.shape(d.between(1, 3), 6)];
      epsilon(d);
      d.input(d.tensor(dtype, [d.between(1, 2), channels, ...space], "grid"));
      vector(d, dtype, channels);
      vector(d, dtype, channels);
      return normal(count(space));
    },
  },
  GroupNormalization: {
    since: [18, 21],
    weight: 3,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const [groups, each, space] = [d.between(1, 3), d.between(1, 3), d.shape(d.between(1, 3), 6)];
      d.int("num_groups", groups);
      epsilon(d);
      d.input(d.tensor(dtype, [d.between(1, 2), groups * each, ...space], "grid"));
      const size = d.opset < 21 ? groups : groups * each;
      vector(d, dtype, size);
      vector(d, dtype, size);
      return normal(each * count(space));
    },
  },
  MeanVarianceNormalization: {
    since: [9, 13],
    generate: (d) => {
      // Elements that are all alike have no deviation to divide by.
      const shape = [d.between(2, 3), d.between(2, 3), d.between(2, 4), d.between(2, 4)];
      if (d.once(2)) d.ints("axes", d.axes(4, 2));
      d.input(d.tensor("f32", shape));
      return normal(count(shape));
    },
  },
  LpNormalization: {
    since: [1, 22],
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      if (d.once(2)) d.int("axis", d.axis(shape.length));
      d.maybeInt("p", 2, [1, 2]);
      d.input(d.tensor(d.dtype("f32", "f16", "f64"), shape));
      return ulps(8);
    },
  },
  LRN: {
    since: [1, 13],
    generate: (d) => {
      d.int("size", d.pick([1, 2, 3, 4, 5, 9]));
      d.maybeFloat("alpha", 1e-4, [0.1, 1]);
      d.maybeFloat("beta", 0.75, [0.5, 1]);
      d.maybeFloat("bias", 1, [2]);
      d.input(d.tensor(d.dtype("f32", "f16"), [d.between(1, 2), d.between(1, 7), d.between(1, 4), d.between(1, 4)]));
      // onnxruntime's power is right to some 10^-5.
      return ulps(200);
    },
  },
};
