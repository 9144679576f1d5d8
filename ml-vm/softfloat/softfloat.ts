/**
 * The scalar operations of the tensor machine, and IEEE-754 arithmetic, as integer-only WebAssembly.
 *
 * `softfloat.wasm` is C of this folder (`softfloat.h`, `scalar.h`), built by `build.ts`. A module has no imports and
 * no state but its registers, so its results depend only on its arguments, on every host.
 */
import { InternalError } from "@elench/errors/internal-error";
import { FUNCTIONS, type FunctionName, type Signature, type ValueType } from "./exports.ts";

/** Registers of f16, bf16 and f32 are numbers (the bit pattern), f64 and i64 bigints, comparisons booleans. */
type Value = number | bigint | boolean;

/** The JavaScript type of a softfloat value. */
type Wide = "f64" | "i64";
type Arg<N extends string> = N extends `${Wide}_${string}` ? bigint : number;
type Result<N extends string> = N extends `${string}_${"eq" | "lt" | "le"}`
  ? boolean
  : N extends `${string}_to_${infer T}`
    ? T extends `${Wide}` | `${Wide}_r_minMag`
      ? bigint
      : number
    : Arg<N>;
type Operands<N extends string> = N extends `${string}_mulAdd`
  ? [Arg<N>, Arg<N>, Arg<N>]
  : N extends `${string}_${"add" | "sub" | "mul" | "div" | "rem" | "min" | "max" | "eq" | "lt" | "le"}`
    ? [Arg<N>, Arg<N>]
    : [Arg<N>];

/**
 * The functions of `softfloat.h` on bit patterns: f16, bf16, f32, i32 and ui32 are numbers, f64 and i64 bigints. Patterns
 * and ui32 are unsigned; i32 and i64 are signed; comparisons give booleans. Bits above the type's width are ignored.
 */
export type Functions = { readonly [N in FunctionName]: (...operands: Operands<N>) => Result<N> };

/** A straight-line program that `Softfloat.load` has put into the module's memory. */
export interface LoadedProgram {
  readonly address: number;
  readonly length: number;
}

export interface Softfloat extends Functions {
  /**
   * One operation of `ml-vm/program/ops.ts`, other than `index`, by its code; surplus operands are
   * ignored.
   * @param a, b, c registers, their low 64 bits
   * @returns the result, 0 ≤ r < 2^64 (integers in two's complement); 0 if there is no such operation
   */
  scalar(code: number, a: bigint, b: bigint, c: bigint): bigint;

  /**
   * Copies a program into memory, once, for `run`.
   * @param code words opcode << 24 | a << 16 | b << 8 | c, at most 256, with a, b and c registers of earlier
   *   values (for `index`, the loop variable a)
   * @throws InternalError if there are more than 256 words
   */
  load(code: Uint32Array): LoadedProgram;

  /**
   * Runs a program on `values[0..valueCount)` and `vars`; result i goes to `values[valueCount + i]`.
   * @returns the number of values after the run
   * @throws InternalError if `valueCount` is not in 0…256
   */
  run(program: LoadedProgram, valueCount: number): number;

  /** The 512 registers that `run` works on. Get the view again after each `load`, because growing memory detaches views. */
  readonly values: BigUint64Array;
  /** The same registers in halves, register i in words 2i (low) and 2i + 1 (high): faster than bigints for f32. */
  readonly words: Uint32Array;
  /** The 256 loop variables that `index` reads; get the view again after each `load`. */
  readonly vars: BigInt64Array;
}

/** The part of the WebAssembly interface used here; Node's type declarations lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly __heap_base: { readonly value: number };
  elench_scalar(code: number, a: bigint, b: bigint, c: bigint): bigint;
  elench_run(code: number, nOps: number, values: number, nValues: number, vars: number): number;
  elench_values(): number;
  elench_vars(): number;
}

const PAGE = 65536;
const MAX_WORDS = 256;
const VALUES = 512;
const VARS = 256;

/** WebAssembly integers are signed in JavaScript: the unsigned reading of each result type. */
const FROM_WASM: Record<ValueType, (value: never) => Value> = {
  f16: (value: number) => value & 0xffff,
  bf16: (value: number) => value & 0xffff,
  f32: (value: number) => value >>> 0,
  f64: (value: bigint) => BigInt.asUintN(64, value),
  i32: (value: number) => value,
  ui32: (value: number) => value >>> 0,
  i64: (value: bigint) => value,
  bool: (value: number) => value !== 0,
};

/** The WebAssembly function expects its narrow arguments without stray high bits. */
const isHalf = (type: ValueType): boolean => type === "f16" || type === "bf16";

type Raw = (...operands: (number | bigint)[]) => never;

/** Wraps an exported function so that its values have the types of `Functions`. */
function wrap(raw: Raw, { args, result }: Signature): (...operands: (number | bigint)[]) => Value {
  const toValue = FROM_WASM[result];
  if (args.some(isHalf)) {
    return (...operands) => toValue(raw(...operands.map((operand) => Number(operand) & 0xffff)));
  }
  if (args.length === 1) return (a) => toValue(raw(a as number));
  if (args.length === 2) return (a, b) => toValue(raw(a as number, b as number));
  return (a, b, c) => toValue(raw(a as number, b as number, c as number));
}

/** One instance of the module: its registers, and the programs loaded above the C data. */
class SoftfloatInstance {
  readonly #exports: Exports;
  #next: number;

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#next = (exports.__heap_base.value + 7) & ~7;
  }

  get values(): BigUint64Array {
    return new BigUint64Array(this.#exports.memory.buffer, this.#exports.elench_values(), VALUES);
  }

  get words(): Uint32Array {
    return new Uint32Array(this.#exports.memory.buffer, this.#exports.elench_values(), 2 * VALUES);
  }

  get vars(): BigInt64Array {
    return new BigInt64Array(this.#exports.memory.buffer, this.#exports.elench_vars(), VARS);
  }

  scalar(code: number, a: bigint, b: bigint, c: bigint): bigint {
    return BigInt.asUintN(64, this.#exports.elench_scalar(code, a, b, c));
  }

  load(code: Uint32Array): LoadedProgram {
    if (code.length > MAX_WORDS)
      throw new InternalError(`a program of ${code.length} operations: at most ${MAX_WORDS} fit`);
    const { memory } = this.#exports;
    const address = this.#next;
    const missing = address + code.byteLength - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    new Uint32Array(memory.buffer, address, code.length).set(code);
    this.#next += code.byteLength;
    return { address, length: code.length };
  }

  run(program: LoadedProgram, valueCount: number): number {
    if (!(valueCount >= 0 && valueCount <= MAX_WORDS))
      throw new InternalError(`${valueCount} values: 0 to ${MAX_WORDS} can be numbered`);
    const { elench_run, elench_values, elench_vars } = this.#exports;
    return elench_run(program.address, program.length, elench_values(), valueCount, elench_vars());
  }
}

/** Instantiates softfloat from the bytes of `softfloat.wasm`, synchronously. Each instance has its own registers. */
export function instantiateSoftfloat(bytes: Uint8Array<ArrayBuffer>): Softfloat {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const raw = instance.exports as unknown as Exports & Record<string, Raw>;
  const softfloat = new SoftfloatInstance(raw);
  const functions: Record<string, unknown> = {};
  for (const [name, signature] of FUNCTIONS) functions[name] = wrap(raw[name] as Raw, signature);
  return Object.assign(softfloat, functions as unknown as Functions);
}
