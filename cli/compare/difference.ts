import { type DType, dtypeSpec } from "@elench/tensor/program/dtype";
import { halfToNumber } from "../report/describe.ts";
import type { Tensor } from "./onnxruntime.ts";

/** The difference of two tensors of the same type, element by element. −0 equals +0, and NaN equals NaN. */
export interface Difference {
  readonly elements: number;
  readonly differing: number;
  /** Number of elements that are NaN or infinite on one side only: they have no distance. */
  readonly unlike: number;
  readonly maxAbsolute: number;
  /** Units in the last place of the type; for integers, the distance. */
  readonly maxUlps: number;
  /** The greatest finite magnitude in their tensor. */
  readonly scale: number;
  readonly first: FirstDifference | null;
}

export interface FirstDifference {
  readonly element: number;
  readonly indices: readonly number[];
  readonly ours: string;
  readonly theirs: string;
}

/** @throws RangeError if their types differ. */
export function differenceOf(ours: Tensor, theirs: Tensor): Difference {
  if (ours.dtype !== theirs.dtype || `${ours.shape}` !== `${theirs.shape}`)
    throw new RangeError(`${ours.dtype}[${ours.shape}] and ${theirs.dtype}[${theirs.shape}] cannot be compared`);
  const { dtype, shape } = ours;
  const elements = shape.reduce((product, n) => product * n, 1);
  const [read, rank] = [reader(dtype), ranker(dtype)];
  const [a, b] = [sliceOf(ours.data), sliceOf(theirs.data)];
  let [differing, unlike, maxAbsolute, maxUlps, scale] = [0, 0, 0, 0, 0];
  let first: FirstDifference | null = null;
  for (let i = 0; i < elements; i++) {
    const [x, y] = [read(a, i), read(b, i)];
    const magnitude = Math.abs(Number(y));
    if (Number.isFinite(magnitude) && magnitude > scale) scale = magnitude;
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    differing++;
    first ??= { element: i, indices: indicesIn(shape, i), ours: String(x), theirs: String(y) };
    if (!Number.isFinite(Number(x)) || !Number.isFinite(Number(y))) {
      unlike++;
      continue;
    }
    const distance = typeof x === "bigint" ? Number(x - (y as bigint)) : x - (y as number);
    maxAbsolute = Math.max(maxAbsolute, Math.abs(distance));
    const ulps = rank(a, i) - rank(b, i);
    maxUlps = Math.max(maxUlps, Number(ulps < 0n ? -ulps : ulps));
  }
  return { elements, differing, unlike, maxAbsolute, maxUlps, scale, first };
}

const sliceOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length);

function indicesIn(shape: readonly number[], element: number): number[] {
  const indices: number[] = [];
  for (let axis = shape.length - 1, rest = element; axis >= 0; axis--) {
    const n = shape[axis] as number;
    indices[axis] = rest % n;
    rest = Math.floor(rest / n);
  }
  return indices;
}

type Reader = (view: DataView, i: number) => number | bigint;

const READERS: Readonly<Record<DType, Reader>> = {
  f32: (view, i) => view.getFloat32(4 * i, true),
  f64: (view, i) => view.getFloat64(8 * i, true),
  f16: (view, i) => halfToNumber(view.getUint16(2 * i, true), 10, 15),
  bf16: (view, i) => halfToNumber(view.getUint16(2 * i, true), 7, 127),
  i8: (view, i) => view.getInt8(i),
  u8: (view, i) => view.getUint8(i),
  bool: (view, i) => view.getUint8(i),
  i16: (view, i) => view.getInt16(2 * i, true),
  u16: (view, i) => view.getUint16(2 * i, true),
  i32: (view, i) => view.getInt32(4 * i, true),
  u32: (view, i) => view.getUint32(4 * i, true),
  i64: (view, i) => view.getBigInt64(8 * i, true),
  u64: (view, i) => view.getBigUint64(8 * i, true),
};

const reader = (dtype: DType): Reader => READERS[dtype];

/** An element's rank among all values of its type: neighbouring values differ by 1. */
function ranker(dtype: DType): (view: DataView, i: number) => bigint {
  const { size, scalar } = dtypeSpec(dtype);
  if (scalar === "int") return (view, i) => BigInt(READERS[dtype](view, i));
  const bits = {
    2: (view: DataView, i: number) => BigInt(view.getUint16(2 * i, true)),
    4: (view: DataView, i: number) => BigInt(view.getUint32(4 * i, true)),
    8: (view: DataView, i: number) => view.getBigUint64(8 * i, true),
  }[size as 2 | 4 | 8];
  const sign = 1n << BigInt(8 * size - 1);
  // Sign and magnitude; both zeros have the rank 0.
  return (view, i) => {
    const pattern = bits(view, i);
    return pattern < sign ? pattern : sign - pattern;
  };
}
