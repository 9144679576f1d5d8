import { toHex } from "@elench/bytes/hex";
import type { InferenceTrace } from "@elench/prover/inference-trace";
import type { SolidityVerifier } from "@elench/prover/verifier";
import type {
  Change,
  ReadDescription,
  StepDescription,
  Value,
  WriteDescription,
} from "@elench/tensor/stepper/describe";
import { drawVerdict, type Verified, verified } from "./verifier.ts";

/** One step, as `elench replay --json` prints it. */
export interface ReplayedStep extends StepDescription, Verified {
  readonly step: bigint;
  /** State hashes before and after. */
  readonly pre: string;
  readonly post: string;
}

export async function replayStep(
  trace: InferenceTrace,
  step: bigint,
  verifier: SolidityVerifier | null,
): Promise<ReplayedStep> {
  const [pre, post] = (await trace.stateHashes([step, step + 1n])) as [Uint8Array, Uint8Array];
  const told = { step, ...trace.describe(step), pre: toHex(pre), post: toHex(post) };
  if (!verifier) return told;
  return { ...told, ...(await verified(post, verifier.verifyStep(pre, await trace.witness(step)))) };
}

/** The step as text. */
export function drawStep(step: ReplayedStep, total: bigint): string {
  const lines = [`step ${step.step} of ${total}`, `  ${step.text}`];
  if (step.counters.some((c) => c > 0)) lines.push(`  block counters   ${step.counters.join(", ")}`);
  for (const read of step.reads) lines.push(`  reads            ${drawRead(read)}`);
  if (step.innerAccumulators) lines.push(`  inner accumulator ${drawChange(step.innerAccumulators)}`);
  if (step.accumulators) lines.push(`  accumulator      ${drawChange(step.accumulators)}`);
  if (step.write) lines.push(`  writes           ${drawWrite(step.write)}`);
  lines.push(`  state before     ${step.pre}`, `  state after      ${step.post}`, ...drawVerdict(step));
  return lines.join("\n");
}

const drawValue = ({ type, decimal, hex }: Value): string => `${decimal}  ${hex} ${type}`;

const drawRead = ({ tensor, dtype, element, value }: ReadDescription): string =>
  element
    ? `${tensor}[${element.indices.join(", ")}] ${dtype} = ${drawValue(value)}`
    : `outside ${tensor}: the pad ${drawValue(value)}`;

const drawChange = ({ before, after }: Change): string =>
  before.map((value, i) => `${drawValue(value)} → ${drawValue(after[i] as Value)}`).join("; ");

const drawWrite = ({ tensor, element, value, before, after }: WriteDescription): string =>
  element
    ? `${tensor}[${element.indices.join(", ")}] = ${drawValue(value)}, bytes ${before} → ${after}`
    : "outside: nothing";
