import { toBigInt } from "@elench/bytes/words";
import { SLOT_STEPS } from "@elench/evm/batch/claim";
import { type Decoded, decodeTransaction } from "@elench/evm/batch/transaction";
import { costOf, describe, outcomeOf, type StepDescription, stepName } from "@elench/evm/machine/describe/describe";
import { hexWord } from "@elench/evm/machine/describe/hex";
import { skipIdle } from "@elench/evm/machine/phases/blocks";
import type { Machine } from "@elench/evm/machine/state/machine";
import type { TaskOf } from "@elench/evm/machine/state/task";
import { step } from "@elench/evm/machine/step";
import { PHASE, type Phase, STATUS, type Tx } from "@elench/evm/structures/layout";
import type { BatchTrace } from "@elench/prover/batch-trace";
import { OP } from "@elench/spec/evm/opcodes";

/** The non-idle steps of a batch. Each iteration steps its own machine, so that a long range costs only its stepping. */

/** The transaction of a step. Steps after the last transaction belong to a transaction number that does not exist. */
export const transactionOf = (at: bigint): number => Number(at / SLOT_STEPS);
export const firstStepOf = (transaction: number): bigint => BigInt(transaction) * SLOT_STEPS;

/** Yields the machine before each non-idle step from a step on. The machine is advanced when the next one is requested. */
export function* walk(trace: BatchTrace, from: bigint): Generator<Machine> {
  const m = trace.at(from).copy();
  while (!m.halted) {
    skipIdle(m);
    if (m.phase !== PHASE.idle) yield m;
    step(m);
  }
}

/** One line of a listing. */
export interface StepLine {
  readonly transaction: number;
  /** Step number within the transaction. */
  readonly step: bigint;
  readonly clock: bigint;
  /** Name of the opcode or the phase. */
  readonly name: string;
  /** Immediate value of a PUSH. */
  readonly immediate: string | null;
  readonly outcome: StepDescription["outcome"];
  /** Null outside of an instruction. */
  readonly pc: number | null;
  readonly depth: number | null;
  readonly gas: bigint;
  readonly cost: bigint | null;
  /** The top three items, the top first. */
  readonly top: readonly string[];
  readonly height: number;
  /** Description of a step that is not an instruction. */
  readonly text: string | null;
}

const SHOWN_ITEMS = 3;

/** Lines of non-idle steps. @param wanted selects steps before they are executed. */
export function* listing(
  trace: BatchTrace,
  from: bigint,
  to: bigint,
  wanted: (m: Machine) => boolean = () => true,
): Generator<StepLine> {
  let taken: {
    readonly line: Omit<StepLine, "cost" | "outcome">;
    readonly gas: bigint;
    readonly frame: Machine["frame"];
  } | null = null;
  const finish = (after: Machine): StepLine[] =>
    taken ? [{ ...taken.line, cost: costOf(taken, after), outcome: outcomeOf({ halted: null }, after) }] : [];
  let last: Machine | null = null;
  for (const m of walk(trace, from)) {
    last = m;
    yield* finish(m);
    taken = null;
    if (m.clock > to) return;
    if (wanted(m)) taken = { line: lineOf(m), gas: m.gas, frame: m.frame };
  }
  if (last) yield* finish(last);
}

function lineOf(m: Machine): Omit<StepLine, "cost" | "outcome"> {
  const runs = m.phase === PHASE.execute;
  const { height } = m.stack;
  return {
    transaction: transactionOf(m.clock),
    step: m.clock % SLOT_STEPS,
    clock: m.clock,
    name: stepName(m),
    immediate: runs ? immediateOf(m) : null,
    pc: runs ? m.pc : null,
    depth: m.frame?.depth ?? null,
    gas: m.gas,
    top: Array.from({ length: Math.min(SHOWN_ITEMS, height) }, (_, i) => hexWord(m.stack.peek(i))),
    height,
    text: runs ? null : describe(m).text,
  };
}

function immediateOf({ code, pc }: Machine): string | null {
  const count = (code.bytes[pc] ?? 0) - OP.PUSH0;
  if (count < 1 || count > 32) return null;
  const data = new Uint8Array(count);
  data.set(code.bytes.subarray(pc + 1, pc + 1 + count));
  return hexWord(toBigInt(data));
}

/** Whether a step only requests a record or a code, and is tried again. */
export const isWaiting = (trace: BatchTrace, at: bigint): boolean =>
  outcomeOf({ halted: null }, trace.at(at + 1n)) === "waits";

/** A summary of a transaction of a batch. */
export interface Survey {
  readonly transaction: number;
  readonly first: bigint;
  /** Number of non-idle steps. */
  readonly steps: bigint;
  /** Null if the transaction does not decode. */
  readonly fields: Decoded | null;
  readonly status: "succeeded" | "reverted" | "failed" | "dropped";
  /** Why it was dropped; null if it was not. */
  readonly why: string | null;
  /** Steps that ask a model, numbered within the batch. */
  readonly asks: readonly bigint[];
}

const surveys = new WeakMap<BatchTrace, Map<number, Survey>>();

/** Summarises a transaction by stepping through it. @param transaction below the number of the batch's transactions. */
export function survey(trace: BatchTrace, transaction: number): Survey {
  const known = surveys.get(trace) ?? new Map<number, Survey>();
  surveys.set(trace, known);
  const found = known.get(transaction) ?? stepThrough(trace, transaction);
  known.set(transaction, found);
  return found;
}

function stepThrough(trace: BatchTrace, transaction: number): Survey {
  const first = firstStepOf(transaction);
  const asks: bigint[] = [];
  let fields: Decoded | null = null;
  let [end, phase, status] = [first, PHASE.next as Phase, STATUS.success as number];
  for (const m of walk(trace, first)) {
    if (transactionOf(m.clock) !== transaction) break;
    end = m.clock + 1n;
    phase = m.phase;
    if (phase === PHASE.ask) asks.push(m.clock);
    if (m.task.phase === PHASE.decode) fields = fieldsOf(m, m.task);
    if (m.task.phase === PHASE.receipt) status = m.task.status;
  }
  const dropped = phase !== PHASE.receipt;
  return {
    transaction,
    first,
    steps: end - first,
    fields,
    status: dropped
      ? "dropped"
      : status === STATUS.success
        ? "succeeded"
        : status === STATUS.revert
          ? "reverted"
          : "failed",
    why: dropped ? (REASONS[phase] ?? null) : null,
    asks,
  };
}

const REASONS: Readonly<Partial<Record<Phase, string>>> = {
  [PHASE.decode]: "invalid transaction encoding, or another chain id",
  [PHASE.recover]: "invalid signature",
  [PHASE.access]: "invalid access list",
  [PHASE.validate]: "invalid nonce, fee or gas limit, or insufficient balance",
};

function fieldsOf(m: Machine, { start, end }: TaskOf<typeof PHASE.decode>): Decoded | null {
  const { bytes, chainId } = (m.tx as Tx).block.batch;
  return decodeTransaction((offset, length) => bytes.view(offset, length), start, end, chainId);
}
