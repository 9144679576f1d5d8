import { readFileSync } from "node:fs";
import type { Hex } from "@elench/bytes/hex";
import { UserError } from "@elench/errors/user-error";
import type { LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** The account of a private key: from a file, or from ELENCH_KEY; undefined if there is neither. */
export function account(keyFile: string | undefined): LocalAccount | undefined {
  const key = keyFile === undefined ? process.env.ELENCH_KEY : readFileSync(keyFile, "utf8").trim();
  if (key === undefined || key === "") return undefined;
  const where = keyFile === undefined ? "ELENCH_KEY" : keyFile;
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(key))
    throw new UserError(`${where} is not a private key: give 32 bytes in hexadecimal`);
  try {
    return privateKeyToAccount((key.startsWith("0x") ? key : `0x${key}`) as Hex);
  } catch {
    throw new UserError(`${where} is not a private key of secp256k1: it must be at least 1 and below the group order`);
  }
}
