import { InternalError } from "@elench/errors/internal-error";
import { dtypeSpec } from "@elench/tensor/program/dtype";
import { elementCount, type TensorInstruction, type TensorType } from "@elench/tensor/program/program";
import { runStage } from "@elench/tensor/stepper/element";
import { spacesOf, stepOf } from "@elench/tensor/stepper/positions";
import type { TensorMachine } from "@elench/tensor/stepper/state";
import { elementOf, variablesAt } from "@elench/tensor/stepper/views";
import type { InferenceTrace, Result } from "./inference-trace.ts";
import { scalarOperation } from "./scalar.ts";

/** The first element that differs between two runs of a model. */
export interface FirstDifference {
  readonly instruction: number;
  /** Counters of the enclosing blocks. */
  readonly counters: readonly number[];
  /** Index in the tensor table. */
  readonly tensor: number;
  readonly type: TensorType;
  /** Row-major index in the tensor. */
  readonly element: number;
  /** Little-endian. */
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
  /** The step of our trace that writes the element. */
  readonly step: bigint;
}

/**
 * @param theirs a trace of the same model on the same inputs.
 * @returns null if all results are equal.
 */
export function firstDifference(ours: InferenceTrace, theirs: InferenceTrace): FirstDifference | null {
  const others = theirs.results();
  for (const result of ours.results()) {
    const other = others.next().value as Result | undefined;
    // The runs are equal up to here, so they have executed the same instructions.
    if (!other) throw new InternalError("the two runs are not of the same program");
    const difference = differenceIn(ours.machine, result, other.bytes);
    if (difference) return difference;
  }
  return null;
}

/** The first element in which a claimed output differs, and the last step that writes it. */
export function claimedDifference(ours: InferenceTrace, output: number, claimed: Uint8Array): FirstDifference | null {
  const found = elementDifference(ours.machine, output, ours.outputs[output] as Uint8Array, claimed);
  if (!found) return null;
  const writers = [...ours.results()].filter(({ target }) => target === output);
  for (const result of writers.reverse()) {
    const step = stepThatWrites(ours.machine, result, found.element);
    if (step !== null) return { ...found, instruction: result.pc, counters: result.counters, step };
  }
  throw new InternalError(`no step writes element ${found.element} of output ${output}`);
}

function differenceIn(machine: TensorMachine, result: Result, theirs: Uint8Array): FirstDifference | null {
  const found = elementDifference(machine, result.target, result.bytes, theirs);
  if (!found) return null;
  // Another element of the target can have been wrong before, so the differing write is one that reaches the element.
  const step = stepThatWrites(machine, result, found.element) ?? result.first;
  return { ...found, instruction: result.pc, counters: result.counters, step };
}

function elementDifference({ program }: TensorMachine, tensor: number, ours: Uint8Array, theirs: Uint8Array) {
  if (Buffer.compare(ours, theirs) === 0) return null;
  const type = program.tensors[tensor] as TensorType;
  const { size } = dtypeSpec(type.dtype);
  const element = Math.floor(ours.findIndex((byte, i) => byte !== theirs[i]) / size);
  const part = (bytes: Uint8Array): Uint8Array => bytes.slice(element * size, (element + 1) * size);
  return { tensor, type, element, ours: part(ours), theirs: part(theirs) };
}

/** The last step of an execution that writes an element; null if there is none. */
function stepThatWrites(machine: TensorMachine, result: Result, element: number): bigint | null {
  const instruction = machine.program.instructions[result.pc];
  if (instruction?.kind !== "tensor") return result.first;
  const spaces = spacesOf(instruction);
  const writes = instruction.scan ? elementCount(instruction.reduction) : 1;
  for (let at = elementCount(instruction.dims) - 1; at >= 0; at--)
    for (let term = writes - 1; term >= 0; term--)
      if (writtenAt(instruction, result, at, term) === element)
        return result.first + stepOf(spaces, { stage: 2, element: at, term, innerTerm: 0 });
  return null;
}

/** The position of a write depends on the reads, never on the accumulators. */
function writtenAt(instruction: TensorInstruction, { operands, counters }: Result, element: number, term: number) {
  const { write, finish, accumulators } = instruction;
  const variables = variablesAt(instruction, { stage: 2, element, term, innerTerm: 0 }, counters);
  if (write.every(({ indirect }) => indirect === null)) return elementOf(write, variables, []);
  const entry = accumulators.map(({ bits }) => bits);
  const { readBits } = runStage(finish, entry, operands, variables, scalarOperation);
  return elementOf(write, variables, readBits);
}
