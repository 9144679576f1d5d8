import { GenesisError } from "@elench/evm/chain/genesis";
import type { DirectoryEntry } from "@elench/evm/inference/directory";
import type { LoadedModel } from "@elench/tensor/load";
import { byteSize } from "@elench/tensor/program/check-types";
import type { TensorType } from "@elench/tensor/program/program";
import { priceOf } from "./price.ts";

/**
 * A model's entry in the chain's directory, computed from its program.
 * @throws GenesisError if the model does not have exactly one input and one output: contracts cannot call it.
 */
export function modelEntry({ id, model, commitment, level }: LoadedModel): DirectoryEntry {
  const { inputs, tensors, outputs } = model.program;
  if (inputs.length !== 1 || outputs !== 1)
    throw new GenesisError(
      `model ${id} has ${inputs.length} inputs (${model.inputNames.join(", ")}) and ${outputs} outputs; contracts can call only models with one input and one output`,
    );
  return {
    level,
    tableDepth: commitment.tableDepth,
    inputBytes: byteSize(inputs[0] as TensorType),
    outputBytes: byteSize(tensors[0] as TensorType),
    price: priceOf(model.program),
  };
}
