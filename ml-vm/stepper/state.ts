import { InternalError } from "@elench/errors/internal-error";
import { type Hash, keccak256, LEAF_BYTES, ListTree } from "@elench/merkle/tree";
import { byteSize } from "../program/check-types.ts";
import {
  boundHash,
  type Commitment,
  fetchPreimage,
  fetchWord,
  haltedPreimage,
  inferenceContext,
  type Position,
  runningPreimage,
} from "../program/commitment.ts";
import type { Model } from "../program/model.ts";
import type { Instruction, Operand, Program, TensorInstruction, TensorType } from "../program/program.ts";
import { type Content, type ContentOf, Table, ZeroContent } from "./content.ts";
import type { Scalar } from "./element.ts";

/** The machine's states as data, and their hashes (docs/tensor-machine.md, "States"). */

/** The constants of an inference. */
export interface TensorMachine {
  readonly program: Program;
  readonly commitment: Commitment;
  readonly inputs: readonly Content[];
  readonly inputTree: ListTree;
  readonly weights: readonly Content[];
  /** Creates the contents of results. */
  readonly content: ContentOf;
  readonly scalar: Scalar;
}

export interface FetchState {
  readonly kind: "fetch";
  readonly pc: number;
  readonly counters: readonly number[];
  readonly table: Table;
}

export interface RunningState {
  readonly kind: "running";
  /** The state at which the instruction began. */
  readonly fetch: FetchState;
  readonly position: Position;
  /** The result so far. */
  readonly target: Content;
  readonly accumulators: readonly bigint[];
  readonly innerAccumulators: readonly bigint[];
}

export interface HaltedState {
  readonly kind: "halted";
  readonly output: Hash;
}

export type State = FetchState | RunningState | HaltedState;

/**
 * @param inputs row-major little-endian bytes, in the program's order.
 * @throws InternalError if an input or a weight is missing, or does not have the size of its type.
 */
export function createTensorMachine(
  model: Model,
  commitment: Commitment,
  inputs: readonly Uint8Array[],
  scalar: Scalar,
  content: ContentOf,
): TensorMachine {
  const contents = (what: string, types: readonly TensorType[], data: readonly Uint8Array[], roots?: ListTree) =>
    types.map((type, i) => {
      const bytes = data[i];
      const size = byteSize(type);
      if (bytes?.length !== size)
        throw new InternalError(
          `${what} ${i} has ${bytes?.length ?? 0} bytes; its type, ${type.dtype}[${type.shape}], has ${size}`,
        );
      return content(bytes, roots?.node(0, i));
    });
  const { program } = model;
  const inputContents = contents("input", program.inputs, inputs);
  const inputTree = new ListTree(inputContents.map(({ root }) => root));
  return {
    program,
    commitment,
    inputs: inputContents,
    inputTree,
    weights: contents("weight", program.weights, model.weights, commitment.weights),
    content,
    scalar,
  };
}

export const startOf = (machine: TensorMachine): FetchState => ({
  kind: "fetch",
  pc: 0,
  counters: [0, 0, 0],
  table: Table.empty(machine.program.tensors.length),
});

export const contextOf = (machine: TensorMachine): Hash =>
  inferenceContext(machine.commitment.modelId, machine.inputTree.root);

/** The content of a table tensor: zeros if its entry is empty. */
export const tableContent = (machine: TensorMachine, table: Table, index: number): Content =>
  table.entries[index] ?? new ZeroContent(byteSize(machine.program.tensors[index] as TensorType));

export function operandContent(machine: TensorMachine, table: Table, { space, index }: Operand): Content {
  if (space === "tensor") return tableContent(machine, table, index);
  return (space === "input" ? machine.inputs : machine.weights)[index] as Content;
}

export const operandContents = (
  machine: TensorMachine,
  { table }: FetchState,
  instruction: TensorInstruction,
): Content[] => instruction.operands.map((operand) => operandContent(machine, table, operand));

/** The instruction at a fetch state that does not halt. */
export const instructionAt = (machine: TensorMachine, { pc }: FetchState): Instruction =>
  machine.program.instructions[pc] as Instruction;

/** The tensor instruction of a running state. */
export function runningInstruction(machine: TensorMachine, { fetch }: RunningState): TensorInstruction {
  const instruction = instructionAt(machine, fetch);
  if (instruction.kind !== "tensor")
    throw new InternalError(`instruction ${fetch.pc} is a ${instruction.kind}: it has no running states`);
  return instruction;
}

export const encodedAt = (machine: TensorMachine, { pc }: FetchState): Uint8Array =>
  machine.commitment.encoded[pc] as Uint8Array;

/** All running states of an instruction share one fetch state, so its hash and bound are memoised. */
const bounds = new WeakMap<
  FetchState,
  { readonly fetchHash: Hash; readonly operandRoots: readonly Hash[]; readonly bound: Hash }
>();

/** The constants of a running state: hash of the fetch state, operand roots, and their bound. */
export function boundOf(machine: TensorMachine, state: RunningState) {
  const { fetch } = state;
  let known = bounds.get(fetch);
  if (known === undefined) {
    const fetchHash = hashOf(machine, fetch);
    const operandRoots = operandContents(machine, fetch, runningInstruction(machine, state)).map(
      (content) => content.root,
    );
    const bound = boundHash(fetchHash, fetchWord(fetch.pc, fetch.counters), operandRoots, encodedAt(machine, fetch));
    known = { fetchHash, operandRoots, bound };
    bounds.set(fetch, known);
  }
  return known;
}

export function preimageOf(machine: TensorMachine, state: State): Uint8Array {
  switch (state.kind) {
    case "fetch":
      return fetchPreimage(
        fetchWord(state.pc, state.counters),
        machine.commitment.modelId,
        machine.inputTree.root,
        state.table.tree.root,
      );
    case "running": {
      const registers = [...state.accumulators, ...state.innerAccumulators];
      return runningPreimage(state.position, boundOf(machine, state).bound, state.target.root, registers);
    }
    case "halted":
      return haltedPreimage(contextOf(machine), state.output);
  }
}

export const hashOf = (machine: TensorMachine, state: State): Hash => keccak256(preimageOf(machine, state));

/** Index of the leaf that holds the element `index` of `size` bytes. */
export const leafOfElement = (index: number, size: number): number => Math.floor((index * size) / LEAF_BYTES);
