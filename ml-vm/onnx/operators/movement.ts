import { elementCount } from "../../program/program.ts";
import { unsupported } from "../graph/error.ts";
import { constantValue, intConstant, type Value } from "../graph/tensor.ts";
import { constantIndex, type Index, scale } from "../lowering/affine.ts";
import { broadcastShapes } from "../lowering/broadcast.ts";
import type { Call, Operator } from "../lowering/call.ts";
import type { Scope } from "../lowering/lower.ts";

/** The same elements in another shape; needs no instruction. */
export function reshaped(call: Call, x: Value, shape: readonly number[]): Value {
  if (elementCount(shape) !== elementCount(x.shape))
    call.fail(`[${x.shape}] has other than the ${elementCount(shape)} elements of [${shape}]`);
  return { ...x, shape };
}

const reshape: Operator = (call) => {
  const x = call.input(0);
  const asked = call.integersFrom("shape", 1, 5) ?? call.fail("the shape is missing");
  const keepZero = call.attributes.flag("allowzero", false);
  const shape = asked.map((n, i) =>
    n === 0 && !keepZero
      ? (x.shape[i] ?? call.fail(`shape [${asked}] copies dimension ${i}, which the input has not`))
      : n,
  );
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = elementCount(x.shape) / elementCount(shape.filter((_, i) => i !== open));
  if (!shape.every((n) => Number.isInteger(n) && n >= 0)) call.fail(`[${x.shape}] cannot be reshaped to [${asked}]`);
  return reshaped(call, x, shape);
};

const flatten: Operator = (call) => {
  const { shape } = call.input(0);
  const axis = call.attributes.int("axis", 1);
  const at = axis < 0 ? axis + shape.length : axis;
  if (at < 0 || at > shape.length) call.fail(`axis ${axis} of a tensor of ${shape.length} dimensions`);
  return reshaped(call, call.input(0), [elementCount(shape.slice(0, at)), elementCount(shape.slice(at))]);
};

const squeeze: Operator = (call) => {
  const { shape } = call.input(0);
  const axes = call.integersFrom("axes", 1, 13);
  const dropped = axes && call.axes(axes, shape.length);
  for (const axis of dropped ?? []) if (shape[axis] !== 1) call.fail(`dimension ${axis} of [${shape}] is not 1`);
  return reshaped(
    call,
    call.input(0),
    shape.filter((n, i) => (dropped ? !dropped.includes(i) : n !== 1)),
  );
};

const unsqueeze: Operator = (call) => {
  const { shape } = call.input(0);
  const asked = call.integersFrom("axes", 1, 13) ?? call.fail("the axes are missing");
  const axes = call.axes(asked, shape.length + asked.length);
  const rest = [...shape];
  const result = Array.from({ length: shape.length + axes.length }, (_, i) =>
    axes.includes(i) ? 1 : (rest.shift() as number),
  );
  return reshaped(call, call.input(0), result);
};

export function transposed(call: Call, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis] as number);
  const moved = permutation.filter((axis) => x.shape[axis] !== 1);
  // Only dimensions of size 1 change places: the same bytes.
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] as number))) return { ...x, shape };
  return call.lower.map({ dtype: x.dtype, shape }, (s) =>
    s.read(
      x,
      x.shape.map((_, axis) => s.o(permutation.indexOf(axis))),
    ),
  );
}

const transpose: Operator = (call) => {
  const x = call.input(0);
  const axes = x.shape.map((_, i) => i);
  const permutation = call.attributes.ints("perm") ?? axes.toReversed();
  if (`${[...permutation].sort((a, b) => a - b)}` !== `${axes}`)
    call.fail(`perm [${permutation}] does not permute ${x.shape.length} axes`);
  return transposed(call, x, permutation);
};

/** One map for each part, writing its slice. */
export function concatenated(call: Call, parts: readonly Value[], axis: number): Value {
  const [first] = parts as [Value];
  if (parts.length === 1) return first;
  for (const part of parts) {
    if (part.dtype !== first.dtype) call.fail(`parts of ${first.dtype} and ${part.dtype}`);
    if (part.shape.length !== first.shape.length || part.shape.some((n, i) => i !== axis && n !== first.shape[i])) {
      call.fail(`parts of shapes [${first.shape}] and [${part.shape}] along axis ${axis}`);
    }
  }
  const shape = [...first.shape];
  let total = 0;
  const full = parts.filter((part) => part.shape[axis] !== 0);
  if (full.length === 1) return full[0] as Value;
  const pieces = full.map((part) => {
    const offset = total;
    total += part.shape[axis] as number;
    return {
      dims: part.shape,
      f: (s: Scope) => s.element(part),
      write: (s: Scope): Index[] => part.shape.map((_, i) => (i === axis ? scale(s.o(i), 1, offset) : s.o(i))),
    };
  });
  shape[axis] = total;
  return call.lower.pieces({ dtype: first.dtype, shape }, pieces);
}

const concat: Operator = (call) => {
  const parts = call.inputs.map((_, i) => call.input(i));
  return concatenated(call, parts, call.axis(call.attributes.int("axis", 1), call.input(0).shape.length));
};

/** The elements start, start + step, … of each axis. */
function sliced(
  call: Call,
  x: Value,
  starts: readonly number[],
  steps: readonly number[],
  shape: readonly number[],
): Value {
  if (`${shape}` === `${x.shape}` && steps.every((step) => step === 1)) return x;
  return call.lower.map({ dtype: x.dtype, shape }, (s) =>
    s.read(
      x,
      shape.map((_, i) => scale(s.o(i), steps[i] as number, starts[i] as number)),
    ),
  );
}

const slice: Operator = (call) => {
  const x = call.input(0);
  const starts = call.integersFrom("starts", 1, 10) ?? call.fail("starts are missing");
  const ends = call.integersFrom("ends", 2, 10) ?? call.fail("ends are missing");
  const axes = call.axes(call.integersFrom("axes", 3, 10) ?? starts.map((_, i) => i), x.shape.length);
  const steps = call.optional(4) ? call.integers(4) : starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    call.fail(`starts [${starts}], ends [${ends}], axes [${axes}] and steps [${steps}] do not fit together`);
  const [from, by, shape] = [x.shape.map(() => 0), x.shape.map(() => 1), [...x.shape]];
  for (const [i, axis] of axes.entries()) {
    const [size, step] = [x.shape[axis] as number, steps[i] as number];
    if (step === 0) call.fail("a step of 0");
    const place = (n: number): number => (n < 0 ? n + size : n);
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (n: number): number => Math.min(Math.max(n, low), high);
    const start = clamp(Math.max(place(starts[i] as number), 0));
    const end = clamp(place(ends[i] as number));
    from[axis] = start;
    by[axis] = step;
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  }
  return sliced(call, x, from, by, shape);
};

const split: Operator = (call) => {
  const x = call.input(0);
  const axis = call.axis(call.attributes.int("axis", 0), x.shape.length);
  const size = x.shape[axis] as number;
  if (call.opset >= 18 && call.attributes.has("num_outputs") === (call.optional(1) !== undefined))
    call.fail("either split or num_outputs must be given, and not both");
  const parts = call.attributes.int("num_outputs", call.node.outputs.length);
  if (parts !== call.node.outputs.length) call.fail(`num_outputs ${parts}, and ${call.node.outputs.length} outputs`);
  const even = Array.from({ length: parts }, (_, i) =>
    Math.min(Math.ceil(size / parts), size - i * Math.ceil(size / parts)),
  );
  const given = call.integersFrom("split", 1, 13);
  if (!given && call.opset < 18 && size % parts !== 0) call.fail(`an axis of ${size} in ${parts} equal parts`);
  const sizes = given ?? even;
  if (sizes.length !== parts) call.fail(`${sizes.length} parts for ${parts} outputs`);
  if (sizes.reduce((a, b) => a + b, 0) !== size) call.fail(`parts of [${sizes}] do not fill an axis of ${size}`);
  let start = 0;
  return sizes.map((n) => {
    const starts = x.shape.map((_, i) => (i === axis ? start : 0));
    start += n;
    return sliced(
      call,
      x,
      starts,
      x.shape.map(() => 1),
      x.shape.map((m, i) => (i === axis ? n : m)),
    );
  });
};

const expand: Operator = (call) => {
  const x = call.input(0);
  const shape = broadcastShapes(x.shape, call.integers(1));
  return `${shape}` === `${x.shape}` ? x : call.lower.map({ dtype: x.dtype, shape }, (s) => s.element(x));
};

const shapeOf: Operator = (call) => {
  const { shape } = call.input(0);
  const end = call.attributes.int("end");
  return intConstant(shape.slice(call.attributes.int("start", 0), end));
};

/** The one-element fill value. Default: f32 zero. */
const constantOfShape: Operator = (call) => {
  const shape = call.integers(0);
  const fill = call.attributes.tensor("value") ?? constantValue("f32", [1], new Uint8Array(4));
  return call.lower.map({ dtype: fill.dtype, shape }, (s) => s.read({ ...fill, shape: [1] }, [constantIndex(0)]));
};

/** Dropout at inference, Identity. */
const alias: Operator = (call) => call.input(0);

const dropout: Operator = (call) => {
  if (call.optional(2) && call.integers(2)[0] !== 0) throw unsupported("training mode");
  if (!call.node.outputs[1]) return call.input(0);
  const x = call.input(0);
  const mask = call.opset < 10 ? x.dtype : "bool";
  return [x, call.lower.map({ dtype: mask, shape: x.shape }, (s) => s.b.number(mask === "bool" ? "int" : "f32", 1))];
};

export const MOVEMENT: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Expand: expand,
  Shape: shapeOf,
  Size: (call) => intConstant([elementCount(call.input(0).shape)], []),
  ConstantOfShape: constantOfShape,
  Identity: alias,
  Dropout: dropout,
};
