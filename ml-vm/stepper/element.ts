import { SCALARS } from "@elench/spec/tensor/scalars";
import { type DType, dtypeSpec } from "../program/dtype.ts";
import { codeOf, type ScalarType } from "../program/ops.ts";
import type { Stage } from "../program/program.ts";
import { elementOf, type Variables } from "./views.ts";

/** Registers and memory: how elements are loaded and stored, and one run of a stage. Registers are bits, 0 … 2^64 − 1. */

/** One scalar operation of `ops.ts`, by its code. */
export type Scalar = (code: number, a: bigint, b: bigint, c: bigint) => bigint;

const INDEX = codeOf("index");
const FROM_F16 = codeOf("f32.fromF16");
const TO_F16 = codeOf("f32.toF16");
const FROM_BF16 = codeOf("f32.fromBF16");
const TO_BF16 = codeOf("f32.toBF16");

/** The format's canonical NaN if the bits are a NaN; else the bits. */
export function canonical(type: ScalarType, bits: bigint): bigint {
  const { float, bits: width } = SCALARS[type];
  return float !== null && (bits & ((1n << BigInt(width - 1)) - 1n)) > float.infinity ? float.nan : bits;
}

/** Element `index` of row-major little-endian bytes, without conversion. */
export function rawElement(bytes: Uint8Array, dtype: DType, index: number): bigint {
  const { size } = dtypeSpec(dtype);
  let raw = 0n;
  for (let i = size - 1; i >= 0; i--) raw = (raw << 8n) | BigInt(bytes[index * size + i] as number);
  return raw;
}

/** The register that an element loads. */
export function load(bytes: Uint8Array, dtype: DType, index: number, scalar: Scalar): bigint {
  const raw = rawElement(bytes, dtype, index);
  switch (dtype) {
    case "f32":
    case "f64":
      return canonical(dtype, raw);
    case "f16":
      return scalar(FROM_F16, raw, 0n, 0n);
    case "bf16":
      return scalar(FROM_BF16, raw, 0n, 0n);
    case "i8":
    case "i16":
    case "i32":
    case "i64":
      return BigInt.asUintN(64, BigInt.asIntN(8 * dtypeSpec(dtype).size, raw));
    default:
      return raw;
  }
}

/** Writes a register to an element. */
export function store(bytes: Uint8Array, dtype: DType, index: number, register: bigint, scalar: Scalar): void {
  const { size } = dtypeSpec(dtype);
  const convert = dtype === "f16" ? TO_F16 : dtype === "bf16" ? TO_BF16 : null;
  let raw = convert === null ? register : scalar(convert, register, 0n, 0n);
  for (let i = 0; i < size; i++) {
    bytes[index * size + i] = Number(raw & 0xffn);
    raw >>= 8n;
  }
}

/** The value of a read, and its element (null: outside, so the value is the pad). */
export interface ReadResult {
  readonly element: number | null;
  readonly bits: bigint;
}

export interface StageResult {
  readonly reads: readonly ReadResult[];
  /** Registers of all reads, for the indirect coordinates of a write. */
  readonly readBits: readonly bigint[];
  readonly outs: bigint[];
}

/**
 * Runs a stage once.
 *
 * @param entry values on entry.
 * @param operands bytes of the instruction's operands.
 */
export function runStage(
  stage: Stage,
  entry: readonly bigint[],
  operands: readonly Uint8Array[],
  variables: Variables,
  scalar: Scalar,
): StageResult {
  const values = [...entry];
  const reads: ReadResult[] = [];
  const readBits: bigint[] = [];
  for (const { operand, dtype, pad, view } of stage.reads) {
    const element = elementOf(view, variables, readBits);
    const bits = element === null ? pad : load(operands[operand] as Uint8Array, dtype, element, scalar);
    reads.push({ element, bits });
    readBits.push(bits);
    values.push(bits);
  }
  for (const { bits } of stage.constants) values.push(bits);
  for (const { op, a, b, c } of stage.code) {
    const code = codeOf(op);
    if (code === INDEX) values.push(BigInt(variables[a] as number));
    else values.push(scalar(code, values[a] as bigint, values[b] as bigint, values[c] as bigint));
  }
  return { reads, readBits, outs: stage.outs.map((out) => values[out] as bigint) };
}
