import { treeDepth } from "@elench/merkle/tree";
import { encodeInstruction } from "../../program/codec.ts";
import { dtypeSpec } from "../../program/dtype.ts";
import type { Operand, TensorInstruction } from "../../program/program.ts";
import type { Storage } from "../graph/tensor.ts";
import type { Draft } from "./draft.ts";

export const bytesOf = (storage: Storage): number => storage.elements * dtypeSpec(storage.dtype).size;

/** The instruction of a draft, given the places of its storages. */
export function instructionOf(draft: Draft, operand: (storage: Storage) => Operand): TensorInstruction {
  const { index } = operand(draft.target);
  const { write, dims, reduction, scan, accumulators, body, finish } = draft;
  return {
    kind: "tensor",
    target: index,
    targetDtype: draft.target.dtype,
    targetDepth: treeDepth(bytesOf(draft.target)),
    write,
    operands: draft.operands.map(operand),
    dims,
    reduction,
    innerReduction: [],
    scan,
    accumulators,
    innerAccumulators: [],
    inner: null,
    body,
    finish,
  };
}

/** Bytes of the encoded instruction: its length does not depend on the places. */
export const encodedLength = (draft: Draft): number =>
  encodeInstruction(instructionOf(draft, () => ({ space: "tensor", index: 0, depth: 0 }))).length;
