import { toHex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import { writeWhole } from "@elench/files/files";
import type { Hash } from "@elench/merkle/tree";
import type { BatchTrace } from "@elench/prover/batch-trace";
import type { InferenceTrace } from "@elench/prover/inference-trace";
import {
  checkStepFile,
  evmOpenings,
  formatStepFile,
  type StepFile,
  tensorOpenings,
  type VerifierName,
} from "@elench/prover/step-file";
import { note } from "../report/output.ts";
import { openVerifier } from "./verifier.ts";

/** Writes one step of a replay to a file for `elench verify-step`. */

interface Parts {
  readonly context: Hash;
  readonly pre: Hash;
  readonly witness: Uint8Array;
  readonly openings: readonly Uint8Array[];
  readonly answer: Hash | null;
  readonly post: Hash;
}

export async function exportInferenceStep(trace: InferenceTrace, step: bigint, file: string): Promise<void> {
  const [pre, post] = (await trace.stateHashes([step, step + 1n])) as [Hash, Hash];
  const openings = tensorOpenings(trace.machine, trace.state(step));
  const parts = { context: trace.context, pre, witness: await trace.witness(step), openings, answer: null, post };
  await write("TensorVerifier", parts, step, trace.describe(step).text, file);
}

/** @param at step number within the batch. */
export async function exportBatchStep(trace: BatchTrace, at: bigint, text: string, file: string): Promise<void> {
  const { pre, witness, post } = trace.prove(at);
  const machine = trace.at(at);
  const answer = trace.question(at) ? trace.at(at + 1n).returned.tree.root : null;
  const parts = { context: trace.context, pre, witness, openings: evmOpenings(machine), answer, post };
  await write("EvmVerifier", parts, at, text, file);
}

async function write(contract: VerifierName, parts: Parts, step: bigint, text: string, file: string): Promise<void> {
  const verifier = await openVerifier(contract);
  const content: StepFile = {
    format: "elench-step/1",
    verifier: { contract, codeHash: toHex(verifier.codeHash) },
    context: toHex(parts.context),
    pre: toHex(parts.pre),
    witness: toHex(parts.witness),
    openings: parts.openings.map(toHex),
    answer: parts.answer && toHex(parts.answer),
    post: toHex(parts.post),
    unchecked: { step: `${step}`, text },
  };
  const { right, faults } = await checkStepFile(content, verifier);
  if (!right) throw new InternalError(`step ${step} cannot be exported: ${faults.join("; ")}`);
  writeWhole(file, formatStepFile(content));
  note(`step ${step} is written to ${file}; elench verify-step ${file} checks it`);
}
