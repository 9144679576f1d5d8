import type { Scalar } from "../../functions/builder.ts";
import { constantValue, integersOf, type Value, viewOfBytes } from "../graph/tensor.ts";
import { constantIndex, type Index, scale } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import { registerBits, type Scope, scalarOf } from "../lowering/lower.ts";
import { toType } from "./arithmetic.ts";

/** Normalises indices counted from the end; constants are evaluated at import. */
function normalised(call: Call, indices: Value, size: (s: Scope) => number | Value): Value {
  call.expect(indices, "i32", "i64");
  if (indices.storage.data && integersOf(indices).every((i) => i >= 0n)) return indices;
  return call.lower.map({ dtype: indices.dtype, shape: indices.shape }, (s) => {
    const index = s.element(indices);
    const n = size(s);
    const whole = typeof n === "number" ? s.b.int(n) : s.element(n);
    return s.b.select(s.b.lt(index, s.b.int(0)), s.b.add(index, whole), index);
  });
}

/** The index that element `at` of `indices` names. A constant beyond the axis is refused; others are clamped to it. */
function chosen(call: Call, s: Scope, indices: Value, at: readonly Index[], size: number): Index {
  const known = indices.storage.data ? integersOf(indices) : [];
  const bad = known.find((i) => i >= BigInt(size));
  return bad === undefined ? s.lookup(indices, at) : call.fail(`index ${bad} of an axis of ${size}`);
}

/** Slices of `axis` in the order of the indices. */
const gather: Operator = (call) => {
  const x = call.input(0);
  const axis = call.axis(call.attributes.int("axis", 0), x.shape.length);
  const size = x.shape[axis] as number;
  const indices = normalised(call, call.input(1), () => size);
  const rank = indices.shape.length;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return call.lower.map({ dtype: x.dtype, shape }, (s) => {
    const index = chosen(
      call,
      s,
      indices,
      indices.shape.map((_, i) => s.o(axis + i)),
      size,
    );
    return s.read(
      x,
      x.shape.map((_, i) => (i < axis ? s.o(i) : i === axis ? index : s.o(i + rank - 1))),
    );
  });
};

const gatherElements: Operator = (call) => {
  const x = call.input(0);
  const axis = call.axis(call.attributes.int("axis", 0), x.shape.length);
  const size = x.shape[axis] as number;
  const indices = normalised(call, call.input(1), () => size);
  return call.lower.map({ dtype: x.dtype, shape: indices.shape }, (s) => {
    const index = chosen(
      call,
      s,
      indices,
      indices.shape.map((_, i) => s.o(i)),
      size,
    );
    return s.read(
      x,
      x.shape.map((_, i) => (i === axis ? index : s.o(i))),
    );
  });
};

/** The last axis of the indices names the first dimensions of x behind `batch_dims`. */
const gatherND: Operator = (call) => {
  const x = call.input(0);
  const batch = call.attributes.int("batch_dims", 0);
  const raw = call.input(1);
  const depth = raw.shape.at(-1) as number;
  const sizes = x.shape.slice(batch, batch + depth);
  const data = new Uint8Array(8 * depth);
  for (const [i, n] of sizes.entries()) viewOfBytes(data).setBigInt64(8 * i, BigInt(n), true);
  const indices = normalised(call, raw, () => constantValue("i64", [depth], data));
  const lead = raw.shape.slice(0, -1);
  const shape = [...lead, ...x.shape.slice(batch + depth)];
  return call.lower.map({ dtype: x.dtype, shape }, (s) =>
    s.read(
      x,
      x.shape.map((_, i) => {
        if (i < batch) return s.o(i);
        if (i >= batch + depth) return s.o(lead.length + i - batch - depth);
        return s.lookup(indices, [...lead.map((_, j) => s.o(j)), constantIndex(i - batch)]);
      }),
    ),
  );
};

/** Values [off, on], a new axis of `depth` at `axis`. */
const oneHot: Operator = (call) => {
  const raw = call.input(0);
  const depth = Math.trunc(Number(call.number(1)));
  const values = call.input(2);
  const axis = call.axis(call.attributes.int("axis", -1), raw.shape.length + 1);
  const shape = [...raw.shape.slice(0, axis), depth, ...raw.shape.slice(axis)];
  return call.lower.map({ dtype: values.dtype, shape }, (s) => {
    const { b } = s;
    const index = toType(
      b,
      s.read(
        raw,
        raw.shape.map((_, i) => s.o(i < axis ? i : i + 1)),
      ),
      raw.dtype,
      "i64",
    );
    const place = b.select(b.lt(index, b.int(0)), b.add(index, b.int(depth)), index);
    const value = (i: number): Scalar => s.read(values, [constantIndex(i)]);
    return b.select(b.eq(place, b.index(axis)), value(1), value(0));
  });
};

/** Running sums (products) along an axis: a scan. */
const cumulative =
  (product: boolean): Operator =>
  (call) => {
    const x = call.input(0);
    const axis = call.axis(call.integers(1)[0] as number, x.shape.length);
    const size = x.shape[axis] as number;
    const [exclusive, reverse] = [call.attributes.flag("exclusive", false), call.attributes.flag("reverse", false)];
    const dims = x.shape.map((n, i) => (i === axis ? 1 : n));
    const type = scalarOf(x.dtype);
    const place = (s: Scope): Index => (reverse ? scale(s.r(0), -1, size - 1) : s.r(0));
    const at = (s: Scope): Index[] => x.shape.map((_, i) => (i === axis ? place(s) : s.o(i)));
    const total = call.lower.fold(
      { dtype: x.dtype, shape: x.shape },
      {
        dims,
        space: [size],
        scan: true,
        accumulators: [{ type, bits: registerBits(type, product ? 1 : 0) }],
        body: (s, [acc]) => {
          const element = s.read(x, at(s));
          return [product ? s.b.mul(acc as Scalar, element) : s.b.add(acc as Scalar, element)];
        },
        finish: (_, [acc]) => acc as Scalar,
        write: at,
      },
    );
    if (!exclusive) return total;
    // Shifted by one, starting with the neutral element.
    const step = reverse ? 1 : -1;
    return call.lower.map(x, (s) =>
      s.read(
        total,
        x.shape.map((_, i) => (i === axis ? scale(s.o(i), 1, step) : s.o(i))),
        product ? 1 : 0,
      ),
    );
  };

export const INDEXING: Readonly<Record<string, Operator>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  OneHot: oneHot,
  CumSum: cumulative(false),
  CumProd: cumulative(true),
};
