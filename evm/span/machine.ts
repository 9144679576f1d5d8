import { concat } from "@elench/bytes/concat";
import { joinWords } from "@elench/bytes/words";
import { hashWords } from "@elench/merkle/hash-words";
import type { Hash } from "@elench/merkle/tree";
import { LIMIT } from "@elench/spec/evm/limits";
import { startIn } from "../batch/claim.ts";
import { type BatchRecord, recordHash, recordWords } from "../batch/record.ts";
import { haltedWords, runningWords, type Span, spanContext, spanLength, spanWords } from "../batch/span.ts";

/** The span machine: docs/span-machine.md. Each of its steps asks the EVM machine about one batch. */

export interface SpanMachine {
  readonly span: Span;
  readonly context: Hash;
}

/** After all of the span's batches the machine is halted. */
export interface SpanState {
  /** Number of executed batches. */
  readonly executed: number;
  /** The chain's after them. */
  readonly output: Hash;
}

/** The next batch in the inbox, as a witness opens it. */
export interface OpenedRecord {
  readonly record: BatchRecord;
  /** Siblings from the record's hash to the span's root. */
  readonly path: readonly Hash[];
}

/** The run of the EVM machine that a step asks for. */
export interface BatchRun {
  /** Index of the batch. */
  readonly batch: number;
  readonly context: Hash;
  readonly start: Hash;
  readonly level: number;
}

export const spanMachine = (span: Span, chainId: bigint): SpanMachine => ({
  span,
  context: spanContext(span, chainId),
});

export const firstSpanState = ({ span }: SpanMachine): SpanState => ({ executed: 0, output: span.previous });

export const isSpanHalted = ({ span }: SpanMachine, { executed }: SpanState): boolean => executed === spanLength(span);

const stateWords = (machine: SpanMachine, state: SpanState) =>
  isSpanHalted(machine, state)
    ? haltedWords(machine.context, state.output)
    : runningWords(machine.context, state.executed, state.output);

export const spanStateHash = (machine: SpanMachine, state: SpanState): Hash => hashWords(stateWords(machine, state));

/** What opens a state; of the step from a running one also the batch. */
export function spanWitness(machine: SpanMachine, state: SpanState, opened: () => OpenedRecord): Uint8Array {
  const words = stateWords(machine, state);
  if (isSpanHalted(machine, state)) return joinWords(words);
  const { record, path } = opened();
  return concat(joinWords([...words, ...spanWords(machine.span), ...recordWords(record)]), ...path);
}

/** What the step from a running state asks. */
export function spanQuestion({ span }: SpanMachine, { executed, output }: SpanState, record: BatchRecord): BatchRun {
  const context = hashWords([recordHash(record), output]);
  return { batch: span.first + executed, context, start: startIn(context), level: LIMIT.BATCH_LEVEL };
}

/** The step from a running state, given that the EVM machine answers `output`; a halted one stays. */
export const nextSpanState = (machine: SpanMachine, state: SpanState, output: Hash): SpanState =>
  isSpanHalted(machine, state) ? state : { executed: state.executed + 1, output };
