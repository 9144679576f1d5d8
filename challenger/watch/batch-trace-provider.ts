import { type Hex, toHex } from "@elench/bytes/hex";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import { InternalError } from "@elench/errors/internal-error";
import { type BatchInput, contextOf, startOf } from "@elench/evm/batch/claim";
import type { Chain } from "@elench/evm/chain/chain";
import { MissingModel } from "@elench/evm/inference/models";
import type { NativeBatch } from "@elench/evm/native/batch";
import type { Hash } from "@elench/merkle/tree";
import type { BatchTrace } from "@elench/prover/batch-trace";
import { LIMIT } from "@elench/spec/evm/limits";
import { inferenceContext, startState } from "@elench/tensor/program/commitment";
import type { Run } from "../strategy/trace-provider.ts";
import type { BatchExecutor } from "./batch-executor.ts";
import type { Appended } from "./batches.ts";
import type { Inference } from "./inference-trace-provider.ts";
import type { MachineTraceProvider } from "./trace-providers.ts";

export interface BatchTraceProviderOptions {
  readonly deployment: Pick<Deployment, "tensorVerifier"> & { readonly rollup: Pick<Rollup, "evmVerifier"> };
  /** Executes the batches. Only this provider appends to it. */
  readonly chain: Chain;
  /** The batches on L1, in order. */
  readonly appended: () => readonly Appended[];
  readonly executor: BatchExecutor;
}

/** Number of disputed batches whose traces are kept. */
const KEPT_TRACES = 2;

/**
 * The true executions of batches. Every batch on L1 is executed once, natively; a trace is made only of a disputed batch. It judges only games that build on a true output:
 * the state behind a false output may be unknown to everybody.
 */
export class BatchTraceProvider implements MachineTraceProvider {
  readonly #options: BatchTraceProviderOptions;
  readonly #byContext = new Map<Hex, number>();
  readonly #traces = new Map<number, BatchTrace>();
  readonly #asked = new Map<Hex, Inference>();

  constructor(options: BatchTraceProviderOptions) {
    this.#options = options;
  }

  /** The inference that a step of a batch asks for; undefined if no step with this context was requested. */
  inferenceOf(context: Hex): Inference | undefined {
    return this.#asked.get(context);
  }

  async unknown({ machine, context, start, level }: Run): Promise<string | null> {
    const { evmVerifier } = this.#options.deployment.rollup;
    if (machine.toLowerCase() !== evmVerifier.toLowerCase()) return `machine ${machine} is not the EVM verifier`;
    try {
      await this.follow();
    } catch (error) {
      if (error instanceof MissingModel) return error.message;
      throw error;
    }
    const index = this.#byContext.get(context);
    if (index === undefined) return `no batch on L1, executed on its true previous output, has the context ${context}`;
    const run = this.runOf(index);
    if (start !== run.start) return `the game starts from ${start}, but batch ${index} starts from ${run.start}`;
    if (level !== run.level) return `the game has level ${level}, but games about batches have level ${run.level}`;
    return null;
  }

  /** Executes new batches, and discards batches that L1 no longer has. */
  async follow(): Promise<void> {
    const { chain, appended } = this.#options;
    const batches = appended();
    const other = batches.findIndex((batch, i) => i < chain.length && !isSame(batch, chain.batch(i).input.bytes));
    this.#truncate(other === -1 ? batches.length : other);
    for (const { bytes } of batches.slice(chain.length)) {
      const { input } = await chain.append(bytes);
      this.#byContext.set(toHex(contextOf(input)), chain.length - 1);
    }
  }

  async output(run: Run): Promise<Uint8Array> {
    return this.outputOf(this.#index(run));
  }

  /** The run of a batch. @throws InternalError if it was not executed. */
  runOf(index: number): Run {
    const { chain, deployment } = this.#options;
    const { input } = chain.batch(index);
    const [context, start] = [toHex(contextOf(input)), toHex(startOf(input))];
    return { machine: deployment.rollup.evmVerifier, context, start, level: LIMIT.BATCH_LEVEL };
  }

  /** The output of a batch. */
  async outputOf(index: number): Promise<Hash> {
    return this.#options.executor.output(this.#options.chain, index);
  }

  async stateHashes(run: Run, steps: bigint[]): Promise<Uint8Array[]> {
    return this.trace(this.#index(run)).stateHashes(steps);
  }

  async witness(run: Run, step: bigint): Promise<Uint8Array> {
    return this.trace(this.#index(run)).witness(step);
  }

  async asked(run: Run, step: bigint): Promise<Run | undefined> {
    const question = this.trace(this.#index(run)).question(step);
    if (!question) return undefined;
    const { modelId, model, input, inputRoot } = question;
    const context = toHex(inferenceContext(modelId, inputRoot));
    this.#asked.set(context, { modelId: toHex(modelId), inputRoot: toHex(inputRoot), input });
    return {
      machine: this.#options.deployment.tensorVerifier,
      context,
      start: toHex(startState({ modelId, tableDepth: model.tableDepth }, inputRoot)),
      level: model.level,
    };
  }

  /** The result of native execution. @throws InternalError if the batch was not executed. */
  native(index: number): NativeBatch {
    return this.#options.chain.batch(index).native;
  }

  /** The virtual trace of a batch. */
  trace(index: number): BatchTrace {
    const known = this.#traces.get(index);
    if (known) return known;
    const made = this.#options.executor.trace(this.#options.chain, index);
    const [oldest] = this.#traces.keys();
    if (oldest !== undefined && this.#traces.size >= KEPT_TRACES) this.#traces.delete(oldest);
    this.#traces.set(index, made);
    return made;
  }

  #truncate(length: number): void {
    this.#options.chain.truncate(length);
    for (const [context, index] of this.#byContext) if (index >= length) this.#byContext.delete(context);
    for (const index of this.#traces.keys()) if (index >= length) this.#traces.delete(index);
  }

  #index({ context }: Run): number {
    const index = this.#byContext.get(context);
    if (index === undefined) throw new InternalError(`unknown context ${context}`);
    return index;
  }
}

/** The data tree pads its leaves with zeros, so batches that differ only in trailing zeros have the same root: the key needs the size too. */
const isSame = ({ root, bytes }: Appended, executed: BatchInput["bytes"]): boolean =>
  root === toHex(executed.root) && bytes.length === executed.size;
