import { concat } from "@elench/bytes/concat";
import { depthOf, type Hash } from "@elench/merkle/tree";
import { STAGE, TAGS } from "@elench/spec/tensor/states";
import { fetchWord, haltedPreimage, runningPreimage } from "../program/commitment.ts";
import { dtypeSpec } from "../program/dtype.ts";
import type { Operand, Stage, TensorInstruction } from "../program/program.ts";
import type { Content, Table } from "./content.ts";
import type { StageResult } from "./element.ts";
import {
  boundOf,
  contextOf,
  encodedAt,
  type FetchState,
  instructionAt,
  leafOfElement,
  operandContents,
  preimageOf,
  type RunningState,
  runningInstruction,
  type State,
  type TensorMachine,
} from "./state.ts";
import { stageAt, writtenElement } from "./stepper.ts";

/** The data that the verifier needs to execute the step from a state (docs/tensor-machine.md, "Witnesses"). */
export function witnessOf(machine: TensorMachine, state: State): Uint8Array {
  switch (state.kind) {
    case "fetch":
      return concat(
        Uint8Array.of(TAGS.fetch),
        preimageOf(machine, state),
        machine.commitment.header,
        ...fetchParts(machine, state),
      );
    case "running":
      return concat(Uint8Array.of(TAGS.running), ...runningParts(machine, state));
    case "halted":
      return concat(Uint8Array.of(TAGS.halted), haltedPreimage(contextOf(machine), state.output).subarray(32));
  }
}

const lengthPrefixed = (bytes: Uint8Array): Uint8Array[] => [
  Uint8Array.of(bytes.length >> 8, bytes.length & 0xff),
  bytes,
];

const tableEntry = (table: Table, index: number): Hash[] => [table.word(index), ...table.tree.path(index)];

function operandEntry(machine: TensorMachine, table: Table, operand: Operand): Hash[] {
  const { space, index } = operand;
  if (space === "tensor") return tableEntry(table, index);
  const tree = space === "input" ? machine.inputTree : machine.commitment.weights;
  return [tree.node(0, index), ...tree.path(index)];
}

function fetchParts(machine: TensorMachine, state: FetchState): Uint8Array[] {
  const { table, pc } = state;
  const { program, commitment } = machine;
  if (pc === program.instructions.length) {
    const height = depthOf(program.outputs);
    return [table.tree.node(height, 0), ...table.tree.path(0, height)];
  }
  const instruction = instructionAt(machine, state);
  const head = [...lengthPrefixed(encodedAt(machine, state)), ...commitment.program.path(pc)];
  switch (instruction.kind) {
    case "tensor":
      return [
        ...head,
        ...instruction.operands.flatMap((operand) => operandEntry(machine, table, operand)),
        ...tableEntry(table, instruction.target),
      ];
    case "move":
      return [...head, ...operandEntry(machine, table, instruction.source), ...tableEntry(table, instruction.target)];
    case "drop":
      return [...head, ...tableEntry(table, instruction.target)];
    case "loop":
      return head;
    case "end": {
      if (instruction.halt === null) return head;
      const content = table.entries[instruction.halt];
      return [...head, ...tableEntry(table, instruction.halt), ...(content ? [content.leaf(0)] : [])];
    }
  }
}

/** The first part of a running witness, common to all stages. */
function runningHead(machine: TensorMachine, state: RunningState): Uint8Array[] {
  const { fetch } = state;
  const { fetchHash, operandRoots, bound } = boundOf(machine, state);
  const preimage = runningPreimage(state.position, bound, state.target.root, [
    ...state.accumulators,
    ...state.innerAccumulators,
  ]);
  const word = preimage.subarray(0, 32);
  const rootAndRegisters = preimage.subarray(64);
  return [
    word,
    fetchHash,
    fetchWord(fetch.pc, fetch.counters),
    ...lengthPrefixed(encodedAt(machine, fetch)),
    ...operandRoots,
    rootAndRegisters,
  ];
}

function runningParts(machine: TensorMachine, state: RunningState): Uint8Array[] {
  const head = runningHead(machine, state);
  const instruction = runningInstruction(machine, state);
  const { stage } = state.position;
  if (stage === STAGE.commit) {
    const { table } = state.fetch;
    return [
      ...head,
      machine.commitment.header,
      machine.inputTree.root,
      table.tree.root,
      ...tableEntry(table, instruction.target),
    ];
  }
  const result = stageAt(machine, state);
  const program = [instruction.inner, instruction.body, instruction.finish][stage] as Stage;
  const parts = [...head, ...readOpenings(machine, state.fetch, instruction, program, result)];
  if (stage !== STAGE.finish) return parts;
  const element = writtenElement(machine, state, result);
  if (element === null) return parts;
  const { size } = dtypeSpec(instruction.targetDtype);
  return [...parts, ...opening(state.target, leafOfElement(element, size))];
}

const opening = (content: Content, leaf: number): Uint8Array[] => [content.leaf(leaf), ...content.path(leaf)];

function readOpenings(
  machine: TensorMachine,
  fetch: FetchState,
  instruction: TensorInstruction,
  stage: Stage,
  result: StageResult,
): Uint8Array[] {
  const contents = operandContents(machine, fetch, instruction);
  return stage.reads.flatMap(({ operand, dtype }, i) => {
    const element = result.reads[i]?.element ?? null;
    return element === null ? [] : opening(contents[operand] as Content, leafOfElement(element, dtypeSpec(dtype).size));
  });
}
