import { SLOT_STEPS } from "@elench/evm/batch/claim";
import { nextTurn } from "@elench/evm/batch/turn";
import { skipIdle } from "@elench/evm/machine/phases/blocks";
import { toBoundary } from "@elench/evm/machine/state/boundary";
import { openAccount, openSlot, storeSlot } from "@elench/evm/machine/state/journal";
import type { Machine } from "@elench/evm/machine/state/machine";
import { step } from "@elench/evm/machine/step";
import { type Block, type Envelope, type Frame, PHASE, type Tx, viewOfBytes } from "@elench/evm/structures/layout";
import type { BatchTrace, Tampering } from "./batch-trace.ts";
import { FaultError } from "./fault.ts";

/** Ways in which a liar's trace of a batch leaves the true one, for tests and for the demo. Each is false in one step, and follows the machine from there. */

const OPCODE = { firstArithmetic: 0x01, lastArithmetic: 0x1d, sstore: 0x55 } as const;

const opcodeAt = (m: Machine): number | undefined =>
  m.phase === PHASE.execute && m.pc < m.code.size ? m.code.bytes[m.pc] : undefined;

interface Kind {
  /** What is false. */
  readonly what: string;
  /** Whether a step, from one state to the next, is one that can be told falsely in this way. */
  readonly fits: (before: Machine, after: Machine) => boolean;
  /** Falsifies the state after it. @param before as it was before the step. */
  readonly change: (after: Machine, before: Machine) => void;
}

const isTransactionNext = (m: Machine): boolean => m.phase === PHASE.next && transactionTurn(m) !== undefined;

/** The block without the transaction that is next in it. */
function transactionTurn(m: Machine): Block | undefined {
  const { block } = m.tx as Tx;
  const turn = nextTurn(block, (offset, length) => block.batch.bytes.view(offset, length));
  return turn.kind === "transaction" ? turn.block : undefined;
}

const KINDS = {
  opcode: {
    what: "the result of an arithmetic opcode",
    fits: (before, after) => {
      const op = opcodeAt(before) ?? 0;
      return OPCODE.firstArithmetic <= op && op <= OPCODE.lastArithmetic && after.phase === PHASE.execute;
    },
    change: (m) => m.stack.push(m.stack.pop() ^ 1n),
  },
  storage: {
    what: "the value that SSTORE leaves",
    fits: (before, after) => opcodeAt(before) === OPCODE.sstore && after.phase === PHASE.execute,
    change: (m, before) => {
      const { address } = m.frame as Frame;
      const account = openAccount(m, address);
      const slot = openSlot(m, account, before.stack.peek(0));
      storeSlot(m, account, { ...slot, current: slot.current ^ 1n });
    },
  },
  gas: {
    what: "the gas that an opcode leaves",
    fits: (before, after) => before.phase === PHASE.execute && after.phase === PHASE.execute,
    change: (m) => {
      m.gas += 1n;
    },
  },
  precompile: {
    what: "the bytes that a precompile returns",
    fits: (before, after) =>
      before.phase === PHASE.precompile && after.phase === PHASE.leave && after.returned.length > 0,
    change: (m) => {
      const { tree, offset, length } = m.returned;
      const bytes = tree.view(offset, length).slice();
      bytes[length - 1] = (bytes[length - 1] as number) ^ 1;
      m.returned = viewOfBytes(bytes);
    },
  },
  decoding: {
    what: "the value that a transaction carries",
    fits: (before, after) => before.phase === PHASE.decode && after.tx?.envelope != null,
    change: (m) => {
      const tx = m.tx as Tx;
      const envelope = tx.envelope as Envelope;
      m.tx = { ...tx, envelope: { ...envelope, value: envelope.value + 1n } };
    },
  },
  omission: {
    what: "that a transaction is in the batch",
    fits: (_, after) => isTransactionNext(after),
    change: (m) => toBoundary(m, transactionTurn(m) as Block),
  },
} satisfies Record<string, Kind>;

export interface BatchFault {
  readonly kind: keyof typeof KINDS;
  /** Number of the transaction in the batch, from 0. */
  readonly transaction: number;
}

export const BATCH_FAULTS = Object.keys(KINDS) as readonly BatchFault["kind"][];

/** @throws FaultError unless the text is `kind` or `kind:transaction`. */
export function parseBatchFault(text: string): BatchFault {
  const [kind = "", transaction = "0", ...rest] = text.split(":");
  if (!Object.hasOwn(KINDS, kind) || !/^\d+$/.test(transaction) || rest.length > 0)
    throw new FaultError(
      `a fault is one of ${BATCH_FAULTS.join(", ")}, with a transaction's number where it is not the first (storage:2), not "${text}"`,
    );
  return { kind: kind as BatchFault["kind"], transaction: Number(transaction) };
}

/**
 * The first step of the transaction that can be told falsely in this way, and how.
 * @throws FaultError if there is none.
 */
export function tamperingOf(trace: BatchTrace, { kind, transaction }: BatchFault): Tampering {
  if (transaction >= trace.transactions)
    throw new FaultError(`the batch has ${trace.transactions} transactions, and none numbered ${transaction}`);
  const { fits, change }: Kind = KINDS[kind];
  const first = BigInt(transaction) * SLOT_STEPS;
  // From the step before it, since its very first state may be the false one.
  const after = trace.at(first > 0n ? first - 1n : 0n).copy();
  const end = first + SLOT_STEPS;
  while (!after.halted && after.clock < end) {
    const before = after.copy();
    step(after);
    if (!after.halted && fits(before, after)) return { step: after.clock, change: (m) => change(m, before) };
    skipIdle(after);
  }
  throw new FaultError(`transaction ${transaction} has no step in which ${KINDS[kind].what} could be told falsely`);
}
