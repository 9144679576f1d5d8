import { LEAF_BYTES } from "@elench/merkle/tree";
import { type ComputingStage, STAGE, STAGES } from "@elench/spec/tensor/states";
import { dtypeSpec } from "../program/dtype.ts";
import type { ScalarType } from "../program/ops.ts";
import type { Constant, Instruction, Operand, Read, Stage, TensorInstruction, TensorType } from "../program/program.ts";
import { type ReadResult, store } from "./element.ts";
import { nextPosition, spacesOf } from "./positions.ts";
import {
  type FetchState,
  instructionAt,
  leafOfElement,
  type RunningState,
  runningInstruction,
  type State,
  type TensorMachine,
} from "./state.ts";
import { stageAt, stepControl, writtenElement } from "./stepper.ts";
import { indicesOf } from "./views.ts";

/** A step described for people: in words, decimals and bits. */
export interface StepDescription {
  readonly kind:
    | "begin"
    | "inner"
    | "body"
    | "finish"
    | "commit"
    | "loop"
    | "end"
    | "move"
    | "drop"
    | "halt"
    | "halted";
  /** One sentence. */
  readonly text: string;
  /** Number of the instruction; null after the last one. */
  readonly instruction: number | null;
  /** Counters of the enclosing blocks. */
  readonly counters: readonly number[];
  /** Position of a running instruction in its three spaces. */
  readonly element: Place | null;
  readonly term: Place | null;
  readonly innerTerm: Place | null;
  readonly reads: readonly ReadDescription[];
  readonly accumulators: Change | null;
  readonly innerAccumulators: Change | null;
  readonly write: WriteDescription | null;
}

/** A number in a space, with its row-major indices. */
export interface Place {
  readonly number: number;
  readonly indices: readonly number[];
}

export interface Change {
  readonly before: readonly Value[];
  readonly after: readonly Value[];
}

/** A register. */
export interface Value {
  readonly type: ScalarType;
  readonly decimal: string;
  /** 8 digits for f32, 16 otherwise. */
  readonly hex: string;
}

export interface ReadDescription {
  /** `input 0`, `weight 3`, `tensor 7`. */
  readonly tensor: string;
  readonly dtype: string;
  /** Null if it is outside: the value is the pad. */
  readonly element: Place | null;
  readonly value: Value;
}

export interface WriteDescription {
  readonly tensor: string;
  /** Null if it is outside: nothing is written. */
  readonly element: Place | null;
  readonly value: Value;
  /** Bytes of the element before and after, in memory order; empty if nothing is written. */
  readonly before: string;
  readonly after: string;
}

const NOTHING = {
  counters: [],
  element: null,
  term: null,
  innerTerm: null,
  reads: [],
  accumulators: null,
  innerAccumulators: null,
  write: null,
};

/** Describes the step from a state. The state does not change. */
export function describe(machine: TensorMachine, state: State): StepDescription {
  switch (state.kind) {
    case "fetch":
      return describeFetch(machine, state);
    case "running":
      return state.position.stage === STAGE.commit ? describeCommit(machine, state) : describeStage(machine, state);
    case "halted":
      return { ...NOTHING, kind: "halted", text: "halted: the state no longer changes", instruction: null };
  }
}

function describeFetch(machine: TensorMachine, state: FetchState): StepDescription {
  const { pc, counters } = state;
  if (pc === machine.program.instructions.length) {
    return {
      ...NOTHING,
      kind: "halt",
      text: "all instructions are done: halts with the outputs",
      instruction: null,
      counters,
    };
  }
  const instruction = instructionAt(machine, state);
  const common = { ...NOTHING, instruction: pc, counters };
  if (instruction.kind === "tensor") {
    return { ...common, kind: "begin", text: `begins instruction ${pc}: ${outline(machine, instruction)}` };
  }
  return { ...common, kind: instruction.kind, text: controlText(machine, state, instruction) };
}

const tensorName = ({ space, index }: Pick<Operand, "space" | "index">): string => `${space} ${index}`;

const shapeText = ({ dtype, shape }: TensorType): string => `${dtype}[${shape.join(", ")}]`;

const targetType = (machine: TensorMachine, { target }: TensorInstruction): TensorType =>
  machine.program.tensors[target] as TensorType;

/** What an instruction computes, and its operands. */
function outline(machine: TensorMachine, instruction: TensorInstruction): string {
  const { dims, reduction, innerReduction, operands, scan, accumulators } = instruction;
  const kind = scan ? "scan" : accumulators.length > 0 ? "fold" : "map";
  const over = (what: string, space: readonly number[]) => (space.length > 0 ? ` ${what} [${space.join(", ")}]` : "");
  const sources = operands.length > 0 ? ` from ${operands.map(tensorName).join(", ")}` : "";
  const spaces = `over [${dims.join(", ")}]${over("terms", reduction)}${over("inner terms", innerReduction)}`;
  return `a ${kind} ${spaces} into tensor ${instruction.target}, ${shapeText(targetType(machine, instruction))}${sources}`;
}

function controlText(
  machine: TensorMachine,
  state: FetchState,
  instruction: Exclude<Instruction, TensorInstruction>,
): string {
  switch (instruction.kind) {
    case "loop":
      return `enters a block that runs at most ${instruction.count} times`;
    case "end": {
      const { pc } = stepControl(machine, state);
      const round = `round ${(state.counters[instruction.depth] as number) + 1} of ${instruction.count} of a block ends`;
      return pc === instruction.start
        ? `${round}: back to instruction ${pc}`
        : `${round}: continues at instruction ${pc}`;
    }
    case "move":
      return `tensor ${instruction.target} becomes ${tensorName(instruction.source)}`;
    case "drop":
      return `tensor ${instruction.target} becomes empty`;
  }
}

/** The position of a running state. */
function common(machine: TensorMachine, state: RunningState) {
  const { fetch, position } = state;
  const { dims, reduction, innerReduction, accumulators, inner } = runningInstruction(machine, state);
  const place = (number: number, space: readonly number[]): Place => ({ number, indices: indicesOf(number, space) });
  return {
    ...NOTHING,
    instruction: fetch.pc,
    counters: fetch.counters,
    element: position.stage === STAGE.commit ? null : place(position.element, dims),
    term: position.stage === STAGE.commit || accumulators.length === 0 ? null : place(position.term, reduction),
    innerTerm: position.stage === STAGE.inner && inner ? place(position.innerTerm, innerReduction) : null,
  };
}

function describeCommit(machine: TensorMachine, state: RunningState): StepDescription {
  const { target } = runningInstruction(machine, state);
  const text = `instruction ${state.fetch.pc} is done: its result becomes tensor ${target}`;
  return { ...common(machine, state), kind: "commit", text };
}

function describeStage(machine: TensorMachine, state: RunningState): StepDescription {
  const { position, accumulators, innerAccumulators } = state;
  const instruction = runningInstruction(machine, state);
  const kind = STAGES[position.stage as ComputingStage];
  const stage = instruction[kind] as Stage;
  const result = stageAt(machine, state);
  const change = (
    constants: readonly Constant[],
    before: readonly bigint[],
    after: readonly bigint[],
  ): Change | null =>
    constants.length === 0
      ? null
      : { before: registerValues(constants, before), after: registerValues(constants, after) };
  const initial = (constants: readonly Constant[]) => constants.map(({ bits }) => bits);
  const accumulatorsAfter = {
    inner: accumulators,
    body: result.outs,
    finish:
      nextPosition(spacesOf(instruction), position).element === position.element
        ? accumulators
        : initial(instruction.accumulators),
  }[kind];
  const innerAfter = kind === "inner" ? result.outs : initial(instruction.innerAccumulators);
  const where = common(machine, state);
  const write =
    kind === "finish"
      ? describeWrite(machine, state, instruction, result.outs[0] as bigint, writtenElement(machine, state, result))
      : null;
  return {
    ...where,
    kind,
    text: stageText(kind, where, write),
    reads: stage.reads.map((read, i) => describeRead(machine, instruction, read, result.reads[i] as ReadResult)),
    accumulators: change(instruction.accumulators, accumulators, accumulatorsAfter),
    innerAccumulators: change(instruction.innerAccumulators, innerAccumulators, innerAfter),
    write,
  };
}

function stageText(
  kind: "inner" | "body" | "finish",
  { element, term, innerTerm }: ReturnType<typeof common>,
  write: WriteDescription | null,
): string {
  const at = `element [${element?.indices.join(", ")}]`;
  const ofTerm = term && term.indices.length > 0 ? `, term [${term.indices.join(", ")}]` : "";
  if (kind === "inner") return `${at}${ofTerm}: folds inner term [${innerTerm?.indices.join(", ")}]`;
  if (kind === "body") return `${at}${ofTerm}: folds the term into the accumulators`;
  const to = write?.element
    ? `writes ${write.value.decimal} to ${write.tensor}[${write.element.indices.join(", ")}]`
    : "the write is out of bounds: nothing is written";
  return `${at}: finishes; ${to}`;
}

function describeRead(
  machine: TensorMachine,
  instruction: TensorInstruction,
  read: Read,
  { element, bits }: ReadResult,
): ReadDescription {
  const operand = instruction.operands[read.operand] as Operand;
  const { program } = machine;
  const type = { input: program.inputs, weight: program.weights, tensor: program.tensors }[operand.space][
    operand.index
  ] as TensorType;
  return {
    tensor: tensorName(operand),
    dtype: read.dtype,
    element: element === null ? null : placeIn(type, read.dtype, element),
    value: registerValue(dtypeSpec(read.dtype).scalar, bits),
  };
}

/** Indices by the tensor's shape; only the element number if it is read as another type. */
const placeIn = ({ dtype, shape }: TensorType, readAs: string, number: number): Place => ({
  number,
  indices: dtype === readAs ? indicesOf(number, shape) : [number],
});

function describeWrite(
  machine: TensorMachine,
  { target }: RunningState,
  instruction: TensorInstruction,
  bits: bigint,
  element: number | null,
): WriteDescription {
  const { targetDtype } = instruction;
  const { size, scalar } = dtypeSpec(targetDtype);
  const common = { tensor: `tensor ${instruction.target}`, value: registerValue(scalar, bits) };
  if (element === null) return { ...common, element: null, before: "", after: "" };
  const after = new Uint8Array(size);
  store(after, targetDtype, 0, bits, machine.scalar);
  const at = (element * size) % LEAF_BYTES;
  const before = target.leaf(leafOfElement(element, size)).subarray(at, at + size);
  const place = placeIn(targetType(machine, instruction), targetDtype, element);
  return {
    ...common,
    element: place,
    before: Buffer.from(before).toString("hex"),
    after: Buffer.from(after).toString("hex"),
  };
}

const registerValues = (constants: readonly Constant[], registers: readonly bigint[]): Value[] =>
  constants.map(({ type }, i) => registerValue(type, registers[i] as bigint));

export function registerValue(type: ScalarType, bits: bigint): Value {
  const hex = `0x${bits.toString(16).padStart(type === "f32" ? 8 : 16, "0")}`;
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  const number = type === "f32" ? view.getFloat32(4) : view.getFloat64(0);
  const decimal = type === "int" ? BigInt.asIntN(64, bits).toString() : Object.is(number, -0) ? "-0" : String(number);
  return { type, decimal, hex };
}
