import type { Hex } from "@elench/bytes/hex";
import { accountOf, type PreState } from "@elench/evm/reference/state";
import { DEVELOPMENT_MNEMONIC } from "@elench/spec/evm/development";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

/** The n-th funded account of a development chain; the same as anvil's. */
export const richAccount = (index: number): HDAccount =>
  mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex: index });

export const privateKeyOf = (account: HDAccount): Hex =>
  `0x${Buffer.from(account.getHdKey().privateKey as Uint8Array).toString("hex")}`;

/** Balance of each development account, in wei. */
const DEV_BALANCE = 10_000n * 10n ** 18n;

/** Number of funded development accounts. */
export const DEV_ACCOUNTS = 10;

/** The funded accounts of every development chain; their keys are public. */
export const devAccounts = (): PreState =>
  new Map(
    Array.from({ length: DEV_ACCOUNTS }, (_, i) => [
      richAccount(i).address.toLowerCase(),
      accountOf({ balance: DEV_BALANCE }),
    ]),
  );
