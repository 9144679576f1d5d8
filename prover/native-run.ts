import { InternalError } from "@elench/errors/internal-error";
import type { Backend } from "@elench/tensor/engine/backend";
import { coversTarget } from "@elench/tensor/engine/coverage";
import { byteSize } from "@elench/tensor/program/check-types";
import { elementCount, type TensorInstruction, type TensorType } from "@elench/tensor/program/program";
import { type Content, Table } from "@elench/tensor/stepper/content";
import { instructionSteps, spacesOf } from "@elench/tensor/stepper/positions";
import {
  encodedAt,
  type FetchState,
  instructionAt,
  operandContents,
  startOf,
  type TensorMachine,
  tableContent,
} from "@elench/tensor/stepper/state";
import { stepControl } from "@elench/tensor/stepper/stepper";

/** One execution of an instruction. */
interface Execution {
  /** Number of its first step. */
  readonly first: bigint;
  readonly pc: number;
  readonly counters: readonly number[];
}

/** The content of a table entry from an execution on. */
interface Version {
  readonly from: number;
  readonly content: Content | null;
}

/** The record of one native run: the executed instructions and their results. Nothing is hashed. */
export class NativeRun {
  readonly #machine: TensorMachine;
  readonly #executions: Execution[] = [];
  /** Contents by table entry, oldest first; before the first, the entry is empty. */
  readonly #versions: Version[][];
  #latest: Table;

  constructor(machine: TensorMachine, backend: Backend) {
    this.#machine = machine;
    this.#versions = machine.program.tensors.map(() => []);
    this.#latest = Table.empty(machine.program.tensors.length);
    this.#execute(backend);
  }

  #execute(backend: Backend): void {
    let state: FetchState = startOf(this.#machine);
    let first = 0n;
    for (;;) {
      this.#executions.push({ first, pc: state.pc, counters: state.counters });
      if (state.pc === this.#machine.program.instructions.length) return;
      const instruction = instructionAt(this.#machine, state);
      const next = executeInstruction(this.#machine, backend, state);
      const target = "target" in instruction ? instruction.target : undefined;
      if (target !== undefined) {
        this.#versions[target]?.push({ from: this.#executions.length, content: next.table.entries[target] ?? null });
      }
      first += instruction.kind === "tensor" ? instructionSteps(spacesOf(instruction)) : 1n;
      state = next;
    }
  }

  /** Steps until halted, the halting one included. */
  get steps(): bigint {
    return this.execution(this.executions - 1).first + 1n;
  }

  /** Number of executions; the last one halts. */
  get executions(): number {
    return this.#executions.length;
  }

  execution(index: number): Execution {
    const execution = this.#executions[index];
    if (execution === undefined)
      throw new InternalError(`the run has ${this.executions} executions, and none numbered ${index}`);
    return execution;
  }

  /** The execution of an instruction with the given counters of the enclosing blocks. */
  find(pc: number, counters: readonly number[]): Execution | undefined {
    return this.#executions.find(
      (execution) => execution.pc === pc && counters.every((c, i) => c === execution.counters[i]),
    );
  }

  /** Number of the execution that a step before the end belongs to. */
  at(step: bigint): number {
    return lastWhere(this.#executions.length, (i) => this.execution(i).first <= step);
  }

  /** The table before an execution. */
  table(index: number): Table {
    const entries = this.#versions.map((versions) => {
      const at = lastWhere(versions.length, (i) => (versions[i] as Version).from <= index);
      return versions[at]?.content ?? null;
    });
    this.#latest = new Table(entries, this.#latest);
    return this.#latest;
  }

  /** The state before an execution. */
  state(index: number): FetchState {
    const { pc, counters } = this.execution(index);
    return { kind: "fetch", pc, counters, table: this.table(index) };
  }
}

/** The greatest i < count for which a condition holds; −1 if there is none. The condition must be monotone: once false, it stays false. */
function lastWhere(count: number, holds: (i: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The fetch state after a whole instruction. */
function executeInstruction(machine: TensorMachine, backend: Backend, state: FetchState): FetchState {
  const instruction = instructionAt(machine, state);
  if (instruction.kind !== "tensor") return stepControl(machine, state);
  const target = targetBytes(machine, state, instruction);
  const operands = operandContents(machine, state, instruction).map(({ bytes }) => bytes);
  backend.execute(encodedAt(machine, state), operands, target, state.counters);
  return { ...state, pc: state.pc + 1, table: state.table.with(instruction.target, machine.content(target)) };
}

/** Memory for a result, with the former content unless all of it is overwritten. */
function targetBytes(machine: TensorMachine, state: FetchState, instruction: TensorInstruction): Uint8Array {
  const type = machine.program.tensors[instruction.target] as TensorType;
  if (coversTarget(instruction, elementCount(type.shape))) return new Uint8Array(byteSize(type));
  return tableContent(machine, state.table, instruction.target).bytes.slice();
}
