import { ElenchError } from "@elench/errors/elench-error";
import { dataRoot } from "@elench/merkle/tree";
import { checkProgram } from "@elench/tensor/program/check";
import { commit } from "@elench/tensor/program/commitment";
import type { Model } from "@elench/tensor/program/model";
import { smallContent } from "@elench/tensor/stepper/content";
import { createTensorMachine } from "@elench/tensor/stepper/state";
import { runAll } from "@elench/tensor/stepper/stepper";
import { scalarOperation } from "./scalar.ts";

/** Step limit for a whole program on the stepper: more would take minutes, and milliseconds on an engine. */
export const STEPPER_LIMIT = 1n << 24n;

/** A program exceeds the stepper's step limit. */
export class TooManySteps extends ElenchError {
  override readonly name = "TooManySteps";
  override readonly kind = "input";
}

/**
 * Runs a model one step at a time: the slow reference for the engines.
 * @param inputs row-major little-endian bytes, in the program's order.
 * @returns bytes of each output.
 * @throws TooManySteps if the program may take more than `STEPPER_LIMIT`.
 */
export function runStepper(model: Model, inputs: readonly Uint8Array[]): readonly Uint8Array[] {
  const { steps } = checkProgram(model.program);
  if (steps > STEPPER_LIMIT)
    throw new TooManySteps(
      `the program may take ${steps} steps; the stepper runs ${STEPPER_LIMIT} at most: use another engine`,
    );
  const commitment = commit(model.program, model.weights.map(dataRoot));
  return runAll(createTensorMachine(model, commitment, inputs, scalarOperation, smallContent)).outputs;
}
