import { ElenchError } from "@elench/errors/elench-error";
import { f32Bits, f64Bits } from "../functions/builder.ts";
import { type DType, dtypeSpec } from "../program/dtype.ts";
import { elementCount, type TensorType } from "../program/program.ts";
import { loadSoftfloat } from "../softfloat/load.ts";
import { ModelError } from "./graph/error.ts";
import { constantOfBytes } from "./graph/graph.ts";
import { storeElement } from "./lowering/element.ts";

/** A file does not hold a tensor, or not one of the wanted type and shape. */
export class TensorFileError extends ElenchError {
  override readonly name = "TensorFileError";
  override readonly kind = "input";
}

interface FileTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * The row-major little-endian bytes of a tensor file, by its file name extension: `.npy` (NumPy), `.pb` (ONNX TensorProto),
 * `.json` (nested arrays of numbers, or `{ "shape": […], "data": […] }`), `.bin` (the bytes as they are).
 *
 * @throws TensorFileError unless it holds a tensor of the type wanted: numbers in JSON are converted, nothing else is.
 */
export function readTensorFile(file: string, bytes: Uint8Array, type: TensorType): Uint8Array {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  switch (ending) {
    case "npy":
      return expectType(file, readNpy(file, bytes), type);
    case "pb":
      return expectType(file, readProto(file, bytes), type);
    case "json":
      return readJson(file, bytes, type);
    case "bin":
    case "raw":
      return expectBytes(file, bytes, type);
    default:
      throw new TensorFileError(`${file}: tensor files end in .npy, .pb, .json or .bin`);
  }
}

const describe = ({ dtype, shape }: TensorType): string => `${dtype}[${shape.join(", ")}]`;

function expectType(file: string, found: FileTensor, wanted: TensorType): Uint8Array {
  if (found.dtype !== wanted.dtype || `${found.shape}` !== `${wanted.shape}`) {
    throw new TensorFileError(`${file} holds ${describe(found)}; ${describe(wanted)} is expected`);
  }
  return expectBytes(file, found.data, wanted);
}

function expectBytes(file: string, data: Uint8Array, wanted: TensorType): Uint8Array {
  const bytes = elementCount(wanted.shape) * dtypeSpec(wanted.dtype).size;
  if (data.length !== bytes)
    throw new TensorFileError(`${file} holds ${data.length} bytes; ${describe(wanted)} takes ${bytes}`);
  return data;
}

/** NumPy's type strings without the byte order. */
const NUMPY: Readonly<Record<string, DType>> = {
  f4: "f32",
  f8: "f64",
  f2: "f16",
  i1: "i8",
  u1: "u8",
  i2: "i16",
  u2: "u16",
  i4: "i32",
  u4: "u32",
  i8: "i64",
  u8: "u64",
  b1: "bool",
};

/** NPY, versions 1 to 3 (NEP 1): magic, version, length of the header, a Python dictionary, the elements. */
function readNpy(file: string, bytes: Uint8Array): FileTensor {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== "\x93NUMPY" || bytes.length < 12) throw new TensorFileError(`${file} is not a NumPy file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (bytes[6] as number) >= 2;
  const start = long ? 12 : 10;
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? "";
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (shape === undefined) throw new TensorFileError(`${file}: its header gives no shape`);
  if (/'fortran_order':\s*True/.test(header))
    throw new TensorFileError(`${file} is in column-major order; save it with order="C"`);
  const dtype = NUMPY[descr.slice(1)];
  if (!dtype || descr.startsWith(">"))
    throw new TensorFileError(`${file} has elements of NumPy type "${descr}", which is not supported`);
  const dims = shape
    .split(",")
    .map((n) => n.trim())
    .filter((n) => n !== "");
  return { dtype, shape: dims.map(Number), data: bytes.slice(end) };
}

function readProto(file: string, bytes: Uint8Array): FileTensor {
  try {
    const { dtype, shape, storage } = constantOfBytes(bytes);
    return { dtype, shape, data: storage.data as Uint8Array };
  } catch (error) {
    if (error instanceof ModelError) throw new TensorFileError(`${file}: ${error.message}`);
    throw error;
  }
}

function readJson(file: string, bytes: Uint8Array, wanted: TensorType): Uint8Array {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes), exactly);
  } catch (error) {
    throw new TensorFileError(`${file} is not JSON: ${(error as Error).message}`);
  }
  const given = parsed as { shape?: unknown; data?: unknown };
  const tree = Array.isArray(parsed) || typeof parsed !== "object" || parsed === null ? parsed : given.data;
  const shape = Array.isArray(given?.shape) ? (given.shape as number[]) : shapeOf(tree);
  const numbers = [tree].flat(Number.POSITIVE_INFINITY) as unknown[];
  if (`${shape}` !== `${wanted.shape}`)
    throw new TensorFileError(`${file} holds the shape [${shape}]; ${describe(wanted)} is expected`);
  if (numbers.length !== elementCount(shape))
    throw new TensorFileError(`${file} holds ${numbers.length} numbers for the shape [${shape}]`);
  return encodeElements(file, numbers, wanted.dtype);
}

/** Numbers as little-endian elements, rounded to nearest. @throws TensorFileError for numbers out of the type's range */
export function encodeElements(what: string, numbers: readonly unknown[], dtype: DType): Uint8Array {
  const data = new Uint8Array(numbers.length * dtypeSpec(dtype).size);
  const view = new DataView(data.buffer);
  const softfloat = loadSoftfloat();
  for (const [i, x] of numbers.entries()) storeElement(softfloat, dtype, view, i, register(what, x, dtype));
  return data;
}

/** Integers beyond 2^53 exactly as written, because JSON's numbers are doubles. */
const exactly = (_: string, value: unknown, { source }: { source?: string } = {}): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? "")
    ? BigInt(source as string)
    : value;

/** Lengths of nested arrays, by their first elements. */
const shapeOf = (tree: unknown): number[] => (Array.isArray(tree) ? [tree.length, ...shapeOf(tree[0])] : []);

const RANGE: Readonly<Record<string, readonly [bigint, bigint]>> = {
  i8: [-(2n ** 7n), 2n ** 7n],
  u8: [0n, 2n ** 8n],
  i16: [-(2n ** 15n), 2n ** 15n],
  u16: [0n, 2n ** 16n],
  i32: [-(2n ** 31n), 2n ** 31n],
  u32: [0n, 2n ** 32n],
  i64: [-(2n ** 63n), 2n ** 63n],
  u64: [0n, 2n ** 64n],
  bool: [0n, 2n],
};

function register(file: string, x: unknown, dtype: DType): bigint {
  const { scalar } = dtypeSpec(dtype);
  if (typeof x === "boolean") return register(file, Number(x), dtype);
  if (typeof x !== "number" && typeof x !== "bigint")
    throw new TensorFileError(`${file} holds ${JSON.stringify(x)} where a number should be`);
  if (scalar === "f64") return f64Bits(Number(x));
  if (scalar === "f32") return f32Bits(Number(x));
  const [low, high] = RANGE[dtype] as readonly [bigint, bigint];
  const whole = typeof x === "bigint" || Number.isInteger(x) ? BigInt(x) : null;
  if (whole === null || whole < low || whole >= high)
    throw new TensorFileError(`${file} holds ${x}, which is no ${dtype}`);
  return BigInt.asUintN(64, whole);
}
