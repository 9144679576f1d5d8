import type { DType } from "@elench/tensor/program/dtype";
import { ulps } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { int64s, MAGNITUDE, tensorOf } from "../tensor.ts";

/**
 * Weights come from coordinates, which each side rounds in its own way: f32 in onnxruntime. Of a half type, what one axis gives
 * may be rounded before the next is looked at.
 */
const interpolated = (shape: readonly number[], dtype: DType) =>
  ulps(8, MAGNITUDE * (2 ** -20 * Math.max(...shape, 1) + (dtype === "f16" ? shape.length * 2 ** -11 : 0)));

const SCALES = [0.5, 2, 3, 1.5, 0.75, 1, 0.6, 2.5, 1 / 3, 0.3];

/** A scale with which the axis keeps at least one element. */
const scaleOf = (d: Draw, size: number): number => {
  const scale = Math.fround(d.pick(SCALES));
  return Math.floor(size * scale) >= 1 ? scale : 2;
};

/** An input that is left out: before operator set 13 by an empty tensor alone. */
function absent(d: Draw): void {
  if (d.opset >= 13 && d.once(2)) d.skip();
  else d.constant(tensorOf("f32", [0], []));
}

function coordinates(d: Draw): string {
  const known = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"];
  if (d.opset < 13) known.push("tf_half_pixel_for_nn");
  if (d.opset >= 19) known.push("half_pixel_symmetric");
  known.push("tf_crop_and_resize");
  return d.pick(known);
}

export const RESIZE: Generators = {
  Resize: {
    since: [10, 11, 13, 18, 19],
    weight: 8,
    generate: (d) => {
      const mode = d.pick(d.opset < 11 ? ["nearest", "linear"] : ["nearest", "nearest", "linear", "cubic"]);
      const rank = mode === "cubic" ? 4 : mode === "linear" ? d.pick([2, 4, 4, 5]) : d.between(1, 5);
      const shape = d.shape(rank, 6);
      const dtype = d.dtype("f32", "f32", "f32", mode === "nearest" ? "u8" : "f32", mode === "nearest" ? "i32" : "f16");
      if (mode !== "nearest" || d.once(2)) d.string("mode", mode);
      // Cubic works on the last two axes, linear on at most three.
      const still = mode === "cubic" || (mode === "linear" && rank >= 4) ? 2 : 0;
      const factor = (size: number, axis: number): number => (axis < still ? 1 : scaleOf(d, size));
      if (d.opset < 11) {
        d.input(d.tensor(dtype, shape));
        d.constant(tensorOf("f32", [rank], shape.map(factor)));
        return interpolated(shape, dtype);
      }
      const transformation = d.once(3) ? "half_pixel" : coordinates(d);
      if (transformation !== "half_pixel" || d.once(3)) d.string("coordinate_transformation_mode", transformation);
      if (mode === "nearest" && d.once(2))
        d.string("nearest_mode", d.pick(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]));
      if (mode === "cubic") {
        d.maybeFloat("cubic_coeff_a", -0.75, [-0.5, -0.75, 0.25]);
      }
      if (mode !== "nearest" && d.once(3)) d.int("exclude_outside", mode === "cubic" ? d.random(2) : 0);
      const cropped = transformation === "tf_crop_and_resize";
      if (cropped) d.maybeFloat("extrapolation_value", 0, [1.5, -2]);
      let axes = shape.map((_, i) => i);
      if (d.opset >= 18 && !cropped && d.once(3)) {
        axes = mode === "nearest" ? d.axes(rank).map((a) => (a < 0 ? a + rank : a)) : axes.slice(still);
        d.ints(
          "axes",
          axes.map((a) => (d.once(3) ? a - rank : a)),
        );
      }
      if (d.opset >= 18 && !cropped && mode !== "nearest" && still > 0 && d.once(3)) d.int("antialias", d.random(2));
      d.input(d.tensor(dtype, shape));
      if (cropped) {
        const starts = shape.map((_, i) => (i < still ? 0 : d.pick([0, 0.25, -0.25, 0.5])));
        const ends = starts.map((s, i) => (i < still ? 1 : s + d.pick([0.5, 1, 0.75])));
        d.constant(tensorOf("f32", [2 * rank], [...starts, ...ends]));
      } else absent(d);
      if (d.once(2)) {
        d.constant(
          tensorOf(
            "f32",
            [axes.length],
            axes.map((a) => factor(shape[a] as number, a)),
          ),
        );
      } else {
        absent(d);
        const sizes = axes.map((a) => (a < still ? (shape[a] as number) : d.between(1, 9)));
        d.constant(int64s(sizes));
        if (d.opset >= 18 && !cropped && (still === 0 || axes.length < rank) && d.once(3))
          d.string("keep_aspect_ratio_policy", d.pick(["stretch", "not_larger", "not_smaller"]));
      }
      return mode === "nearest" ? ulps(0) : interpolated(shape, dtype);
    },
  },
  Upsample: {
    since: [7, 9],
    until: 9,
    weight: 2,
    generate: (d) => {
      const mode = d.pick(["nearest", "linear"]);
      const shape = d.shape(mode === "linear" ? 4 : d.between(1, 4), 5);
      if (mode !== "nearest" || d.once(2)) d.string("mode", mode);
      const scales = shape.map((_, i) => (mode === "linear" && i < 2 ? 1 : d.pick([1, 2, 3, 1.5, 2.5])));
      d.input(d.tensor(d.pick(mode === "nearest" ? (["f32", "i32", "u8"] as const) : (["f32"] as const)), shape));
      if (d.opset < 9) d.floats("scales", scales);
      else d.constant(tensorOf("f32", [shape.length], scales));
      return interpolated(shape, "f32");
    },
  },
};
