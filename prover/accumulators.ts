import { treeDepth } from "@elench/merkle/tree";
import type { Backend } from "@elench/tensor/engine/backend";
import { encodeInstruction } from "@elench/tensor/program/codec";
import { type Position, STAGE } from "@elench/tensor/program/commitment";
import { type DType, dtypeSpec } from "@elench/tensor/program/dtype";
import type { ScalarType } from "@elench/tensor/program/ops";
import {
  type Coordinate,
  elementCount,
  type Stage,
  type TensorInstruction,
  VARIABLES,
} from "@elench/tensor/program/program";
import { rawElement, runStage, type Scalar } from "@elench/tensor/stepper/element";
import { variablesAt } from "@elench/tensor/stepper/views";

/** The data an instruction reads, which is constant during its steps. */
export interface Sources {
  readonly instruction: TensorInstruction;
  readonly operands: readonly Uint8Array[];
  readonly counters: readonly number[];
}

/** Element type that stores all bits of a register. */
const WHOLE: Readonly<Record<ScalarType, DType>> = { f32: "f32", f64: "f64", int: "i64" };

/** Row-major index over a space, as a view. */
function rowMajor(space: readonly number[], firstVariable: number): Coordinate[] {
  return space.map((extent, i) => ({
    stride: elementCount(space.slice(i + 1)),
    extent,
    offset: 0,
    outside: "pad",
    indirect: null,
    terms: [{ variable: firstVariable + i, shift: 0, bits: 0, factor: 1 }],
  }));
}

/**
 * The same fold as a scan that writes an accumulator after each term, at the term's number. So the engine computes, at
 * full speed, all values that an element's accumulators have had.
 */
function tracing(instruction: TensorInstruction, accumulator: number, type: ScalarType): TensorInstruction {
  const targetDtype = WHOLE[type];
  return {
    ...instruction,
    scan: true,
    targetDtype,
    targetDepth: treeDepth(elementCount(instruction.reduction) * dtypeSpec(targetDtype).size),
    write: rowMajor(instruction.reduction, VARIABLES.reduction),
    finish: { reads: [], constants: [], code: [], outs: [accumulator] },
  };
}

/** Computes the accumulator history of any element of an execution. */
export class Tracer {
  readonly #backend: Backend;
  readonly #sources: Sources;
  readonly #scans: readonly { readonly dtype: DType; readonly encoded: Uint8Array }[];

  constructor(backend: Backend, sources: Sources) {
    this.#backend = backend;
    this.#sources = sources;
    this.#scans = sources.instruction.accumulators.map(({ type }, i) => {
      const scan = tracing(sources.instruction, i, type);
      return { dtype: scan.targetDtype, encoded: encodeInstruction(scan) };
    });
  }

  history(element: number): History {
    const { instruction, operands, counters } = this.#sources;
    const columns = this.#scans.map(({ dtype, encoded }) => {
      const bytes = new Uint8Array(elementCount(instruction.reduction) * dtypeSpec(dtype).size);
      this.#backend.execute(encoded, operands, bytes, counters, element, element + 1);
      return { bytes, dtype };
    });
    return new History(columns);
  }
}

/** The accumulators of one element after each of its terms. */
export class History {
  readonly #columns: readonly { readonly bytes: Uint8Array; readonly dtype: DType }[];

  constructor(columns: readonly { readonly bytes: Uint8Array; readonly dtype: DType }[]) {
    this.#columns = columns;
  }

  /** Bits of the accumulators after a number of terms, at least one. */
  after(terms: number): readonly bigint[] {
    return this.#columns.map(({ bytes, dtype }) => rawElement(bytes, dtype, terms - 1));
  }
}

/** The inner accumulators at a position, term by term from their initial values: inner folds are short. */
export function innerAccumulatorsAt(
  { instruction, operands, counters }: Sources,
  at: Position,
  scalar: Scalar,
): readonly bigint[] {
  let registers: readonly bigint[] = instruction.innerAccumulators.map(({ bits }) => bits);
  const { inner } = instruction;
  if (inner === null || at.stage > STAGE.body) return registers;
  for (let innerTerm = 0; innerTerm < at.innerTerm; innerTerm++) {
    const variables = variablesAt(instruction, { ...at, stage: STAGE.inner, innerTerm }, counters);
    registers = runStage(inner as Stage, registers, operands, variables, scalar).outs;
  }
  return registers;
}
