/**
 * The scalar operations of the tensor machine: the single table that the stepper, the native engine, the
 * on-chain verifier and the validator are built from (docs/protocol, "Scalar operations").
 *
 * A register holds 64 bits and has one of three types:
 *  - `f32`: IEEE-754 binary32 in the low 32 bits, high bits zero;
 *  - `f64`: IEEE-754 binary64;
 *  - `int`: a 64-bit two's complement integer.
 *
 * Floating point rounds to nearest, ties to even, keeps subnormals, and has a single NaN (0x7fc00000,
 * 0x7ff8000000000000): a register never holds another one. Comparisons give int 0 or 1.
 */
export type ScalarType = "f32" | "f64" | "int";

export interface OpSpec {
  /** Byte that encodes the operation. */
  readonly code: number;
  /** Types of the operands, in order; `T` is any one type, the same wherever it occurs. */
  readonly args: readonly (ScalarType | "T")[];
  readonly result: ScalarType | "T";
}

const op = (code: number, args: readonly (ScalarType | "T")[], result: ScalarType | "T"): OpSpec => ({
  code,
  args,
  result,
});

/** Operations of a binary floating-point format; the two formats differ by 0x20 in their codes. */
const floatOps = (t: "f32" | "f64", base: number): [string, OpSpec][] => [
  [`${t}.add`, op(base + 0x00, [t, t], t)],
  [`${t}.sub`, op(base + 0x01, [t, t], t)],
  [`${t}.mul`, op(base + 0x02, [t, t], t)],
  /** a·b + c with one rounding. */
  [`${t}.fma`, op(base + 0x03, [t, t, t], t)],
  [`${t}.div`, op(base + 0x04, [t, t], t)],
  [`${t}.sqrt`, op(base + 0x05, [t], t)],
  /** IEEE-754 remainder: a − n·b, n the integer nearest a/b, ties to even. */
  [`${t}.rem`, op(base + 0x06, [t, t], t)],
  /** IEEE-754-2019 minimum and maximum: NaN if either is, −0 < +0. */
  [`${t}.min`, op(base + 0x07, [t, t], t)],
  [`${t}.max`, op(base + 0x08, [t, t], t)],
  [`${t}.neg`, op(base + 0x09, [t], t)],
  [`${t}.abs`, op(base + 0x0a, [t], t)],
  [`${t}.eq`, op(base + 0x0b, [t, t], "int")],
  [`${t}.lt`, op(base + 0x0c, [t, t], "int")],
  [`${t}.le`, op(base + 0x0d, [t, t], "int")],
  [`${t}.floor`, op(base + 0x0e, [t], t)],
  [`${t}.ceil`, op(base + 0x0f, [t], t)],
  [`${t}.trunc`, op(base + 0x10, [t], t)],
  /** To the nearest integer, ties to even. */
  [`${t}.rint`, op(base + 0x11, [t], t)],
];

const table: [string, OpSpec][] = [
  /** Value of loop variable `a` (an immediate, not a register); see `program.ts` for the numbering. */
  ["index", op(0x00, [], "int")],
  /** a ≠ 0 ? b : c. */
  ["select", op(0x01, ["int", "T", "T"], "T")],
  ...floatOps("f32", 0x10),
  ...floatOps("f64", 0x30),
  /** Truncates, saturates to the 64-bit range; NaN gives 0. */
  ["f32.toInt", op(0x50, ["f32"], "int")],
  ["f32.fromInt", op(0x51, ["int"], "f32")],
  ["f64.toInt", op(0x52, ["f64"], "int")],
  ["f64.fromInt", op(0x53, ["int"], "f64")],
  ["f64.fromF32", op(0x54, ["f32"], "f64")],
  ["f32.fromF64", op(0x55, ["f64"], "f32")],
  /** Half formats travel as 16-bit patterns (0…65535) in an int; only the low 16 bits are read. */
  ["f32.fromF16", op(0x56, ["int"], "f32")],
  ["f32.toF16", op(0x57, ["f32"], "int")],
  ["f32.fromBF16", op(0x58, ["int"], "f32")],
  ["f32.toBF16", op(0x59, ["f32"], "int")],
  /** The bit pattern, zero-extended; NaN is the canonical one. */
  ["f32.bits", op(0x5a, ["f32"], "int")],
  /** Low 32 bits as a float; any NaN becomes the canonical one. */
  ["f32.fromBits", op(0x5b, ["int"], "f32")],
  ["f64.bits", op(0x5c, ["f64"], "int")],
  ["f64.fromBits", op(0x5d, ["int"], "f64")],
  /** Integers wrap modulo 2^64. */
  ["int.add", op(0x60, ["int", "int"], "int")],
  ["int.sub", op(0x61, ["int", "int"], "int")],
  ["int.mul", op(0x62, ["int", "int"], "int")],
  /** High 64 bits of the 128-bit product, signed and unsigned. */
  ["int.mulHigh", op(0x63, ["int", "int"], "int")],
  ["int.mulHighU", op(0x64, ["int", "int"], "int")],
  /** Division by zero gives 0; −2^63 / −1 gives −2^63. */
  ["int.divTrunc", op(0x65, ["int", "int"], "int")],
  ["int.divFloor", op(0x66, ["int", "int"], "int")],
  ["int.and", op(0x67, ["int", "int"], "int")],
  ["int.or", op(0x68, ["int", "int"], "int")],
  ["int.xor", op(0x69, ["int", "int"], "int")],
  /** Shift amounts are taken modulo 64; `shr` is logical, `sar` arithmetic. */
  ["int.shl", op(0x6a, ["int", "int"], "int")],
  ["int.shr", op(0x6b, ["int", "int"], "int")],
  ["int.sar", op(0x6c, ["int", "int"], "int")],
  ["int.eq", op(0x6d, ["int", "int"], "int")],
  ["int.lt", op(0x6e, ["int", "int"], "int")],
  ["int.ltU", op(0x6f, ["int", "int"], "int")],
  ["int.min", op(0x70, ["int", "int"], "int")],
  ["int.max", op(0x71, ["int", "int"], "int")],
  /** Sign-extends the low 32 bits. */
  ["int.wrap32", op(0x72, ["int"], "int")],
  /** wrap32(c + Σ_{i<4} a_i·b_i), a_i and b_i the four low bytes: both signed; a unsigned and b signed. */
  ["int.dot4ss", op(0x73, ["int", "int", "int"], "int")],
  ["int.dot4us", op(0x74, ["int", "int", "int"], "int")],
];

/** Every operation by name. */
export const OPS: ReadonlyMap<string, OpSpec> = new Map(table);

/** Name of each operation by code. */
export const OP_NAMES: ReadonlyMap<number, string> = new Map(table.map(([name, spec]) => [spec.code, name]));
