import type { Genesis } from "@elench/evm/chain/genesis";
import { DIRECTORY_ADDRESS } from "@elench/evm/inference/directory";
import { accountOf, type PreState } from "@elench/evm/native/state";
import type { LoadedModel } from "@elench/tensor/load";
import { modelEntry } from "./model-entry.ts";

export interface GenesisPlan {
  readonly chainId: bigint;
  /** Gas that one batch may use. Default, and most: 2^27. */
  readonly batchGas?: bigint;
  /** Who has what to begin with. */
  readonly accounts: PreState;
  /** What contracts can call. */
  readonly models: readonly LoadedModel[];
  /** Code at the directory's address. */
  readonly directoryCode: Uint8Array;
}

/** A chain's beginning: its accounts, and its models with what follows from them. */
export function makeGenesis({ chainId, batchGas = 2n ** 27n, accounts, models, directoryCode }: GenesisPlan): Genesis {
  // Nonce 1, as every contract has.
  const directory = accountOf({ nonce: 1n, code: directoryCode });
  return {
    chainId,
    batchGas,
    accounts: new Map([...accounts, [DIRECTORY_ADDRESS, directory]]),
    models: new Map(models.map((model) => [model.id, modelEntry(model)])),
  };
}
