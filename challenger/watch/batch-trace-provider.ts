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
  /** Executes the batches. Nobody else appends to it. */
  readonly chain: Chain;
  /** The batches on L1, in their order. */
  readonly appended: () => readonly Appended[];
  readonly executor: BatchExecutor;
}

/** Disputed batches whose traces are kept at once. */
const KEPT_TRACES = 2;

/**
 * The truth about batches: every batch on L1 is executed once, natively; a trace is made of one that somebody disagrees about. It knows the games alone that build on a true output:
 * what follows from a false one, nobody can tell.
 */
export class BatchTraceProvider implements MachineTraceProvider {
  readonly #options: BatchTraceProviderOptions;
  readonly #byContext = new Map<Hex, number>();
  readonly #traces = new Map<number, BatchTrace>();
  readonly #asked = new Map<Hex, Inference>();

  constructor(options: BatchTraceProviderOptions) {
    this.#options = options;
  }

  /** What a step of a batch asked of the tensor machine; undefined if no step was asked about that has this context. */
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
    if (index === undefined)
      return `no batch on L1, after what its predecessors really lead to, gives the context ${context}`;
    const run = this.runOf(index);
    if (start !== run.start) return `the game starts from ${start}, and batch ${index} from ${run.start}`;
    if (level !== run.level) return `the game has level ${level}, and games about batches have level ${run.level}`;
    return null;
  }

  /** Executes what is new on L1, and forgets what is no longer there. */
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

  /** What a game about a batch is about. @throws InternalError if it was not executed. */
  runOf(index: number): Run {
    const { chain, deployment } = this.#options;
    const { input } = chain.batch(index);
    const [context, start] = [toHex(contextOf(input)), toHex(startOf(input))];
    return { machine: deployment.rollup.evmVerifier, context, start, level: LIMIT.BATCH_LEVEL };
  }

  /** What a batch leads to. */
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

  /** What native execution says of a batch. @throws InternalError if it was not executed. */
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
    if (index === undefined) throw new InternalError(`asked about the unknown context ${context}`);
    return index;
  }
}

/** The data tree pads its leaves with zeros, so a root alone does not tell a batch from the same one with zeros after it: the size belongs to its name. */
const isSame = ({ root, bytes }: Appended, executed: BatchInput["bytes"]): boolean =>
  root === toHex(executed.root) && bytes.length === executed.size;
