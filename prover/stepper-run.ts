import { dataRoot } from "../merkle/tree.ts";
import { checkProgram } from "../ml-vm/program/check.ts";
import { commit } from "../ml-vm/program/commitment.ts";
import type { Model } from "../ml-vm/program/model.ts";
import { smallContent } from "../ml-vm/stepper/content.ts";
import { createMachine } from "../ml-vm/stepper/state.ts";
import { runAll } from "../ml-vm/stepper/stepper.ts";
import { scalarOperation } from "./scalar.ts";

/** Above this many steps the stepper does not run a whole program: it would take minutes, where an engine takes a moment. */
export const STEPPER_LIMIT = 1n << 24n;

/**
 * Runs a model one step at a time: the slow reference that the engines are held against.
 * @param inputs row-major little-endian bytes, in the program's order.
 * @returns bytes of each output.
 * @throws RangeError if the program may take more than `STEPPER_LIMIT` steps, or an input does not have its type's size.
 */
export function runStepper(model: Model, inputs: readonly Uint8Array[]): readonly Uint8Array[] {
  const { steps } = checkProgram(model.program);
  if (steps > STEPPER_LIMIT)
    throw new RangeError(
      `the program may take ${steps} steps; the stepper runs ${STEPPER_LIMIT} at most: use another engine`,
    );
  const commitment = commit(model.program, model.weights.map(dataRoot));
  return runAll(createMachine(model, commitment, inputs, scalarOperation, smallContent)).outputs;
}
