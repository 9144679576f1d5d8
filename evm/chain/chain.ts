import { InternalError } from "@elench/errors/internal-error";
import { type BatchInput, batchInput, type ChainState } from "../batch/claim.ts";
import type { NativeBatch } from "../batch/native-batch.ts";
import { type Declaration, ordinary } from "../batch/record.ts";
import type { Models } from "../inference/models.ts";
import type { NativeState } from "../reference/state.ts";
import { type Evm, type Execute, executorOf } from "./executor.ts";
import { createWorld, type Genesis } from "./genesis.ts";

/** A batch that the chain has executed. */
export interface ExecutedBatch {
  readonly input: BatchInput;
  readonly native: NativeBatch;
}

/**
 * The L2 chain: each batch is executed natively, once, on the state after the previous batch. Every byte string is a valid batch: an invalid transaction
 * in it changes nothing. So the genesis and the batches determine every state.
 */
export class Chain {
  readonly genesis: Genesis;
  /** The nodes of all past states. */
  readonly state: NativeState;
  readonly models: Models | undefined;
  readonly #first: ChainState;
  readonly #batches: ExecutedBatch[] = [];
  #last: Promise<unknown> = Promise.resolve();

  readonly #execute: Execute;

  private constructor(genesis: Genesis, state: NativeState, first: ChainState, models: Models | undefined, evm: Evm) {
    this.genesis = genesis;
    this.state = state;
    this.#first = first;
    this.models = models;
    this.#execute = executorOf(evm, state, models);
  }

  /** @param models that contracts can call; optional if no contract calls one. */
  static async create(genesis: Genesis, models?: Models, evm: Evm = "native"): Promise<Chain> {
    const { state, first } = await createWorld(genesis);
    return new Chain(genesis, state, first, models, evm);
  }

  /** Number of executed batches. */
  get length(): number {
    return this.#batches.length;
  }

  /** @throws InternalError if the batch has not been executed. */
  batch(index: number): ExecutedBatch {
    const batch = this.#batches[index];
    if (!batch) throw new InternalError(`batch ${index} is not executed yet: there are ${this.length}`);
    return batch;
  }

  /** The chain before a batch. */
  before(index: number): ChainState {
    return index === 0 ? this.#first : this.batch(index - 1).native.next;
  }

  /**
   * Executes the next batch.
   * @param declaration all of its record but its bytes.
   * @throws MissingModel if it calls a model that this node lacks; the chain is then unchanged.
   */
  append(bytes: Uint8Array, declaration: Declaration = ordinary(this.genesis.chainId)): Promise<ExecutedBatch> {
    return this.exclusively(async () => {
      const input = batchInput(declaration, this.before(this.length), bytes);
      const executed = { input, native: await this.#execute(input) };
      this.#batches.push(executed);
      return executed;
    });
  }

  /** Reverts all batches from an index on, after a reorganisation of L1. */
  truncate(length: number): void {
    this.#batches.length = Math.min(length, this.#batches.length);
  }

  /** The last operation on the chain's state. */
  get options(): { readonly state: NativeState; readonly models?: Models } {
    return { state: this.state, ...(this.models && { models: this.models }) };
  }

  /** Runs an operation after all earlier ones: they share one mutable state. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
