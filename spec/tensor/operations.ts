import type { ScalarType } from "./scalars.ts";

/**
 * The scalar operations. Every operation is defined on every input. Floating point rounds to nearest, ties to even, keeps
 * subnormals, and gives the canonical NaN. Comparisons give int 0 or 1.
 */
export interface Operation {
  readonly name: string;
  /** Byte that encodes the operation. */
  readonly code: number;
  /** Types of the operands, in order; `T` is any type, the same in all places. */
  readonly args: readonly (ScalarType | "T")[];
  readonly result: ScalarType | "T";
  readonly meaning: string;
  /** Its weight in a program's cost. */
  readonly flops: number;
}

/** Weights of operations in a program's cost. */
export const FLOPS = { index: 0, fma: 2, dot4: 8, other: 1 } as const;

type Row = readonly [name: string, code: number, args: string, result: Operation["result"], meaning: string];

const floatRows = (t: "f32" | "f64", base: number): Row[] => [
  [`${t}.add`, base + 0x00, `${t} ${t}`, t, "a + b"],
  [`${t}.sub`, base + 0x01, `${t} ${t}`, t, "a − b"],
  [`${t}.mul`, base + 0x02, `${t} ${t}`, t, "a × b"],
  [`${t}.fma`, base + 0x03, `${t} ${t} ${t}`, t, "a × b + c, rounded once"],
  [`${t}.div`, base + 0x04, `${t} ${t}`, t, "a / b"],
  [`${t}.sqrt`, base + 0x05, t, t, "√a"],
  [`${t}.rem`, base + 0x06, `${t} ${t}`, t, "IEEE-754 remainder: a − n × b, n the integer nearest a / b, ties to even"],
  [`${t}.min`, base + 0x07, `${t} ${t}`, t, "IEEE-754-2019 minimum: NaN if either is, −0 < +0"],
  [`${t}.max`, base + 0x08, `${t} ${t}`, t, "IEEE-754-2019 maximum: NaN if either is, −0 < +0"],
  [`${t}.neg`, base + 0x09, t, t, "−a"],
  [`${t}.abs`, base + 0x0a, t, t, "the magnitude of a"],
  [`${t}.eq`, base + 0x0b, `${t} ${t}`, "int", "a = b; 0 for NaN"],
  [`${t}.lt`, base + 0x0c, `${t} ${t}`, "int", "a < b; 0 for NaN"],
  [`${t}.le`, base + 0x0d, `${t} ${t}`, "int", "a ≤ b; 0 for NaN"],
  [`${t}.floor`, base + 0x0e, t, t, "the greatest integer ≤ a"],
  [`${t}.ceil`, base + 0x0f, t, t, "the least integer ≥ a"],
  [`${t}.trunc`, base + 0x10, t, t, "a without its fraction"],
  [`${t}.rint`, base + 0x11, t, t, "the integer nearest a, ties to even"],
];

const ROWS: readonly Row[] = [
  ["index", 0x00, "", "int", "value of loop variable a: an immediate, not a register"],
  ["select", 0x01, "int T T", "T", "b if a ≠ 0, else c"],
  ...floatRows("f32", 0x10),
  ...floatRows("f64", 0x30),
  ["f32.toInt", 0x50, "f32", "int", "truncates, saturates to 64 bits; 0 for NaN"],
  ["f32.fromInt", 0x51, "int", "f32", "rounds"],
  ["f64.toInt", 0x52, "f64", "int", "truncates, saturates to 64 bits; 0 for NaN"],
  ["f64.fromInt", 0x53, "int", "f64", "rounds"],
  ["f64.fromF32", 0x54, "f32", "f64", "exact"],
  ["f32.fromF64", 0x55, "f64", "f32", "rounds"],
  ["f32.fromF16", 0x56, "int", "f32", "exact; reads the low 16 bits as binary16"],
  ["f32.toF16", 0x57, "f32", "int", "rounds to binary16: its pattern, 0 … 65535"],
  ["f32.fromBF16", 0x58, "int", "f32", "exact; reads the low 16 bits as bfloat16"],
  ["f32.toBF16", 0x59, "f32", "int", "rounds to bfloat16: its pattern, 0 … 65535"],
  ["f32.bits", 0x5a, "f32", "int", "the pattern, zero-extended"],
  ["f32.fromBits", 0x5b, "int", "f32", "the low 32 bits as a float; any NaN becomes the canonical one"],
  ["f64.bits", 0x5c, "f64", "int", "the pattern"],
  ["f64.fromBits", 0x5d, "int", "f64", "the bits as a float; any NaN becomes the canonical one"],
  ["int.add", 0x60, "int int", "int", "a + b modulo 2^64"],
  ["int.sub", 0x61, "int int", "int", "a − b modulo 2^64"],
  ["int.mul", 0x62, "int int", "int", "a × b modulo 2^64"],
  ["int.mulHigh", 0x63, "int int", "int", "high 64 bits of the signed 128-bit product"],
  ["int.mulHighU", 0x64, "int int", "int", "high 64 bits of the unsigned 128-bit product"],
  ["int.divTrunc", 0x65, "int int", "int", "a / b towards zero; 0 for b = 0; −2^63 / −1 is −2^63"],
  ["int.divFloor", 0x66, "int int", "int", "a / b towards −∞; 0 for b = 0; −2^63 / −1 is −2^63"],
  ["int.and", 0x67, "int int", "int", "bitwise and"],
  ["int.or", 0x68, "int int", "int", "bitwise or"],
  ["int.xor", 0x69, "int int", "int", "bitwise exclusive or"],
  ["int.shl", 0x6a, "int int", "int", "a shifted left by b modulo 64"],
  ["int.shr", 0x6b, "int int", "int", "a shifted right by b modulo 64, logically"],
  ["int.sar", 0x6c, "int int", "int", "a shifted right by b modulo 64, arithmetically"],
  ["int.eq", 0x6d, "int int", "int", "a = b"],
  ["int.lt", 0x6e, "int int", "int", "a < b, signed"],
  ["int.ltU", 0x6f, "int int", "int", "a < b, unsigned"],
  ["int.min", 0x70, "int int", "int", "the lesser, signed"],
  ["int.max", 0x71, "int int", "int", "the greater, signed"],
  ["int.wrap32", 0x72, "int", "int", "sign-extends the low 32 bits"],
  ["int.dot4ss", 0x73, "int int int", "int", "wrap32(c + Σ aᵢ × bᵢ) over the four low bytes of a and b, both signed"],
  [
    "int.dot4us",
    0x74,
    "int int int",
    "int",
    "wrap32(c + Σ aᵢ × bᵢ) over the four low bytes of a, unsigned, and of b, signed",
  ],
];

function flopsOf(name: string): number {
  if (name === "index") return FLOPS.index;
  if (name.endsWith(".fma")) return FLOPS.fma;
  return name.startsWith("int.dot4") ? FLOPS.dot4 : FLOPS.other;
}

/** In the order of their codes. */
export const OPERATIONS: readonly Operation[] = ROWS.map(([name, code, args, result, meaning]) => ({
  name,
  code,
  args: args === "" ? [] : (args.split(" ") as Operation["args"]),
  result,
  meaning,
  flops: flopsOf(name),
}));
