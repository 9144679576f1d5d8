import { fileURLToPath } from "node:url";
import { PHASE, STATUS } from "../../evm/machine/layout.ts";
import { type Machine, StatusTask } from "../../evm/machine/machine.ts";
import { type ProvenStep, prove } from "../../evm/machine/step.ts";
import { equalBytes } from "../../evm/machine/words.ts";
import { hardhatArtifacts, SolidityVerifier } from "../../prover/verifier.ts";
import type { StateCase } from "./evm-case.ts";
import type { Outcome } from "./evm-executors.ts";
import { runStepper } from "./evm-stepper.ts";

/** Has the Solidity verifier take the stepper's steps: all of a short test's; of a long one, the first of each kind and of each way of failing, and many others. */

/** A test of so many steps is verified as a whole. */
const SHORT = 400;
/** Steps verified of a longer one, besides the first ones of their kind. */
const SPREAD = 200;
/** Bounds of a step, stated in docs/evm-machine.md. */
const GAS_BOUND = 5_000_000n;
const WITNESS_BOUND = 32_768;

const artifacts = fileURLToPath(new URL("../../artifacts/contracts", import.meta.url));
let verifier: Promise<SolidityVerifier> | undefined;

export async function runVerifier(test: StateCase): Promise<Outcome> {
  verifier ??= SolidityVerifier.deploy(hardhatArtifacts(artifacts), "EvmVerifier");
  const solidity = await verifier;
  const chosen = await stepsToVerify(test);
  const proven: (ProvenStep & { readonly kind: string })[] = [];
  const outcome = await runStepper(test, (m) => {
    if (chosen.has(m.clock)) proven.push({ ...prove(m), kind: kindOf(m) });
  });
  const beyond: string[] = [];
  for (const { pre, witness, post, kind } of proven) {
    if (witness.length > WITNESS_BOUND) {
      beyond.push(`${kind}: witness of ${witness.length} bytes`);
      continue;
    }
    const verdict = await solidity.verifyStep(pre, witness).catch((error: Error) => {
      throw new Error(`${kind}: ${error.message}`);
    });
    if (verdict.gas > GAS_BOUND) beyond.push(`${kind}: ${verdict.gas} gas`);
    else if (!equalBytes(verdict.post, post)) throw new Error(`${kind}: Solidity's state is not the stepper's`);
  }
  if (outcome.status === "rejected" || beyond.length === 0) return outcome;
  return { ...outcome, note: `beyond the bounds of a step: ${[...new Set(beyond)].join(", ")}` };
}

/** Clocks of the steps to verify: found by a run of its own, since how a step ends shows only after it. */
async function stepsToVerify(test: StateCase): Promise<ReadonlySet<bigint>> {
  const firsts = new Map<string, bigint>();
  let last: { readonly kind: string; readonly clock: bigint } | undefined;
  await runStepper(test, (m) => {
    const fails = m.phase === PHASE.leave && m.task instanceof StatusTask && m.task.status === STATUS.failure;
    if (last) note(firsts, `${last.kind} ${fails ? "fails" : m.phase}`, last.clock);
    last = { kind: kindOf(m), clock: m.clock };
  });
  const count = last?.clock ?? 0n;
  const stride = count < SHORT ? 1n : count / BigInt(SPREAD);
  const chosen = new Set(firsts.values());
  for (let clock = 0n; clock <= count; clock += stride) chosen.add(clock);
  return chosen;
}

function note(firsts: Map<string, bigint>, key: string, clock: bigint): void {
  if (!firsts.has(key)) firsts.set(key, clock);
}

/** Phase, and opcode. */
function kindOf(m: Machine): string {
  if (m.phase !== PHASE.execute) return `phase ${m.phase}`;
  return `opcode 0x${(m.code.bytes[m.pc] ?? 0).toString(16).padStart(2, "0")}`;
}
