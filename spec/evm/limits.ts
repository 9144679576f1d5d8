import { type Constants, valuesOf } from "./constants.ts";

/** Limits of the machine, and the amount of bulk work per step. */
export const LIMITS = {
  STACK: [1024, "Yellow Paper, 9.1: items on the stack"],
  MEMORY: [2n ** 32n, "bytes; an access beyond halts whatever the gas: its price would pass 2^64"],
  CALL_DEPTH: [1024, "Yellow Paper, 8: the deepest frame's depth; the transaction's own has 0"],
  NONCE: [2n ** 64n - 1n, "EIP-2681: no nonce goes higher"],
  CODE_BYTES: [24_576, "EIP-170: bytes of an account's code"],
  INITCODE_BYTES: [49_152, "EIP-3860: bytes of initcode"],

  BATCH_GAS: [2n ** 27n, "gas that a batch may use"],
  BATCH_BYTES: [2 ** 27, "a batch has fewer bytes than this"],
  BATCH_TRANSACTIONS: [4095, "transactions of a batch; the rest is ignored"],
  BATCH_LEVEL: [10, "level of every game about a batch: three levels name the transaction, seven its step"],
  SLOT_STEPS: [16n ** 7n, "16^7: steps of a transaction, with the idle ones"],
  HISTORY_LENGTH: [256, "Yellow Paper, H.2: how many blocks back BLOCKHASH looks"],
  HISTORY_DEPTH: [8, "depth of the tree over the hashes of these blocks"],

  STEP_GAS: [4_250_000, "L1 gas of a step, with its transaction, calldata and game"],
  STEP_BYTES: [32_768, "bytes of a step's witness"],
  HEADROOM: [4, "how many times today's L1 prices a step may cost and still fit an L1 transaction"],
  PRECOMPILE_L1_GAS: [
    1_750_000n,
    "a call of a precompile halts if it costs more than this on L1: at most 2^23 / HEADROOM",
  ],
  MODEXP_BYTES: [1024, "EIP-7823: bytes of base, exponent and modulus of MODEXP"],

  COPY_BYTES: [2048, "bytes that a step of COPY copies"],
  HASH_AT_ONCE: [8192, "bytes of the longest message that is hashed in one step"],
  ABSORB_BYTES: [4352, "bytes of a longer message that a step of HASH absorbs: 32 blocks"],
  BUILD_BYTES: [4096, "bytes that a step of BUILD or INPUT takes"],
  COUNT_BYTES: [4096, "bytes of data that a step of COUNT counts"],
  SHA256_BYTES: [5120, "bytes that a step of SHA-256 absorbs: 80 blocks"],
  RIPEMD160_BYTES: [4096, "bytes that a step of RIPEMD-160 absorbs: 64 blocks"],
  BLAKE2F_ROUNDS: [1500, "rounds that a step of BLAKE2F takes"],
} as const satisfies Constants;

export const LIMIT = valuesOf(LIMITS);
