import { equalBytes } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import type { BatchRecord } from "@elench/evm/batch/record";
import type { RecordTree } from "@elench/evm/batch/record-tree";
import { type Span, spanLength } from "@elench/evm/batch/span";
import {
  type BatchRun,
  firstSpanState,
  isSpanHalted,
  type OpenedRecord,
  type SpanMachine,
  type SpanState,
  spanMachine,
  spanQuestion,
  spanStateHash,
  spanWitness,
} from "@elench/evm/span/machine";
import type { Hash } from "@elench/merkle/tree";
import type { Trace } from "./trace.ts";

/** What a span's states are made of. */
export interface ExecutedSpan {
  readonly span: Span;
  readonly chainId: bigint;
  /** How many batches the inbox had under the span's root. */
  readonly count: number;
  /** The inbox's tree, with these batches at least. */
  readonly tree: RecordTree;
  readonly record: (batch: number) => BatchRecord;
  /** The chain's output before a batch of the span, and after its last one. */
  readonly outputAt: (boundary: number) => Hash;
}

/** The virtual trace of a span: its states follow from the outputs of its batches, each of which was executed once. */
export class SpanTrace implements Trace {
  readonly #executed: ExecutedSpan;
  readonly machine: SpanMachine;

  /** @throws InternalError if the span's root is not that of its tree, or its previous output not that of its chain. */
  constructor(executed: ExecutedSpan) {
    const { span, chainId, count, tree, outputAt } = executed;
    if (!equalBytes(span.root, tree.root(count)))
      throw new InternalError(
        `the root of the span from batch ${span.first} is not the inbox's after ${count} batches`,
      );
    if (!equalBytes(span.previous, outputAt(span.first)))
      throw new InternalError(`the span builds on another output than that before batch ${span.first}`);
    this.#executed = executed;
    this.machine = spanMachine(span, chainId);
  }

  get context(): Hash {
    return this.machine.context;
  }

  get start(): Hash {
    return spanStateHash(this.machine, firstSpanState(this.machine));
  }

  get steps(): bigint {
    return BigInt(spanLength(this.machine.span));
  }

  get output(): Hash {
    return this.#executed.outputAt(this.machine.span.end);
  }

  async stateHashes(steps: readonly bigint[]): Promise<Hash[]> {
    return steps.map((step) => spanStateHash(this.machine, this.state(step)));
  }

  async witness(step: bigint): Promise<Uint8Array> {
    const state = this.state(step);
    return spanWitness(this.machine, state, () => this.#opened(state));
  }

  /** The run of the EVM machine that the step asks for; null from the halted state on. */
  question(step: bigint): BatchRun | null {
    const state = this.state(step);
    if (isSpanHalted(this.machine, state)) return null;
    return spanQuestion(this.machine, state, this.#opened(state).record);
  }

  /** The state before a step. */
  state(step: bigint): SpanState {
    const executed = Number(step < this.steps ? step : this.steps);
    return { executed, output: this.#executed.outputAt(this.machine.span.first + executed) };
  }

  #opened({ executed }: SpanState): OpenedRecord {
    const { tree, count, record } = this.#executed;
    const batch = this.machine.span.first + executed;
    return { record: record(batch), path: tree.open(batch, count) };
  }
}
