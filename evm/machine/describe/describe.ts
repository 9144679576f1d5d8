import { wordBytes } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";
import { type DirectoryEntry, decodeEntry } from "../../inference/directory.ts";
import type { Code } from "../../structures/code.ts";
import { KIND, type Log, logsOf, PHASE, readSlice, STATUS } from "../../structures/layout.ts";
import { OPCODES } from "../opcodes.ts";
import type { Machine } from "../state/machine.ts";
import { type AskTask, isLoad } from "../state/task.ts";
import type { Waiting } from "../state/waiting.ts";
import { step } from "../step.ts";
import { type AccountTouch, type SlotTouch, touched } from "./changes.ts";
import { hexAddress, hexBytes, hexWord } from "./hex.ts";
import { observe } from "./looks.ts";
import { argumentNames, opcodeName, phaseName } from "./names.ts";
import { textOf } from "./text.ts";

/** A step described for people: in words, with the values whose hashes the state holds. Words of 256 bits, addresses and bytes are 0x-hexadecimal. */
export interface StepDescription {
  /** Index of the step in the batch. */
  readonly step: bigint;
  /** Name of the phase in docs/evm-machine.md. */
  readonly phase: string;
  /** The instruction executed or attempted; null in other phases. */
  readonly opcode: string | null;
  /** One sentence. */
  readonly text: string;
  /**
   * `waits`: a record or a code is not loaded yet. The next step loads it, then this one is retried. `fails`: the frame ends by an exceptional halt. `halts`: the batch
   * ends. `halted`: the batch had ended before the step.
   */
  readonly outcome: "done" | "waits" | "fails" | "halts" | "halted";
  /** Program counter of the instruction; null in other phases. */
  readonly pc: number | null;
  readonly gas: GasChange;
  readonly stack: StackChange;
  readonly memory: MemoryChange;
  readonly accounts: readonly AccountTouch[];
  readonly storage: readonly SlotTouch[];
  /** The frame before the step; null if none runs. */
  readonly frame: FrameDescription | null;
  /** The frame after the step. */
  readonly frameAfter: FrameDescription | null;
  readonly refund: { readonly before: bigint; readonly after: bigint };
  /** The log that the step emits. */
  readonly log: LogDescription | null;
  /** Return data, if the step changes it: what the frame returns, or what its last call returned. */
  readonly returned: string | null;
  /** Root of the state trie, if the step changes it. */
  readonly world: { readonly before: string; readonly after: string } | null;
  /** The inference that the step asks for, and its output. */
  readonly asks: Asked | null;
  /** Phase of the next step; null if the machine has halted. */
  readonly next: string | null;
}

export interface GasChange {
  readonly before: bigint;
  readonly after: bigint;
  /** Gas charged to the frame. For a call or a creation it includes the gas passed on. Null outside a frame. */
  readonly cost: bigint | null;
  /** Gas passed on to a call or a creation. */
  readonly given: bigint | null;
}

export interface StackChange {
  /** The top first. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Items that the instruction pops, the top first, with the arguments' names. */
  readonly taken: readonly { readonly name: string; readonly value: string }[];
}

export interface MemoryChange {
  /** Bytes. */
  readonly before: number;
  readonly after: number;
  readonly reads: readonly { readonly offset: number; readonly bytes: string }[];
  readonly writes: readonly { readonly offset: number; readonly before: string; readonly after: string }[];
}

export interface FrameDescription {
  /** 0 for the transaction's outermost frame. */
  readonly depth: number;
  readonly kind: "call" | "creation";
  readonly address: string;
  readonly caller: string;
  readonly value: bigint;
  readonly isStatic: boolean;
  readonly codeHash: string;
  readonly codeSize: number;
  /** Bytes of calldata. */
  readonly dataSize: number;
}

interface LogDescription {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

export interface Asked {
  readonly modelId: string;
  readonly model: DirectoryEntry;
  readonly inputBytes: number;
  /** Data roots. */
  readonly inputRoot: string;
  readonly outputRoot: string;
  readonly output: string;
}

/** Describes the machine's next step. It executes the step on a copy, so ASK runs the model; the machine itself does not change. */
export function describe(machine: Machine): StepDescription {
  const before = machine.copy();
  const after = machine.copy();
  const looks = observe(after);
  step(after);
  const outcome = outcomeOf(before, after);
  const op = before.phase === PHASE.execute && !before.halted ? opcodeAt(before) : null;
  const opcode = op === null ? null : opcodeName(op);
  const touches = outcome === "waits" ? { accounts: [], storage: [] } : touched(before, after, looks);
  const stack = stackChange(before, after, op);
  const [logBefore, logAfter] = [lastLog(before), lastLog(after)];
  const isIn = (m: Machine) => m.frame !== null;
  return {
    step: before.clock,
    phase: before.halted ? "HALTED" : phaseName(before.phase),
    opcode,
    text: textOf({ before, after, outcome, op, looks, touched: touches, arguments: stack.taken }),
    outcome,
    pc: op === null ? null : before.pc,
    gas: gasChange(before, after),
    stack,
    memory: {
      before: before.memory.size,
      // Memory of the frame that the step enters or returns to.
      after: after.memory.size,
      reads: looks.memoryReads.map(({ offset, bytes }) => ({ offset, bytes: hexBytes(bytes) })),
      writes: looks.memoryWrites.map((write) => ({
        offset: write.offset,
        before: hexBytes(write.before),
        after: hexBytes(write.after),
      })),
    },
    ...touches,
    frame: isIn(before) ? describeFrame(before) : null,
    frameAfter: isIn(after) ? describeFrame(after) : null,
    refund: { before: before.tx?.refund ?? 0n, after: after.tx?.refund ?? 0n },
    log: before.phase === PHASE.log && logAfter !== logBefore ? describeLog(logAfter as Log) : null,
    returned: after.returned === before.returned ? null : hexBytes(readSlice(after.returned, 0, after.returned.length)),
    world: worldChange(before, after),
    asks: before.task.phase === PHASE.ask ? asked(before.task, after) : null,
    next: after.halted ? null : phaseName(after.phase),
  };
}

/** The byte of the code at pc: STOP beyond its end. */
export const opcodeAt = ({ pc, code }: Machine): number => (pc < code.size ? (code.bytes[pc] as number) : 0);

/** Name of the machine's next instruction, or of its phase. */
export const stepName = (m: Machine): string =>
  m.halted ? "HALTED" : m.phase === PHASE.execute ? opcodeName(opcodeAt(m)) : phaseName(m.phase);

export function outcomeOf(before: Pick<Machine, "halted">, after: Machine): StepDescription["outcome"] {
  if (before.halted) return "halted";
  if (after.halted) return "halts";
  if (isLoad(after.task)) return "waits";
  const failed = after.task.phase === PHASE.leave && after.task.status === STATUS.failure;
  return failed ? "fails" : "done";
}

/** @returns null unless a frame runs before and after the step. */
export function costOf(before: Pick<Machine, "gas" | "frame">, after: Machine): bigint | null {
  if (!before.frame || !after.frame) return null;
  const deeper = after.frame.depth - before.frame.depth;
  if (deeper < 0) return 0n;
  return before.gas - (deeper > 0 ? (after.frame.parent as Waiting).gas : after.gas);
}

function gasChange(before: Machine, after: Machine): GasChange {
  const entered = before.frame && after.frame && after.frame.depth > before.frame.depth;
  return { before: before.gas, after: after.gas, cost: costOf(before, after), given: entered ? after.gas : null };
}

function stackChange(before: Machine, after: Machine, op: number | null): StackChange {
  const opcode = op === null ? undefined : OPCODES[op];
  const names = op === null ? [] : argumentNames(op);
  const count = Math.min(opcode?.takes ?? 0, before.stack.height);
  return {
    before: stackItems(before),
    after: stackItems(after),
    taken: Array.from({ length: count }, (_, i) => ({ name: names[i] ?? "", value: hexWord(before.stack.peek(i)) })),
  };
}

/** The top first. */
const stackItems = ({ stack }: Machine): string[] =>
  Array.from({ length: stack.height }, (_, i) => hexWord(stack.peek(i)));

const codeHashes = new WeakMap<Code, string>();

function codeHashOf(code: Code): string {
  const known = codeHashes.get(code);
  if (known) return known;
  const hash = hexBytes(keccak256(code.bytes));
  codeHashes.set(code, hash);
  return hash;
}

function describeFrame({ frame, code }: Machine): FrameDescription {
  const { depth, kind, address, caller, value, isStatic, data } = frame as NonNullable<Machine["frame"]>;
  return {
    depth,
    kind: kind === KIND.creation ? "creation" : "call",
    address: hexAddress(address),
    caller: hexAddress(caller),
    value,
    isStatic,
    codeHash: codeHashOf(code),
    codeSize: code.size,
    dataSize: data.length,
  };
}

const lastLog = ({ tx }: Machine): Log | undefined => (tx ? logsOf(tx).at(-1) : undefined);

const describeLog = ({ address, topics, data }: Log): LogDescription => ({
  address: hexAddress(address),
  topics: topics.map(hexWord),
  data: hexBytes(data),
});

function worldChange(before: Machine, after: Machine): StepDescription["world"] {
  const [was, is] = [before.tx?.block.stateRoot, after.tx?.block.stateRoot];
  if (!was || !is || was === is) return null;
  const change = { before: hexBytes(was), after: hexBytes(is) };
  return change.before === change.after ? null : change;
}

function asked(task: AskTask, { returned }: Machine): Asked {
  return {
    modelId: hexBytes(task.modelId),
    model: decodeEntry(wordBytes(task.entry)) as DirectoryEntry,
    inputBytes: task.input.size,
    inputRoot: hexBytes(task.input.root),
    outputRoot: hexBytes(returned.tree.root),
    output: hexBytes(readSlice(returned, 0, returned.length)),
  };
}
