import { ElenchError } from "@elench/errors/elench-error";
import { calculateSigRecovery, setLengthLeft } from "@ethereumjs/util";
import { recover } from "tiny-secp256k1";

/** The signature is invalid: no key produces it. */
export class InvalidSignature extends ElenchError {
  override readonly name = "InvalidSignature";
  override readonly kind = "input";
}

/**
 * Public key recovery by libsecp256k1 in WASM, replacing the library's in JavaScript, which takes ten times as long. Every transaction's
 * sender is recovered, and a block of 30M gas can hold 9,300 ECRECOVERs.
 * @param digest 32 bytes.
 * @param v 27 or 28, or as EIP-155 has it for `chainId`, or the parity.
 * @param r big-endian, at most 32 bytes; as is `s`, which may be in the upper half of its range (EIP-2 is for transactions alone).
 * @returns 64 bytes: the key's x ‖ y.
 * @throws InvalidSignature if no public key matches the signature.
 */
export function ecrecover(digest: Uint8Array, v: bigint, r: Uint8Array, s: Uint8Array, chainId?: bigint): Uint8Array {
  const parity = calculateSigRecovery(v, chainId);
  if (parity !== 0n && parity !== 1n)
    throw new InvalidSignature(`invalid signature: v is ${v}, and must be 27, 28, a parity, or as EIP-155 defines`);
  const signature = new Uint8Array(64);
  signature.set(setLengthLeft(r, 32));
  signature.set(setLengthLeft(s, 32), 32);
  const key = recover(digest, signature, Number(parity) as 0 | 1, false);
  if (!key) throw new InvalidSignature("invalid signature: no public key matches it");
  return key.slice(1);
}
