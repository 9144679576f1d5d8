import { richAccount } from "../../deploy/local-chain.ts";
import type { Genesis } from "../../evm/chain/genesis.ts";
import { DIRECTORY_ADDRESS } from "../../evm/native/model-directory.ts";
import { accountOf, type PreState } from "../../evm/native/state.ts";
import type { LoadedModel } from "../../ml-vm/load.ts";
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

/** Ether of each development account, in wei. */
const DEV_BALANCE = 10_000n * 10n ** 18n;

/** How many development accounts are rich. */
export const DEV_ACCOUNTS = 10;

/** The accounts that every development chain makes rich; anybody knows their keys. */
export const devAccounts = (): PreState =>
  new Map(
    Array.from({ length: DEV_ACCOUNTS }, (_, i) => [
      richAccount(i).address.toLowerCase(),
      accountOf({ balance: DEV_BALANCE }),
    ]),
  );
