/** Types of the machine's 64-bit registers. */
export interface Scalar {
  /** Byte that encodes the type in a constant. */
  readonly code: number;
  /** Bits that a register of this type uses: the low ones; the others are 0. */
  readonly bits: 32 | 64;
  readonly meaning: string;
  /** For floats: patterns of +∞ and of the canonical NaN. */
  readonly float: { readonly infinity: bigint; readonly nan: bigint } | null;
}

export const SCALARS = {
  f32: {
    code: 0,
    bits: 32,
    meaning: "IEEE-754 binary32 in the low 32 bits, high bits zero",
    float: { infinity: 0x7f800000n, nan: 0x7fc00000n },
  },
  f64: {
    code: 1,
    bits: 64,
    meaning: "IEEE-754 binary64",
    float: { infinity: 0x7ff0000000000000n, nan: 0x7ff8000000000000n },
  },
  int: { code: 2, bits: 64, meaning: "integer in two's complement", float: null },
} as const satisfies Record<string, Scalar>;

export type ScalarType = keyof typeof SCALARS;

/** In the order of their codes. */
export const SCALAR_TYPES = Object.keys(SCALARS) as readonly ScalarType[];

export const REGISTER_BYTES = 8;
