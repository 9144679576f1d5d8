import { toHex } from "@elench/bytes/hex";
import type { ModelStore } from "@elench/challenger/watch/store";
import { EXIT, UserError } from "@elench/errors/user-error";
import { SLOT_STEPS } from "@elench/evm/batch/claim";
import type { NativeBatch } from "@elench/evm/batch/native-batch";
import { describe, stepName } from "@elench/evm/machine/describe/describe";
import { hexAddress } from "@elench/evm/machine/describe/hex";
import { STEP_NAMES } from "@elench/evm/machine/describe/names";
import { PHASE } from "@elench/evm/structures/layout";
import type { BatchTrace } from "@elench/prover/batch-trace";
import { InferenceTrace } from "@elench/prover/inference-trace";
import type { SolidityVerifier } from "@elench/prover/verifier";
import type { Backend } from "@elench/tensor/engine/backend";
import { columns, note, print } from "../report/output.ts";
import { replayBatchSession } from "./batch-session.ts";
import { firstStepOf, isWaiting, listing, type StepLine, survey, walk } from "./batch-steps.ts";
import { drawBatchStep, drawLine, LISTING_HEADER, replayBatchStep } from "./batch-view.ts";
import { type Dispute, disputedStep } from "./dispute.ts";
import { printEip3155 } from "./eip3155.ts";
import { type ReplayRange, replayInference } from "./inference.ts";
import { exportBatchStep } from "./step-export.ts";
import { isAtTerminal, withTerminal } from "./terminal.ts";
import { openVerifier, type Verified } from "./verifier.ts";

/** Which steps of a batch are shown, and how. If a transaction is given, steps are counted from its first. */
export interface BatchReplayOptions extends ReplayRange {
  readonly transaction?: bigint | undefined;
  /** Names of opcodes or phases: only such steps, without attempts that wait for a record. */
  readonly opcode?: readonly string[] | undefined;
  /** One line for each step, without a limit. */
  readonly list?: boolean | undefined;
  /** Replays the inference that the step asks for; a string selects its steps. */
  readonly descend?: true | string | undefined;
  /** Prints only the transaction's EIP-3155 trace. */
  readonly eip3155?: boolean | undefined;
}

export interface BatchReplay {
  readonly trace: BatchTrace;
  /** The result of native execution of the same batch. */
  readonly native: NativeBatch;
  /** The game, if this is a dispute. */
  readonly dispute?: Dispute;
  /** The same game, for the inference that a step asks for. */
  readonly disputeIn?: (inference: InferenceTrace) => Promise<Dispute>;
  /** Models for --descend. */
  readonly store: ModelStore;
  readonly backend: Backend;
  readonly options: BatchReplayOptions;
}

/** Maximum number of lines without --list. */
const LISTED = 1000;

/** Shows a batch, a transaction or steps; interactive on a terminal if no step is given. */
export async function replayBatch(replay: BatchReplay): Promise<void> {
  const { trace, options, dispute } = replay;
  if (options.eip3155) {
    await printEip3155(trace, tracedTransaction(trace, options));
    return;
  }
  const scope = scopeOf(trace, options);
  const names = namesOf(options.opcode);
  const isNamed = [options.step, options.from, options.to, options.opcode].some((option) => option !== undefined);
  const isSession =
    isAtTerminal() &&
    !options.json &&
    !options.list &&
    !isNamed &&
    options.descend === undefined &&
    options.export === undefined;
  const isElsewhere = isNamed || isSession || options.list || options.transaction !== undefined;
  const disagreement = dispute && !isElsewhere ? disputedStep(dispute, "batch") : (dispute?.disagreement?.step ?? null);
  if (options.descend !== undefined) {
    await descend(replay, askingStep(trace, scope, options, disagreement));
    return;
  }
  if (options.export !== undefined) {
    const at = options.step === undefined ? disagreement : scope.from;
    if (at === null) throw new UserError("--export writes one step: select it with --step");
    await exportBatchStep(trace, at, describe(trace.at(at)).text, options.export);
    return;
  }
  const verifier = options.verify ? await openVerifier("EvmVerifier") : null;
  if (isNamed && !options.list) await showSteps(trace, scope, names, verifier, options);
  else if (isSession) await session(replay, scope, verifier, disagreement);
  else if (disagreement !== null && !isElsewhere)
    await showSteps(trace, { from: disagreement, to: disagreement }, null, verifier, {
      ...options,
      step: disagreement,
    });
  else if (isNamed || options.list || options.transaction !== undefined)
    await list(trace, scope, names, verifier, { ...options, limit: isNamed || options.list ? Infinity : LISTED });
  else print(options.json, summary(replay), () => drawSummary(replay));
}

// Selection

/** First and last step of the selection. */
interface Scope {
  readonly from: bigint;
  readonly to: bigint;
}

/** @throws UserError if the transaction or the step does not exist. */
function scopeOf(trace: BatchTrace, { transaction, step, from, to }: BatchReplayOptions): Scope {
  const count = trace.transactions;
  if (transaction !== undefined && transaction >= BigInt(count))
    throw new UserError(
      `the batch has ${count === 0 ? "no transactions" : `${count} transactions, from 0 to ${count - 1}`}; there is no transaction ${transaction}`,
    );
  const offset = transaction === undefined ? 0n : transaction * SLOT_STEPS;
  // Counting all steps of a transaction only to check the number would double the time.
  if (
    step !== undefined &&
    step < SLOT_STEPS &&
    trace.at(offset + step).phase !== PHASE.idle &&
    offset + step < trace.steps
  )
    return { from: offset + step, to: offset + step };
  const steps = transaction === undefined ? trace.steps : survey(trace, Number(transaction)).steps;
  const [first, last] = [step ?? from ?? 0n, step ?? to ?? steps - 1n];
  if (first >= steps || last >= steps)
    throw new UserError(
      `${transaction === undefined ? "the batch" : `transaction ${transaction}`} has ${steps} steps, from 0 to ${steps - 1n}; there is no step ${first >= steps ? first : last}`,
    );
  return { from: offset + first, to: offset + last };
}

/** The transaction that --eip3155 traces. @throws UserError */
function tracedTransaction(trace: BatchTrace, { transaction, step, from, to }: BatchReplayOptions): number {
  if ([step, from, to].some((given) => given !== undefined))
    throw new UserError("--eip3155 traces a whole transaction: leave out --step, --from and --to");
  const count = trace.transactions;
  const chosen = transaction ?? (count === 1 ? 0n : undefined);
  if (chosen === undefined || chosen >= BigInt(count))
    throw new UserError(
      `--eip3155 traces one transaction of the batch, which has ${count}: give --transaction${count > 0 ? `, from 0 to ${count - 1}` : ""}`,
    );
  return Number(chosen);
}

/** @throws UserError for a name that is neither an opcode nor a phase. */
function namesOf(opcodes: readonly string[] | undefined): ReadonlySet<string> | null {
  if (!opcodes) return null;
  const names = opcodes.map((name) => name.toUpperCase());
  for (const name of names)
    if (!STEP_NAMES.has(name))
      throw new UserError(`--opcode ${name}: no such opcode or phase; examples: SSTORE, CALL, ASK`);
  return new Set(names);
}

/** The step whose inference --descend replays. @throws UserError if it is ambiguous. */
function askingStep(
  trace: BatchTrace,
  { from, to }: Scope,
  { step, transaction }: BatchReplayOptions,
  disagreement: bigint | null,
): bigint {
  if (step !== undefined) {
    if (trace.question(from)) return from;
    throw new UserError(`--descend: step ${step} asks no model; --opcode ASK shows the steps that do`);
  }
  if (disagreement !== null && transaction === undefined && trace.question(disagreement)) return disagreement;
  const asks: bigint[] = [];
  for (const m of walk(trace, from)) {
    if (m.clock > to) break;
    if (trace.question(m.clock)) asks.push(m.clock);
  }
  const [first] = asks;
  if (first === undefined) throw new UserError("--descend: none of the selected steps asks a model");
  if (asks.length === 1) return first;
  const shown = asks.map((at) => (transaction === undefined ? at : at % SLOT_STEPS));
  throw new UserError(`--descend: the steps ${shown.join(", ")} ask models: select one with --step`);
}

// Output

async function showSteps(
  trace: BatchTrace,
  { from, to }: Scope,
  names: ReadonlySet<string> | null,
  verifier: SolidityVerifier | null,
  { json, step }: BatchReplayOptions,
): Promise<void> {
  const show = async (at: bigint): Promise<void> => {
    const replayed = await replayBatchStep(trace, at, verifier);
    print(json, replayed, () => drawBatchStep(replayed, trace.transactions));
    judge(replayed);
  };
  if (step !== undefined) {
    // The step may be idle.
    await show(from);
    return;
  }
  let shown = 0;
  for (const m of walk(trace, from)) {
    if (m.clock > to) break;
    if (names && (!names.has(stepName(m)) || isWaiting(trace, m.clock))) continue;
    await show(m.clock);
    shown++;
  }
  if (shown === 0) note(`there is no such step${names ? ` (${[...names].join(", ")})` : ""}`);
}

async function list(
  trace: BatchTrace,
  { from, to }: Scope,
  names: ReadonlySet<string> | null,
  verifier: SolidityVerifier | null,
  { json, limit }: { readonly json?: boolean | undefined; readonly limit: number },
): Promise<void> {
  if (!json) print(false, null, () => LISTING_HEADER);
  let [shown, more, transaction] = [0, 0, -1];
  for (const line of listing(trace, from, to, (m) => names === null || names.has(stepName(m)))) {
    if (names && line.outcome === "waits") continue;
    if (shown === limit) {
      more++;
      continue;
    }
    shown++;
    const verdict = verifier ? verdictOf(await replayBatchStep(trace, line.clock, verifier)) : {};
    if (!json && line.transaction !== transaction && trace.transactions > 1)
      print(false, null, () => `transaction ${line.transaction}, from step ${firstStepOf(line.transaction)}`);
    transaction = line.transaction;
    print(json, { ...line, ...verdict } satisfies StepLine, () => drawLine(line, verdict));
    judge(verdict);
  }
  if (more > 0) note(`${more} more steps: --list shows all of them, --from and --to some`);
}

const verdictOf = ({ verifier, agrees }: Verified): Verified =>
  verifier === undefined || agrees === undefined ? {} : { verifier, agrees };

/** Sets the exit code for a step on which the Solidity verifier disagrees. */
function judge({ agrees }: Verified): void {
  if (agrees === false) process.exitCode = EXIT.negative;
}

async function session(
  replay: BatchReplay,
  { from }: Scope,
  verifier: SolidityVerifier | null,
  disagreement: bigint | null,
): Promise<void> {
  const { trace } = replay;
  await withTerminal(async (terminal) => {
    const isWhole = replay.options.transaction === undefined;
    // The summary steps through every transaction, so it is made only if no step is selected.
    if (isWhole && disagreement === null) terminal.say(drawSummary(replay));
    const start = isWhole ? (disagreement ?? from) : from;
    const inference = async (at: bigint) => {
      const asked = inferenceAt(replay, at);
      return { trace: asked, disagreement: (await replay.disputeIn?.(asked))?.disagreement?.step ?? null };
    };
    await replayBatchSession({ trace, start, disagreement, verifier, terminal, inference });
  });
}

/** Replays the inference that a step asks for. */
async function descend(replay: BatchReplay, at: bigint): Promise<void> {
  const { verify, json, descend: steps, export: file } = replay.options;
  const trace = inferenceAt(replay, at);
  const dispute = (await replay.disputeIn?.(trace)) ?? null;
  await replayInference({ trace, dispute, options: { ...inferenceRange(steps), verify, export: file, json } });
}

/** @throws UserError if the model is not in the store. */
function inferenceAt({ trace, store, backend }: BatchReplay, at: bigint): InferenceTrace {
  const question = trace.question(at);
  if (!question) throw new UserError(`step ${at} asks no model`);
  const { model, commitment } = store.load(toHex(question.modelId));
  return new InferenceTrace(model, commitment, backend, [question.input]);
}

/** Parses a selection of an inference's steps: `12` or `12-20`. */
function inferenceRange(steps: true | string | undefined): ReplayRange {
  if (steps === undefined || steps === true) return {};
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(steps) ?? [];
  if (first === undefined)
    throw new UserError(`--descend ${steps}: give a step of the inference, or a range such as 12-20`);
  if (last === undefined) return { step: BigInt(first) };
  if (BigInt(last) < BigInt(first)) throw new UserError(`--descend ${steps}: ${last} is before ${first}`);
  return { from: BigInt(first), to: BigInt(last) };
}

// Summary

function summary({ trace, native: { transactions, next } }: BatchReplay) {
  return {
    context: toHex(trace.context),
    output: toHex(trace.output),
    steps: trace.steps,
    block: next.number,
    stateRoot: toHex(next.stateRoot),
    transactions: transactions.map(({ hash, number, receipt }, i) => {
      const { first, steps, fields, status, why, asks } = survey(trace, i);
      return {
        transaction: i,
        hash: toHex(hash),
        block: number,
        status,
        why,
        from: receipt ? hexAddress(receipt.sender) : null,
        to: fields && !fields.creates ? hexAddress(fields.to) : null,
        created: receipt?.created ? hexAddress(receipt.created) : null,
        value: fields?.value ?? null,
        gasUsed: receipt?.gasUsed ?? null,
        logs: receipt?.logs.length ?? 0,
        firstStep: first,
        steps,
        asks,
      };
    }),
  };
}

/** A shortened hash or address; --json prints all of it. */
const shortened = (hex: string): string => (hex.length > SHOWN_DIGITS ? `${hex.slice(0, SHOWN_DIGITS)}…` : hex);
const SHOWN_DIGITS = 14;

function drawSummary(replay: BatchReplay): string {
  const { transactions, stateRoot, output, block } = summary(replay);
  const rows = transactions.map((t) => [
    `${t.transaction}`,
    shortened(t.hash),
    `${t.block}`,
    shortened(t.from ?? ""),
    t.to ? shortened(t.to) : t.created ? `creates ${shortened(t.created)}` : "",
    t.status,
    `${t.gasUsed ?? ""}`,
    `${t.steps}`,
    `${t.asks.length > 0 ? `asks models at ${t.asks.map((at) => at % SLOT_STEPS).join(", ")}` : (t.why ?? "")}`,
  ]);
  const table =
    rows.length === 0
      ? "the batch has no transactions"
      : columns([["", "hash", "block", "from", "to", "status", "gas", "steps", ""], ...rows]);
  const closing = `block ${block}, state root ${stateRoot}\noutput ${output}`;
  return `${table}\n${closing}`;
}
