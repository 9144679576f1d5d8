import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesToBigInt, concatBytes, hexToBytes } from "@ethereumjs/util";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { evaluatePoint } from "./point-evaluation.ts";

const word = (value: bigint): Uint8Array => hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
const G1 = bls12_381.G1.Point;
const INFINITY = G1.ZERO.toBytes();
const ORDER = bls12_381.fields.Fr.ORDER;

function inputOf(commitment: Uint8Array, z: bigint, y: bigint, proof = INFINITY): Uint8Array {
  const hash = sha256(commitment);
  hash[0] = 1;
  return concatBytes(hash, word(z), word(y), commitment, proof);
}

/** A constant polynomial has the same value everywhere, and its proof is the point at infinity. */
const constant = (value: bigint) => G1.BASE.multiply(value).toBytes();

test("a constant polynomial has its value everywhere", () => {
  for (const z of [0n, 1n, ORDER - 1n]) {
    const output = evaluatePoint(inputOf(constant(42n), z, 42n));
    assert.ok(output);
    assert.equal(bytesToBigInt(output.subarray(0, 32)), 4096n);
    assert.equal(bytesToBigInt(output.subarray(32)), ORDER);
  }
  assert.ok(evaluatePoint(inputOf(INFINITY, 5n, 0n)), "the zero polynomial");
});

test("another value, proof or hash is refused", () => {
  const good: Uint8Array = inputOf(constant(42n), 3n, 42n);
  assert.equal(evaluatePoint(inputOf(constant(42n), 3n, 43n)), null);
  assert.equal(evaluatePoint(inputOf(constant(42n), 3n, 42n, constant(1n))), null);
  assert.equal(evaluatePoint(Uint8Array.from(good, (byte, i) => (i === 31 ? byte ^ 1 : byte))), null);
  assert.equal(evaluatePoint(Uint8Array.from(good, (byte, i) => (i === 0 ? 2 : byte))), null, "version");
});

test("what is not canonical is refused", () => {
  assert.equal(evaluatePoint(inputOf(constant(42n), ORDER, 42n)), null, "z");
  assert.equal(evaluatePoint(inputOf(constant(42n), 0n, ORDER + 42n)), null, "y");
  assert.equal(evaluatePoint(inputOf(new Uint8Array(48).fill(0xff), 0n, 0n)), null, "no point");
  assert.equal(evaluatePoint(inputOf(constant(42n), 3n, 42n).slice(0, 191)), null, "length");
});
