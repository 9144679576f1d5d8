import type { DType } from "@elench/tensor/program/dtype";
import { EXACT } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { count, int64s, isFloat, type Tensor, tensorOf } from "../tensor.ts";

/** Operators that move elements and compute nothing. */

const ANY: readonly DType[] = ["f32", "f64", "f16", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];

const anyType = (d: Draw): DType => d.pick(d.opset < 6 ? ANY.filter((t) => t !== "f16") : ANY);
const anything = (d: Draw, shape: readonly number[], dtype = anyType(d)): Tensor =>
  d.tensor(dtype, shape, d.pick(["grid", "wide", "special"]));

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** Sizes that a reshape of `shape` can have. */
function otherShape(d: Draw, shape: readonly number[]): number[] {
  const result: number[] = [];
  let left = count(shape);
  while (left > 1 && result.length < 4) {
    const divisors = Array.from({ length: left }, (_, i) => i + 1).filter((n) => left % n === 0);
    const next = d.pick(divisors);
    result.push(next);
    left /= next;
  }
  if (left > 1 || d.once(4)) result.push(left);
  return result;
}

/** A bound of a slice that begins or ends at `at`: from either end, or beyond. */
function bound(d: Draw, at: number, size: number, beyond: bigint): number | bigint {
  if (at === 0 || at === size || at === -1) return d.pick([at < 0 ? -size - 1 : at, beyond]);
  return d.once(2) ? at : at - size;
}

export const MOVEMENT: Generators = {
  Reshape: {
    since: [1, 5, 13, 14, 19, 21, 23],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.random(5), 6);
      const wanted = otherShape(d, shape);
      const asked: number[] = [...wanted];
      const open = d.once(2) && wanted.length > 0 ? d.random(wanted.length) : -1;
      for (const i of wanted.keys()) if (wanted[i] === shape[i] && d.once(2)) asked[i] = 0;
      if (open >= 0) asked[open] = -1;
      if (d.opset >= 14 && !asked.includes(0)) d.maybeInt("allowzero", 0, [0, 1]);
      d.input(anything(d, shape));
      if (d.opset < 5) d.ints("shape", asked);
      else d.integers(asked);
      return EXACT;
    },
  },
  Flatten: {
    since: [1, 9, 11, 13, 21, 23],
    generate: (d) => {
      const shape = d.shape(d.between(d.opset < 9 ? 2 : 1, 4));
      if (d.once(2)) {
        const axis = d.random(shape.length + 1);
        d.int("axis", d.opset >= 11 && d.once(2) && axis < shape.length ? axis - shape.length : axis);
      }
      d.input(anything(d, shape, d.opset < 9 ? "f32" : anyType(d)));
      return EXACT;
    },
  },
  Squeeze: {
    since: [1, 11, 13, 21, 23],
    generate: (d) => {
      const shape = d.shape(d.between(1, 5), 3);
      const ones = shape.flatMap((n, i) => (n === 1 ? [d.opset >= 11 && d.once(2) ? i - shape.length : i] : []));
      const axes = ones.filter(() => !d.once(3));
      d.input(anything(d, shape));
      if (axes.length > 0 && d.opset < 13) d.ints("axes", axes);
      else if (axes.length > 0) d.integers(axes);
      return EXACT;
    },
  },
  Unsqueeze: {
    since: [1, 11, 13, 21, 23],
    generate: (d) => {
      const shape = d.shape(d.random(4));
      const added = d.between(1, 2);
      const rank = shape.length + added;
      const axes = d
        .permutation(rank)
        .slice(0, added)
        .sort((a, b) => (d.opset < 11 ? a - b : 0));
      const asked = axes.map((a) => (d.opset >= 11 && d.once(3) ? a - rank : a));
      d.input(anything(d, shape));
      if (d.opset < 13) d.ints("axes", asked);
      else d.integers(asked);
      return EXACT;
    },
  },
  Transpose: {
    since: [1, 13, 21, 23],
    generate: (d) => {
      const shape = d.shape(d.random(6), 4);
      if (d.once(2) && shape.length > 0) d.ints("perm", d.permutation(shape.length));
      d.input(anything(d, shape));
      return EXACT;
    },
  },
  Concat: {
    since: [1, 4, 11, 13],
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const axis = d.random(shape.length);
      const dtype = d.opset < 4 ? "f32" : anyType(d);
      if (d.opset >= 4) d.int("axis", d.opset >= 11 && d.once(2) ? axis - shape.length : axis);
      const along = d.opset < 4 ? Math.min(1, shape.length - 1) : axis;
      if (d.opset < 4) d.int("axis", along);
      for (let i = d.between(1, 4); i > 0; i--) d.parameter(anything(d, shape.with(along, d.between(1, 4)), dtype));
      return EXACT;
    },
  },
  Slice: {
    since: [1, 10, 11, 13],
    weight: 4,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4), 6);
      const rank = shape.length;
      const all = d.once(4);
      const axes = all ? shape.map((_, i) => i) : d.axes(rank).map((a) => (d.opset < 11 && a < 0 ? a + rank : a));
      const stepped = d.opset >= 10 && d.once(2);
      const steps = axes.map(() => (stepped ? d.pick([1, 2, 3, -1, -2, 7]) : 1));
      const [starts, ends]: (number | bigint)[][] = [[], []];
      for (const [i, axis] of axes.entries()) {
        const size = shape.at(axis) as number;
        const first = d.random(size);
        const low = bound(d, first, size, first === 0 ? MIN : MAX);
        const end = d.between(first + 1, size);
        if ((steps[i] as number) > 0) {
          starts?.push(low);
          ends?.push(bound(d, end, size, MAX));
        } else {
          starts?.push(end === size ? d.pick([end, -1, MAX]) : d.pick([end - 1, end - 1 - size]));
          ends?.push(first === 0 ? d.pick([MIN, -size - 1]) : d.pick([first - 1, first - 1 - size]));
        }
      }
      d.input(anything(d, shape));
      if (d.opset < 10) {
        d.ints("starts", starts as number[]);
        d.ints("ends", ends as number[]);
        if (!all || d.once(2)) d.ints("axes", axes);
        return EXACT;
      }
      const narrow = d.once(3);
      const list = (values: readonly (number | bigint)[]): void => {
        const fits = (x: number | bigint) => (x > 2 ** 31 - 1 ? 2 ** 31 - 1 : x < -(2 ** 31) ? -(2 ** 31) : x);
        d.constant(narrow ? tensorOf("i32", [values.length], values.map(fits)) : int64s(values));
      };
      list(starts as number[]);
      list(ends as number[]);
      if (!all || d.once(2)) list(axes);
      else if (stepped) d.skip();
      if (stepped) list(steps);
      return EXACT;
    },
  },
  Split: {
    since: [2, 11, 13, 18],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const axis = d.random(shape.length);
      const parts = d.between(1, 4);
      if (axis !== 0 || d.once(2)) d.int("axis", d.opset >= 11 && d.once(2) ? axis - shape.length : axis);
      const sizes = Array.from({ length: parts }, () => d.between(1, 4));
      const even = d.once(2);
      // From operator set 18 on the last part may be smaller.
      const less = even && d.opset >= 18 && parts > 1 ? d.random(sizes[0] as number) : 0;
      const total = even ? parts * (sizes[0] as number) - less : sizes.reduce((a, b) => a + b, 0);
      const last = total - (parts - 1) * (sizes[0] as number);
      if (even && last < 1) return MOVEMENT.Split?.generate(d) as typeof EXACT;
      d.input(anything(d, shape.with(axis, total)));
      if (even) {
        if (d.opset >= 18) d.int("num_outputs", parts);
      } else if (d.opset < 13) d.ints("split", sizes);
      else d.integers(sizes);
      d.outputs(parts);
      return EXACT;
    },
  },
  Expand: {
    since: [8, 13],
    generate: (d) => {
      const shape = d.shape(d.random(5));
      const target = d.broadcastable(shape.map((n) => (n === 1 ? d.between(1, 4) : n)));
      d.input(anything(d, shape));
      d.integers(target);
      return EXACT;
    },
  },
  Shape: {
    since: [1, 13, 15, 19, 21],
    generate: (d) => {
      const shape = d.shape(d.between(1, 5));
      if (d.opset >= 15) {
        const start = d.between(-shape.length, shape.length - 1);
        const from = start < 0 ? start + shape.length : start;
        if (d.once(2)) d.int("end", d.pick([from + 1, shape.length, 9]));
        if (d.once(2)) d.int("start", d.once(4) ? Math.min(start, -7) : start);
      }
      d.input(anything(d, shape));
      return EXACT;
    },
  },
  Size: {
    since: [1, 13, 19, 21],
    generate: (d) => {
      d.input(anything(d, d.shape(d.random(5))));
      return EXACT;
    },
  },
  ConstantOfShape: {
    since: [9, 20, 21],
    generate: (d) => {
      if (!d.once(4)) d.attribute("value", { tensor: anything(d, [1]) });
      d.integers(d.shape(d.random(4)));
      return EXACT;
    },
  },
  Identity: {
    since: [1, 13, 14, 16, 19, 21],
    generate: (d) => {
      d.parameter(anything(d, d.shape(d.random(5))));
      return EXACT;
    },
  },
  Dropout: {
    since: [7, 10, 12, 13, 22],
    generate: (d) => {
      const dtype = d.pick(["f32", "f64"] as const);
      if (d.opset < 12) d.maybeFloat("ratio", 0.5, [0.3]);
      d.input(d.tensor(dtype, d.shape(d.random(4))));
      if (d.opset >= 12) {
        if (d.once(2)) d.constant(tensorOf("f32", [], [0.4]));
        else d.skip();
        if (d.once(2)) d.constant(tensorOf("bool", [], [0]));
      }
      // Before operator set 12 it is not said what the mask of a Dropout that does nothing holds.
      if (d.opset >= 12 && d.once(2)) d.outputs(2);
      return EXACT;
    },
  },
  Pad: {
    since: [2, 11, 13, 18, 19, 21],
    weight: 5,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      const rank = shape.length;
      const modes = ["constant", "constant", "edge", "reflect"];
      if (d.opset >= 19) modes.push("wrap");
      const mode = d.pick(modes);
      if (mode !== "constant" || d.once(2)) d.string("mode", mode);
      const some = d.opset >= 18 && d.once(3);
      const axes = some ? d.axes(rank) : shape.map((_, i) => i);
      const amount = (axis: number): number => {
        const size = shape.at(axis) as number;
        if (mode === "reflect") return d.random(size);
        return d.random(mode === "wrap" ? size + 1 : 4);
      };
      const pads = [0, 1].flatMap(() => axes.map(amount));
      if ((mode === "constant" || mode === "edge") && d.once(4)) {
        // A negative amount takes elements away.
        const i = d.random(axes.length);
        const size = shape.at(axes[i] as number) as number;
        if (size > 1) pads[i] = -d.random(size);
      }
      const dtype =
        d.opset < 11
          ? "f32"
          : d.pick([
              "f32",
              "f64",
              "i8",
              "u8",
              "i32",
              "i64",
              "u32",
              "u64",
              ...(d.opset < 13 ? [] : (["bool"] as const)),
              "f16",
            ] as const);
      d.input(d.tensor(dtype, shape, d.pick(["grid", "wide"])));
      const value = isFloat(dtype)
        ? d.pick([1.5, -2, 0, -Infinity])
        : d.pick(dtype === "i64" ? [2n ** 53n + 1n, MIN, 7n] : [1n, 0n]);
      if (d.opset < 11) {
        d.ints("pads", pads);
        if (d.once(2)) d.float("value", Number(value));
        return EXACT;
      }
      d.integers(pads);
      if (d.once(2)) d.constant(tensorOf(dtype, [], [value]));
      else if (some) d.skip();
      if (some) d.integers(axes);
      return EXACT;
    },
  },
  Tile: {
    since: [6, 13],
    generate: (d) => {
      const shape = d.shape(d.between(1, 4));
      d.input(anything(d, shape, d.pick(["f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"])));
      d.integers(shape.map(() => d.between(1, 3)));
      return EXACT;
    },
  },
  DepthToSpace: {
    since: [1, 11, 13],
    generate: (d) => {
      const block = d.between(1, 3);
      d.int("blocksize", block);
      if (d.opset >= 11 && d.once(2)) d.string("mode", d.pick(["DCR", "CRD"]));
      d.input(
        d.tensor(d.dtype("f32", "f64"), [
          d.between(1, 2),
          block ** 2 * d.between(1, 3),
          d.between(1, 3),
          d.between(1, 4),
        ]),
      );
      return EXACT;
    },
  },
  SpaceToDepth: {
    since: [1, 13],
    generate: (d) => {
      const block = d.between(1, 3);
      d.int("blocksize", block);
      d.input(
        d.tensor(d.dtype("f32", "f64"), [
          d.between(1, 2),
          d.between(1, 3),
          block * d.between(1, 3),
          block * d.between(1, 3),
        ]),
      );
      return EXACT;
    },
  },
  CenterCropPad: {
    since: [18],
    weight: 2,
    generate: (d) => {
      const shape = d.shape(d.between(1, 4), 7);
      const axes = d.once(2) ? shape.map((_, i) => i) : d.axes(shape.length);
      if (axes.length !== shape.length || `${axes}` !== `${shape.map((_, i) => i)}`) d.ints("axes", axes);
      d.input(d.tensor("f32", shape));
      d.integers(axes.map(() => d.between(1, 8)));
      return EXACT;
    },
  },
};
