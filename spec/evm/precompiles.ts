import { type Constants, valuesOf } from "./constants.ts";

/** Addresses of the precompiles: Ethereum's ten, and the one that asks the tensor machine. */
export const PRECOMPILES = {
  ECRECOVER: [0x01, "Yellow Paper, E"],
  SHA256: [0x02, "Yellow Paper, E"],
  RIPEMD160: [0x03, "Yellow Paper, E"],
  IDENTITY: [0x04, "Yellow Paper, E"],
  MODEXP: [0x05, "EIP-198"],
  ECADD: [0x06, "EIP-196"],
  ECMUL: [0x07, "EIP-196"],
  ECPAIRING: [0x08, "EIP-197"],
  BLAKE2F: [0x09, "EIP-152"],
  POINT_EVALUATION: [0x0a, "EIP-4844"],
  INFERENCE: [0xa100, "calls a model: see Inference"],
} as const satisfies Constants;

export const PRECOMPILE = valuesOf(PRECOMPILES);

/** The account whose storage lists the chain's models. Not a precompile, but numbered with them. */
export const MODEL_DIRECTORY = 0xa101;

/** Sizes of precompile inputs, in bytes. */
export const PRECOMPILE_INPUTS = {
  ECRECOVER_BYTES: [128, "hash, v, r, s"],
  ECADD_BYTES: [128, "two points"],
  ECMUL_BYTES: [96, "a point and a factor"],
  ECPAIRING_PAIR_BYTES: [192, "a point of each group"],
  MODEXP_HEADER_BYTES: [96, "lengths of base, exponent and modulus"],
  BLAKE2F_BYTES: [213, "rounds, state, message, counters, whether this is the last block"],
  POINT_EVALUATION_BYTES: [192, "versioned hash, z, y, commitment, proof"],
  INFERENCE_HEADER_BYTES: [64, "model id, size of the output; the tensor's bytes follow"],
  BLOCK_BYTES: [64, "a block of SHA-256 and of RIPEMD-160"],
} as const satisfies Constants;

export const PRECOMPILE_INPUT = valuesOf(PRECOMPILE_INPUTS);
