import { toBigInt, wordBytes } from "@elench/bytes/words";
import { SIGNATURE } from "@elench/spec/evm/batch";
import { publicToAddress } from "@ethereumjs/util";
import { ecrecover } from "../crypto/ecrecover.ts";
import type { Signature } from "./transaction.ts";

/** The address that signed a hash; null if the signature is invalid. */
export function signer({ r, s, parity }: Signature, digest: Uint8Array): bigint | null {
  if (r === 0n || r >= SIGNATURE.SECP256K1_ORDER || s === 0n || s > SIGNATURE.MAX_S) return null;
  try {
    return toBigInt(publicToAddress(ecrecover(digest, BigInt(27 + parity), wordBytes(r), wordBytes(s))));
  } catch {
    // No curve point has this r, or the recovered point is the one at infinity.
    return null;
  }
}
