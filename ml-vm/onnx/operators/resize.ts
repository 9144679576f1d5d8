import type { Scalar } from "../../functions/builder.ts";
import { unsupported } from "../graph/error.ts";
import { constantValue, floatConstant, type Value, viewOfBytes } from "../graph/tensor.ts";
import { constantIndex } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import { scalarOf } from "../lowering/lower.ts";

/** The taps of an axis: for each output position, its source elements and their weights. */
interface Taps {
  readonly places: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}

interface Axis {
  readonly size: number;
  readonly length: number;
  readonly scale: number;
  /** Region of interest as fractions of the axis, for tf_crop_and_resize. */
  readonly start: number;
  readonly end: number;
}

interface Sampling {
  readonly mode: string;
  readonly transformation: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/**
 * Input coordinate of output position i (attribute coordinate_transformation_mode). Scales are f32, so 0.6 of five elements is not exactly
 * 3: `round` rounds each operation to f32, because a coordinate beside an integer could select another element.
 */
function sourceOf(
  i: number,
  { size, length, scale: given, start, end }: Axis,
  transformation: string,
  round: (x: number) => number = (x) => x,
): number {
  const scale = round(given);
  const centre = round((i + 0.5) / scale);
  const half = round(centre - 0.5);
  // The scaled length before it is rounded down.
  const exact = round(scale * size);
  switch (transformation) {
    case "half_pixel":
      return half;
    case "half_pixel_symmetric":
      return round(round(round((size / 2) * round(1 - round(length / exact))) + centre) - 0.5);
    case "pytorch_half_pixel":
      return length > 1 ? half : 0;
    case "tf_half_pixel_for_nn":
      return centre;
    case "align_corners":
      return length > 1 ? round((i * (size - 1)) / round(exact - 1)) : 0;
    case "asymmetric":
      return round(i / scale);
    case "tf_crop_and_resize":
      return length > 1
        ? start * (size - 1) + (i * (end - start) * (size - 1)) / (exact - 1)
        : 0.5 * (start + end) * (size - 1);
    default:
      throw unsupported(`coordinate_transformation_mode "${transformation}"`);
  }
}

function nearestPlace(x: number, mode: string, scale: number): number {
  switch (mode) {
    // Operator set 10: rounds up if the axis shrinks, down if it grows.
    case "resize10":
      return scale < 1 ? Math.ceil(x) : Math.floor(x);
    case "round_prefer_floor":
      return Math.ceil(x - 0.5);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    case "floor":
      return Math.floor(x);
    default:
      return Math.ceil(x);
  }
}

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x));

/** Keys' cubic with coefficient a. */
function keys(x: number, a: number): number {
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}

/** Source elements of each output position. */
function tapCount({ scale }: Axis, { mode, antialias }: Sampling): number {
  if (mode === "nearest") return 1;
  const reach = mode === "cubic" ? 2 : 1;
  return antialias ? Math.floor((2 * reach) / Math.min(1, scale)) + 1 : 2 * reach;
}

/** Weights of the elements around the source; with antialias, the kernel is widened by 1/scale. */
function kernelTaps(axis: Axis, sampling: Sampling): Taps {
  const { mode, antialias, cubic, excludeOutside } = sampling;
  const stretch = antialias ? Math.min(1, axis.scale) : 1;
  const reach = (mode === "cubic" ? 2 : 1) / stretch;
  const kernel = (x: number): number => (mode === "cubic" ? keys(x * stretch, cubic) : triangle(x * stretch));
  const count = tapCount(axis, sampling);
  const places: number[][] = [];
  const weights: number[][] = [];
  for (let i = 0; i < axis.length; i++) {
    const source = sourceOf(i, axis, sampling.transformation);
    const first = antialias ? Math.ceil(source - reach) : Math.floor(source) - (mode === "cubic" ? 1 : 0);
    const at = Array.from({ length: count }, (_, k) => first + k);
    const outside = (p: number): boolean => p < 0 || p >= axis.size;
    const raw = at.map((p) => (excludeOutside && outside(p) ? 0 : kernel(p - source)));
    const total = raw.reduce((a, b) => a + b, 0);
    places.push(at.map((p) => Math.min(Math.max(p, 0), axis.size - 1)));
    weights.push(excludeOutside || antialias ? raw.map((w) => w / total) : raw);
  }
  return { places, weights };
}

function intTable(rows: readonly (readonly number[])[]): Value {
  const flat = rows.flat();
  const data = new Uint8Array(4 * flat.length);
  for (const [i, n] of flat.entries()) viewOfBytes(data).setInt32(4 * i, n, true);
  return constantValue("i32", [rows.length, (rows[0] as readonly number[]).length], data);
}

/** Resizes axis by axis: each output is Σ weight · element over its taps, from tables computed at import. */
function resampleAxis(call: Call, x: Value, i: number, axis: Axis, sampling: Sampling): Value {
  const shape = x.shape.map((n, j) => (j === i ? axis.length : n));
  if (!(axis.length >= 1 && axis.length < 2 ** 31)) throw unsupported(`an axis of ${axis.length} elements`);
  call.lower.budget.claimBytes(4 * axis.length * tapCount(axis, sampling));
  if (sampling.mode === "nearest") {
    const places = Array.from({ length: axis.length }, (_, p) => {
      const place = nearestPlace(sourceOf(p, axis, sampling.transformation, Math.fround), sampling.nearest, axis.scale);
      return [Math.min(Math.max(place, 0), axis.size - 1)];
    });
    const table = intTable(places);
    return call.lower.map({ dtype: x.dtype, shape }, (s) =>
      s.read(
        x,
        x.shape.map((_, j) => (j === i ? s.lookup(table, [s.o(i), constantIndex(0)]) : s.o(j))),
      ),
    );
  }
  call.expect(x, "f32", "f16", "bf16");
  const { places, weights } = kernelTaps(axis, sampling);
  const [table, factors] = [
    intTable(places),
    floatConstant(weights.flat(), [axis.length, (weights[0] as readonly number[]).length]),
  ];
  return call.lower.reduce(
    { dtype: x.dtype, shape },
    {
      space: [(places[0] as readonly number[]).length],
      combine: "sum",
      of: x.dtype,
      splittable: false,
      term: (s, acc): Scalar => {
        const element = s.read(
          x,
          x.shape.map((_, j) => (j === i ? s.lookup(table, [s.o(i), s.r(0)]) : s.o(j))),
        );
        return s.b.fma(element, s.read(factors, [s.o(i), s.r(0)]), acc);
      },
    },
  );
}

/** Outside the region of interest, tf_crop_and_resize gives a constant. */
function cropped(call: Call, x: Value, axes: readonly (Axis | null)[], value: number): Value {
  const outside = axes.map((axis) => {
    if (!axis) return null;
    const marks = Array.from({ length: axis.length }, (_, p) => {
      const source = sourceOf(p, axis, "tf_crop_and_resize");
      return source < 0 || source > axis.size - 1 ? 1 : 0;
    });
    return marks.includes(1) ? constantValue("u8", [axis.length], Uint8Array.from(marks)) : null;
  });
  if (outside.every((marks) => marks === null)) return x;
  const type = scalarOf(x.dtype);
  return call.lower.map(x, (s) => {
    const marks = outside.flatMap((m, i) => (m ? [s.read(m, [s.o(i)])] : []));
    return s.b.select(
      marks.reduce((a, b) => s.b.or(a, b)),
      s.b.number(type, type === "int" ? Math.trunc(value) : value),
      s.element(x),
    );
  });
}

/** Numbers of an optional constant of floats; an empty one counts as omitted. */
function floatsOf(call: Call, i: number): number[] | undefined {
  const value = call.optional(i);
  if (!value || value.storage.elements === 0) return undefined;
  return call.floats(i);
}

/** floor(size · scale), the product in f32, as in the operator's shape inference. */
const scaled = (size: number, scale: number): number => Math.floor(Math.fround(size * scale));

const TRANSFORMATIONS = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "tf_half_pixel_for_nn",
  "align_corners",
  "asymmetric",
  "tf_crop_and_resize",
] as const;
const NEAREST = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;

const resize: Operator = (call) => {
  const { attributes } = call;
  const x = call.input(0);
  const old = call.opset < 11;
  const axes = call.axes(attributes.ints("axes") ?? x.shape.map((_, i) => i), x.shape.length);
  const scales = floatsOf(call, old ? 1 : 2);
  const sizes = !old && call.optional(3)?.storage.elements ? call.integers(3) : undefined;
  const roi = old ? undefined : floatsOf(call, 1);
  if (call.opset >= 11 && call.opset < 13 && !call.optional(2))
    call.fail("input 2 is missing; before operator set 13 it is an empty list where sizes are given");
  if (!scales === !sizes) call.fail("either scales or sizes must be given, and not both");
  if (scales?.some((n) => !(n > 0 && n < Number.POSITIVE_INFINITY))) call.fail(`scales [${scales}] must be positive`);
  const sampling: Sampling = {
    mode: attributes.choice("mode", old ? ["nearest", "linear"] : ["nearest", "linear", "cubic"]),
    transformation: old ? "asymmetric" : attributes.choice("coordinate_transformation_mode", TRANSFORMATIONS),
    nearest: old ? "resize10" : attributes.choice("nearest_mode", NEAREST),
    cubic: attributes.float("cubic_coeff_a", -0.75),
    excludeOutside: attributes.flag("exclude_outside", false),
    antialias: attributes.flag("antialias", false),
  };
  const policy = attributes.choice("keep_aspect_ratio_policy", ["stretch", "not_larger", "not_smaller"]);
  const ratios = sizes?.map((n, i) => n / (x.shape[axes[i] as number] as number));
  const common =
    ratios && policy !== "stretch" ? (policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios)) : null;
  const plan = x.shape.map((size, axis): Axis | null => {
    const i = axes.indexOf(axis);
    if (i < 0) return null;
    const scale = common ?? scales?.[i] ?? (ratios?.[i] as number);
    const length = common !== null ? Math.floor(common * size + 0.5) : (sizes?.[i] ?? scaled(size, scale));
    const [start, end] = [roi?.[i] ?? 0, roi?.[i + axes.length] ?? 1];
    if (length === size && scale === 1 && sampling.transformation !== "tf_crop_and_resize") return null;
    return { size, length, scale, start, end };
  });
  const resampled = plan.reduce((value, axis, i) => (axis ? resampleAxis(call, value, i, axis, sampling) : value), x);
  return sampling.transformation === "tf_crop_and_resize"
    ? cropped(call, resampled, plan, attributes.float("extrapolation_value", 0))
    : resampled;
};

/** Upsample, Resize's predecessor: scales from an attribute or an input, aligned at the first element. */
const upsample: Operator = (call) => {
  const x = call.input(0);
  const scales = call.attributes.floats("scales") ?? floatsOf(call, 1) ?? call.fail("the scales are missing");
  if (scales.length !== x.shape.length || scales.some((n) => !(n > 0 && n < Number.POSITIVE_INFINITY)))
    call.fail(`scales [${scales}] for ${x.shape.length} axes`);
  const mode = call.attributes.choice("mode", ["nearest", "linear", "bilinear"]);
  const sampling: Sampling = {
    mode: mode === "bilinear" ? "linear" : mode,
    transformation: "asymmetric",
    nearest: "floor",
    cubic: -0.75,
    excludeOutside: false,
    antialias: false,
  };
  return x.shape.reduce((value, size, i) => {
    const scale = scales[i] as number;
    const axis = { size, length: scaled(size, scale), scale, start: 0, end: 1 };
    return scale === 1 ? value : resampleAxis(call, value, i, axis, sampling);
  }, x);
};

export const RESIZE: Readonly<Record<string, Operator>> = { Resize: resize, Upsample: upsample };
