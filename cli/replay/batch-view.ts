import { toHex } from "@elench/bytes/hex";
import { SLOT_STEPS } from "@elench/evm/batch/claim";
import type { AccountDescription, AccountTouch, SlotTouch } from "@elench/evm/machine/describe/changes";
import { describe, type FrameDescription, type StepDescription } from "@elench/evm/machine/describe/describe";
import { PHASE } from "@elench/evm/structures/layout";
import type { BatchTrace } from "@elench/prover/batch-trace";
import type { SolidityVerifier } from "@elench/prover/verifier";
import { type StepLine, transactionOf } from "./batch-steps.ts";
import { drawVerdict, type Verified, verified } from "./verifier.ts";

/** One step of a batch, as `elench replay --json` prints it. */
export interface ReplayedBatchStep extends Omit<StepDescription, "step">, Verified {
  readonly transaction: number;
  /** Step number within the transaction. */
  readonly step: bigint;
  /** Step number within the batch. */
  readonly clock: bigint;
  /** State hashes before and after. */
  readonly pre: string;
  readonly post: string;
  /** Size of the witness. */
  readonly witnessBytes: number;
}

export async function replayBatchStep(
  trace: BatchTrace,
  at: bigint,
  verifier: SolidityVerifier | null,
): Promise<ReplayedBatchStep> {
  const machine = trace.at(at);
  const { step: clock, ...told } = describe(machine);
  const [pre, post] = (await trace.stateHashes([at, at + 1n])) as [Uint8Array, Uint8Array];
  const witness = await trace.witness(at);
  const replayed = {
    transaction: transactionOf(at),
    step: at % SLOT_STEPS,
    clock,
    ...told,
    pre: toHex(pre),
    post: toHex(post),
    witnessBytes: witness.length,
  };
  if (!verifier) return replayed;
  const answer = machine.phase === PHASE.ask && trace.at(at + 1n).returned.tree.root;
  const verdict = answer ? verifier.verifyAnswer(pre, witness, answer) : verifier.verifyStep(pre, witness);
  return { ...replayed, ...(await verified(post, verdict)) };
}

/** The step as text. @param transactions number of transactions of the batch. */
export function drawBatchStep(step: ReplayedBatchStep, transactions: number): string {
  const lines = [header(step, transactions), `  ${step.text}`];
  const add = (name: string, text: string) => lines.push(`  ${name.padEnd(16)} ${text}`);
  const { frame, gas, memory, refund, log, asks } = step;
  if (frame) for (const [name, text] of drawFrame(frame, step.pc)) add(name, text);
  if (gas.before !== 0n || gas.after !== 0n) add("gas", drawGas(step));
  drawStack(step, add);
  // Every frame has its own memory.
  if (memory.before !== memory.after && frame?.depth === step.frameAfter?.depth)
    add("memory", `${memory.before} → ${memory.after} bytes`);
  for (const { offset, bytes } of memory.reads) add("reads memory", `${offset}: ${short(bytes)}`);
  for (const { offset, before, after } of memory.writes)
    add("writes memory", `${offset}: ${short(before)} → ${short(after)}`);
  for (const slot of step.storage) add(slot.kind, drawSlot(slot));
  // The lookup of a slot's account is implied by the slot.
  const ofSlots = new Set(step.storage.map(({ address }) => address));
  for (const account of step.accounts)
    if (!ofSlots.has(account.address) || changesOf(account).length > 0) add("account", drawAccount(account));
  if (refund.before !== refund.after) add("refund", `${refund.before} → ${refund.after}`);
  if (log) add("logs", `${log.address}: topics ${log.topics.join(", ") || "none"}; data ${short(log.data)}`);
  if (step.returned !== null) add("return data", short(step.returned));
  if (step.world) add("state root", `${step.world.before} → ${step.world.after}`);
  if (asks) {
    add("asks model", asks.modelId);
    add("about", `${asks.inputBytes} bytes, root ${asks.inputRoot}; a game about it has level ${asks.model.level}`);
    add("which answers", `${short(asks.output)}, root ${asks.outputRoot}`);
    add("", "its own steps: --descend");
  }
  if (step.next) add("next", drawNext(step));
  add("state before", step.pre);
  add("state after", step.post);
  add("witness", `${step.witnessBytes} bytes`);
  if (asks && step.verifier) add("", "assuming this answer, which the tensor machine's game decides:");
  return [...lines, ...drawVerdict(step)].join("\n");
}

function header({ transaction, step, clock, opcode, phase }: ReplayedBatchStep, transactions: number): string {
  const where = transaction < transactions ? `of transaction ${transaction}` : "after the last transaction";
  return `step ${step} ${where} (${clock} of the batch): ${opcode ?? phase}`;
}

function drawFrame(frame: FrameDescription, pc: number | null): [string, string][] {
  const { depth, kind, address, caller, value, isStatic, codeHash, codeSize, dataSize } = frame;
  const at = pc === null ? "" : `pc ${pc} of `;
  const paid = value > 0n ? `, with ${value} wei` : "";
  return [
    ["at", `${at}${address}, depth ${depth}${kind === "creation" ? ", a creation" : ""}${isStatic ? ", static" : ""}`],
    ["called by", `${caller}${paid}, ${dataSize} bytes of data`],
    ["code", codeSize === 0 ? "none" : `${codeHash}, ${codeSize} bytes`],
  ];
}

function drawGas({ gas: { before, after, cost, given } }: ReplayedBatchStep): string {
  const costs = cost === null || cost === 0n ? "" : `, costs ${cost}`;
  return `${before} → ${after}${costs}${given === null ? "" : `, of which the new frame gets ${given} (with a stipend, if there is one)`}`;
}

const SHOWN_ITEMS = 8;

/** Nothing if the stack is unchanged. */
function drawStack({ stack, frame, frameAfter }: ReplayedBatchStep, add: (name: string, text: string) => void): void {
  const moved = frame?.depth !== frameAfter?.depth;
  const same = stack.before.length === stack.after.length && stack.before.every((item, i) => item === stack.after[i]);
  if (same && !stack.before.length) return;
  add("stack before", drawItems(stack.before));
  add("stack after", `${drawItems(stack.after)}${moved ? "   (of the other frame)" : ""}`);
}

function drawItems(items: readonly string[]): string {
  if (items.length === 0) return "empty";
  const more = items.length > SHOWN_ITEMS ? ` … and ${items.length - SHOWN_ITEMS} more` : "";
  return `${items.slice(0, SHOWN_ITEMS).join(" ")}${more}`;
}

function drawSlot({ address, slot, before, after, original, warm }: SlotTouch): string {
  const where = `${address}[${slot}]`;
  const since = original === null || original === before ? "" : `, ${original} before the transaction`;
  if (before === null) return `${where} = ${after}, brought in`;
  if (after === null) return `${where} = ${before}, no longer in the journal${since}`;
  const warmed = warm && !warm.before && warm.after ? ", cold until now" : "";
  return `${where}${before === after ? ` = ${before}` : `: ${before} → ${after}`}${since}${warmed}`;
}

function drawAccount(account: AccountTouch): string {
  const { address, before, after } = account;
  if (!before) return `${address}: ${drawState(after as AccountDescription)}, brought in`;
  if (!after) return `${address}: no longer in the journal`;
  const changes = changesOf(account);
  return `${address}: ${changes.length > 0 ? changes.join(", ") : `as it was, ${drawState(after)}`}`;
}

function changesOf({ before, after }: AccountTouch): string[] {
  if (!before || !after) return [];
  return [
    before.nonce === after.nonce ? "" : `nonce ${before.nonce} → ${after.nonce}`,
    before.balance === after.balance ? "" : `balance ${before.balance} → ${after.balance}`,
    before.codeHash === after.codeHash ? "" : `code ${before.codeHash} → ${after.codeHash}`,
    ...after.flags.filter((flag) => !before.flags.includes(flag)).map((flag) => `now ${flag}`),
    ...before.flags.filter((flag) => !after.flags.includes(flag)).map((flag) => `no longer ${flag}`),
  ].filter((change) => change !== "");
}

const drawState = ({ nonce, balance }: AccountDescription): string => `nonce ${nonce}, balance ${balance}`;

function drawNext({ next, frame, frameAfter }: ReplayedBatchStep): string {
  if (frame?.depth === frameAfter?.depth) return `${next}`;
  if (!frameAfter) return `${next}, outside any frame`;
  return `${next}, at depth ${frameAfter.depth} in ${frameAfter.address}`;
}

const SHOWN_BYTES = 64;

/** @param hex with 0x. */
function short(hex: string): string {
  const count = (hex.length - 2) / 2;
  if (count === 0) return "no bytes";
  return count > SHOWN_BYTES ? `${hex.slice(0, 2 + 2 * SHOWN_BYTES)}… (${count} bytes)` : hex;
}

const COLUMNS = ["step", "what", "pc", "gas", "cost", "depth", "stack, the top first"] as const;
const WIDTHS = [8, 19, 6, 10, 9, 5] as const;

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => {
      const width = WIDTHS[i];
      if (width === undefined) return cell;
      return i === 1 ? cell.padEnd(width) : cell.padStart(width);
    })
    .join(" ");

export const LISTING_HEADER = row(COLUMNS);

/** @param verified the verifier's verdict, with --verify. */
export function drawLine(line: StepLine, { verifier, agrees }: Verified = {}): string {
  const { step, name, immediate, pc, gas, cost, depth, outcome, text } = line;
  const what = immediate === null ? name : `${name} ${shortWord(immediate)}`;
  const ends = outcome === "waits" ? " (waits for a record)" : outcome === "fails" ? " (fails)" : "";
  const says = text === null ? `${drawTop(line)}${ends}` : shortWords(text);
  const judged = verifier ? (agrees ? ` [${verifier.gas} gas on L1]` : " [SOLIDITY DISAGREES]") : "";
  return row([
    `${step}`,
    what,
    `${pc ?? ""}`,
    `${gas}`,
    `${cost ?? ""}`,
    `${depth ?? ""}`,
    `${says}${judged}`,
  ]).trimEnd();
}

const drawTop = ({ top, height }: StepLine): string =>
  `${top.map(shortWord).join(" ")}${height > top.length ? ` … (${height})` : ""}`;

const LONG_WORD = 12;

/** A long number, shortened in the middle. */
const shortWord = (hex: string): string => (hex.length > LONG_WORD ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex);

const shortWords = (text: string): string => text.replaceAll(/0x[\da-f]+/g, shortWord);
