import assert from "node:assert/strict";
import { test } from "node:test";
import { wordBytes } from "@elench/bytes/words";
import { ecrecover as byLibrary, bytesToHex } from "@ethereumjs/util";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { seededRandom } from "../trie/fixtures/random.ts";
import { ecrecover } from "./ecrecover.ts";

type Args = Parameters<typeof ecrecover>;

/** The recovered key, or "none". */
function outcome(recover: (...args: Args) => Uint8Array, args: Args): string {
  try {
    return bytesToHex(recover(...args));
  } catch {
    return "none";
  }
}

const ORDER = secp256k1.Point.Fn.ORDER;
const FIELD = secp256k1.Point.Fp.ORDER;
/** The bounds of the range checks, and an x that no curve point has (5). */
const EDGES = [
  0n,
  1n,
  2n,
  5n,
  FIELD - ORDER,
  ORDER / 2n,
  ORDER / 2n + 1n,
  ORDER - 1n,
  ORDER,
  FIELD - 1n,
  2n ** 256n - 1n,
];

test("recovers the same keys as the library, and refuses the same signatures", () => {
  const random = seededRandom(11);
  const bytes = (): Uint8Array => Uint8Array.from({ length: 32 }, () => random(256));
  const cases: Args[] = [];
  for (const r of EDGES)
    for (const s of EDGES) cases.push([bytes(), BigInt(27 + random(2)), wordBytes(r), wordBytes(s)]);
  for (const digest of [0n, ORDER - 1n, ORDER, 2n ** 256n - 1n].map(wordBytes)) {
    cases.push([digest, 27n, bytes(), bytes()], [digest, 28n, wordBytes(1n), wordBytes(1n)]);
  }
  for (let i = 0; i < 40; i++) cases.push([bytes(), BigInt(27 + (i % 2)), bytes(), bytes()]);
  const results = cases.map((args) => [outcome(ecrecover, args), outcome(byLibrary, args)] as const);
  for (const [i, [ours, theirs]] of results.entries()) assert.equal(ours, theirs, cases[i]?.map(String).join(" "));
  const found = results.filter(([ours]) => ours !== "none").length;
  assert.ok(found > 40 && found < cases.length - 40, `${found} of ${cases.length} have a key`);
});

test("recovers the signer with v as parity, as 27 or 28, and by EIP-155; r and s may be short", () => {
  const secret = wordBytes(77n);
  const digest = wordBytes(123_456n);
  const signed = secp256k1.sign(digest, secret, { prehash: false, format: "recovered" });
  const [parity, r, s] = [signed[0] as number, signed.subarray(1, 33), signed.subarray(33)];
  const key = secp256k1.getPublicKey(secret, false).subarray(1);
  for (const [v, chainId] of [
    [parity, undefined],
    [27 + parity, undefined],
    [35 + 2 * 901 + parity, 901n],
  ] as const)
    assert.deepEqual(ecrecover(digest, BigInt(v), r, s, chainId), key);
  assert.throws(() => ecrecover(digest, 29n, r, s), /v is 29/);
  assert.throws(() => ecrecover(digest, BigInt(35 + 2 * 902 + parity), r, s, 901n), /invalid signature: v is/);
  const short = Uint8Array.of(1);
  assert.deepEqual(ecrecover(digest, 27n, short, short), ecrecover(digest, 27n, wordBytes(1n), wordBytes(1n)));
});
