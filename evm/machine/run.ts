import { isZero } from "@elench/bytes/words";
import type { Hash } from "@elench/merkle/tree";
import { type BatchInput, batchInput, type ChainState } from "../batch/claim.ts";
import { encodeBatch } from "../batch/encoding.ts";
import { ordinary } from "../batch/record.ts";
import type { BlockHeader } from "../structures/layout.ts";
import { type Log, logsOf, PHASE, type Tx } from "../structures/layout.ts";
import { skipIdle } from "./phases/blocks.ts";
import { firstState } from "./start.ts";
import type { Host } from "./state/host.ts";
import type { Machine } from "./state/machine.ts";
import { step } from "./step.ts";

/** Called with the machine before each step, idle steps excepted. */
export type Each = (machine: Machine) => void;

/** Steps a batch from its first state to the halt, without the idle time. @returns the halted machine. */
export function runBatch(host: Host, input: BatchInput, each?: Each): Machine {
  const m = firstState(input, host);
  while (!m.halted) {
    each?.(m);
    step(m);
    skipIdle(m);
  }
  return m;
}

export interface TransactionRun {
  /** Root of the state trie after the transaction. */
  readonly stateRoot: Hash;
  /** Hash chain of the block's receipts: 0 if the transaction is invalid. */
  readonly receipts: Hash;
  readonly logs: readonly Log[];
  readonly gasUsed: bigint;
  readonly valid: boolean;
}

export interface TransactionInput {
  readonly chainId: bigint;
  readonly header: BlockHeader & { readonly number: bigint };
  /** EIP-2718 encoding. */
  readonly txBytes: Uint8Array;
  /** Root of the state trie before it. */
  readonly stateRoot: Hash;
  /** 256 hashes: entry n mod 256 is block n's. */
  readonly history: readonly Hash[];
  readonly host: Host;
  readonly each?: Each;
}

/** More than the gas limit of any official test. */
const ANY_GAS = 2n ** 64n;

/** Steps one transaction, alone in a block. */
export function stepTransaction(input: TransactionInput): TransactionRun {
  const { chainId, header, txBytes, history, host, each } = input;
  const previous: ChainState = { number: header.number - 1n, stateRoot: input.stateRoot, history };
  const bytes = encodeBatch([{ ...header, transactions: [txBytes] }]);
  const m = firstState(batchInput(ordinary(chainId, ANY_GAS), previous, bytes), host);
  let last: Tx | null = null;
  while (m.phase !== PHASE.idle) {
    each?.(m);
    last = m.tx;
    step(m);
  }
  const { stateRoot, receipts, gasUsed } = (m.tx as Tx).block;
  const valid = !isZero(receipts);
  return { stateRoot, receipts, gasUsed, valid, logs: valid && last ? logsOf(last) : [] };
}
