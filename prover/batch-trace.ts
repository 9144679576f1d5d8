import { wordBytes } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { type BatchInput, contextOf, SLOT_STEPS } from "@elench/evm/batch/claim";
import { type DirectoryEntry, decodeEntry } from "@elench/evm/inference/directory";
import type { Models } from "@elench/evm/inference/models";
import { firstState } from "@elench/evm/machine/start";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove } from "@elench/evm/machine/step";
import type { ReferenceBatchOptions } from "@elench/evm/reference/batch";
import { PHASE } from "@elench/evm/structures/layout";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { hostOf } from "./host.ts";
import { MachineStates } from "./machine-states.ts";
import type { Trace } from "./trace.ts";

/** The inference that a step asks for. */
export interface Question {
  readonly modelId: Hash;
  readonly model: DirectoryEntry;
  /** Little-endian bytes of the model's one input. */
  readonly input: Uint8Array;
  /** Data root of the input. */
  readonly inputRoot: Hash;
}

/**
 * The virtual trace of a batch. Nothing is executed before the first query; then the batch is stepped through once, which takes less than
 * to execute it natively, since nothing is hashed on the way but tries. The state at the start of each transaction is kept.
 */
export class BatchTrace implements Trace {
  readonly context: Hash;
  readonly #states: MachineStates;

  /** @param options its state must contain the state before the batch; it is only read. */
  constructor(input: BatchInput, options: ReferenceBatchOptions) {
    const models = options.models && remembering(options.models);
    this.context = contextOf(input);
    this.#states = new MachineStates(firstState(input, hostOf({ ...options, ...(models && { models }) })));
  }

  get start(): Hash {
    return this.at(0n).hash();
  }

  get steps(): bigint {
    return this.halted.clock;
  }

  get output(): Hash {
    return (this.halted.halted as NonNullable<Machine["halted"]>).output;
  }

  /** Number of transactions in the batch, dropped ones included. */
  get transactions(): number {
    return Number(this.steps / SLOT_STEPS);
  }

  async stateHashes(steps: readonly bigint[]): Promise<Hash[]> {
    return steps.map((at) => this.at(at).hash());
  }

  async witness(at: bigint): Promise<Uint8Array> {
    return this.prove(at).witness;
  }

  prove(at: bigint): ProvenStep {
    return prove(this.at(at));
  }

  /** The inference that the step asks for; null for other steps. */
  question(step: bigint): Question | null {
    const { task } = this.at(step);
    if (task.phase !== PHASE.ask) return null;
    const model = decodeEntry(wordBytes(task.entry));
    if (!model) throw new InternalError(`step ${step} asks for a model that the directory does not have`);
    return {
      modelId: task.modelId,
      model,
      input: task.input.view(0, task.input.size).slice(),
      inputRoot: task.input.root,
    };
  }

  /** The machine before a step. Read-only: the trace keeps it. */
  at(step: bigint): Machine {
    return this.#states.at(step);
  }

  /** The machine after the last step. */
  protected get halted(): Machine {
    return this.#states.halted;
  }
}

/** Caches inferences, because parts of a transaction are stepped several times. */
function remembering(models: Models): Models {
  const outputs = new Map<string, Uint8Array>();
  return {
    infer: (modelId, input) => {
      const key = `${modelId}/${keccak256(input)}`;
      const output = outputs.get(key) ?? models.infer(modelId, input);
      outputs.set(key, output);
      return output;
    },
  };
}
