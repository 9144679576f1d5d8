import type { SPACES } from "@elench/spec/tensor/encoding";
import type { DType } from "./dtype.ts";
import type { ScalarType } from "./ops.ts";

export { LIMITS, VARIABLES } from "@elench/spec/tensor/limits";

/**
 * A program of the tensor machine (docs/tensor-machine.md): straight lists of instructions over tensors whose types
 * are all static. Everything here is data; `codec.ts` gives the canonical bytes that commitments cover.
 */
export interface Program {
  readonly inputs: readonly TensorType[];
  readonly weights: readonly TensorType[];
  /** The tensor table; its first `outputs` entries are the results. */
  readonly tensors: readonly TensorType[];
  readonly outputs: number;
  readonly instructions: readonly Instruction[];
}

export interface TensorType {
  readonly dtype: DType;
  /** Row-major dimensions, each from 1 to 2^31 − 1; empty for a scalar. */
  readonly shape: readonly number[];
}

/** A tensor that an instruction reads: an input, a weight, or a table entry. */
export interface Operand {
  readonly space: (typeof SPACES)[number];
  readonly index: number;
  /** Depth of its Merkle tree, `treeDepth(bytes)`: a function of its type, repeated so that a step's witness needs no types. */
  readonly depth: number;
}

export type Instruction = TensorInstruction | ControlInstruction;

export type ControlInstruction =
  /** Opens a block that runs `count` times (≥ 1); `depth` (0 to 2) is its nesting level and the number of its counter. */
  | { readonly kind: "loop"; readonly depth: number; readonly count: number }
  /** Closes the block whose first instruction is `start`; leaves it early if byte 0 of table tensor `halt` (at most 128 bytes) is not 0. */
  | {
      readonly kind: "end";
      readonly depth: number;
      readonly count: number;
      readonly start: number;
      readonly halt: number | null;
    }
  /** table[target] := source, by root. It copies no bytes, and can reshape. Both have the same size in bytes. */
  | { readonly kind: "move"; readonly target: number; readonly source: Operand }
  /** table[target] := empty, which reads as zeros. */
  | { readonly kind: "drop"; readonly target: number };

/**
 * A `map` (no reduction: `accumulators` and `reduction` empty, no body) or a `fold`. For each output element, in row-major
 * order of `dims`: the accumulators take their initial values; `body` runs for each term of `reduction`, in row-major order;
 * then `finish` gives the value to write. With `scan`, `finish` runs and writes after each term. With `inner`, each term
 * first folds `inner` over its own space, from the initial accumulators, and `body` reads the result.
 */
export interface TensorInstruction {
  readonly kind: "tensor";
  /** Table tensor written. Elements that the writes do not reach keep their former value (zero, if the entry was empty). */
  readonly target: number;
  /** Depth of the target's Merkle tree. */
  readonly targetDepth: number;
  /** Type of the target's elements, repeated like the depth: a step stores one without knowing the table's types. */
  readonly targetDtype: DType;
  readonly write: View;
  /** Tensors read; at most 16; never the target. Reads name them by position. */
  readonly operands: readonly Operand[];
  /** Output space, at most 8 dimensions. */
  readonly dims: readonly number[];
  /** Reduction space, at most 8 dimensions; empty for a map. */
  readonly reduction: readonly number[];
  /** Inner reduction space, at most 4 dimensions; empty if there is no inner fold. */
  readonly innerReduction: readonly number[];
  readonly scan: boolean;
  /** At most four, with their initial values. */
  readonly accumulators: readonly Constant[];
  readonly innerAccumulators: readonly Constant[];
  /** Values on entry: inner accumulators. Results: their new values. Present exactly if `innerReduction` is not empty. */
  readonly inner: Stage | null;
  /** Values on entry: accumulators, inner accumulators. Results: the new accumulators. Present exactly if there are accumulators. */
  readonly body: Stage | null;
  /** Values on entry: accumulators. Result: the value to write. */
  readonly finish: Stage;
}

/** A register's content, canonical (see ops.ts), with its type. */
export interface Constant {
  readonly type: ScalarType;
  readonly bits: bigint;
}

/**
 * A straight-line scalar program. Values are numbered: those on entry, then the reads, then the constants, then the result of
 * each operation in turn; there are at most 256.
 */
export interface Stage {
  readonly reads: readonly Read[];
  readonly constants: readonly Constant[];
  readonly code: readonly ScalarOp[];
  /** Numbers of the values that leave the stage. */
  readonly outs: readonly number[];
}

/** An operation of ops.ts; a, b, c are value numbers (unused ones 0), except that `index` takes a loop variable in `a`. */
export interface ScalarOp {
  readonly op: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/**
 * Position of an element: the sum over coordinates of stride × coordinate. Always inside the tensor, by construction:
 * Σ stride·(extent − 1) is less than the number of elements.
 */
export type View = readonly Coordinate[];

/** offset + Σ terms (+ an earlier read's value), mapped into [0, extent). */
export interface Coordinate {
  readonly stride: number;
  readonly extent: number;
  readonly offset: number;
  /** Outside [0, extent), with `pad` a read gives its constant and a write is skipped; with `clamp` the nearer end is used. */
  readonly outside: "pad" | "clamp";
  /** Adds the int value of an earlier read of the stage, saturated to 32 bits. A write refers to the reads of `finish`. */
  readonly indirect: number | null;
  readonly terms: readonly Term[];
}

/** factor × ((variable >> shift) mod 2^bits); bits = 0 means no modulus. */
export interface Term {
  readonly variable: number;
  readonly shift: number;
  readonly bits: number;
  readonly factor: number;
}

export interface Read {
  /** Position in the instruction's operands. */
  readonly operand: number;
  /** Type that the bytes are read as; usually the operand's own. */
  readonly dtype: DType;
  /** Value of a read outside: bits of a register of the dtype's scalar type. */
  readonly pad: bigint;
  readonly view: View;
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
