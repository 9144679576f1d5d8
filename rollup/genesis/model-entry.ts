import { GenesisError } from "@elench/evm/chain/genesis";
import type { DirectoryEntry } from "@elench/evm/inference/directory";
import type { LoadedModel } from "@elench/tensor/load";
import { byteSize } from "@elench/tensor/program/check-types";
import type { TensorType } from "@elench/tensor/program/program";
import { priceOf } from "./price.ts";

/**
 * What the chain's directory says of a model: everything follows from its program.
 * @throws GenesisError for a model that no contract can call: those take one tensor, and give one.
 */
export function modelEntry({ id, model, commitment, level }: LoadedModel): DirectoryEntry {
  const { inputs, tensors, outputs } = model.program;
  if (inputs.length !== 1 || outputs !== 1)
    throw new GenesisError(
      `model ${id} has ${inputs.length} inputs (${model.inputNames.join(", ")}) and ${outputs} outputs; a contract can call models of one input and one output`,
    );
  return {
    level,
    tableDepth: commitment.tableDepth,
    inputBytes: byteSize(inputs[0] as TensorType),
    outputBytes: byteSize(tensors[0] as TensorType),
    price: priceOf(model.program),
  };
}
