import { InternalError } from "@elench/errors/internal-error";
import { type DType, dtypeSpec } from "../../program/dtype.ts";
import { elementCount } from "../../program/program.ts";

/**
 * Storage of elements during import: an input, a constant (with known bytes), or the result of an
 * instruction. Compared by identity. Several values of the graph can share one storage, so a reshape costs nothing.
 */
export interface Storage {
  readonly kind: "input" | "constant" | "result";
  readonly dtype: DType;
  /** Shape at its creation. */
  readonly shape: readonly number[];
  readonly elements: number;
  /** Row-major little-endian elements of a constant. */
  readonly data: Uint8Array | null;
}

/** A value of the ONNX graph: a storage with a shape. */
export interface Value {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export const valueIn = (storage: Storage, shape: readonly number[]): Value => ({
  storage,
  dtype: storage.dtype,
  shape,
});

export function constantValue(dtype: DType, shape: readonly number[], data: Uint8Array): Value {
  const elements = elementCount(shape);
  if (data.length !== elements * dtypeSpec(dtype).size) {
    throw new InternalError(`${data.length} bytes cannot be ${elements} elements of ${dtype}`);
  }
  return valueIn({ kind: "constant", dtype, shape, elements, data }, shape);
}

/** A constant of int64, such as a shape. */
export function intConstant(values: readonly (number | bigint)[], shape: readonly number[] = [values.length]): Value {
  const data = new Uint8Array(8 * values.length);
  const view = new DataView(data.buffer);
  for (const [i, v] of values.entries()) view.setBigInt64(8 * i, BigInt(v), true);
  return constantValue("i64", shape, data);
}

/** A constant of f32. */
export function floatConstant(values: ArrayLike<number>, shape: readonly number[]): Value {
  const data = new Uint8Array(4 * values.length);
  const view = new DataView(data.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] as number, true);
  return constantValue("f32", shape, data);
}

/** Element `index` of integers, exactly. */
export function readInteger(dtype: DType, view: DataView, index: number): bigint {
  switch (dtype) {
    case "i8":
      return BigInt(view.getInt8(index));
    case "u8":
    case "bool":
      return BigInt(view.getUint8(index));
    case "i16":
      return BigInt(view.getInt16(2 * index, true));
    case "u16":
      return BigInt(view.getUint16(2 * index, true));
    case "i32":
      return BigInt(view.getInt32(4 * index, true));
    case "u32":
      return BigInt(view.getUint32(4 * index, true));
    case "i64":
      return view.getBigInt64(8 * index, true);
    case "u64":
      return view.getBigUint64(8 * index, true);
    default:
      throw new InternalError(`${dtype} is not an integer type`);
  }
}

export const viewOfBytes = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

/** Elements of an integer constant. */
export function integersOf(value: Value): bigint[] {
  if (!value.storage.data) throw new InternalError("not a constant");
  const view = viewOfBytes(value.storage.data);
  return Array.from({ length: value.storage.elements }, (_, i) => readInteger(value.dtype, view, i));
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = new Array(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i] as number;
  }
  return strides;
}
