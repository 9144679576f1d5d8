import { SLOT_STEPS } from "../../batch/claim.ts";
import { PHASE, readSlice, STATUS, type Tx } from "../../structures/layout.ts";
import { skipIdle } from "../phases/blocks.ts";
import type { Machine } from "../state/machine.ts";
import { isLoad, type TaskOf } from "../state/task.ts";
import { Waiting } from "../state/waiting.ts";
import { step } from "../step.ts";
import { opcodeAt } from "./describe.ts";
import { hexBytes, hexWord } from "./hex.ts";
import { opcodeName } from "./names.ts";

/** The trace of a transaction in the format of EIP-3155: an object per instruction, and a summary. Fields are in the EIP's order. */

/** Stack and memory are those before the instruction. */
export interface Eip3155Line {
  readonly pc: number;
  readonly op: number;
  /** Hexadecimal, like all of the EIP's Hex-Numbers. */
  readonly gas: string;
  /** For a call or a creation it includes the gas passed on. For an exceptional halt it is all the gas left. */
  readonly gasCost: string;
  /** The top is last. */
  readonly stack: readonly string[];
  /** 1 for the transaction's outermost frame. */
  readonly depth: number;
  /** Return data of the last call. */
  readonly returnData: string;
  readonly refund: string;
  /** Bytes. */
  readonly memSize: number;
  readonly opName: string;
  /** Present if the instruction ends its frame by an exceptional halt. */
  readonly error?: string;
}

export interface Eip3155Summary {
  readonly stateRoot: string;
  readonly output: string;
  readonly gasUsed: string;
  readonly pass: boolean;
  readonly fork: "Cancun";
}

/** An instruction whose cost is not known yet: the state after it determines the cost. */
interface Pending {
  readonly line: Omit<Eip3155Line, "gasCost" | "error">;
  readonly gas: bigint;
  readonly depth: number;
}

/**
 * Steps a copy of the machine through one transaction.
 * @param machine at the transaction's first step.
 * @returns null if the transaction is dropped: none of its instructions is executed.
 */
export function* eip3155(machine: Machine): Generator<Eip3155Line, Eip3155Summary | null> {
  const end = machine.clock - (machine.clock % SLOT_STEPS) + SLOT_STEPS;
  const m = machine.copy();
  let pending: Pending | null = null;
  let output = "0x";
  while (!m.halted && m.clock < end) {
    // A frame without code executes nothing.
    const executes = m.phase === PHASE.execute && m.code.size > 0;
    if (executes) pending = pendingAt(m);
    if (m.phase === PHASE.settle) output = hexBytes(readSlice(m.returned, 0, m.returned.length));
    if (m.task.phase === PHASE.receipt) return summaryOf(m, m.task, output);
    step(m);
    skipIdle(m);
    // The instruction waits for a record and will be retried.
    if (executes && isLoad(m.task)) pending = null;
    if (pending && isDone(pending, m)) {
      yield lineOf(pending, m);
      pending = null;
    }
  }
  return null;
}

function pendingAt(m: Machine): Pending {
  const { pc, gas, stack, memory, returned, tx } = m;
  const op = opcodeAt(m);
  const { depth } = m.frame as NonNullable<Machine["frame"]>;
  const line = {
    pc,
    op,
    gas: hexWord(gas),
    stack: Array.from({ length: stack.height }, (_, i) => hexWord(stack.peek(stack.height - 1 - i))),
    depth: depth + 1,
    returnData: hexBytes(readSlice(returned, 0, returned.length)),
    refund: hexWord((tx as Tx).refund),
    memSize: memory.size,
    opName: opcodeName(op),
  };
  return { line, gas, depth };
}

/** An instruction can take several steps. It is done when the next one begins, or the frame ends or calls another. */
const isDone = ({ depth }: Pending, m: Machine): boolean =>
  m.frame === null || m.frame.depth !== depth || m.phase === PHASE.execute || m.phase === PHASE.leave;

function lineOf({ line, gas, depth }: Pending, m: Machine): Eip3155Line {
  const { pc, op, gas: before, ...rest } = line;
  const caller = m.frame !== null && m.frame.depth > depth ? m.frame.parent : null;
  const left = caller instanceof Waiting ? caller.gas : m.gas;
  const failed = m.task.phase === PHASE.leave && m.task.status === STATUS.failure;
  const known = { pc, op, gas: before, gasCost: hexWord(gas - left), ...rest };
  return failed ? { ...known, error: "exceptional halt" } : known;
}

function summaryOf({ tx }: Machine, { status, used }: TaskOf<typeof PHASE.receipt>, output: string): Eip3155Summary {
  const { stateRoot } = (tx as Tx).block;
  return {
    stateRoot: hexBytes(stateRoot),
    output,
    gasUsed: hexWord(used),
    pass: status === STATUS.success,
    fork: "Cancun",
  };
}
