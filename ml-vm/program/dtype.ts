import type { ScalarType } from "./ops.ts";

/** Storage types of tensor elements, little-endian in memory. `bool` is one byte, 0 or 1. */
export const DTYPES = [
  "f32",
  "f64",
  "f16",
  "bf16",
  "i8",
  "u8",
  "i16",
  "u16",
  "i32",
  "u32",
  "i64",
  "u64",
  "bool",
] as const;
export type DType = (typeof DTYPES)[number];

interface DTypeSpec {
  /** Byte that encodes the type. */
  readonly code: number;
  /** Bytes of an element. */
  readonly size: 1 | 2 | 4 | 8;
  /**
   * Type of the register that a load fills and a store drains.
   * Loads: f16 and bf16 widen exactly to f32; i8, i16, i32 sign-extend; bool, u8, u16, u32 zero-extend; NaN becomes the
   * canonical NaN. Stores: f32 rounds to f16 or bf16; an int keeps its low bits.
   */
  readonly scalar: ScalarType;
}

const SPECS: Readonly<Record<DType, DTypeSpec>> = {
  f32: { code: 1, size: 4, scalar: "f32" },
  f64: { code: 2, size: 8, scalar: "f64" },
  f16: { code: 3, size: 2, scalar: "f32" },
  bf16: { code: 4, size: 2, scalar: "f32" },
  i8: { code: 5, size: 1, scalar: "int" },
  u8: { code: 6, size: 1, scalar: "int" },
  i16: { code: 7, size: 2, scalar: "int" },
  u16: { code: 8, size: 2, scalar: "int" },
  i32: { code: 9, size: 4, scalar: "int" },
  u32: { code: 10, size: 4, scalar: "int" },
  i64: { code: 11, size: 8, scalar: "int" },
  u64: { code: 12, size: 8, scalar: "int" },
  bool: { code: 13, size: 1, scalar: "int" },
};

export const dtypeSpec = (dtype: DType): DTypeSpec => SPECS[dtype];

export function dtypeFromCode(code: number): DType {
  const dtype = DTYPES[code - 1];
  if (dtype === undefined)
    throw new RangeError(`no element type has code ${code}; known codes are 1 to ${DTYPES.length}`);
  return dtype;
}
