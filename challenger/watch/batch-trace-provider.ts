import { type Hex, toHex } from "@elench/bytes/hex";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import { InternalError } from "@elench/errors/internal-error";
import { type BatchInput, contextOf, outputOf, startOf } from "@elench/evm/batch/claim";
import type { NativeBatch } from "@elench/evm/batch/native-batch";
import type { Chain } from "@elench/evm/chain/chain";
import { MissingModel } from "@elench/evm/inference/models";
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
  /** What the executed batches were on L1. */
  readonly #executed: Appended[] = [];
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
    const { deployment, appended } = this.#options;
    const { evmVerifier } = deployment.rollup;
    if (machine.toLowerCase() !== evmVerifier.toLowerCase()) return `machine ${machine} is not the EVM verifier`;
    const missing = await this.reach(appended().length);
    const index = this.#byContext.get(context);
    if (index === undefined)
      return missing ?? `no batch on L1, executed on its true previous output, has the context ${context}`;
    const run = this.runOf(index);
    if (start !== run.start) return `the game starts from ${start}, but batch ${index} starts from ${run.start}`;
    if (level !== run.level) return `the game has level ${level}, but games about batches have level ${run.level}`;
    return null;
  }

  /**
   * Executes the batches below a boundary, and discards batches that L1 no longer has.
   * @returns why a batch below it cannot be executed; null if all are.
   */
  async reach(boundary: number): Promise<string | null> {
    const { appended } = this.#options;
    this.#discardOthers();
    try {
      for (const batch of appended().slice(this.#executed.length, boundary)) await this.#execute(batch);
    } catch (error) {
      if (error instanceof MissingModel) return error.message;
      // Games about earlier batches are played all the same.
      return `batch ${this.#executed.length} cannot be executed: ${error instanceof Error ? error.message : error}`;
    }
    const { length } = this.#executed;
    return length < boundary ? `batch ${length} is not known: it is missing from the log, or not on L1` : null;
  }

  /** The same for all batches on L1. @throws MissingModel if one calls a model that this node lacks */
  async follow(): Promise<void> {
    this.#discardOthers();
    for (const batch of this.#options.appended().slice(this.#executed.length)) await this.#execute(batch);
  }

  async #execute(batch: Appended): Promise<void> {
    const { input } = await this.#options.chain.append(batch.bytes, batch.declaration);
    const context = toHex(contextOf(input));
    // An empty batch changes nothing: the same one after it has the same context, and the same execution.
    if (!this.#byContext.has(context)) this.#byContext.set(context, this.#executed.length);
    this.#executed.push(batch);
  }

  async output(run: Run): Promise<Uint8Array> {
    return this.outputAt(this.#index(run) + 1);
  }

  /** The run of a batch. @throws InternalError if it was not executed. */
  runOf(index: number): Run {
    const { deployment } = this.#options;
    const input = this.inputOf(index);
    const [context, start] = [toHex(contextOf(input)), toHex(startOf(input))];
    return { machine: deployment.rollup.evmVerifier, context, start, level: LIMIT.BATCH_LEVEL };
  }

  /** Number of executed batches. */
  get executed(): number {
    return this.#executed.length;
  }

  /** The output before a batch that was executed, or after the last one. @param boundary 0 for the genesis. */
  outputAt(boundary: number): Hash {
    const { chain, executor } = this.#options;
    return boundary === 0 ? outputOf(chain.before(0)) : executor.output(chain, boundary - 1);
  }

  /** @throws InternalError if the batch was not executed. */
  inputOf(index: number): BatchInput {
    return this.#options.chain.batch(index).input;
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

  /** Goes back to the batches that L1 still has, after a reorganisation. */
  #discardOthers(): void {
    const batches = this.#options.appended();
    const kept = this.#executed.findIndex((executed, i) => !isSame(executed, batches[i]));
    if (kept === -1) return;
    this.#executed.length = kept;
    this.#options.chain.truncate(kept);
    for (const [context, index] of this.#byContext) if (index >= kept) this.#byContext.delete(context);
    for (const index of this.#traces.keys()) if (index >= kept) this.#traces.delete(index);
  }

  #index({ context }: Run): number {
    const index = this.#byContext.get(context);
    if (index === undefined) throw new InternalError(`unknown context ${context}`);
    return index;
  }
}

/** The data tree pads its leaves with zeros, so batches that differ only in trailing zeros have the same root: the key needs the size too. */
function isSame(a: Appended, b: Appended | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.root !== b.root || a.bytes.length !== b.bytes.length) return false;
  return (["kind", "gas", "time", "source"] as const).every((name) => a.declaration[name] === b.declaration[name]);
}
