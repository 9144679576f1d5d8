import { UserError } from "@elench/errors/user-error";
import { stepName } from "@elench/evm/machine/describe/describe";
import { hexBytes } from "@elench/evm/machine/describe/hex";
import { STEP_NAMES } from "@elench/evm/machine/describe/names";
import type { Machine } from "@elench/evm/machine/state/machine";
import { PHASE } from "@elench/evm/structures/layout";
import type { BatchTrace } from "@elench/prover/batch-trace";
import type { SolidityVerifier } from "@elench/prover/verifier";
import { firstStepOf, isWaiting, listing, survey, transactionOf, walk } from "./batch-steps.ts";
import { drawBatchStep, drawLine, LISTING_HEADER, replayBatchStep } from "./batch-view.ts";
import { type ReplaySessionOptions, replaySession } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { openVerifier } from "./verifier.ts";

const HELP = `  n, or return   next step            b              back one step
  s N            to step N of the transaction
  t N            to transaction N     g N            to step N of the batch
  o              over the call: the next instruction that is no deeper
  u              up: out of this frame
  w              to the next write of a slot
  c NAME         to the next instruction or phase of that name
  l              the next 20 steps, a line for each
  m              this frame's memory
  i              into the inference that this step asks for
  d              to the first disagreement of the dispute
  q              quit`;

export interface BatchSessionOptions {
  readonly trace: BatchTrace;
  readonly start: bigint;
  /** The first disputed step, if this is a dispute. */
  readonly disagreement: bigint | null;
  readonly verifier: SolidityVerifier | null;
  readonly terminal: Terminal;
  /** Opens the inference that a step asks for. @throws UserError */
  readonly inference: (at: bigint) => Promise<Pick<ReplaySessionOptions, "trace" | "disagreement">>;
}

/** Interactive replay of a batch on a terminal. */
export async function replayBatchSession(options: BatchSessionOptions): Promise<void> {
  const { trace, start, verifier, terminal } = options;
  let at = start;
  terminal.say(HELP);
  for (;;) {
    const replayed = await replayBatchStep(trace, at, verifier);
    terminal.say(`\n${drawBatchStep(replayed, trace.transactions)}`);
    const next = await ask(options, at);
    if (next === null) return;
    at = next;
  }
}

/** Prompts until a command leads to a step; null to end. */
async function ask(options: BatchSessionOptions, at: bigint): Promise<bigint | null> {
  const { terminal } = options;
  for (;;) {
    const line = await terminal.ask();
    const [command = "", argument] = (line ?? "q").trim().split(/\s+/);
    if (command === "q") return null;
    if (command === "i") {
      await intoInference(options, at);
      return at;
    }
    const target = goTo(options, command, argument, at);
    if (typeof target === "bigint") return target;
    terminal.say(target);
  }
}

async function intoInference({ trace, terminal, verifier, inference }: BatchSessionOptions, at: bigint): Promise<void> {
  if (!trace.question(at)) {
    terminal.say("  this step asks no model: c ASK goes to the next one that does");
    return;
  }
  try {
    const tensor = verifier && (await openVerifier("TensorVerifier"));
    const { trace: asked, disagreement } = await inference(at);
    await replaySession({ trace: asked, start: disagreement ?? 0n, disagreement, verifier: tensor, terminal });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.say(`  ${error.message}`);
  }
}

/** The step that a command leads to, or a message. */
function goTo(
  options: BatchSessionOptions,
  command: string,
  argument: string | undefined,
  at: bigint,
): bigint | string {
  const { trace, disagreement } = options;
  const number = /^\d+$/.test(argument ?? "") ? BigInt(argument as string) : null;
  switch (command) {
    case "":
    case "n":
      return find(trace, at, () => true) ?? "  the batch ends here";
    case "b":
      return back(trace, at) ?? "  the batch begins here";
    case "s":
      return number === null ? "  s needs the number of a step" : inTransaction(trace, transactionOf(at), number);
    case "g":
      if (number === null) return "  g needs the number of a step of the batch";
      return number < trace.steps ? number : `  the batch has ${trace.steps} steps`;
    case "t":
      if (number === null) return "  t needs the number of a transaction";
      return number < BigInt(trace.transactions)
        ? firstStepOf(Number(number))
        : `  the batch has ${trace.transactions} transactions, from 0 on`;
    case "o":
      return over(trace, at) ?? "  no further instruction at this depth";
    case "u":
      return up(trace, at);
    case "w":
      return named(trace, at, "SSTORE") ?? "  no further storage write";
    case "c":
      return toName(trace, at, argument);
    case "l":
      return lines(trace, at);
    case "m":
      return dump(trace.at(at));
    case "d":
      return disagreement ?? "  this is not a dispute: start replay with --dispute GAME";
    default:
      return `  no command ${command}\n${HELP}`;
  }
}

/** The next real step of a kind; null if there is none. */
function find(trace: BatchTrace, at: bigint, wanted: (m: Machine) => boolean): bigint | null {
  for (const m of walk(trace, at + 1n)) if (wanted(m)) return m.clock;
  return null;
}

/** The real step before one. */
function back(trace: BatchTrace, at: bigint): bigint | null {
  const transaction = transactionOf(at);
  const first = firstStepOf(transaction);
  if (at > first) {
    const last = transaction < trace.transactions ? first + survey(trace, transaction).steps : at;
    return at > last ? last - 1n : at - 1n;
  }
  return transaction === 0 ? null : firstStepOf(transaction - 1) + survey(trace, transaction - 1).steps - 1n;
}

function inTransaction(trace: BatchTrace, transaction: number, step: bigint): bigint | string {
  if (transaction >= trace.transactions) {
    const at = firstStepOf(transaction) + step;
    return at < trace.steps ? at : `  the batch ends at step ${trace.steps - 1n}`;
  }
  const { steps } = survey(trace, transaction);
  return step < steps ? firstStepOf(transaction) + step : `  transaction ${transaction} has ${steps} steps, from 0 on`;
}

/** The next instruction at the same depth or above; before any frame, the first instruction of the transaction. */
function over(trace: BatchTrace, at: bigint): bigint | null {
  const depth = trace.at(at).frame?.depth ?? 0;
  return find(trace, at, (m) => m.phase === PHASE.execute && (m.frame?.depth ?? 0) <= depth);
}

/** The first step after the current frame. */
function up(trace: BatchTrace, at: bigint): bigint | string {
  const { frame } = trace.at(at);
  if (!frame) return "  no frame is active at this step";
  return find(trace, at, (m) => (m.frame?.depth ?? -1) < frame.depth) ?? "  the batch ends in this frame";
}

function toName(trace: BatchTrace, at: bigint, argument: string | undefined): bigint | string {
  const name = argument?.toUpperCase() ?? "";
  if (!STEP_NAMES.has(name)) return "  c needs the name of an opcode or a phase, such as SSTORE or ASK";
  return named(trace, at, name) ?? `  no further ${name}`;
}

/** The next step of that name that does not wait for a record. */
const named = (trace: BatchTrace, at: bigint, name: string): bigint | null =>
  find(trace, at, (m) => stepName(m) === name && !isWaiting(trace, m.clock));

const LINES = 20;

function lines(trace: BatchTrace, at: bigint): string {
  const drawn: string[] = [LISTING_HEADER];
  for (const line of listing(trace, at, trace.steps)) {
    drawn.push(drawLine(line));
    if (drawn.length > LINES) break;
  }
  return drawn.join("\n");
}

const ROW = 32;
const DUMPED = 4096;

/** Dumps memory, 32 bytes a line; lines of zeros are omitted. */
function dump({ memory }: Machine): string {
  if (memory.size === 0) return "  the memory is empty";
  const rows: string[] = [];
  for (let offset = 0; offset < Math.min(memory.size, DUMPED); offset += ROW) {
    const bytes = memory.view(offset, ROW);
    if (bytes.some((byte) => byte !== 0))
      rows.push(`  ${offset.toString(16).padStart(6, "0")}  ${hexBytes(bytes).slice(2)}`);
  }
  const rest = memory.size > DUMPED ? `, of which the first ${DUMPED} are shown` : "";
  return [`  ${memory.size} bytes${rest}; lines of zeros are omitted`, ...rows].join("\n");
}
