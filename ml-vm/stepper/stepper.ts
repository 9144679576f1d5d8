import { InternalError } from "@elench/errors/internal-error";
import { depthOf } from "@elench/merkle/tree";
import { STAGE } from "@elench/spec/tensor/states";
import type { TensorInstruction } from "../program/program.ts";
import type { Content } from "./content.ts";
import { runStage, type StageResult, store } from "./element.ts";
import { firstStage, nextPosition, spacesOf } from "./positions.ts";
import {
  type FetchState,
  instructionAt,
  operandContent,
  operandContents,
  type RunningState,
  runningInstruction,
  type State,
  startOf,
  type TensorMachine,
  tableContent,
} from "./state.ts";
import { elementOf, variablesAt } from "./views.ts";

/** The machine, one step at a time: a direct transcription of docs/tensor-machine.md. Tests compare the fast executors with it. */

/**
 * Executes one step. It consumes a running state, because the result is written in place. Take the state's hash
 * or witness before.
 */
export function step(machine: TensorMachine, state: State): State {
  switch (state.kind) {
    case "fetch":
      return stepFetch(machine, state);
    case "running":
      return stepRunning(machine, state);
    case "halted":
      return state;
  }
}

/** A copy of the state with its own memory, for callers that still need the state that `step` consumes. */
export function detached(machine: TensorMachine, state: State): State {
  return state.kind === "running"
    ? { ...state, target: machine.content(state.target.bytes.slice(), state.target.root) }
    : state;
}

function stepFetch(machine: TensorMachine, state: FetchState): State {
  const { program } = machine;
  if (state.pc === program.instructions.length) {
    return { kind: "halted", output: state.table.tree.node(depthOf(program.outputs), 0) };
  }
  const instruction = instructionAt(machine, state);
  return instruction.kind === "tensor" ? begin(machine, state, instruction) : stepControl(machine, state);
}

/** The state after a loop, end, move or drop. */
export function stepControl(machine: TensorMachine, state: FetchState): FetchState {
  const instruction = instructionAt(machine, state);
  const next: FetchState = { ...state, pc: state.pc + 1 };
  switch (instruction.kind) {
    case "tensor":
      throw new InternalError(`instruction ${state.pc} computes a tensor: it takes more than a step`);
    case "loop":
      return { ...next, counters: state.counters.with(instruction.depth, 0) };
    case "end": {
      const count = (state.counters[instruction.depth] as number) + 1;
      const halted = instruction.halt !== null && tableContent(machine, state.table, instruction.halt).bytes[0] !== 0;
      if (count < instruction.count && !halted) {
        return { ...state, pc: instruction.start, counters: state.counters.with(instruction.depth, count) };
      }
      return { ...next, counters: state.counters.with(instruction.depth, 0) };
    }
    case "move":
      return {
        ...next,
        table: state.table.with(instruction.target, operandContent(machine, state.table, instruction.source)),
      };
    case "drop":
      return { ...next, table: state.table.with(instruction.target, null) };
  }
}

const initial = (constants: TensorInstruction["accumulators"]): bigint[] => constants.map(({ bits }) => bits);

function begin(machine: TensorMachine, fetch: FetchState, instruction: TensorInstruction): RunningState {
  const former = tableContent(machine, fetch.table, instruction.target);
  return {
    kind: "running",
    fetch,
    position: { stage: firstStage(spacesOf(instruction)), element: 0, term: 0, innerTerm: 0 },
    target: machine.content(former.bytes.slice()),
    accumulators: initial(instruction.accumulators),
    innerAccumulators: initial(instruction.innerAccumulators),
  };
}

/** Runs the stage of a running state, except the last step's. @returns what it read and computed. */
export function stageAt(machine: TensorMachine, state: RunningState): StageResult {
  const instruction = runningInstruction(machine, state);
  const operands = operandBytes(machine, state.fetch, instruction);
  const variables = variablesAt(instruction, state.position, state.fetch.counters);
  const { accumulators, innerAccumulators, position } = state;
  switch (position.stage) {
    case STAGE.inner:
      return runStage(stageOf(instruction.inner), innerAccumulators, operands, variables, machine.scalar);
    case STAGE.body:
      return runStage(
        stageOf(instruction.body),
        [...accumulators, ...innerAccumulators],
        operands,
        variables,
        machine.scalar,
      );
    case STAGE.finish:
      return runStage(instruction.finish, accumulators, operands, variables, machine.scalar);
    case STAGE.commit:
      throw new InternalError("the last step of an instruction (commit) has no stage");
  }
}

function stageOf<T>(stage: T | null): T {
  if (stage === null)
    throw new InternalError("the instruction is ill-formed: accumulators without a stage to compute them");
  return stage;
}

/** Bytes of an instruction's operands, gathered once for all of its steps. */
const gathered = new WeakMap<FetchState, readonly Uint8Array[]>();
function operandBytes(
  machine: TensorMachine,
  fetch: FetchState,
  instruction: TensorInstruction,
): readonly Uint8Array[] {
  let bytes = gathered.get(fetch);
  if (bytes === undefined) {
    bytes = operandContents(machine, fetch, instruction).map((content) => content.bytes);
    gathered.set(fetch, bytes);
  }
  return bytes;
}

/** The element that a stage 2 state writes, or null if it is outside. */
export const writtenElement = (
  machine: TensorMachine,
  state: RunningState,
  { readBits }: StageResult,
): number | null => {
  const instruction = runningInstruction(machine, state);
  return elementOf(instruction.write, variablesAt(instruction, state.position, state.fetch.counters), readBits);
};

function stepRunning(machine: TensorMachine, state: RunningState): State {
  const instruction = runningInstruction(machine, state);
  const { fetch, position } = state;
  if (position.stage === STAGE.commit) {
    return { ...fetch, pc: fetch.pc + 1, table: fetch.table.with(instruction.target, state.target) };
  }
  const result = stageAt(machine, state);
  const next: RunningState = { ...state, position: nextPosition(spacesOf(instruction), position) };
  switch (position.stage) {
    case STAGE.inner:
      return { ...next, innerAccumulators: result.outs };
    case STAGE.body:
      return { ...next, accumulators: result.outs, innerAccumulators: initial(instruction.innerAccumulators) };
    case STAGE.finish: {
      const element = writtenElement(machine, state, result);
      const target =
        element === null ? state.target : written(machine, state, instruction, element, result.outs[0] as bigint);
      const sameElement = next.position.element === position.element;
      return { ...next, target, accumulators: sameElement ? state.accumulators : initial(instruction.accumulators) };
    }
  }
}

function written(
  machine: TensorMachine,
  { target }: RunningState,
  instruction: TensorInstruction,
  element: number,
  value: bigint,
): Content {
  store(target.bytes, instruction.targetDtype, element, value, machine.scalar);
  return machine.content(target.bytes);
}

/**
 * Runs from the start until the machine halts.
 * @returns bytes of the outputs, and the number of steps, the halting one included.
 */
export function runAll(machine: TensorMachine): { readonly outputs: readonly Uint8Array[]; readonly steps: bigint } {
  let state: State = startOf(machine);
  for (let steps = 1n; ; steps++) {
    if (state.kind === "fetch" && state.pc === machine.program.instructions.length) {
      const { table } = state;
      const outputs = Array.from({ length: machine.program.outputs }, (_, i) => tableContent(machine, table, i).bytes);
      return { outputs, steps };
    }
    state = step(machine, state);
  }
}
