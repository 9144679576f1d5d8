import { wordBytes } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { type BatchInput, contextOf, SLOT_STEPS } from "@elench/evm/batch/claim";
import { BATCH_TRANSACTIONS } from "@elench/evm/batch/encoding";
import { type DirectoryEntry, decodeEntry } from "@elench/evm/inference/directory";
import type { Models } from "@elench/evm/inference/models";
import { lastOfSlot, skipIdle } from "@elench/evm/machine/phases/blocks";
import { firstState } from "@elench/evm/machine/start";
import type { Host } from "@elench/evm/machine/state/host";
import type { Machine } from "@elench/evm/machine/state/machine";
import { type ProvenStep, prove, step } from "@elench/evm/machine/step";
import type { NativeBatchOptions } from "@elench/evm/native/batch";
import { PHASE } from "@elench/evm/structures/layout";
import { type Hash, keccak256 } from "@elench/merkle/tree";
import { hostOf } from "./host.ts";
import type { Trace } from "./trace.ts";

/** A liar's change to the state before a step, for tests and for the demo: from there on its trace follows the machine, from the wrong state. */
export interface Tampering {
  readonly step: bigint;
  readonly change: (m: Machine) => void;
}

/** What a step asks the tensor machine. */
export interface Question {
  readonly modelId: Hash;
  readonly model: DirectoryEntry;
  /** Little-endian bytes of the model's one input. */
  readonly input: Uint8Array;
  /** Data root of the input. */
  readonly inputRoot: Hash;
}

/** No batch halts later: after its last transaction, one slot is not used up. */
const LAST_STEP = SLOT_STEPS * BigInt(BATCH_TRANSACTIONS + 1);

/** Machines kept at hand: a dispute asks for ever closer steps. */
const KEPT_MACHINES = 1024;

/**
 * Steps of a transaction whose states are kept on the way, since the next levels of a game ask for them: many where it has just begun. What
 * is dear to step again, a transaction of precompiles, takes few steps.
 * @returns how far they are apart.
 */
function milestones(clock: bigint): bigint {
  const done = clock % SLOT_STEPS;
  if (done < 16n ** 4n) return 16n ** 2n;
  return done < 16n ** 5n ? 16n ** 4n : 16n ** 5n;
}
const isMilestone = (clock: bigint): boolean => clock % milestones(clock) === 0n;
const milestoneAfter = (clock: bigint): bigint => clock - (clock % milestones(clock)) + milestones(clock);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * The virtual trace of a batch. Nothing is stepped before the first question; then the batch is stepped through once, which takes less than
 * to execute it natively, since nothing is hashed on the way but tries. The states that transactions begin with are kept.
 */
export class BatchTrace implements Trace {
  readonly context: Hash;
  readonly #input: BatchInput;
  readonly #host: Host;
  readonly #tampering: Tampering | undefined;
  /** Entry k: the state at step k·16^7, before transaction k, as far as the batch has been stepped. */
  readonly #starts: Machine[];
  /** By step: the state there. Oldest first. */
  readonly #kept = new Map<bigint, Machine>();
  #end: Machine | undefined;

  /** @param options the state must know the world that the batch builds on; it is only read. */
  constructor(input: BatchInput, options: NativeBatchOptions, tampering?: Tampering) {
    const models = options.models && remembering(options.models);
    this.context = contextOf(input);
    this.#input = input;
    this.#tampering = tampering;
    this.#host = hostOf({ ...options, ...(models && { models }) });
    this.#starts = [firstState(input, this.#host)];
  }

  get start(): Hash {
    return firstState(this.#input, this.#host).hash();
  }

  get steps(): bigint {
    return this.#halted.clock;
  }

  /** Of a tampered trace, what the wrong state leads to. */
  get output(): Hash {
    return (this.#halted.halted as NonNullable<Machine["halted"]>).output;
  }

  /** Transactions of the batch, those included that change nothing. */
  get transactions(): number {
    return Number(this.steps / SLOT_STEPS);
  }

  get #halted(): Machine {
    this.#end ??= this.#run(LAST_STEP);
    return this.#end;
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

  /** What the step asks the tensor machine; null where it asks nothing. */
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

  /** The machine before a step, for looking at: it is the trace's own. */
  at(step: bigint): Machine {
    const known = this.#kept.get(step);
    if (known) return known;
    const m = this.#run(step);
    this.#keep(step, m);
    return m;
  }

  #keep(step: bigint, m: Machine): void {
    this.#kept.set(step, m);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MACHINES && oldest !== undefined) this.#kept.delete(oldest);
  }

  #run(to: bigint): Machine {
    const m = this.#nearest(to);
    while (m.clock < to && !m.halted) {
      const stop = this.#stopBefore(min(to, milestoneAfter(m.clock)), m.clock);
      do step(m);
      while (m.clock < stop && !m.halted && m.phase !== PHASE.idle);
      this.#tamper(m);
      if (m.clock === BigInt(this.#starts.length) * SLOT_STEPS) this.#starts.push(m.copy());
      // Where the game asks closer, it asks in a part of what was stepped: a transaction is stepped once, and parts of it again.
      else if (isMilestone(m.clock) || m.phase === PHASE.idle) this.#keep(m.clock, m.copy());
      const from = m.clock;
      skipIdle(m, this.#stopBefore(min(to, lastOfSlot(from)), from));
      if (m.clock !== from) this.#tamper(m);
    }
    return m;
  }

  /** The tampered step, if it comes first. */
  #stopBefore(end: bigint, clock: bigint): bigint {
    const tampered = this.#tampering?.step;
    return tampered !== undefined && clock < tampered && tampered < end ? tampered : end;
  }

  #tamper(m: Machine): void {
    if (m.clock === this.#tampering?.step) this.#tampering.change(m);
  }

  /** A copy of the last state known up to a step. */
  #nearest(to: bigint): Machine {
    if (this.#end && this.#end.clock <= to) return this.#end.copy();
    let nearest = this.#starts[Math.min(Number(to / SLOT_STEPS), this.#starts.length - 1)] as Machine;
    for (const [at, m] of this.#kept) if (at <= to && m.clock > nearest.clock) nearest = m;
    return nearest.copy();
  }
}

/** Parts of a transaction are stepped more than once, and its inferences run once. */
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
