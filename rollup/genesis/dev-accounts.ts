import type { Hex } from "@elench/bytes/hex";
import { accountOf, type PreState } from "@elench/evm/native/state";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

/** The words from which every development chain derives its rich accounts; worthless anywhere else. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** The n-th rich account of a development chain, anvil's too. */
export const richAccount = (index: number): HDAccount => mnemonicToAccount(MNEMONIC, { addressIndex: index });

export const privateKeyOf = (account: HDAccount): Hex =>
  `0x${Buffer.from(account.getHdKey().privateKey as Uint8Array).toString("hex")}`;

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
