import { type Hex, toBytes, toHex } from "@elench/bytes/hex";
import { joinWords } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { recordOf } from "@elench/evm/batch/claim";
import { recordWords } from "@elench/evm/batch/record";
import type { RecordTree } from "@elench/evm/batch/record-tree";
import { haltedHash, runningHash, runningWords, spanLevel, spanStart, spanWords } from "@elench/evm/batch/span";
import type { Hash } from "@elench/merkle/tree";
import type { Run } from "../strategy/trace-provider.ts";
import type { BatchTraceProvider } from "./batch-trace-provider.ts";
import { type ProposedSpan, spanOf } from "./spans.ts";
import type { MachineTraceProvider } from "./trace-providers.ts";

export interface SpanTraceProviderOptions {
  /** Address of the span machine. */
  readonly machine: Hex;
  /** Of the L2 chain. */
  readonly chainId: bigint;
  /** Finds the span that a game's context is about; undefined if nobody proposed its output. */
  readonly spanOf: (context: Hex) => ProposedSpan | undefined;
  /** Executes the batches of the spans. */
  readonly batches: BatchTraceProvider;
  readonly records: RecordTree;
}

/**
 * The true executions of spans: each step is the execution of one batch. It judges only spans that build on a true output, because the state
 * behind a false one may be unknown to everybody; and only under a root of its own tree, so that its records open to it.
 */
export class SpanTraceProvider implements MachineTraceProvider {
  readonly #options: SpanTraceProviderOptions;

  constructor(options: SpanTraceProviderOptions) {
    this.#options = options;
  }

  async unknown({ machine, context, start, level }: Run): Promise<string | null> {
    const { chainId, batches, records } = this.#options;
    if (machine.toLowerCase() !== this.#options.machine.toLowerCase())
      return `machine ${machine} is not the deployment's span verifier`;
    const span = this.#options.spanOf(context);
    if (!span) return `no proposed output on L1 is about the context ${context}`;
    const { first, end, previous, root, count } = span;
    const why = await batches.reach(end);
    if (why !== null) return why;
    const truth = toHex(batches.outputAt(first));
    if (previous !== truth)
      return `the span from batch ${first} to ${end} builds on ${previous}, but the output before batch ${first} is ${truth}`;
    if (count > records.count)
      return `the span names the root after ${count} batches, of which ${records.count} are known`;
    const own = toHex(records.root(count));
    if (root !== own) return `the span names the root ${root} after ${count} batches, whose root is ${own}`;
    const [expectedStart, expectedLevel] = [toHex(spanStart(spanOf(span), chainId)), spanLevel(span)];
    if (start !== expectedStart) return `the game starts from ${start}, but the span starts from ${expectedStart}`;
    if (level !== expectedLevel) return `the game has level ${level}, but the span has level ${expectedLevel}`;
    return null;
  }

  async output(run: Run): Promise<Hash> {
    return this.#options.batches.outputAt(this.#spanOf(run).end);
  }

  async stateHashes(run: Run, steps: bigint[]): Promise<Hash[]> {
    const span = this.#spanOf(run);
    const context = toBytes(run.context);
    return steps.map((step) => {
      const boundary = span.first + Number(step);
      return boundary < span.end
        ? runningHash(context, Number(step), this.#options.batches.outputAt(boundary))
        : haltedHash(context, this.#options.batches.outputAt(span.end));
    });
  }

  /** Every step asks the EVM machine about the next batch. */
  async asked(run: Run, step: bigint): Promise<Run | undefined> {
    const { first, end } = this.#spanOf(run);
    const index = first + Number(step);
    return index < end ? this.#options.batches.runOf(index) : undefined;
  }

  /** Opens the state, the context, the batch's record and its path. */
  async witness(run: Run, step: bigint): Promise<Uint8Array> {
    const { batches, records } = this.#options;
    const span = this.#spanOf(run);
    const index = span.first + Number(step);
    return joinWords([
      ...runningWords(toBytes(run.context), Number(step), batches.outputAt(index)),
      ...spanWords(spanOf(span)),
      ...recordWords(recordOf(batches.inputOf(index))),
      ...records.open(index, span.count),
    ]);
  }

  #spanOf({ context }: Run): ProposedSpan {
    const span = this.#options.spanOf(context);
    if (!span) throw new InternalError(`unknown context ${context}`);
    return span;
  }
}
