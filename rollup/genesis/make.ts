import type { Genesis } from "@elench/evm/chain/genesis";
import { DIRECTORY_ADDRESS } from "@elench/evm/inference/directory";
import { accountOf, type PreState } from "@elench/evm/reference/state";
import type { LoadedModel } from "@elench/tensor/load";
import { modelEntry } from "./model-entry.ts";

export interface GenesisPlan {
  readonly chainId: bigint;
  /** Initial accounts. */
  readonly accounts: PreState;
  /** The models that contracts can call. */
  readonly models: readonly LoadedModel[];
  /** Code of the model directory. */
  readonly directoryCode: Uint8Array;
}

/** Makes a genesis: accounts, models, and the storage of the model directory. */
export function makeGenesis({ chainId, accounts, models, directoryCode }: GenesisPlan): Genesis {
  // Contracts have nonce 1 (EIP-161).
  const directory = accountOf({ nonce: 1n, code: directoryCode });
  return {
    chainId,
    accounts: new Map([...accounts, [DIRECTORY_ADDRESS, directory]]),
    models: new Map(models.map((model) => [model.id, modelEntry(model)])),
  };
}
