import { wordBytes } from "@elench/bytes/words";
import { decodeEntry, encodeEntry } from "@elench/evm/inference/directory";
import { depthOf } from "@elench/merkle/tree";
import { checkProgram } from "@elench/tensor/program/check";
import { byteSize } from "@elench/tensor/program/check-types";
import type { Model } from "@elench/tensor/program/model";
import type { TensorType } from "@elench/tensor/program/program";
import { priceOf } from "./price.ts";

/** Whether contracts on L2 can call a model, and the price of a call. */
export interface CallForecast {
  /** Gas of one run, without the costs of every call (docs/dapp-guide.md, "What a model costs"). */
  readonly price: bigint;
  /** Why contracts cannot call it; empty if they can. */
  readonly obstacles: readonly string[];
}

/** Gas of a transaction and of the first call of the precompile in it. */
const CALL_GAS = 21_000n + 6_400n;

/** @param batchGas gas of a batch of the chain: no transaction can use more. */
export function forecastCall({ program }: Model, batchGas: bigint): CallForecast {
  const { inputs, outputs, tensors } = program;
  const price = priceOf(program);
  const obstacles: string[] = [];
  if (inputs.length !== 1) obstacles.push(`it has ${inputs.length} inputs; a call takes one`);
  if (outputs !== 1) obstacles.push(`it has ${outputs} outputs; a call returns one`);
  // A call passes on 63/64 of the gas that is left (EIP-150).
  const needed = (price * 64n) / 63n + CALL_GAS;
  if (needed > batchGas)
    obstacles.push(`a run costs ${price} gas, ${needed} with the transaction; a batch can use ${batchGas}`);
  if (obstacles.length === 0) {
    const entry = {
      level: checkProgram(program).level,
      tableDepth: depthOf(tensors.length),
      inputBytes: byteSize(inputs[0] as TensorType),
      outputBytes: byteSize(tensors[0] as TensorType),
      price,
    };
    if (decodeEntry(wordBytes(encodeEntry(entry))) === null)
      obstacles.push("its values exceed the limits of an entry in the model directory");
  }
  return { price, obstacles };
}
