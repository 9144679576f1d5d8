import { concat } from "@elench/bytes/concat";
import { equalBytes, toBigInt, wordBytes } from "@elench/bytes/words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { PRECOMPILE, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import type { AddPrecompile } from "@ethereumjs/evm";
import { sha256 } from "@noble/hashes/sha2.js";
import mcl, { type G1 } from "mcl-wasm";
import { invalidInput, outOfGas } from "./failure.ts";
import { precompileAddress } from "./precompile-address.ts";

/**
 * Point evaluation (https://eips.ethereum.org/EIPS/eip-4844#point-evaluation-precompile), because @ethereumjs/evm needs a native
 * library for it: the input is versioned hash ‖ z ‖ y ‖ commitment ‖ proof, and the call succeeds if the committed polynomial is y at z.
 */

await mcl.init(mcl.BLS12_381);
// Points are in ZCash's encoding, big-endian and compressed, and must have the right order.
mcl.setETHserialization(true);
mcl.verifyOrderG1(true);
mcl.verifyOrderG2(true);

const PRICE = GAS.POINT_EVALUATION;
const INPUT_BYTES = PRECOMPILE_INPUT.POINT_EVALUATION_BYTES;
const VERSION = 0x01;
/** Order of the groups. */
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** [1]₁. */
const BASE_1 = mcl.deserializeHexStrToG1(
  "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
);
/** −[1]₂. */
const MINUS_BASE_2 = new mcl.PrecomputedG2(
  mcl.neg(
    mcl.deserializeHexStrToG2(
      "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e" +
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
    ),
  ),
);
/** [τ]₂ of the KZG ceremony (consensus-specs, presets/mainnet/trusted_setups). */
const TAU_2 = new mcl.PrecomputedG2(
  mcl.deserializeHexStrToG2(
    "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72" +
      "185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2",
  ),
);

/** Output of a successful call: field elements in a blob, and the order; 32 bytes each. */
const OUTPUT = concat(wordBytes(4096n), wordBytes(ORDER));

export const pointEvaluationPrecompile: AddPrecompile = {
  address: precompileAddress(PRECOMPILE.POINT_EVALUATION),
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
  const versioned = concat(Uint8Array.of(VERSION), sha256(commitment).subarray(1));
  return equalBytes(hash, versioned) && verifyProof(commitment, z, y, proof) ? OUTPUT.slice() : null;
}

/** Whether e(C − [y]₁, [1]₂) = e(proof, [τ − z]₂): as e(C − [y]₁ + z·proof, −[1]₂) · e(proof, [τ]₂) = 1, with constant second points. */
function verifyProof(commitment: Uint8Array, zBytes: Uint8Array, yBytes: Uint8Array, proof: Uint8Array): boolean {
  if (toBigInt(zBytes) >= ORDER || toBigInt(yBytes) >= ORDER) return false;
  const [c, pi] = [groupPoint(commitment), groupPoint(proof)];
  if (!c || !pi) return false;
  const left = mcl.add(mcl.sub(c, mcl.mul(BASE_1, scalar(yBytes))), mcl.mul(pi, scalar(zBytes)));
  if (left.isZero() || pi.isZero()) return left.isZero() && pi.isZero();
  return mcl.finalExp(mcl.precomputedMillerLoop2(left, MINUS_BASE_2, pi, TAU_2)).isOne();
}

/** @param bytes below the order. */
function scalar(bytes: Uint8Array) {
  const factor = new mcl.Fr();
  factor.setBigEndianMod(bytes);
  return factor;
}

/** A compressed point of the first group; null if the bytes do not encode one. */
function groupPoint(bytes: Uint8Array): G1 | null {
  const point = new mcl.G1();
  try {
    point.deserialize(bytes);
  } catch {
    return null;
  }
  // A point has one valid encoding; the library accepts several for the point at infinity.
  return equalBytes(point.serialize(), bytes) ? point : null;
}
