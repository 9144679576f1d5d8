/** Precompiles whose code native execution and the stepper share, held against noble's curves and plain BigInt. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { joinWords, toBigInt, wordBytes } from "@elench/bytes/words";
import { PRECOMPILE } from "@elench/spec/evm/precompiles";
import { bytesToHex, createAddressFromString } from "@ethereumjs/util";
import { bn254 } from "@noble/curves/bn254.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { runPrecompile } from "../machine/phases/run-precompile.ts";
import { createNativeVm, type NativeVm } from "../reference/vm.ts";
import { seededRandom } from "../trie/fixtures/random.ts";
import { precompileAddress } from "./precompile-address.ts";

const random = seededRandom(61);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
const { G1, G2 } = bn254;
const FIELD = bn254.fields.Fp.ORDER;
const ORDER = bn254.fields.Fr.ORDER;

let native: NativeVm;
before(async () => {
  native = await createNativeVm({ chainId: 1n, blockHash: () => new Uint8Array(32) });
});

/** The output, or "failed". Asserts that native execution and the stepper agree. */
async function run(precompile: number, data: Uint8Array, counted = data.length): Promise<string> {
  const to = createAddressFromString(precompileAddress(precompile));
  const { execResult } = await native.vm.evm.runCall({ to, data, gasLimit: 2n ** 32n });
  const found = execResult.exceptionError ? "failed" : bytesToHex(execResult.returnValue);
  const stepped = runPrecompile(precompile, padded(data, counted));
  assert.equal(stepped === null ? "failed" : bytesToHex(stepped), found, bytesToHex(data));
  return found;
}

/** The first bytes, padded with zeros. */
function padded(data: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(data.subarray(0, length));
  return whole;
}

const wordsOf = (data: Uint8Array): bigint[] =>
  Array.from({ length: data.length / 32 }, (_, i) => toBigInt(data.subarray(32 * i, 32 * i + 32)));

type Point = typeof G1.Point.BASE;

/** EIP-196. @throws Error if the bytes do not encode a point. */
function point(x: bigint, y: bigint): Point {
  if (x >= FIELD || y >= FIELD) throw new Error("not reduced");
  if (x === 0n && y === 0n) return G1.Point.ZERO;
  const found = G1.Point.fromAffine({ x, y });
  found.assertValidity();
  return found;
}

function written(p: Point): string {
  const { x, y } = p.is0() ? { x: 0n, y: 0n } : p.toAffine();
  return bytesToHex(joinWords([x, y]));
}

const orFailed = (output: () => string): string => {
  try {
    return output();
  } catch {
    return "failed";
  }
};

const addition = (data: Uint8Array): string =>
  orFailed(() => {
    const [x1, y1, x2, y2] = wordsOf(padded(data, 128)) as [bigint, bigint, bigint, bigint];
    return written(point(x1, y1).add(point(x2, y2)));
  });

const multiplication = (data: Uint8Array): string =>
  orFailed(() => {
    const [x, y, factor] = wordsOf(padded(data, 96)) as [bigint, bigint, bigint];
    const p = point(x, y);
    const reduced = factor % ORDER;
    return written(reduced === 0n || p.is0() ? G1.Point.ZERO : p.multiply(reduced));
  });

/** An encoded point; sometimes with a changed bit, not reduced, or infinity. */
function anyPoint(): Uint8Array {
  const { x, y } = G1.Point.BASE.multiply(1n + toBigInt(bytes(20))).toAffine();
  const kind = random(8);
  if (kind === 0) return new Uint8Array(64);
  if (kind === 1) return joinWords([x + FIELD, y]);
  if (kind === 2) return joinWords([x, y ^ (1n << BigInt(random(254)))]);
  if (kind === 3) return joinWords([x, FIELD - y]);
  return joinWords([x, y]);
}

/** The input truncated, or with trailing bytes that are ignored. */
const anyLength = (data: Uint8Array): Uint8Array =>
  [data, data.subarray(0, random(data.length + 1)), concat(data, bytes(random(70)))][random(3)] as Uint8Array;

test("additions and multiplications on alt_bn128 equal noble's, for inputs of all lengths", async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 120; i++) {
    const first = anyPoint();
    const sum = anyLength(concat(first, random(6) === 0 ? first : anyPoint()));
    const added = await run(PRECOMPILE.ECADD, sum, 128);
    assert.equal(added, addition(sum), bytesToHex(sum));
    const product = anyLength(concat(anyPoint(), random(4) === 0 ? wordBytes(ORDER - 1n) : bytes(32)));
    const multiplied = await run(PRECOMPILE.ECMUL, product, 96);
    assert.equal(multiplied, multiplication(product), bytesToHex(product));
    seen.add(added).add(multiplied);
  }
  assert.ok(seen.has("failed") && seen.size > 60, `${seen.size} results`);
});

test("a pairing check succeeds exactly if the factors sum to zero", async () => {
  const g1 = (factor: bigint): Uint8Array => {
    const { x, y } = G1.Point.BASE.multiply(factor).toAffine();
    return joinWords([x, y]);
  };
  const g2 = (factor: bigint): Uint8Array => {
    const { x, y } = G2.Point.BASE.multiply(factor).toAffine();
    return joinWords([x.c1, x.c0, y.c1, y.c0]);
  };
  const yes = bytesToHex(wordBytes(1n));
  const no = bytesToHex(wordBytes(0n));
  for (let i = 0; i < 4; i++) {
    const [a, b, c] = [0, 1, 2].map(() => 1n + toBigInt(bytes(16))) as [bigint, bigint, bigint];
    // e(aG, bH) · e(−abcG, c⁻¹H) = 1
    const inverse = bn254.fields.Fr.inv(c);
    const good = concat(g1(a), g2(b), g1(ORDER - ((a * b * c) % ORDER)), g2(inverse));
    assert.equal(await run(PRECOMPILE.ECPAIRING, good), yes);
    const bad = concat(g1(a), g2(b), g1(ORDER - ((a * b * c + 1n) % ORDER)), g2(inverse));
    assert.equal(await run(PRECOMPILE.ECPAIRING, bad), no);
    const damaged = good.map((byte, at) => (at === i * 40 ? byte ^ 1 : byte));
    assert.equal(await run(PRECOMPILE.ECPAIRING, damaged), "failed");
  }
  assert.equal(await run(PRECOMPILE.ECPAIRING, new Uint8Array()), yes);
});

test("ECRECOVER returns noble's address, also for a high s, and nothing for an invalid signature", async () => {
  const half = secp256k1.Point.Fn.ORDER / 2n;
  const seen = { found: 0, high: 0, none: 0 };
  for (let i = 0; i < 80; i++) {
    const digest = bytes(32);
    const signed = secp256k1.sign(digest, bytes(32), { prehash: false, format: "recovered", lowS: i % 2 === 0 });
    const [r, s] = [toBigInt(signed.subarray(1, 33)), toBigInt(signed.subarray(33))];
    const wrong = random(4);
    const v = wrong === 0 ? BigInt(random(300)) : BigInt(27 + (signed[0] as number));
    const input = joinWords([digest, v, wrong === 1 ? r ^ (1n << BigInt(random(256))) : r, wrong === 2 ? 0n : s]);
    const data = anyLength(input);
    const expected = recovered(padded(data, 128));
    assert.equal(await run(PRECOMPILE.ECRECOVER, data, 128), expected, bytesToHex(data));
    seen[expected === "0x" ? "none" : toBigInt(padded(data, 128).subarray(96)) > half ? "high" : "found"]++;
  }
  assert.ok(seen.found > 5 && seen.high > 5 && seen.none > 20, JSON.stringify(seen));
});

function recovered(input: Uint8Array): string {
  const [, v, r, s] = wordsOf(input) as [bigint, bigint, bigint, bigint];
  if (v !== 27n && v !== 28n) return "0x";
  try {
    const key = new secp256k1.Signature(r, s, Number(v - 27n)).recoverPublicKey(input.subarray(0, 32)).toBytes(false);
    return bytesToHex(concat(new Uint8Array(12), keccak_256(key.subarray(1)).subarray(12)));
  } catch {
    return "0x";
  }
}

/** base^exponent mod modulus, bit by bit from the lowest. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n % modulus, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const numberOf = (data: Uint8Array): bigint => (data.length === 0 ? 0n : toBigInt(data));

test("MODEXP returns the powers that BigInt gives, in as many bytes as the modulus", async () => {
  const shapes: readonly ((length: number) => Uint8Array)[] = [
    bytes,
    (length) => new Uint8Array(length),
    (length) => new Uint8Array(length).fill(0xff),
    (length) => Uint8Array.from({ length }, (_, i) => (i === length - 1 ? 1 : 0)),
    (length) => Uint8Array.from({ length }, (_, i) => (i === 0 ? 0x80 : 0)),
  ];
  const field = (): Uint8Array =>
    (shapes[random(shapes.length)] as (length: number) => Uint8Array)(
      [0, 1, 7, 8, 9, 31, 32, 33, 65, 128][random(10)] as number,
    );
  for (let i = 0; i < 400; i++) {
    const [base, exponent, modulus] = [field(), field(), field()];
    const whole = concat(joinWords([base.length, exponent.length, modulus.length]), base, exponent, modulus);
    const data = random(5) === 0 ? whole.subarray(0, random(whole.length + 1)) : whole;
    const [b, e, m] = wordsOf(padded(data, 96)).map(Number) as [number, number, number];
    const read = padded(data, 96 + b + e + m);
    const divisor = numberOf(read.subarray(96 + b + e));
    const result =
      divisor === 0n
        ? 0n
        : power(numberOf(read.subarray(96, 96 + b)), numberOf(read.subarray(96 + b, 96 + b + e)), divisor);
    const expected = m === 0 ? "0x" : `0x${result.toString(16).padStart(2 * m, "0")}`;
    assert.equal(await run(PRECOMPILE.MODEXP, data), expected, bytesToHex(data));
  }
});
