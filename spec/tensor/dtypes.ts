import type { ScalarType } from "./scalars.ts";

/** Storage types of tensor elements, little-endian in memory. */
export interface Dtype {
  /** Byte that encodes the type. */
  readonly code: number;
  /** Bytes of an element. */
  readonly size: 1 | 2 | 4 | 8;
  /** Type of the register that a load fills and a store drains. */
  readonly scalar: ScalarType;
  readonly load: string;
  readonly store: string;
}

const CANONICAL = "as it is, NaN made canonical";
const WIDENED = "widened exactly, NaN made canonical";
const ROUNDED = "rounded to nearest even, overflow to infinity";
const SIGNED = "sign-extended";
const UNSIGNED = "zero-extended";
const LOW = "low bits";
const SAME = "as it is";

export const DTYPES = {
  f32: { code: 1, size: 4, scalar: "f32", load: CANONICAL, store: SAME },
  f64: { code: 2, size: 8, scalar: "f64", load: CANONICAL, store: SAME },
  f16: { code: 3, size: 2, scalar: "f32", load: WIDENED, store: `${ROUNDED}, NaN 0x7e00` },
  bf16: { code: 4, size: 2, scalar: "f32", load: WIDENED, store: `${ROUNDED}, NaN 0x7fc0` },
  i8: { code: 5, size: 1, scalar: "int", load: SIGNED, store: LOW },
  u8: { code: 6, size: 1, scalar: "int", load: UNSIGNED, store: LOW },
  i16: { code: 7, size: 2, scalar: "int", load: SIGNED, store: LOW },
  u16: { code: 8, size: 2, scalar: "int", load: UNSIGNED, store: LOW },
  i32: { code: 9, size: 4, scalar: "int", load: SIGNED, store: LOW },
  u32: { code: 10, size: 4, scalar: "int", load: UNSIGNED, store: LOW },
  i64: { code: 11, size: 8, scalar: "int", load: SAME, store: SAME },
  u64: { code: 12, size: 8, scalar: "int", load: SAME, store: SAME },
  bool: { code: 13, size: 1, scalar: "int", load: UNSIGNED, store: `${LOW}: a program stores 0 or 1` },
} as const satisfies Record<string, Dtype>;

export type DtypeName = keyof typeof DTYPES;

/** In the order of their codes, which are 1, 2, 3, …: tables are indexed by code. */
export const DTYPE_NAMES = Object.keys(DTYPES) as readonly DtypeName[];
