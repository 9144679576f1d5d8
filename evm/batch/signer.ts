import { toBigInt, wordBytes } from "@elench/bytes/words";
import { publicToAddress } from "@ethereumjs/util";
import { ecrecover } from "../crypto/ecrecover.ts";
import type { Signature } from "./transaction.ts";

/** Order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** EIP-2. */
const HIGHEST_S = ORDER / 2n;

/** The address that signed a hash; null where nobody can have. */
export function signer({ r, s, parity }: Signature, digest: Uint8Array): bigint | null {
  if (r === 0n || r >= ORDER || s === 0n || s > HIGHEST_S) return null;
  try {
    return toBigInt(publicToAddress(ecrecover(digest, BigInt(27 + parity), wordBytes(r), wordBytes(s))));
  } catch {
    // No point of the curve has that r, or the point recovered is none.
    return null;
  }
}
