import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { claimedDifference, type FirstDifference, firstDifference } from "@elench/prover/first-difference";
import type { InferenceTrace } from "@elench/prover/inference-trace";
import { readTensorFile } from "@elench/tensor/onnx/tensor-file";
import type { Model } from "@elench/tensor/program/model";
import type { TensorType } from "@elench/tensor/program/program";
import { indicesOf } from "@elench/tensor/stepper/views";
import { describeElement } from "../report/describe.ts";
import { print } from "../report/output.ts";
import { drawStep, replayStep } from "./view.ts";

/** Finds the first difference of two runs of an inference: the instruction and the element. */

/** @param what name of the other run. */
export async function compareRuns(
  ours: InferenceTrace,
  theirs: InferenceTrace,
  what: string,
  json: boolean | undefined,
): Promise<void> {
  await show(ours, firstDifference(ours, theirs), what, json);
}

/**
 * Compares a claimed output with the computed one.
 * @param flag `NAME=FILE`; `FILE` is enough if the model has one output.
 * @throws UserError
 */
export async function compareClaim(
  ours: InferenceTrace,
  model: Model,
  flag: string,
  json: boolean | undefined,
): Promise<void> {
  const at = flag.indexOf("=");
  const { outputNames, program } = model;
  const name = at < 0 && outputNames.length === 1 ? (outputNames[0] as string) : flag.slice(0, Math.max(at, 0));
  const output = outputNames.indexOf(name);
  if (output < 0)
    throw new UserError(`--claimed ${flag}: write NAME=FILE; the model's outputs are ${outputNames.join(", ")}`);
  const file = flag.slice(at + 1);
  const claimed = readTensorFile(file, readWhole(file), program.tensors[output] as TensorType);
  await show(ours, claimedDifference(ours, output, claimed), `the claim ${file}`, json);
}

async function show(
  trace: InferenceTrace,
  difference: FirstDifference | null,
  what: string,
  json: boolean | undefined,
): Promise<void> {
  if (!difference) {
    print(json, { what, same: true }, () => `${what}: the same, element by element`);
    return;
  }
  const { instruction, counters, tensor, type, element, step } = difference;
  const [ours, theirs] = [describeElement(type.dtype, difference.ours), describeElement(type.dtype, difference.theirs)];
  const indices = indicesOf(element, type.shape);
  const shown = await replayStep(trace, step, null);
  print(
    json,
    { what, same: false, instruction, counters, tensor, type, element, indices, ours, theirs, step, replayed: shown },
    () =>
      [
        `${what} differs first in tensor ${tensor}[${indices.join(", ")}], element ${element}: ${theirs}, ours ${ours}`,
        `instruction ${instruction} writes it, at step ${step}`,
        "",
        drawStep(shown, trace.steps),
      ].join("\n"),
  );
  process.exitCode = EXIT.negative;
}
