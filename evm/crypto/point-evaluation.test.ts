import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesToBigInt, concatBytes, hexToBytes } from "@ethereumjs/util";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { seededRandom } from "../trie/fixtures/random.ts";
import { evaluatePoint } from "./point-evaluation.ts";

const word = (value: bigint): Uint8Array => hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
const G1 = bls12_381.G1.Point;
const INFINITY = G1.ZERO.toBytes();
const { Fp } = bls12_381.fields;
const ORDER = bls12_381.fields.Fr.ORDER;

function inputOf(commitment: Uint8Array, z: bigint, y: bigint, proof: Uint8Array = INFINITY): Uint8Array {
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

test("a wrong value, proof or hash is refused", () => {
  const good: Uint8Array = inputOf(constant(42n), 3n, 42n);
  assert.equal(evaluatePoint(inputOf(constant(42n), 3n, 43n)), null);
  assert.equal(evaluatePoint(inputOf(constant(42n), 3n, 42n, constant(1n))), null);
  assert.equal(evaluatePoint(Uint8Array.from(good, (byte, i) => (i === 31 ? byte ^ 1 : byte))), null);
  assert.equal(evaluatePoint(Uint8Array.from(good, (byte, i) => (i === 0 ? 2 : byte))), null, "version");
});

/** [τ]₁ of the ceremony. It commits to a line, whose proof at every point is its slope. */
const TAU = G1.fromHex(
  "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81",
);

test("a line's value is proven at every point, and no other value is", () => {
  const random = seededRandom(21);
  const field = (): bigint => {
    const bytes = Uint8Array.from({ length: 40 }, () => random(256));
    return bls12_381.fields.Fr.create(bytesToBigInt(bytes));
  };
  for (let i = 0; i < 6; i++) {
    const [slope, at0, z] = [field(), field(), i === 0 ? 0n : field()];
    const commitment = TAU.multiply(slope).add(G1.BASE.multiply(at0)).toBytes();
    const y = (slope * z + at0) % ORDER;
    assert.ok(evaluatePoint(inputOf(commitment, z, y, constant(slope))));
    assert.equal(evaluatePoint(inputOf(commitment, z, (y + 1n) % ORDER, constant(slope))), null, "value");
    assert.equal(evaluatePoint(inputOf(commitment, (z + 1n) % ORDER, y, constant(slope))), null, "point");
    assert.equal(evaluatePoint(inputOf(commitment, z, y, constant((slope + 1n) % ORDER))), null, "proof");
    assert.equal(evaluatePoint(inputOf(commitment, z, y)), null, "proof at infinity");
  }
});

/** A coordinate, with the flag of a compressed point. */
function written(x: bigint): Uint8Array {
  const bytes = hexToBytes(`0x${x.toString(16).padStart(96, "0")}`);
  bytes[0] = (bytes[0] as number) | 0x80;
  return bytes;
}

/** A curve point whose order is coprime to the group's order: pairings ignore it. */
function unseen() {
  for (let x = 1n; x < 1000n; x++) {
    try {
      const point = G1.fromAffine({ x, y: Fp.sqrt(Fp.add(Fp.pow(x, 3n), 4n)) });
      if (!point.isTorsionFree()) return point.multiplyUnsafe(ORDER - 1n).add(point);
    } catch {
      // No curve point has this x.
    }
  }
  throw new Error("every candidate point is in the group");
}

/** The library encodes only points in the group. */
function compressed(point: ReturnType<typeof unseen>): Uint8Array {
  const { x, y } = point.toAffine();
  const bytes = written(x);
  if (y > Fp.ORDER / 2n) bytes[0] = (bytes[0] as number) | 0x20;
  return bytes;
}

test("a proof that is correct except for a point outside the group is refused", () => {
  const beside = (value: bigint) => compressed(G1.BASE.multiply(value).add(unseen()));
  assert.ok(evaluatePoint(inputOf(constant(42n), 3n, 42n)));
  assert.equal(evaluatePoint(inputOf(beside(42n), 3n, 42n)), null, "commitment");
  assert.deepEqual(compressed(G1.BASE.multiply(42n)), constant(42n));
  const line = TAU.multiply(7n).toBytes();
  assert.ok(evaluatePoint(inputOf(line, 3n, 21n, constant(7n))));
  assert.equal(evaluatePoint(inputOf(line, 3n, 21n, beside(7n))), null, "proof");
});

test("a commitment or proof in another encoding, or off the curve, is refused", () => {
  const flagged = (point: Uint8Array, flags: number) => point.map((byte, i) => (i === 0 ? byte ^ flags : byte));
  const wrong = [
    flagged(INFINITY, 0x20),
    flagged(INFINITY, 0x80),
    Uint8Array.from(INFINITY, (byte, i) => (i === 47 ? 1 : byte)),
    flagged(G1.BASE.toBytes(), 0x80),
    flagged(G1.BASE.toBytes(), 0x40),
    written(Fp.ORDER),
    written(Fp.ORDER + G1.BASE.x),
    compressed(unseen()),
    new Uint8Array(48),
    new Uint8Array(48).fill(0xff),
  ];
  for (const [i, point] of wrong.entries()) {
    assert.equal(evaluatePoint(inputOf(point, 1n, 0n)), null, `commitment ${i}`);
    assert.equal(evaluatePoint(inputOf(INFINITY, 1n, 0n, point)), null, `proof ${i}`);
  }
  assert.ok(evaluatePoint(inputOf(INFINITY, 1n, 0n, INFINITY)));
});

test("values that are not canonical are refused", () => {
  assert.equal(evaluatePoint(inputOf(constant(42n), ORDER, 42n)), null, "z");
  assert.equal(evaluatePoint(inputOf(constant(42n), 0n, ORDER + 42n)), null, "y");
  assert.equal(evaluatePoint(inputOf(new Uint8Array(48).fill(0xff), 0n, 0n)), null, "no point");
  assert.equal(evaluatePoint(inputOf(constant(42n), 3n, 42n).slice(0, 191)), null, "length");
});

/** The implementation of Ethereum's clients. Its installation compiles it, so it is missing on hosts without a C compiler. */
const kzg = await import("c-kzg").then(
  (module) => module.default,
  () => undefined,
);

/** Whether c-kzg accepts the points and numbers, and the proof is correct. */
function holds(verify: typeof import("c-kzg").verifyKzgProof, input: Uint8Array): boolean {
  const [z, y] = [input.subarray(32, 64), input.subarray(64, 96)];
  try {
    return verify(input.subarray(96, 144), z, y, input.subarray(144, 192));
  } catch {
    return false;
  }
}

test("proofs by c-kzg are accepted, and what c-kzg refuses is refused", (t) => {
  if (!kzg) return t.skip("c-kzg is not installed: it needs a C compiler");
  kzg.loadTrustedSetup(0);
  const random = seededRandom(22);
  const seen = { right: 0, wrong: 0 };
  for (let i = 0; i < 3; i++) {
    // 4,096 values of a polynomial, each below the order.
    const blob = Uint8Array.from({ length: 4096 * 32 }, (_, at) => (at % 32 === 0 ? 0 : random(256)));
    const z = word(BigInt(random(2 ** 31)));
    const [proof, y] = kzg.computeKzgProof(blob, z);
    const good = inputOf(kzg.blobToKzgCommitment(blob), bytesToBigInt(z), bytesToBigInt(y), proof);
    for (let n = 0; n < 40; n++) {
      // A bit of z, y, the commitment or the proof; the versioned hash follows the commitment.
      const bit = n === 0 ? -1 : 8 * 32 + random(8 * 160);
      const tried = good.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      tried.set(sha256(tried.subarray(96, 144)).subarray(1), 1);
      const right = holds(kzg.verifyKzgProof, tried);
      assert.equal(evaluatePoint(tried) !== null, right, `bit ${bit}`);
      seen[right ? "right" : "wrong"]++;
    }
  }
  assert.deepEqual(seen, { right: 3, wrong: 117 });
});
