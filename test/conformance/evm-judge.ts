import type { CaseReference, StateCase } from "./evm-case.ts";
import { hex } from "./evm-case.ts";
import { EXECUTORS, type Executor, type Outcome } from "./evm-executors.ts";
import type { Figures } from "./evm-figures.ts";
import { logsHash, rootOf, runReference } from "./evm-reference.ts";
import type { Case, SuiteOptions } from "./report.ts";

/** A case, and what was measured on the way. */
export interface Judged {
  readonly verdict: Case;
  readonly figures?: Figures;
}

const NO_LOGS = hex(logsHash([]));

/** Runs a test by every executor: it passes if each gives what the test expects. */
export async function judge({ name, unsupported, read }: CaseReference, options: SuiteOptions): Promise<Judged> {
  if (unsupported !== undefined) return { verdict: { name, status: "unsupported", why: unsupported } };
  return judgeBy(chosen(options), read());
}

/** Runs what no official test judges: the outcome of the reference is what the others must give. */
export async function judgeByReference(test: Omit<StateCase, "expected">, options: SuiteOptions): Promise<Case> {
  const { name } = test;
  const others = chosen(options).filter(({ run }) => run !== runReference);
  if (others.length === 0) return { name, status: "passed", why: "" };
  const native = await runReference({ ...test, expected: { root: "", logsHash: "" } });
  if (native.status === "rejected") return { name, status: "failed", why: `reference: ${native.why}` };
  return (await judgeBy(others, { ...test, expected: native })).verdict;
}

/** @throws Error if there is no such executor. */
export function chosen({ verify, executor }: SuiteOptions): Executor[] {
  const all = EXECUTORS.filter(({ name, verifies }) => name === executor || (!executor && (verify || !verifies)));
  if (all.length > 0) return all;
  throw new Error(`there is no executor ${executor}, but ${EXECUTORS.map(({ name }) => name).join(", ")}`);
}

async function judgeBy(executors: readonly Executor[], test: StateCase): Promise<Judged> {
  const { name } = test;
  const notes: string[] = [];
  let figures: Figures | undefined;
  for (const executor of executors) {
    const outcome = await attempt(executor, test);
    const problem = outcome instanceof Error ? outcome.message : await difference(test, outcome);
    if (problem !== "") return { verdict: { name, status: "failed", why: `${executor.name}: ${problem}` } };
    if (outcome instanceof Error) continue;
    figures = outcome.figures ?? figures;
    if (outcome.status === "executed" && outcome.note) notes.push(outcome.note);
  }
  return { verdict: { name, status: "passed", why: notes.join("; ") }, ...(figures && { figures }) };
}

async function attempt(executor: Executor, test: StateCase): Promise<Outcome | Error> {
  try {
    return await executor.run(test);
  } catch (error) {
    return error as Error;
  }
}

/** What is wrong with an outcome, or "". */
async function difference(test: StateCase, outcome: Outcome): Promise<string> {
  const { root, logsHash, exception } = test.expected;
  if (outcome.status === "rejected" && exception === undefined) return `refused a valid transaction: ${outcome.why}`;
  if (outcome.status === "executed" && exception !== undefined) return `executed a transaction that is ${exception}`;
  const got = outcome.status === "executed" ? outcome : { root: await rejectedRoot(test), logsHash: NO_LOGS };
  if (got.root !== root) return `state root ${got.root}, not ${root}`;
  return got.logsHash === logsHash ? "" : `logs' hash ${got.logsHash}, not ${logsHash}`;
}

/** The official runners touch the coinbase even where the transaction is invalid, which removes it if it is empty (EIP-161). */
async function rejectedRoot({ pre, block }: StateCase): Promise<string> {
  const coinbase = pre.get(block.coinbase);
  const empty = coinbase && coinbase.nonce === 0n && coinbase.balance === 0n && coinbase.code.length === 0;
  return rootOf(empty ? new Map([...pre].filter(([address]) => address !== block.coinbase)) : pre);
}
