import { toHex } from "@elench/bytes/hex";
import type { Backend } from "../engine/backend.ts";
import type { Dimensions } from "../onnx/graph/dimensions.ts";
import { importOnnx } from "../onnx/import.ts";
import { checkProgram } from "../program/check.ts";
import { type Commitment, commit } from "../program/commitment.ts";
import type { Model } from "../program/model.ts";

/** A model, ready to run and to dispute. */
export interface LoadedModel {
  /** 0x and 64 digits. */
  readonly id: `0x${string}`;
  readonly model: Model;
  /** Sizes given for the file's open dimensions. */
  readonly dimensions: Dimensions;
  readonly commitment: Commitment;
  /** Upper bound of the steps of one run. */
  readonly steps: bigint;
  readonly flops: bigint;
  /** Smallest level of a game that covers the run. */
  readonly level: number;
}

/** Imports an ONNX file and computes everything that its id commits to. */
export function loadModel(
  onnx: Uint8Array,
  backend: Pick<Backend, "dataRoot">,
  dimensions: Dimensions = {},
): LoadedModel {
  const model = importOnnx(onnx, dimensions);
  const { steps, flops, level } = checkProgram(model.program);
  const commitment = commit(
    model.program,
    model.weights.map((weight) => backend.dataRoot(weight)),
  );
  return { id: toHex(commitment.modelId), model, dimensions, commitment, steps, flops, level };
}
