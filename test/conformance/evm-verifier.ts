import { fileURLToPath } from "node:url";
import { PHASE } from "../../evm/machine/layout.ts";
import type { Machine } from "../../evm/machine/machine.ts";
import { PrecompileTask } from "../../evm/machine/phases/precompile-task.ts";
import { type ProvenStep, prove } from "../../evm/machine/step.ts";
import { equalBytes } from "../../evm/machine/words.ts";
import { exceedsL1 } from "../../evm/native/precompile-bounds.ts";
import { concat } from "../../ml-vm/program/commitment.ts";
import { hardhatArtifacts, SolidityVerifier } from "../../prover/verifier.ts";
import { transactionGas } from "../contracts/evm.ts";
import type { StateCase } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";
import { type Figures, larger, STEP_GAS, type StepFigures, WITNESS_BYTES } from "./evm-figures.ts";
import { endingOf, failureOf, kindOf } from "./evm-step-kinds.ts";
import { stepThrough } from "./evm-stepper.ts";

/** Has the Solidity verifier take the stepper's steps: all of a short test's; of a long one, the first of each kind, of each of its endings and of each way of failing, and many others. */

/** A test of so many steps is verified as a whole. */
const SHORT = 400;
/** Steps verified of a longer one, besides the first ones. */
const SPREAD = 200;

const artifacts = fileURLToPath(new URL("../../artifacts/contracts", import.meta.url));
let verifier: Promise<SolidityVerifier> | undefined;

export async function runVerifier(test: StateCase): Promise<Outcome> {
  verifier ??= SolidityVerifier.deploy(hardhatArtifacts(artifacts), "EvmVerifier");
  const solidity = await verifier;
  const chosen = await stepsToVerify(test);
  const proven: (ProvenStep & { readonly kind: string })[] = [];
  const beyond = new Set<string>();
  const outcome = await stepThrough(test, (m) => {
    if (!chosen.has(m.clock)) return;
    if (isBeyondL1(m)) beyond.add(`${kindOf(m)} at step ${m.clock}`);
    else proven.push({ ...prove(m), kind: `${kindOf(m)} at step ${m.clock}` });
  });
  const kinds = new Map<string, StepFigures>();
  for (const step of proven) {
    const kind = step.kind.slice(0, step.kind.indexOf(" at step "));
    kinds.set(kind, larger(kinds.get(kind), await verify(solidity, step)));
  }
  const figures = { ...(outcome.figures as Figures), kinds };
  return {
    ...outcome,
    figures,
    ...(beyond.size > 0 && { note: `dearer on L1 than its bound: ${[...beyond].join(", ")}` }),
  };
}

/** @throws Error if Solidity's state is not the stepper's, or the step passes a bound. */
async function verify(
  solidity: SolidityVerifier,
  { pre, witness, post, kind }: ProvenStep & { readonly kind: string },
): Promise<StepFigures> {
  if (witness.length > WITNESS_BYTES) throw new Error(`${kind}: a witness of ${witness.length} bytes`);
  const verdict = await solidity.verifyStep(pre, witness).catch((error: Error) => {
    throw new Error(`${kind}: ${error.message}`);
  });
  if (!equalBytes(verdict.post, post)) throw new Error(`${kind}: Solidity's state is not the stepper's`);
  const gas = transactionGas(concat(pre, witness), Number(verdict.gas));
  if (gas > STEP_GAS) throw new Error(`${kind}: takes ${gas} gas`);
  return { gas, witnessBytes: witness.length };
}

/** A call that this chain fails, since L1 could not execute it (docs/evm-machine.md, "Precompiles"); Ethereum's tests want it executed. */
function isBeyondL1(m: Machine): boolean {
  if (m.phase !== PHASE.precompile || !(m.task instanceof PrecompileTask) || !m.frame) return false;
  const { tree, offset, length } = m.frame.data;
  return exceedsL1(Number(m.task.address), tree.view(offset, length));
}

/** Clocks of the steps to verify: found by a run of its own, since how a step ends shows only after it. */
async function stepsToVerify(test: StateCase): Promise<ReadonlySet<bigint>> {
  const firsts = new Map<string, bigint>();
  let last: { readonly kind: string; readonly failing: string; readonly clock: bigint } | undefined;
  const first = (key: string, clock: bigint): void => {
    if (!firsts.has(key)) firsts.set(key, clock);
  };
  await stepThrough(test, (m) => {
    if (last) first(`${last.kind}: ${endingOf(m, last.failing)}`, last.clock);
    last = { kind: kindOf(m), failing: failureOf(m), clock: m.clock };
  });
  const count = last ? last.clock + 1n : 0n;
  const stride = count <= SHORT ? 1n : count / BigInt(SPREAD);
  const chosen = new Set(firsts.values());
  for (let clock = 0n; clock < count; clock += stride) chosen.add(clock);
  return chosen;
}
