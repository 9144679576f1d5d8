import { EXIT, UserError } from "@elench/errors/user-error";
import type { InferenceTrace } from "@elench/prover/inference-trace";
import { print } from "../report/output.ts";
import { type Dispute, disputedStep } from "./dispute.ts";
import { replaySession } from "./session.ts";
import { exportInferenceStep } from "./step-export.ts";
import { isAtTerminal, withTerminal } from "./terminal.ts";
import { openVerifier } from "./verifier.ts";
import { drawStep, replayStep } from "./view.ts";

/** Which steps are shown, and how. */
export interface ReplayRange {
  readonly step?: bigint | undefined;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  readonly verify?: boolean | undefined;
  /** File for --export. */
  readonly export?: string | undefined;
  readonly json?: boolean | undefined;
}

export interface InferenceReplay {
  readonly trace: InferenceTrace;
  /** Null if this is not a dispute. */
  readonly dispute: Dispute | null;
  readonly options: ReplayRange;
}

/** Maximum number of printed steps. */
const MAX_STEPS = 100_000n;

/** Shows steps of an inference; interactive on a terminal if no step is given. */
export async function replayInference({ trace, dispute, options }: InferenceReplay): Promise<void> {
  const isNamed = options.step !== undefined || options.from !== undefined || options.to !== undefined;
  const isSession = isAtTerminal() && !options.json && !isNamed && options.export === undefined;
  const disagreement =
    dispute === null || isNamed || isSession
      ? (dispute?.disagreement?.step ?? null)
      : disputedStep(dispute, "inference");
  const [from, to] = range(options, trace.steps, disagreement);
  if (options.export !== undefined) {
    if (from !== to || (!isNamed && dispute === null))
      throw new UserError("--export writes one step: select it with --step");
    await exportInferenceStep(trace, from, options.export);
    return;
  }
  const verifier = options.verify ? await openVerifier("TensorVerifier") : null;
  if (isSession) {
    await withTerminal((terminal) => replaySession({ trace, start: from, disagreement, verifier, terminal }));
    return;
  }
  for (let step = from; step <= to; step++) {
    const replayed = await replayStep(trace, step, verifier);
    print(options.json, replayed, () => drawStep(replayed, trace.steps));
    if (replayed.agrees === false) process.exitCode = EXIT.negative;
  }
}

/** The first and the last step to show. */
function range({ step, from, to }: ReplayRange, steps: bigint, disagreement: bigint | null): [bigint, bigint] {
  const first = step ?? from ?? (to === undefined ? (disagreement ?? 0n) : 0n);
  const last = step ?? to ?? (from === undefined ? first : steps);
  if (first > steps || last > steps)
    throw new UserError(
      `the inference has ${steps} steps, from 0 to ${steps - 1n}; there is no step ${last > steps ? last : first}`,
    );
  if (last - first >= MAX_STEPS)
    throw new UserError(`too many steps: ${last - first + 1n}; give --from and --to for at most ${MAX_STEPS} steps`);
  return [first, last];
}

/** @throws UserError for an inconsistent range. */
export function checkRange({ step, from, to }: ReplayRange): void {
  if (step !== undefined && (from !== undefined || to !== undefined))
    throw new UserError("--step excludes --from and --to: give one step or a range");
  if (from !== undefined && to !== undefined && to < from) throw new UserError(`--to ${to} is before --from ${from}`);
}
