import { wordBytes } from "@elench/bytes/words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { OP } from "@elench/spec/evm/opcodes";
import { decodeEntry } from "../../inference/directory.ts";
import { FLAG, type Frame, KIND, PHASE, type Phase, STATUS, type Tx } from "../../structures/layout.ts";
import { leftmost } from "../../structures/sparse.ts";
import { OPCODES, STACK_LIMIT } from "../opcodes.ts";
import type { Machine } from "../state/machine.ts";
import {
  type AskTask,
  type DecodeTask,
  type EnterTask,
  isLoad,
  type LeaveTask,
  type LoadTask,
  type Outcome,
  type PrecompileTask,
  type Task,
  type TaskOf,
  type Wanted,
} from "../state/task.ts";
import type { Touched } from "./changes.ts";
import { hexAddress, hexBytes, hexWord } from "./hex.ts";
import type { Looks } from "./looks.ts";
import { opcodeName, phaseName, precompileName } from "./names.ts";

/** A step that was taken, and what was seen of it. */
export interface Taken {
  readonly before: Machine;
  readonly after: Machine;
  readonly outcome: "done" | "waits" | "fails" | "halts" | "halted";
  /** Byte of the instruction, in EXECUTE. */
  readonly op: number | null;
  readonly looks: Looks;
  readonly touched: Touched;
  readonly arguments: readonly { readonly name: string; readonly value: string }[];
}

/** What the step does, in one sentence. */
export function textOf(taken: Taken): string {
  const { before, outcome, op } = taken;
  if (outcome === "halted") return "halted: the batch has ended, and the state no longer changes";
  const what = op === null ? phaseText(taken, before.task) : instructionText(taken, op);
  if (isLoad(taken.after.task)) return `${what}; waits until ${nameOf(taken.after.task)} is loaded`;
  if (outcome === "fails") return `${what}: exceptional halt, ${failure(taken)}`;
  return what;
}

const bytes = (count: number | bigint): string => `${count} byte${BigInt(count) === 1n ? "" : "s"}`;

/** The record that a load brings into the journal or the code table. */
function nameOf(wanted: Wanted): string {
  switch (wanted.phase) {
    case PHASE.loadAccount:
      return `account ${hexAddress(wanted.address)}`;
    case PHASE.loadSlot:
      return `slot ${hexWord(wanted.slot)} of ${hexAddress(wanted.address)}`;
    case PHASE.loadCode:
      return `the code ${hexBytes(wanted.codeHash)}`;
  }
}

// Instructions

function instructionText(taken: Taken, op: number): string {
  const { after, outcome, arguments: args } = taken;
  const name = opcodeName(op);
  const opcode = OPCODES[op];
  if (!opcode) return name;
  const isPush = op >= OP.PUSH0 && op <= OP.PUSH32;
  if (outcome === "done" && isPush) return `${name} ${hexWord(after.stack.peek(0))}`;
  if (op >= OP.DUP1 && op <= OP.SWAP16)
    return outcome === "done" ? `${name}: the top is ${hexWord(after.stack.peek(0))}` : name;
  const said =
    args.length === 0
      ? name
      : `${name}(${args.map(({ name: of, value }) => (of ? `${of} ${value}` : value)).join(", ")})`;
  if (outcome !== "done") return said;
  return `${said}${effect(taken, op)}`;
}

/** The result of an instruction that is done. */
function effect({ before, after, touched }: Taken, op: number): string {
  switch (op) {
    case OP.SSTORE:
    case OP.TSTORE: {
      const [slot] = touched.storage;
      return slot ? `: ${slot.before} → ${slot.after}` : "";
    }
    case OP.JUMP:
    case OP.JUMPI:
      return after.pc === before.pc + 1 ? ": does not jump" : `: jumps to ${after.pc}`;
    case OP.STOP:
    case OP.RETURN:
      return ` ends the frame with ${bytes(after.returned.length)}`;
    case OP.REVERT:
      return ` reverts the frame with ${bytes(after.returned.length)}`;
    default:
  }
  const gives = OPCODES[op]?.gives ?? 0;
  if (after.phase === PHASE.execute && gives === 1) return ` = ${hexWord(after.stack.peek(0))}`;
  if (after.phase === PHASE.execute || after.phase === PHASE.leave) return "";
  return `: continues in ${phaseName(after.phase)}`;
}

const LOGS = Array.from({ length: OP.LOG4 - OP.LOG0 + 1 }, (_, topics) => OP.LOG0 + topics);
/** Instructions that EIP-214 forbids in a static call; CALL only with a value. */
const STATE_CHANGES: ReadonlySet<number> = new Set([
  OP.SSTORE,
  OP.TSTORE,
  ...LOGS,
  OP.CREATE,
  OP.CALL,
  OP.CREATE2,
  OP.SELFDESTRUCT,
]);

/** Why the frame halts exceptionally: the first reason, in the order of the checks. */
function failure({ before, op, looks }: Taken): string {
  const opcode = op === null ? undefined : OPCODES[op];
  if (op !== null) {
    if (!opcode) return "invalid opcode";
    const { height } = before.stack;
    if (height < opcode.takes) return `stack underflow: it takes ${opcode.takes} items, the stack has ${height}`;
    if (height - opcode.takes + opcode.gives > STACK_LIMIT)
      return `stack overflow: the stack already has ${height} items, the limit is ${STACK_LIMIT}`;
  }
  if (looks.outOfGas) return `out of gas: ${looks.outOfGas.cost} more needed, ${looks.outOfGas.left} left`;
  if (op === null) return PHASE_FAILURES[before.phase] ?? `in ${phaseName(before.phase)}`;
  if (before.frame?.isStatic && STATE_CHANGES.has(op)) return "state change in a static call";
  if (op === OP.JUMP || op === OP.JUMPI) return "invalid jump destination: not a JUMPDEST";
  if (op === OP.RETURNDATACOPY) return "return data out of bounds";
  if (op === OP.SSTORE && before.gas <= GAS.CALL_STIPEND)
    return `SSTORE needs more than ${GAS.CALL_STIPEND} gas (EIP-2200), ${before.gas} left`;
  if (op === OP.CREATE || op === OP.CREATE2) return "initcode too large, or memory expansion too large for any gas";
  return "out of gas: memory expansion too large for any gas";
}

const PHASE_FAILURES: Readonly<Partial<Record<Phase, string>>> = {
  [PHASE.enter]: "address collision: the account has a nonce, code or storage (EIP-684, EIP-7610)",
  [PHASE.leave]: `code too large (over ${LIMIT.CODE_BYTES} bytes), or it begins with 0xef (EIP-3541)`,
  [PHASE.precompile]: `invalid input, or the precompile would cost over ${LIMIT.PRECOMPILE_L1_GAS} gas on L1`,
};

// Other phases

const frameOf = (m: Machine): Frame => m.frame as Frame;
const txOf = (m: Machine): Tx => m.tx as Tx;

const loadText = ({ outcome }: Taken, task: LoadTask): string =>
  `loads ${nameOf(task)}${outcome === "waits" ? "" : `, then returns to ${phaseName(task.resume.phase)}`}`;

const done = (position: number, whole: number): string =>
  position >= whole ? `the last of ${bytes(whole)}` : `up to ${position} of ${bytes(whole)}`;

function nextText({ before, after }: Taken): string {
  if (after.halted) return `the batch ends, with the output ${hexBytes(after.halted.output)}`;
  if (after.task.phase === PHASE.decode) {
    const { start, end } = after.task;
    return `a transaction of ${bytes(end - start)} begins, at byte ${start} of the batch`;
  }
  const [was, is] = [txOf(before).block, txOf(after).block];
  if (was.open && !is.open) return `block ${was.number} ends, with ${was.gasUsed} gas used`;
  if (is.open && !was.open)
    return `block ${is.number} begins, with ${is.remaining} transaction${is.remaining === 1 ? "" : "s"}`;
  return "the batch ends within a transaction: its remaining bytes are ignored";
}

const dropped = ({ after }: Taken): boolean => after.phase === PHASE.idle;

function enterText({ before, after, outcome }: Taken, { codeAddress, creates }: EnterTask): string {
  const { depth, value, caller, address } = frameOf(before);
  const pays = value > 0n ? ` with ${value} wei` : "";
  const what = creates ? `creation of ${hexAddress(address)}` : `call of ${hexAddress(codeAddress)}`;
  const begins = `the ${what} by ${hexAddress(caller)}${pays} begins, at depth ${depth}`;
  if (outcome === "done" && after.phase === PHASE.leave)
    return `${begins}: refused, ${depth > LIMIT.CALL_DEPTH ? `call depth over ${LIMIT.CALL_DEPTH}` : "insufficient balance"}`;
  return after.phase === PHASE.execute && after.code.size === 0 ? `${begins}; the account has no code` : begins;
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  [STATUS.success]: "succeeded",
  [STATUS.revert]: "reverted",
  [STATUS.failure]: "failed",
  [STATUS.deposited]: "succeeded",
};

const statusText = (status: number): string => STATUS_TEXTS[status] ?? `ended with status ${status}`;

function leaveText({ before, after, outcome }: Taken, { status }: LeaveTask): string {
  const { kind, address, depth } = frameOf(before);
  const what = `${kind === KIND.creation ? "creation of" : "call of"} ${hexAddress(address)}`;
  if (after.phase === PHASE.hash || outcome === "fails")
    return `the ${what} returns code of ${bytes(before.returned.length)}`;
  const where = depth === 0 ? "the transaction's outermost frame ends" : `back to depth ${depth - 1}`;
  return `the ${what} ${statusText(status)} with ${bytes(before.returned.length)}: ${where}`;
}

function precompileText({ before, after, outcome }: Taken, { address, position }: PrecompileTask): string {
  const { data } = frameOf(before);
  const name = `${precompileName(address)} of ${bytes(data.length)}`;
  const from = position > 0 ? `, from ${position} on` : "";
  return outcome === "done" && after.phase === PHASE.leave
    ? `${name}${from}: returns ${bytes(after.returned.length)}`
    : `${name}${from}`;
}

function askText({ after }: Taken, { modelId, entry, input }: AskTask): string {
  const level = decodeEntry(wordBytes(entry))?.level;
  return `asks model ${hexBytes(modelId)} about ${bytes(input.size)} (root ${hexBytes(input.root)}, level ${level}); it answers ${bytes(after.returned.length)}`;
}

function flushText({ before, after }: Taken): string {
  if (after.phase === PHASE.receipt) return "the journal is empty: the tries hold every change";
  const first = leftmost(before.journal);
  if (!first) return "writes the journal into the tries";
  const { record } = first;
  const address = hexAddress(record.address);
  const isDestroyed = (record.flags & FLAG.destroyed) !== 0;
  const slot = isDestroyed ? undefined : leftmost(record.slots);
  if (slot) {
    const { number, original, current } = slot.record;
    const which = `slot ${hexWord(number)} of ${address}`;
    return original === current
      ? `leaves ${which} unchanged, ${hexWord(original)}`
      : `writes ${which} into its trie: ${hexWord(original)} → ${hexWord(current)}`;
  }
  if (isDestroyed) return `removes the destroyed account ${address} from the trie`;
  if ((record.flags & FLAG.touched) === 0) return `leaves account ${address} unchanged`;
  return `writes account ${address} into the trie, nonce ${record.nonce}, balance ${record.balance}`;
}

function receiptText({ after }: Taken, { status, used }: Outcome): string {
  const { number, gasUsed } = txOf(after).block;
  return `the transaction ${statusText(status)} with ${used} gas used; block ${number} has used ${gasUsed} so far`;
}

function decodeText(taken: Taken, { start, end }: DecodeTask): string {
  const what = `decodes the transaction in bytes ${start} to ${end - 1} of the batch`;
  if (dropped(taken)) return `${what}: malformed, the transaction is dropped`;
  const envelope = txOf(taken.after).envelope;
  return `${what}: type ${envelope?.type}, nonce ${envelope?.nonce}, gas limit ${envelope?.gasLimit}`;
}

/** What each phase says of its step. EXECUTE has its instructions' texts. */
const TEXTS: { readonly [P in Phase]: (taken: Taken, task: TaskOf<P>) => string } = {
  [PHASE.execute]: ({ op }) => opcodeName(op ?? 0),
  [PHASE.loadAccount]: loadText,
  [PHASE.loadSlot]: loadText,
  [PHASE.loadCode]: loadText,
  [PHASE.copy]: ({ after }, { to, rest }) => {
    const count = after.task.phase === PHASE.copy ? rest - after.task.rest : rest;
    return `copies ${bytes(count)} to memory at ${to}${rest > count ? `, ${bytes(rest - count)} are left` : ""}`;
  },
  [PHASE.hash]: ({ after }, { slice, prefix, suffix, then }) => {
    const whole = prefix.length + slice.length + suffix.length;
    if (after.task.phase === PHASE.hash) return `hashes ${done(after.task.position, whole)}`;
    const pushed = then.phase === PHASE.execute ? hexWord(after.stack.peek(0)) : `for ${phaseName(then.phase)}`;
    return `hashes ${done(whole, whole)}: keccak256 ${pushed}`;
  },
  [PHASE.build]: ({ after }, { slice }) => {
    const position = after.task.phase === PHASE.build ? after.task.position : slice.length;
    return `copies the initcode into the frame's code: ${done(position, slice.length)}`;
  },
  [PHASE.enter]: enterText,
  [PHASE.leave]: leaveText,
  [PHASE.precompile]: precompileText,
  [PHASE.input]: ({ after }, { slice }) => {
    const position = after.task.phase === PHASE.input ? after.task.position : slice.length;
    return `copies the model's input: ${done(position, slice.length)}`;
  },
  [PHASE.ask]: askText,
  [PHASE.deposit]: ({ before }) =>
    `account ${hexAddress(frameOf(before).address)} receives its code of ${bytes(before.returned.length)}`,
  [PHASE.create]: ({ after, outcome }) => {
    if (outcome === "waits") return "a creation begins";
    return after.phase === PHASE.enter
      ? `the new account is ${hexAddress(frameOf(after).address)}`
      : "refused: call depth, insufficient balance, or nonce overflow";
  },
  [PHASE.log]: () => "the log is appended to the transaction's logs",
  [PHASE.start]: () => "the batch begins: opens its context and the output it builds on",
  [PHASE.next]: nextText,
  [PHASE.decode]: decodeText,
  [PHASE.recover]: (taken) =>
    dropped(taken)
      ? "invalid signature: the transaction is dropped"
      : `the sender is ${hexAddress(txOf(taken.after).origin)}`,
  [PHASE.count]: ({ before, after }) => {
    const { data, intrinsic } = txOf(before).envelope as NonNullable<Tx["envelope"]>;
    const paid = (txOf(after).envelope as NonNullable<Tx["envelope"]>).intrinsic;
    const position = after.task.phase === PHASE.count ? after.task.position : data.length;
    return `counts the data's bytes, ${done(position, data.length)}: intrinsic gas ${intrinsic} → ${paid}`;
  },
  [PHASE.access]: (taken, { position, slotsEnd, address }) => {
    if (dropped(taken)) return "malformed access list: the transaction is dropped";
    if (position < slotsEnd) return `a slot of ${hexAddress(address)} is on the access list: it is warm`;
    const named = [...taken.looks.accounts][0];
    return `account ${named === undefined ? "" : `${hexAddress(named)} `}is on the access list: it is warm`;
  },
  [PHASE.validate]: (taken) => {
    const { before, after, outcome } = taken;
    const { origin, envelope } = txOf(before);
    if (dropped(taken)) return "invalid transaction: it is dropped";
    const checks = `checks the transaction of ${hexAddress(origin)}`;
    if (outcome === "waits") return checks;
    return `${checks} and buys its gas: ${envelope?.gasLimit} at ${txOf(after).gasPrice} wei, ${envelope?.intrinsic} of them intrinsic`;
  },
  [PHASE.settle]: ({ before, after }) =>
    after.task.phase !== PHASE.flush
      ? "settles the gas"
      : `the transaction pays for ${after.task.used} gas; ${before.gas} were left, the refund counter is ${txOf(before).refund}`,
  [PHASE.flush]: flushText,
  [PHASE.receipt]: receiptText,
  [PHASE.idle]: ({ before, after }) =>
    after.phase === PHASE.idle
      ? `idles until the next slot, a multiple of 16^7 steps (now at ${before.clock})`
      : "the next transaction's slot begins",
};

const phaseText = (taken: Taken, task: Task): string =>
  (TEXTS[task.phase] as (taken: Taken, task: Task) => string)(taken, task);
