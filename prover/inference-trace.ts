import { InternalError } from "@elench/errors/internal-error";
import type { Hash } from "@elench/merkle/tree";
import type { Backend } from "@elench/tensor/engine/backend";
import { type Commitment, listRoot } from "@elench/tensor/program/commitment";
import type { Model } from "@elench/tensor/program/model";
import { describe, type StepDescription } from "@elench/tensor/stepper/describe";
import {
  contextOf,
  createTensorMachine,
  type FetchState,
  hashOf,
  instructionAt,
  operandContent,
  type State,
  startOf,
  type TensorMachine,
} from "@elench/tensor/stepper/state";
import { witnessOf } from "@elench/tensor/stepper/witness";
import { Latest } from "./latest.ts";
import { NativeRun } from "./native-run.ts";
import { scalarOperation } from "./scalar.ts";
import type { Trace } from "./trace.ts";
import { TreeCache } from "./trees.ts";
import { Work } from "./work.ts";

/** Number of executions whose states are cached. */
const KEPT_EXECUTIONS = 64;
/** Number of state hashes cached: a stateless strategy asks for the same ones again and again. */
const KEPT_HASHES = 4096;

/** The result of an execution of an instruction. */
export interface Result {
  readonly pc: number;
  /** Counters of the enclosing blocks. */
  readonly counters: readonly number[];
  /** Number of its first step. */
  readonly first: bigint;
  /** Index in the tensor table. */
  readonly target: number;
  /** The whole entry after the execution: row-major, little-endian. */
  readonly bytes: Uint8Array;
  /** Operands of a tensor instruction. */
  readonly operands: readonly Uint8Array[];
}

/**
 * The virtual trace of an inference: any of its states, from the results of one native run, whatever its number of steps. Nothing is executed before the
 * first query, and only what an answer needs is hashed.
 */
export class InferenceTrace implements Trace {
  readonly #backend: Backend;
  readonly #trees: TreeCache;
  readonly machine: TensorMachine;
  #ran: NativeRun | undefined;
  readonly #fetches: Latest<number, FetchState>;
  readonly #works: Latest<number, Work>;
  readonly #hashes: Latest<bigint, Hash>;
  /** Milliseconds of the native run. */
  #runMs = 0;
  #redone = 0;

  /**
   * @param commitment of the same model.
   * @param inputs row-major little-endian bytes, in the program's order.
   * @throws InternalError if an input or a weight does not have the size of its type.
   */
  constructor(model: Model, commitment: Commitment, backend: Backend, inputs: readonly Uint8Array[]) {
    this.#backend = backend;
    this.#trees = new TreeCache(backend);
    this.machine = createTensorMachine(model, commitment, inputs, scalarOperation, this.#trees.content);
    this.#fetches = new Latest(KEPT_EXECUTIONS, (execution) => this.#run.state(execution));
    this.#works = new Latest(KEPT_EXECUTIONS, (execution) => this.#work(execution));
    this.#hashes = new Latest(KEPT_HASHES, (step) => hashOf(this.machine, this.state(step)));
  }

  get #run(): NativeRun {
    if (this.#ran === undefined) {
      const before = performance.now();
      this.#ran = new NativeRun(this.machine, this.#backend);
      this.#runMs = performance.now() - before;
    }
    return this.#ran;
  }

  get steps(): bigint {
    return this.#run.steps;
  }

  get start(): Hash {
    return hashOf(this.machine, startOf(this.machine));
  }

  get context(): Hash {
    return contextOf(this.machine);
  }

  get output(): Hash {
    return listRoot(this.#outputTable().map((content) => content.root));
  }

  /** Row-major little-endian bytes of each output. */
  get outputs(): Uint8Array[] {
    return this.#outputTable().map(({ bytes }) => bytes);
  }

  /** The work done for this trace so far: the native run, data trees, elements re-executed for their accumulators. */
  get stats() {
    const { trees, bytes, ms } = this.#trees.stats;
    return { runMs: this.#runMs, trees, hashedBytes: bytes, hashMs: ms, redone: this.#redone };
  }

  #outputTable() {
    const { entries } = this.#fetches.get(this.#run.executions - 1).table;
    return entries.slice(0, this.machine.program.outputs).map((entry, i) => {
      if (entry === null) throw new InternalError(`output ${i} is empty: the program is ill-formed`);
      return entry;
    });
  }

  #work(execution: number): Work {
    const fetch = this.#fetches.get(execution);
    const instruction = instructionAt(this.machine, fetch);
    if (instruction.kind !== "tensor")
      throw new InternalError(`instruction ${fetch.pc} is a ${instruction.kind}: it takes one step`);
    const final = this.#run.table(execution + 1).entries[instruction.target];
    if (!final) throw new InternalError(`instruction ${fetch.pc} left no result`);
    return new Work(this.machine, this.#backend, fetch, instruction, final, () => this.#redone++);
  }

  /** The result of each execution of an instruction, in order; `drop`, `loop` and `end` have none. */
  *results(): Generator<Result> {
    const { instructions } = this.machine.program;
    for (let i = 0; i + 1 < this.#run.executions; i++) {
      const { pc, counters, first } = this.#run.execution(i);
      const instruction = instructions[pc];
      if (instruction?.kind !== "tensor" && instruction?.kind !== "move") continue;
      const { target } = instruction;
      const content = this.#run.table(i + 1).entries[target];
      if (!content) throw new InternalError(`instruction ${pc} left no result`);
      const before = this.#run.table(i);
      const read = instruction.kind === "tensor" ? instruction.operands : [];
      const operands = read.map((operand) => operandContent(this.machine, before, operand).bytes);
      yield { pc, counters, first, target, bytes: content.bytes, operands };
    }
  }

  /** The state before a step; halted from `steps` on. Its memory belongs to the trace: copy it with `detached` before stepping on. */
  state(step: bigint): State {
    if (step < 0n) throw new InternalError(`step ${step}: steps count from 0`);
    if (step >= this.#run.steps) return { kind: "halted", output: this.output };
    const execution = this.#run.at(step);
    const within = step - this.#run.execution(execution).first;
    return within === 0n ? this.#fetches.get(execution) : this.#works.get(execution).state(within);
  }

  /**
   * The first step of an instruction's execution.
   * @param counters of the enclosing blocks, three. @returns null if it was not executed with these counters.
   */
  firstStepOf(pc: number, counters: readonly number[] = [0, 0, 0]): bigint | null {
    return this.#run.find(pc, counters)?.first ?? null;
  }

  async stateHashes(steps: readonly bigint[]): Promise<Hash[]> {
    return steps.map((step) => this.#hashes.get(step));
  }

  async witness(step: bigint): Promise<Uint8Array> {
    return witnessOf(this.machine, this.state(step));
  }

  /** Describes a step for people. */
  describe(step: bigint): StepDescription {
    return describe(this.machine, this.state(step));
  }
}
