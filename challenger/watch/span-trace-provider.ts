import { type Hex, toHex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import { recordOf } from "@elench/evm/batch/claim";
import type { RecordTree } from "@elench/evm/batch/record-tree";
import { spanLevel, spanStart } from "@elench/evm/batch/span";
import type { Hash } from "@elench/merkle/tree";
import { SpanTrace } from "@elench/prover/span-trace";
import type { Run } from "../strategy/trace-provider.ts";
import type { BatchTraceProvider } from "./batch-trace-provider.ts";
import { type ProposedSpan, spanOf } from "./spans.ts";
import type { MachineTraceProvider } from "./trace-providers.ts";

export interface SpanTraceProviderOptions {
  /** Addresses of the span machine, and of the machine that executes a batch. */
  readonly rollup: { readonly spanVerifier: Hex; readonly evmVerifier: Hex };
  /** Of the L2 chain. */
  readonly chainId: bigint;
  /** Finds the span that a game's context is about; undefined if nobody proposed its output. */
  readonly spanOf: (context: Hex) => ProposedSpan | undefined;
  /** Executes the batches of the spans. */
  readonly batches: BatchTraceProvider;
  /** The inbox's tree, with the batches on L1. */
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
    const { rollup, chainId, batches, records } = this.#options;
    if (machine.toLowerCase() !== rollup.spanVerifier.toLowerCase())
      return `machine ${machine} is not the deployment's span verifier`;
    const span = this.#options.spanOf(context);
    if (!span) return `no proposed output on L1 is about the context ${context}`;
    const { first, end, previous, root, count } = span;
    const missing = await batches.reach(end);
    if (missing !== null) return missing;
    const truth = toHex(batches.outputAt(first));
    if (previous !== truth)
      return `the span of batches ${first} to ${end - 1} builds on ${previous}, but the true output there is ${truth}`;
    if (count < end || count > records.count)
      return `the span names the root after ${count} batches; it has ${end}, and ${records.count} are known`;
    const own = toHex(records.root(count));
    if (root !== own) return `the span names the root ${root} after ${count} batches, whose root is ${own}`;
    const [expectedStart, expectedLevel] = [toHex(spanStart(spanOf(span), chainId)), spanLevel(spanOf(span))];
    if (start !== expectedStart) return `the game starts from ${start}, but the span starts from ${expectedStart}`;
    if (level !== expectedLevel) return `the game has level ${level}, but the span has level ${expectedLevel}`;
    return null;
  }

  async output(run: Run): Promise<Hash> {
    return this.trace(run).output;
  }

  stateHashes(run: Run, steps: bigint[]): Promise<Hash[]> {
    return this.trace(run).stateHashes(steps);
  }

  /** Every step asks the EVM machine about the next batch. */
  async asked(run: Run, step: bigint): Promise<Run | undefined> {
    const question = this.trace(run).question(step);
    if (!question) return undefined;
    const { context, start, level } = question;
    return { machine: this.#options.rollup.evmVerifier, context: toHex(context), start: toHex(start), level };
  }

  witness(run: Run, step: bigint): Promise<Uint8Array> {
    return this.trace(run).witness(step);
  }

  /** The virtual trace of a span: it holds nothing but what is executed anyway. @throws InternalError for a run that is `unknown` */
  trace({ context }: Run): SpanTrace {
    const { chainId, batches, records } = this.#options;
    const span = this.#options.spanOf(context);
    if (!span) throw new InternalError(`unknown context ${context}`);
    return new SpanTrace({
      span: spanOf(span),
      chainId,
      count: span.count,
      tree: records,
      record: (batch) => recordOf(batches.inputOf(batch)),
      outputAt: (boundary) => batches.outputAt(boundary),
    });
  }
}
