import { ElenchError } from "@elench/errors/elench-error";
import type { Backend } from "@elench/tensor/engine/backend";
import { type Commitment, STAGE } from "@elench/tensor/program/commitment";
import { dtypeSpec } from "@elench/tensor/program/dtype";
import type { Model } from "@elench/tensor/program/model";
import { elementCount, type TensorInstruction } from "@elench/tensor/program/program";
import { runStage } from "@elench/tensor/stepper/element";
import { spacesOf, stepOf } from "@elench/tensor/stepper/positions";
import { elementOf, variablesAt } from "@elench/tensor/stepper/views";
import { InferenceTrace } from "./inference-trace.ts";
import { scalarOperation } from "./scalar.ts";

/**
 * A liar's trace, for tests and for the demo's false provider. It is true up to one write, which leaves a wrong bit; from there on it follows
 * the machine, from the wrong state. So exactly one of its steps is false, and it can be defended to the last move.
 */
export interface Fault {
  /** Number of a tensor instruction. */
  readonly instruction: number;
  /** Number of an element of its output space; of a scan, its last write is wrong. */
  readonly element: number;
  /** Bit of the element that is flipped: by default the one below the highest, which an exponent or a magnitude notices. */
  readonly bit?: number;
  /** Counters of the execution, for an instruction in a block: by default the first. */
  readonly counters?: readonly number[];
}

/** A fault that is none, or that fits nowhere in the trace. */
export class FaultError extends ElenchError {
  override readonly name = "FaultError";
  override readonly kind = "input";
}

/** @throws FaultError unless the text is `instruction:element` or `instruction:element:bit`. */
export function parseFault(text: string): Fault {
  const match = /^(\d+):(\d+)(?::(\d+))?$/.exec(text);
  if (match === null) throw new FaultError(`a fault is instruction:element or instruction:element:bit, not "${text}"`);
  const [instruction, element] = [Number(match[1]), Number(match[2])];
  return match[3] === undefined ? { instruction, element } : { instruction, element, bit: Number(match[3]) };
}

export class FaultyTrace extends InferenceTrace {
  readonly #fault: Fault;

  /** @throws FaultError if there is no such instruction, element or bit. */
  constructor(model: Model, commitment: Commitment, backend: Backend, inputs: readonly Uint8Array[], fault: Fault) {
    super(model, commitment, faultyBackend(model, commitment, backend, fault), inputs);
    this.#fault = fault;
  }

  /** The one step that is false: the state before it is true, the one after it is not. */
  get falseStep(): bigint {
    const { instruction: pc, element, counters } = this.#fault;
    const first = this.firstStepOf(pc, counters);
    const instruction = this.machine.program.instructions[pc] as TensorInstruction;
    if (first === null) throw new FaultError(`instruction ${pc} was not executed with the counters of the fault`);
    const { scan, reduction } = instruction;
    const term = scan ? elementCount(reduction) - 1 : 0;
    return first + stepOf(spacesOf(instruction), { stage: STAGE.finish, element, term, innerTerm: 0 });
  }
}

/** The engine, but for one bit of one instruction's result. */
function faultyBackend(model: Model, commitment: Commitment, backend: Backend, fault: Fault): Backend {
  const instruction = model.program.instructions[fault.instruction];
  const encoded = commitment.encoded[fault.instruction];
  if (instruction?.kind !== "tensor")
    throw new FaultError(`instruction ${fault.instruction} computes no tensor: no fault fits there`);
  const elements = elementCount(instruction.dims);
  if (fault.element >= elements)
    throw new FaultError(
      `instruction ${fault.instruction} has ${elements} elements, and none numbered ${fault.element}`,
    );
  const bits = 8 * dtypeSpec(instruction.targetDtype).size;
  const bit = fault.bit ?? bits - 2;
  if (bit >= bits)
    throw new FaultError(`an element of ${instruction.targetDtype} has ${bits} bits, and none numbered ${bit}`);
  const { counters: chosen = [0, 0, 0] } = fault;
  return {
    name: backend.name,
    dataRoot: (data) => backend.dataRoot(data),
    dataTree: (data) => backend.dataTree(data),
    execute: (bytes, operands, target, counters, from = 0, to = -1) => {
      const end = to < 0 ? elements : to;
      const hit =
        bytes === encoded && chosen.every((c, i) => c === counters[i]) && from <= fault.element && fault.element < end;
      if (!hit) return backend.execute(bytes, operands, target, counters, from, to);
      backend.execute(bytes, operands, target, counters, from, fault.element + 1);
      flip(target, instruction, operands, counters, fault.element, bit);
      if (fault.element + 1 < end) backend.execute(bytes, operands, target, counters, fault.element + 1, end);
    },
  };
}

/** Flips a bit of what an element wrote last. */
function flip(
  target: Uint8Array,
  instruction: TensorInstruction,
  operands: readonly Uint8Array[],
  counters: readonly number[],
  element: number,
  bit: number,
): void {
  const { finish, accumulators, write, targetDtype, scan, reduction } = instruction;
  const term = scan ? elementCount(reduction) - 1 : 0;
  const variables = variablesAt(instruction, { stage: STAGE.finish, element, term, innerTerm: 0 }, counters);
  // Where it is written depends on what was read, never on the accumulators.
  const entry = accumulators.map((constant) => constant.bits);
  const { readBits } = runStage(finish, entry, operands, variables, scalarOperation);
  const at = elementOf(write, variables, readBits);
  if (at === null) throw new FaultError(`element ${element} is written outside the target: no fault fits there`);
  const byte = at * dtypeSpec(targetDtype).size + Math.floor(bit / 8);
  target[byte] = (target[byte] as number) ^ (1 << (bit % 8));
}
