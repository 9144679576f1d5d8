import { type Constants, valuesOf } from "./constants.ts";

/**
 * Gas costs of execution under the rules of Cancun. Names are those of the EIP that introduced or last changed the cost; the
 * others are those of the Yellow Paper's appendix G, without the G.
 */
export const GAS_COSTS = {
  ZERO: [0n, "Yellow Paper, G"],
  BASE: [2n, "Yellow Paper, G"],
  VERY_LOW: [3n, "Yellow Paper, G"],
  LOW: [5n, "Yellow Paper, G"],
  MID: [8n, "Yellow Paper, G"],
  HIGH: [10n, "Yellow Paper, G"],
  JUMPDEST: [1n, "Yellow Paper, G"],
  EXP: [10n, "Yellow Paper, G"],
  EXP_BYTE: [50n, "EIP-160: each byte of the exponent, without leading zeros"],
  KECCAK256: [30n, "Yellow Paper, G"],
  KECCAK256_WORD: [6n, "Yellow Paper, G: each word of the input"],
  COPY_WORD: [3n, "Yellow Paper, G: each word copied"],
  BLOCKHASH: [20n, "Yellow Paper, G"],
  LOG: [375n, "Yellow Paper, G"],
  LOG_TOPIC: [375n, "Yellow Paper, G: each topic"],
  LOG_DATA_BYTE: [8n, "Yellow Paper, G: each byte of the data"],
  MEMORY_WORD: [3n, "Yellow Paper, G and H.1: each word of memory, in the linear term"],
  MEMORY_QUADRATIC_DIVISOR: [512n, "Yellow Paper, H.1: the quadratic term is words² divided by this"],

  WARM_STORAGE_READ_COST: [100n, "EIP-2929: a warm account or slot"],
  COLD_ACCOUNT_ACCESS_COST: [2600n, "EIP-2929: an account's first access in the transaction"],
  COLD_SLOAD_COST: [2100n, "EIP-2929: a slot's first access in the transaction"],
  SSTORE_SET_GAS: [20_000n, "EIP-2200: a slot's first change in the transaction, from zero"],
  SSTORE_RESET_GAS: [2900n, "EIP-2200, EIP-2929: a slot's first change in the transaction, from another value"],
  SSTORE_CLEARS_SCHEDULE: [4800n, "EIP-3529: the refund for a slot that becomes zero"],

  CREATE: [32_000n, "Yellow Paper, G"],
  INITCODE_WORD_COST: [2n, "EIP-3860: each word of the initcode"],
  CODE_DEPOSIT_BYTE: [200n, "Yellow Paper, G: each byte of a new account's code"],
  CALL_VALUE: [9000n, "Yellow Paper, G: a call that transfers ether"],
  CALL_STIPEND: [
    2300n,
    "Yellow Paper, G: given to the callee of a call with value; EIP-2200: SSTORE needs more than this",
  ],
  NEW_ACCOUNT: [25_000n, "Yellow Paper, G: ether for an account that is empty"],
  SELFDESTRUCT: [5000n, "Yellow Paper, G"],
  BLOBHASH: [3n, "EIP-4844: HASH_OPCODE_GAS"],

  TX_BASE: [21_000n, "Yellow Paper, G: every transaction"],
  TX_CREATE: [32_000n, "Yellow Paper, G: a transaction that creates a contract"],
  TX_DATA_ZERO_BYTE: [4n, "Yellow Paper, G: each zero byte of the data"],
  TX_DATA_NON_ZERO_BYTE: [16n, "EIP-2028: each other byte of the data"],
  ACCESS_LIST_ADDRESS_COST: [2400n, "EIP-2930: each address of the access list"],
  ACCESS_LIST_STORAGE_KEY_COST: [1900n, "EIP-2930: each slot of the access list"],
  MAX_REFUND_QUOTIENT: [5n, "EIP-3529: at most the gas used divided by this is refunded"],
  CALL_RESERVE_DIVISOR: [64n, "EIP-150: a caller keeps its gas divided by this"],

  ECRECOVER: [3000n, "Yellow Paper, E"],
  SHA256: [60n, "Yellow Paper, E"],
  SHA256_WORD: [12n, "Yellow Paper, E: each word of the input"],
  RIPEMD160: [600n, "Yellow Paper, E"],
  RIPEMD160_WORD: [120n, "Yellow Paper, E: each word of the input"],
  IDENTITY: [15n, "Yellow Paper, E"],
  IDENTITY_WORD: [3n, "Yellow Paper, E: each word of the input"],
  MODEXP_MIN: [200n, "EIP-2565"],
  MODEXP_DIVISOR: [3n, "EIP-2565: the price is complexity · iterations divided by this"],
  MODEXP_EXPONENT_BYTE: [8n, "EIP-2565: iterations for each byte of the exponent beyond 32"],
  ECADD: [150n, "EIP-1108"],
  ECMUL: [6000n, "EIP-1108"],
  ECPAIRING: [45_000n, "EIP-1108"],
  ECPAIRING_PAIR: [34_000n, "EIP-1108: each pair of points"],
  BLAKE2F_ROUND: [1n, "EIP-152: each round"],
  POINT_EVALUATION: [50_000n, "EIP-4844"],

  MODEXP_MIN_ON_L1: [500n, "EIP-7883: the least price of MODEXP under Osaka's rules, which L1 has"],
  MODEXP_EXPONENT_BYTE_ON_L1: [16n, "EIP-7883: iterations for each byte of the exponent beyond 32"],
  MODEXP_SHORT_COMPLEXITY_ON_L1: [16n, "EIP-7883: complexity of operands of at most 32 bytes"],
} as const satisfies Constants;

export const GAS = valuesOf(GAS_COSTS);
