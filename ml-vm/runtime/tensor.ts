import type { DType } from "../program/dtype.ts";
import { elementCount } from "../program/program.ts";

/** Element types by onnxruntime's names, with ours and the array that holds the elements. Half types are held as their bits. */
const TYPES = {
  float32: { dtype: "f32", array: Float32Array },
  float64: { dtype: "f64", array: Float64Array },
  float16: { dtype: "f16", array: Uint16Array },
  bfloat16: { dtype: "bf16", array: Uint16Array },
  int8: { dtype: "i8", array: Int8Array },
  uint8: { dtype: "u8", array: Uint8Array },
  int16: { dtype: "i16", array: Int16Array },
  uint16: { dtype: "u16", array: Uint16Array },
  int32: { dtype: "i32", array: Int32Array },
  uint32: { dtype: "u32", array: Uint32Array },
  int64: { dtype: "i64", array: BigInt64Array },
  uint64: { dtype: "u64", array: BigUint64Array },
  bool: { dtype: "bool", array: Uint8Array },
} as const satisfies Record<string, { dtype: DType; array: unknown }>;

/** The element type of a tensor, as onnxruntime names it. */
export type TensorElementType = keyof typeof TYPES;

/** The elements of a tensor, row by row. */
export type TensorData = InstanceType<(typeof TYPES)[TensorElementType]["array"]>;

export const dtypeOf = (type: TensorElementType): DType => TYPES[type].dtype;

const NAMES = Object.fromEntries(Object.entries(TYPES).map(([name, { dtype }]) => [dtype, name]));

export const elementTypeOf = (dtype: DType): TensorElementType => NAMES[dtype] as TensorElementType;

/** A tensor: an element type, elements in row-major order, dimensions. */
export class Tensor {
  readonly type: TensorElementType;
  readonly data: TensorData;
  readonly dims: readonly number[];

  /**
   * @param data the array that fits the type (`Float32Array` for "float32", `BigInt64Array` for "int64", `Uint16Array` of bits for "float16",
   *   `Uint8Array` of 0 and 1 for "bool"), or plain numbers, which are converted. A typed array is not copied.
   * @param dims default: one dimension with all elements
   * @throws TypeError for an unknown type or an array that does not fit it
   * @throws RangeError unless the dimensions are positive integers that multiply to the number of elements
   */
  constructor(
    type: TensorElementType,
    data: TensorData | readonly (number | bigint | boolean)[],
    dims: readonly number[] = [data.length],
  ) {
    if (!Object.hasOwn(TYPES, type))
      throw new TypeError(`Tensor: unknown element type "${type}"; use one of ${Object.keys(TYPES).join(", ")}`);
    if (!dims.every((size) => Number.isSafeInteger(size) && size > 0))
      throw new RangeError(`Tensor: dims [${dims}] must be positive integers`);
    this.type = type;
    this.data = typedArray(type, data);
    this.dims = [...dims];
    if (elementCount(dims) !== data.length)
      throw new RangeError(
        `Tensor: dims [${dims}] hold ${elementCount(dims)} elements, but data has ${data.length} elements`,
      );
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }
}

function typedArray(type: TensorElementType, data: TensorData | readonly (number | bigint | boolean)[]): TensorData {
  const { array } = TYPES[type];
  if (data instanceof array) return data;
  if (!Array.isArray(data)) throw new TypeError(`Tensor: elements of type "${type}" need a ${array.name} or an array`);
  if (type === "bool") return Uint8Array.from(data, (x) => (x ? 1 : 0));
  if (array === BigInt64Array || array === BigUint64Array) return new array(data.map(BigInt));
  return (array as Float32ArrayConstructor).from(data, Number);
}

/** Row-major little-endian bytes, as the machine reads them. All JavaScript engines run on little-endian hosts. */
export const tensorBytes = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** @param bytes row-major and little-endian; copied where they are not aligned */
export function tensorOfBytes(type: TensorElementType, bytes: Uint8Array, dims: readonly number[]): Tensor {
  const { array } = TYPES[type];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Tensor(
    type,
    new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / array.BYTES_PER_ELEMENT),
    dims,
  );
}
