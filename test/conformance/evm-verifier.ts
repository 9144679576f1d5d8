import { concat } from "@elench/bytes/concat";
import { equalBytes } from "@elench/bytes/words";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove, step } from "@elench/evm/machine/step";
import { PHASE, STATUS } from "@elench/evm/structures/layout";
import { LIMIT } from "@elench/spec/evm/limits";
import { exceedsL1 } from "../../evm/crypto/precompile-bounds.ts";
import { transactionGas } from "../contracts/evm.ts";
import { type EvmVerifier, startEvmVerifier, type Verdict } from "../contracts/evm-verifier.ts";
import type { StateCase } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";
import { type Figures, larger, type StepFigures } from "./evm-figures.ts";
import { endingOf, failureOf, kindOf } from "./evm-step-kinds.ts";
import { StepSample } from "./evm-step-sample.ts";
import { stepThrough } from "./evm-stepper.ts";

/** Has the Solidity verifier take the stepper's steps: all of a short test's; of a long one, some (evm-step-sample.ts). */

let verifier: Promise<EvmVerifier> | undefined;

/** A step that was proven, its kind, and its number. */
interface Sampled extends ProvenStep {
  readonly kind: string;
  readonly clock: bigint;
}

export async function runVerifier(test: StateCase): Promise<Outcome> {
  const chosen = await stepsToVerify(test);
  const sampled: Sampled[] = [];
  const beyond: string[] = [];
  const outcome = await stepThrough(test, (m) => {
    if (!chosen.has(m.clock)) return;
    const [kind, { clock }] = [kindOf(m), m];
    if (isBeyondL1(m)) beyond.push(`${kind} at step ${clock}`);
    else sampled.push({ ...prove(m), kind, clock });
  });
  verifier ??= startEvmVerifier();
  const verdicts = await (await verifier).verdicts(sampled);
  const kinds = new Map<string, StepFigures>();
  for (const [i, one] of sampled.entries())
    kinds.set(one.kind, larger(kinds.get(one.kind), checked(one, verdicts[i] as Verdict)));
  const figures = { ...(outcome.figures as Figures), kinds };
  return {
    ...outcome,
    figures,
    ...(beyond.length > 0 && { note: `left out, dearer on L1 than a call may be: ${beyond.join(", ")}` }),
  };
}

/** @throws Error if Solidity's state is not the stepper's, or the step passes a bound. */
function checked({ pre, witness, post, kind, clock }: Sampled, verdict: Verdict): StepFigures {
  const at = `${kind} at step ${clock}`;
  if (verdict.post === null) throw new Error(`${at}: Solidity refuses the witness`);
  if (!equalBytes(verdict.post, post)) throw new Error(`${at}: Solidity's state is not the stepper's`);
  const gas = transactionGas(concat(pre, witness), verdict.gas);
  if (gas > LIMIT.STEP_GAS) throw new Error(`${at}: takes ${gas} gas`);
  if (witness.length > LIMIT.STEP_BYTES) throw new Error(`${at}: a witness of ${witness.length} bytes`);
  return { gas, witnessBytes: witness.length };
}

/** A call that this chain fails, since L1 could not execute it (docs/evm-machine.md, "Precompiles"); Ethereum's tests want it executed. */
function isBeyondL1(m: Machine): boolean {
  if (m.task.phase !== PHASE.precompile || !m.frame) return false;
  const { tree, offset, length } = m.frame.data;
  return exceedsL1(Number(m.task.address), tree.view(offset, length)) && !fails(m);
}

/** Whether the machine's next step fails, by Ethereum's rules. */
function fails(m: Machine): boolean {
  const next = m.copy();
  step(next);
  return next.task.phase === PHASE.leave && next.task.status === STATUS.failure;
}

/** Clocks of the steps to verify: found by a run of its own, since how a step ends shows only after it. */
async function stepsToVerify(test: StateCase): Promise<ReadonlySet<bigint>> {
  const sample = new StepSample();
  let last: { readonly kind: string; readonly failing: string } | undefined;
  await stepThrough(test, (m) => {
    if (last) sample.add(last.kind, endingOf(m, last.failing));
    last = { kind: kindOf(m), failing: failureOf(m) };
  });
  if (last) sample.add(last.kind, "the end");
  return sample.chosen;
}
