import { InternalError } from "@elench/errors/internal-error";
import { type BatchInput, batchInput, type ChainState } from "../batch/claim.ts";
import type { Models } from "../inference/models.ts";
import { type NativeBatch, runNativeBatch } from "../native/batch.ts";
import type { NativeState } from "../native/state.ts";
import { createWorld, type Genesis } from "./genesis.ts";

/** A batch that the chain has executed. */
export interface ExecutedBatch {
  readonly input: BatchInput;
  readonly native: NativeBatch;
}

/**
 * The L2 chain as its batches make it: each is executed natively, once, on what the one before it left. Batches cannot be wrong: what is no valid transaction in them changes
 * nothing. So genesis and batches determine every state.
 */
export class Chain {
  readonly genesis: Genesis;
  /** All nodes of every state there has been. */
  readonly state: NativeState;
  readonly models: Models | undefined;
  readonly #first: ChainState;
  readonly #batches: ExecutedBatch[] = [];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(genesis: Genesis, state: NativeState, first: ChainState, models: Models | undefined) {
    this.genesis = genesis;
    this.state = state;
    this.#first = first;
    this.models = models;
  }

  /** @param models what contracts can call; only a chain whose contracts call none does without. */
  static async create(genesis: Genesis, models?: Models): Promise<Chain> {
    const { state, first } = await createWorld(genesis);
    return new Chain(genesis, state, first, models);
  }

  /** Batches that were executed. */
  get length(): number {
    return this.#batches.length;
  }

  /** @throws InternalError if it was not executed. */
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
   * @throws MissingModel if it calls a model that is not here; the chain is then as it was.
   */
  append(bytes: Uint8Array): Promise<ExecutedBatch> {
    return this.exclusively(async () => {
      const { chainId, batchGas } = this.genesis;
      const input = batchInput(chainId, batchGas, this.before(this.length), bytes);
      const executed = { input, native: await runNativeBatch(input, this.options) };
      this.#batches.push(executed);
      return executed;
    });
  }

  /** Takes back all batches from an index on: L1 was reorganised. */
  truncate(length: number): void {
    this.#batches.length = Math.min(length, this.#batches.length);
  }

  /** What runs on the chain's state. */
  get options(): { readonly state: NativeState; readonly models?: Models } {
    return { state: this.state, ...(this.models && { models: this.models }) };
  }

  /** Runs what works on the chain's state, after whatever else does: there is one state to work on. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
