import type { AddPrecompile } from "@ethereumjs/evm";
import { bytesToBigInt, concatBytes, equalsBytes } from "@ethereumjs/util";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { invalidInput, outOfGas } from "./failure.ts";

/**
 * Point evaluation (https://eips.ethereum.org/EIPS/eip-4844#point-evaluation-precompile), for which @ethereumjs/evm wants a native
 * library: the input is versioned hash ‖ z ‖ y ‖ commitment ‖ proof, and the call succeeds if the committed polynomial is y at z.
 */

const { G1, G2, fields, pairingBatch } = bls12_381;
const PRICE = 50_000n;
const INPUT_BYTES = 192;
const VERSION = 0x01;

/** [τ]₂ of the KZG ceremony (consensus-specs, presets/mainnet/trusted_setups), compressed. */
const TAU = G2.Point.fromHex(
  "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72" +
    "185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2",
);

/** What a good call returns: field elements in a blob, and the modulus of the field; 32 bytes each. */
const OUTPUT = Uint8Array.from(
  (4096n.toString(16).padStart(64, "0") + fields.Fr.ORDER.toString(16)).match(/../g) ?? [],
  (byte) => Number.parseInt(byte, 16),
);

export const pointEvaluationPrecompile: AddPrecompile = {
  address: `0x${"0a".padStart(40, "0")}`,
  function: ({ data, gasLimit }) => {
    if (gasLimit < PRICE) return outOfGas(gasLimit);
    const output = evaluatePoint(data);
    return output ? { returnValue: output, executionGasUsed: PRICE } : invalidInput(gasLimit);
  },
};

/** @returns 64 bytes, or null if the input is refused. */
export function evaluatePoint(input: Uint8Array): Uint8Array | null {
  if (input.length !== INPUT_BYTES) return null;
  const [hash, z, y, commitment, proof] = [
    input.subarray(0, 32),
    input.subarray(32, 64),
    input.subarray(64, 96),
    input.subarray(96, 144),
    input.subarray(144, 192),
  ] as const;
  const versioned = concatBytes(Uint8Array.of(VERSION), sha256(commitment).subarray(1));
  return equalsBytes(hash, versioned) && verifyProof(commitment, z, y, proof) ? OUTPUT.slice() : null;
}

/** Whether e(C − [y]₁, [1]₂) = e(proof, [τ − z]₂). */
function verifyProof(commitment: Uint8Array, zBytes: Uint8Array, yBytes: Uint8Array, proof: Uint8Array): boolean {
  const [z, y] = [bytesToBigInt(zBytes), bytesToBigInt(yBytes)];
  if (z >= fields.Fr.ORDER || y >= fields.Fr.ORDER) return false;
  const points = [commitment, proof].map(groupPoint);
  const [c, pi] = points;
  if (!c || !pi) return false;
  const pairs = [
    { g1: c.subtract(G1.Point.BASE.multiplyUnsafe(y)), g2: G2.Point.BASE.negate() },
    { g1: pi, g2: TAU.subtract(G2.Point.BASE.multiplyUnsafe(z)) },
  ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  return pairs.length === 0 || fields.Fp12.eql(pairingBatch(pairs), fields.Fp12.ONE);
}

/** A compressed point of the group G1, null if the bytes are none. */
function groupPoint(bytes: Uint8Array) {
  try {
    const point = G1.Point.fromBytes(bytes);
    point.assertValidity();
    return point;
  } catch {
    return null;
  }
}
