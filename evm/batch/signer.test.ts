/** The signer equals the one that ethers and noble recover; each has its own secp256k1. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wordBytes } from "@elench/bytes/words";
import { bytesToHex } from "@ethereumjs/util";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { computeAddress, Signature as EthersSignature, recoverAddress } from "ethers";
import { seededRandom } from "../trie/fixtures/random.ts";
import { signer } from "./signer.ts";
import type { Signature } from "./transaction.ts";

const ORDER = secp256k1.Point.Fn.ORDER;
const FIELD = secp256k1.Point.Fp.ORDER;
const random = seededRandom(31);
const randomWord = (): Uint8Array => Uint8Array.from({ length: 32 }, () => random(256));
const number = (bytes: Uint8Array): bigint => BigInt(bytesToHex(bytes));

/** By ethers; null if it refuses the signature or recovers no key. It checks only the highest bit of s. */
function byEthers({ r, s, parity }: Signature, digest: Uint8Array): bigint | null {
  if (s > ORDER / 2n) return null;
  try {
    const signature = EthersSignature.from({
      r: bytesToHex(wordBytes(r)),
      s: bytesToHex(wordBytes(s)),
      yParity: parity as 0 | 1,
    });
    return BigInt(recoverAddress(bytesToHex(digest), signature));
  } catch {
    return null;
  }
}

/** By noble, and keccak256 of the key. */
function byNoble({ r, s, parity }: Signature, digest: Uint8Array): bigint | null {
  if (s > ORDER / 2n) return null;
  try {
    const key = new secp256k1.Signature(r, s, parity).recoverPublicKey(digest).toBytes(false);
    return number(keccak_256(key.subarray(1)).subarray(12));
  } catch {
    return null;
  }
}

test("the signer is recovered for random keys and digests", () => {
  for (let i = 0; i < 30; i++) {
    const key = i === 0 ? wordBytes(1n) : i === 1 ? wordBytes(ORDER - 1n) : randomWord();
    const digest = i < 4 ? wordBytes([0n, ORDER, ORDER - 1n, 2n ** 256n - 1n][i] as bigint) : randomWord();
    const bytes = secp256k1.sign(digest, key, { prehash: false, format: "recovered" });
    const signature = {
      parity: bytes[0] as number,
      r: number(bytes.subarray(1, 33)),
      s: number(bytes.subarray(33)),
    };
    const address = BigInt(computeAddress(bytesToHex(key)));
    assert.equal(signer(signature, digest), address);
    assert.equal(byEthers(signature, digest), address);
    const other = { ...signature, parity: 1 - signature.parity };
    assert.notEqual(signer(other, digest), address, "the other parity");
    const high = { r: signature.r, s: ORDER - signature.s, parity: 1 - signature.parity };
    assert.equal(signer(high, digest), null, "the same signature with a high s (EIP-2)");
  }
});

test("at the edges of every range, and for random words, all three recover the same signer or none", () => {
  const edges = [
    0n,
    1n,
    2n,
    5n,
    FIELD - ORDER,
    FIELD - ORDER + 1n,
    ORDER / 2n,
    ORDER / 2n + 1n,
    ORDER - 1n,
    ORDER,
  ].concat([ORDER + 1n, FIELD - 1n, FIELD, 2n ** 256n - 1n]);
  const cases: [Signature, Uint8Array][] = [];
  for (const r of edges) for (const s of edges) cases.push([{ r, s, parity: random(2) }, randomWord()]);
  for (let i = 0; i < 60; i++)
    cases.push([{ r: number(randomWord()), s: number(randomWord()) >> 1n, parity: i % 2 }, randomWord()]);
  let found = 0;
  for (const [signature, digest] of cases) {
    const ours = signer(signature, digest);
    const about = `${signature.r} ${signature.s} ${signature.parity} ${bytesToHex(digest)}`;
    assert.equal(ours, byNoble(signature, digest), `noble: ${about}`);
    assert.equal(ours, byEthers(signature, digest), `ethers: ${about}`);
    if (ours !== null) found++;
  }
  assert.ok(found > 20 && found < cases.length - 60, `${found} of ${cases.length} have a signer`);
});

test("a signature whose point is the one at infinity has no signer", () => {
  // With s·R = digest·G, the recovered key is infinity.
  const k = 12_345n;
  const { x, y } = secp256k1.Point.BASE.multiply(k).toAffine();
  const s = 999n;
  const signature = { r: x, s, parity: Number(y & 1n) };
  const digest = wordBytes((s * k) % ORDER);
  assert.equal(signer(signature, digest), null);
  assert.equal(byNoble(signature, digest), null);
});
