import { treeDepth } from "../../merkle/tree.ts";
import type { Backend } from "../engine/backend.ts";
import { decodeInstruction } from "../program/codec.ts";
import type { Position } from "../program/commitment.ts";
import { elementCount, type TensorInstruction } from "../program/program.ts";
import { smallTree } from "./content.ts";
import { runStage, type Scalar, store } from "./element.ts";
import { firstStage, nextPosition, spacesOf } from "./positions.ts";
import { elementOf, variablesAt } from "./views.ts";

/** The stepper's arithmetic as an engine: thousands of times slower than the others, and as plain as the definition. */
export function stepperBackend(scalar: Scalar): Backend {
  return {
    name: "stepper",
    execute: (bytes, operands, target, counters, from = 0, to = -1) => {
      const instruction = decodeInstruction(bytes);
      if (instruction.kind !== "tensor") throw new TypeError(`a ${instruction.kind} has no elements to execute`);
      const end = to < 0 ? elementCount(instruction.dims) : to;
      for (let element = from; element < end; element++)
        executeElement(instruction, element, operands, target, counters, scalar);
    },
    dataRoot: (bytes) => smallTree(bytes).root,
    dataTree: (bytes) => {
      const tree = smallTree(bytes);
      const depth = treeDepth(bytes.length);
      const levels = Array.from({ length: depth + 1 }, (_, height) =>
        Array.from({ length: 2 ** (depth - height) }, (_, i) => tree.node(height, i)),
      );
      return Uint8Array.from(Buffer.concat(levels.flat()));
    },
  };
}

function executeElement(
  instruction: TensorInstruction,
  element: number,
  operands: readonly Uint8Array[],
  target: Uint8Array,
  counters: readonly number[],
  scalar: Scalar,
): void {
  const spaces = spacesOf(instruction);
  const initial = {
    acc: instruction.accumulators.map((c) => c.bits),
    inner: instruction.innerAccumulators.map((c) => c.bits),
  };
  let { acc, inner } = initial;
  let at: Position = { stage: firstStage(spaces), element, term: 0, innerTerm: 0 };
  for (; at.element === element; at = nextPosition(spaces, at)) {
    const variables = variablesAt(instruction, at, counters);
    if (at.stage === 0 && instruction.inner) {
      inner = runStage(instruction.inner, inner, operands, variables, scalar).outs;
    } else if (at.stage === 1 && instruction.body) {
      acc = runStage(instruction.body, [...acc, ...inner], operands, variables, scalar).outs;
      inner = initial.inner;
    } else {
      const { outs, readBits } = runStage(instruction.finish, acc, operands, variables, scalar);
      const written = elementOf(instruction.write, variables, readBits);
      if (written !== null) store(target, instruction.targetDtype, written, outs[0] as bigint, scalar);
    }
  }
}
