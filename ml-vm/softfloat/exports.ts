/** Names of the functions in `softfloat.wasm`, and how many operands each has: `softfloat.h`, as data. */
export const FORMATS = ["f16", "bf16", "f32", "f64"] as const;
export type Format = (typeof FORMATS)[number];

const UNARY = ["sqrt", "neg", "abs", "roundToInt", "trunc", "floor", "ceil"] as const;
const BINARY = ["add", "sub", "mul", "div", "rem", "min", "max"] as const;
const COMPARISONS = ["eq", "lt", "le"] as const;
const TO_INTEGER = ["i32", "ui32", "i64", "i32_r_minMag", "ui32_r_minMag", "i64_r_minMag"] as const;
const FROM_INTEGER = ["i32", "ui32", "i64"] as const;

type Arithmetic =
  | `${Format}_${(typeof UNARY)[number] | (typeof BINARY)[number] | "mulAdd"}`
  | `${Format}_${(typeof COMPARISONS)[number]}`
  | `${Format}_to_${Format}`;
type Conversion = `${Format}_to_${(typeof TO_INTEGER)[number]}` | `${(typeof FROM_INTEGER)[number]}_to_${Format}`;

/** The name of a function of softfloat. */
export type FunctionName = Arithmetic | Conversion;

/** The type of an operand or result. */
export type ValueType = Format | "i32" | "ui32" | "i64" | "bool";

export interface Signature {
  readonly args: readonly ValueType[];
  readonly result: ValueType;
}

const signaturesOf = (f: Format): [FunctionName, Signature][] => [
  ...UNARY.map((op): [FunctionName, Signature] => [`${f}_${op}`, { args: [f], result: f }]),
  ...BINARY.map((op): [FunctionName, Signature] => [`${f}_${op}`, { args: [f, f], result: f }]),
  [`${f}_mulAdd`, { args: [f, f, f], result: f }],
  ...COMPARISONS.map((op): [FunctionName, Signature] => [`${f}_${op}`, { args: [f, f], result: "bool" }]),
  ...TO_INTEGER.map((op): [FunctionName, Signature] => [
    `${f}_to_${op}`,
    { args: [f], result: op.replace("_r_minMag", "") as "i32" | "ui32" | "i64" },
  ]),
  ...FROM_INTEGER.map((t): [FunctionName, Signature] => [`${t}_to_${f}`, { args: [t], result: f }]),
  ...FORMATS.map((to): [FunctionName, Signature] => [`${f}_to_${to}`, { args: [f], result: to }]),
];

/** Every function of softfloat by name. */
export const FUNCTIONS: ReadonlyMap<FunctionName, Signature> = new Map(FORMATS.flatMap(signaturesOf));

/** Entry points of the tensor machine (`scalar.h`, `wasm.c`). */
export const MACHINE_EXPORTS = ["elench_scalar", "elench_run", "elench_values", "elench_vars"] as const;
