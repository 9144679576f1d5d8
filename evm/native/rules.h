/** Numbers of the EVM machine. Generated from spec/evm by `npm run generate`: edit that, not this file. */
#ifndef ELENCH_EVM_RULES_H
#define ELENCH_EVM_RULES_H

/** Gas. */
enum {
  GAS_ZERO = 0,
  GAS_BASE = 2,
  GAS_VERY_LOW = 3,
  GAS_LOW = 5,
  GAS_MID = 8,
  GAS_HIGH = 10,
  GAS_JUMPDEST = 1,
  GAS_EXP = 10,
  GAS_EXP_BYTE = 50,
  GAS_KECCAK256 = 30,
  GAS_KECCAK256_WORD = 6,
  GAS_COPY_WORD = 3,
  GAS_BLOCKHASH = 20,
  GAS_LOG = 375,
  GAS_LOG_TOPIC = 375,
  GAS_LOG_DATA_BYTE = 8,
  GAS_MEMORY_WORD = 3,
  GAS_MEMORY_QUADRATIC_DIVISOR = 512,
  GAS_WARM_STORAGE_READ_COST = 100,
  GAS_COLD_ACCOUNT_ACCESS_COST = 2600,
  GAS_COLD_SLOAD_COST = 2100,
  GAS_SSTORE_SET_GAS = 20000,
  GAS_SSTORE_RESET_GAS = 2900,
  GAS_SSTORE_CLEARS_SCHEDULE = 4800,
  GAS_CREATE = 32000,
  GAS_INITCODE_WORD_COST = 2,
  GAS_CODE_DEPOSIT_BYTE = 200,
  GAS_CALL_VALUE = 9000,
  GAS_CALL_STIPEND = 2300,
  GAS_NEW_ACCOUNT = 25000,
  GAS_SELFDESTRUCT = 5000,
  GAS_BLOBHASH = 3,
  GAS_TX_BASE = 21000,
  GAS_TX_CREATE = 32000,
  GAS_TX_DATA_ZERO_BYTE = 4,
  GAS_TX_DATA_NON_ZERO_BYTE = 16,
  GAS_ACCESS_LIST_ADDRESS_COST = 2400,
  GAS_ACCESS_LIST_STORAGE_KEY_COST = 1900,
  GAS_MAX_REFUND_QUOTIENT = 5,
  GAS_CALL_RESERVE_DIVISOR = 64,
  GAS_ECRECOVER = 3000,
  GAS_SHA256 = 60,
  GAS_SHA256_WORD = 12,
  GAS_RIPEMD160 = 600,
  GAS_RIPEMD160_WORD = 120,
  GAS_IDENTITY = 15,
  GAS_IDENTITY_WORD = 3,
  GAS_MODEXP_MIN = 200,
  GAS_MODEXP_DIVISOR = 3,
  GAS_MODEXP_EXPONENT_BYTE = 8,
  GAS_ECADD = 150,
  GAS_ECMUL = 6000,
  GAS_ECPAIRING = 45000,
  GAS_ECPAIRING_PAIR = 34000,
  GAS_BLAKE2F_ROUND = 1,
  GAS_POINT_EVALUATION = 50000,
  GAS_MODEXP_MIN_ON_L1 = 500,
  GAS_MODEXP_EXPONENT_BYTE_ON_L1 = 16,
  GAS_MODEXP_SHORT_COMPLEXITY_ON_L1 = 16,
};

/** Limits. */
enum {
  LIMIT_STACK = 1024,
  LIMIT_CALL_DEPTH = 1024,
  LIMIT_CODE_BYTES = 24576,
  LIMIT_INITCODE_BYTES = 49152,
  LIMIT_BATCH_GAS = 134217728,
  LIMIT_BATCH_BYTES = 134217728,
  LIMIT_BATCH_TRANSACTIONS = 4095,
  LIMIT_BATCH_LEVEL = 10,
  LIMIT_SLOT_STEPS = 268435456,
  LIMIT_HISTORY_LENGTH = 256,
  LIMIT_HISTORY_DEPTH = 8,
  LIMIT_STEP_GAS = 4250000,
  LIMIT_STEP_BYTES = 32768,
  LIMIT_HEADROOM = 4,
  LIMIT_PRECOMPILE_L1_GAS = 1750000,
  LIMIT_MODEXP_BYTES = 1024,
  LIMIT_COPY_BYTES = 2048,
  LIMIT_HASH_AT_ONCE = 8192,
  LIMIT_ABSORB_BYTES = 4352,
  LIMIT_BUILD_BYTES = 4096,
  LIMIT_COUNT_BYTES = 4096,
  LIMIT_SHA256_BYTES = 5120,
  LIMIT_RIPEMD160_BYTES = 4096,
  LIMIT_BLAKE2F_ROUNDS = 1500,
};

/** Addresses of precompiles, and of the account that lists the models. */
enum {
  PRECOMPILE_ECRECOVER = 1,
  PRECOMPILE_SHA256 = 2,
  PRECOMPILE_RIPEMD160 = 3,
  PRECOMPILE_IDENTITY = 4,
  PRECOMPILE_MODEXP = 5,
  PRECOMPILE_ECADD = 6,
  PRECOMPILE_ECMUL = 7,
  PRECOMPILE_ECPAIRING = 8,
  PRECOMPILE_BLAKE2F = 9,
  PRECOMPILE_POINT_EVALUATION = 10,
  PRECOMPILE_INFERENCE = 41216,
  MODEL_DIRECTORY = 41217,
};

/** Bytes of precompile inputs. */
enum {
  INPUT_ECRECOVER_BYTES = 128,
  INPUT_ECADD_BYTES = 128,
  INPUT_ECMUL_BYTES = 96,
  INPUT_ECPAIRING_PAIR_BYTES = 192,
  INPUT_MODEXP_HEADER_BYTES = 96,
  INPUT_BLAKE2F_BYTES = 213,
  INPUT_POINT_EVALUATION_BYTES = 192,
  INPUT_INFERENCE_HEADER_BYTES = 64,
  INPUT_BLOCK_BYTES = 64,
};

/** The directory's entry of a model: a word's fields. */
enum {
  ENTRY_LEVEL_SHIFT = 248,
  ENTRY_LEVEL_BITS = 8,
  ENTRY_TABLE_DEPTH_SHIFT = 240,
  ENTRY_TABLE_DEPTH_BITS = 8,
  ENTRY_INPUT_BYTES_SHIFT = 192,
  ENTRY_INPUT_BYTES_BITS = 48,
  ENTRY_OUTPUT_BYTES_SHIFT = 144,
  ENTRY_OUTPUT_BYTES_BITS = 48,
  ENTRY_PRICE_SHIFT = 0,
  ENTRY_PRICE_BITS = 144,
  ENTRY_MAX_LEVEL = 15,
  ENTRY_MAX_TABLE_DEPTH = 32,
  ENTRY_BYTES_PER_GAS = 4096,
};

/** The header of a block in a batch: bytes of its fields, in their order. */
enum {
  HEADER_TIMESTAMP_BYTES = 8,
  HEADER_GAS_LIMIT_BYTES = 8,
  HEADER_BASE_FEE_BYTES = 32,
  HEADER_BLOB_BASE_FEE_BYTES = 32,
  HEADER_COINBASE_BYTES = 20,
  HEADER_PREV_RANDAO_BYTES = 32,
  HEADER_COUNT_BYTES = 4,
  BLOCK_HEADER_BYTES = 136,
  TRANSACTION_LENGTH_BYTES = 4,
};

/** Opcodes. */
enum {
  OP_STOP = 0x00,
  OP_ADD = 0x01,
  OP_MUL = 0x02,
  OP_SUB = 0x03,
  OP_DIV = 0x04,
  OP_SDIV = 0x05,
  OP_MOD = 0x06,
  OP_SMOD = 0x07,
  OP_ADDMOD = 0x08,
  OP_MULMOD = 0x09,
  OP_EXP = 0x0a,
  OP_SIGNEXTEND = 0x0b,
  OP_LT = 0x10,
  OP_GT = 0x11,
  OP_SLT = 0x12,
  OP_SGT = 0x13,
  OP_EQ = 0x14,
  OP_ISZERO = 0x15,
  OP_AND = 0x16,
  OP_OR = 0x17,
  OP_XOR = 0x18,
  OP_NOT = 0x19,
  OP_BYTE = 0x1a,
  OP_SHL = 0x1b,
  OP_SHR = 0x1c,
  OP_SAR = 0x1d,
  OP_KECCAK256 = 0x20,
  OP_ADDRESS = 0x30,
  OP_BALANCE = 0x31,
  OP_ORIGIN = 0x32,
  OP_CALLER = 0x33,
  OP_CALLVALUE = 0x34,
  OP_CALLDATALOAD = 0x35,
  OP_CALLDATASIZE = 0x36,
  OP_CALLDATACOPY = 0x37,
  OP_CODESIZE = 0x38,
  OP_CODECOPY = 0x39,
  OP_GASPRICE = 0x3a,
  OP_EXTCODESIZE = 0x3b,
  OP_EXTCODECOPY = 0x3c,
  OP_RETURNDATASIZE = 0x3d,
  OP_RETURNDATACOPY = 0x3e,
  OP_EXTCODEHASH = 0x3f,
  OP_BLOCKHASH = 0x40,
  OP_COINBASE = 0x41,
  OP_TIMESTAMP = 0x42,
  OP_NUMBER = 0x43,
  OP_PREVRANDAO = 0x44,
  OP_GASLIMIT = 0x45,
  OP_CHAINID = 0x46,
  OP_SELFBALANCE = 0x47,
  OP_BASEFEE = 0x48,
  OP_BLOBHASH = 0x49,
  OP_BLOBBASEFEE = 0x4a,
  OP_POP = 0x50,
  OP_MLOAD = 0x51,
  OP_MSTORE = 0x52,
  OP_MSTORE8 = 0x53,
  OP_SLOAD = 0x54,
  OP_SSTORE = 0x55,
  OP_JUMP = 0x56,
  OP_JUMPI = 0x57,
  OP_PC = 0x58,
  OP_MSIZE = 0x59,
  OP_GAS = 0x5a,
  OP_JUMPDEST = 0x5b,
  OP_TLOAD = 0x5c,
  OP_TSTORE = 0x5d,
  OP_MCOPY = 0x5e,
  OP_PUSH0 = 0x5f,
  OP_PUSH1 = 0x60,
  OP_PUSH2 = 0x61,
  OP_PUSH3 = 0x62,
  OP_PUSH4 = 0x63,
  OP_PUSH5 = 0x64,
  OP_PUSH6 = 0x65,
  OP_PUSH7 = 0x66,
  OP_PUSH8 = 0x67,
  OP_PUSH9 = 0x68,
  OP_PUSH10 = 0x69,
  OP_PUSH11 = 0x6a,
  OP_PUSH12 = 0x6b,
  OP_PUSH13 = 0x6c,
  OP_PUSH14 = 0x6d,
  OP_PUSH15 = 0x6e,
  OP_PUSH16 = 0x6f,
  OP_PUSH17 = 0x70,
  OP_PUSH18 = 0x71,
  OP_PUSH19 = 0x72,
  OP_PUSH20 = 0x73,
  OP_PUSH21 = 0x74,
  OP_PUSH22 = 0x75,
  OP_PUSH23 = 0x76,
  OP_PUSH24 = 0x77,
  OP_PUSH25 = 0x78,
  OP_PUSH26 = 0x79,
  OP_PUSH27 = 0x7a,
  OP_PUSH28 = 0x7b,
  OP_PUSH29 = 0x7c,
  OP_PUSH30 = 0x7d,
  OP_PUSH31 = 0x7e,
  OP_PUSH32 = 0x7f,
  OP_DUP1 = 0x80,
  OP_DUP2 = 0x81,
  OP_DUP3 = 0x82,
  OP_DUP4 = 0x83,
  OP_DUP5 = 0x84,
  OP_DUP6 = 0x85,
  OP_DUP7 = 0x86,
  OP_DUP8 = 0x87,
  OP_DUP9 = 0x88,
  OP_DUP10 = 0x89,
  OP_DUP11 = 0x8a,
  OP_DUP12 = 0x8b,
  OP_DUP13 = 0x8c,
  OP_DUP14 = 0x8d,
  OP_DUP15 = 0x8e,
  OP_DUP16 = 0x8f,
  OP_SWAP1 = 0x90,
  OP_SWAP2 = 0x91,
  OP_SWAP3 = 0x92,
  OP_SWAP4 = 0x93,
  OP_SWAP5 = 0x94,
  OP_SWAP6 = 0x95,
  OP_SWAP7 = 0x96,
  OP_SWAP8 = 0x97,
  OP_SWAP9 = 0x98,
  OP_SWAP10 = 0x99,
  OP_SWAP11 = 0x9a,
  OP_SWAP12 = 0x9b,
  OP_SWAP13 = 0x9c,
  OP_SWAP14 = 0x9d,
  OP_SWAP15 = 0x9e,
  OP_SWAP16 = 0x9f,
  OP_LOG0 = 0xa0,
  OP_LOG1 = 0xa1,
  OP_LOG2 = 0xa2,
  OP_LOG3 = 0xa3,
  OP_LOG4 = 0xa4,
  OP_CREATE = 0xf0,
  OP_CALL = 0xf1,
  OP_CALLCODE = 0xf2,
  OP_RETURN = 0xf3,
  OP_DELEGATECALL = 0xf4,
  OP_CREATE2 = 0xf5,
  OP_STATICCALL = 0xfa,
  OP_REVERT = 0xfd,
  OP_SELFDESTRUCT = 0xff,
};

/** Of each opcode: its name, the items that it takes from the stack and gives, and its static gas. */
#define OPCODES(X)                                                                                                     \
  X(STOP, 0, 0, 0)                                                                                                     \
  X(ADD, 2, 1, 3)                                                                                                      \
  X(MUL, 2, 1, 5)                                                                                                      \
  X(SUB, 2, 1, 3)                                                                                                      \
  X(DIV, 2, 1, 5)                                                                                                      \
  X(SDIV, 2, 1, 5)                                                                                                     \
  X(MOD, 2, 1, 5)                                                                                                      \
  X(SMOD, 2, 1, 5)                                                                                                     \
  X(ADDMOD, 3, 1, 8)                                                                                                   \
  X(MULMOD, 3, 1, 8)                                                                                                   \
  X(EXP, 2, 1, 10)                                                                                                     \
  X(SIGNEXTEND, 2, 1, 5)                                                                                               \
  X(LT, 2, 1, 3)                                                                                                       \
  X(GT, 2, 1, 3)                                                                                                       \
  X(SLT, 2, 1, 3)                                                                                                      \
  X(SGT, 2, 1, 3)                                                                                                      \
  X(EQ, 2, 1, 3)                                                                                                       \
  X(ISZERO, 1, 1, 3)                                                                                                   \
  X(AND, 2, 1, 3)                                                                                                      \
  X(OR, 2, 1, 3)                                                                                                       \
  X(XOR, 2, 1, 3)                                                                                                      \
  X(NOT, 1, 1, 3)                                                                                                      \
  X(BYTE, 2, 1, 3)                                                                                                     \
  X(SHL, 2, 1, 3)                                                                                                      \
  X(SHR, 2, 1, 3)                                                                                                      \
  X(SAR, 2, 1, 3)                                                                                                      \
  X(KECCAK256, 2, 1, 30)                                                                                               \
  X(ADDRESS, 0, 1, 2)                                                                                                  \
  X(BALANCE, 1, 1, 0)                                                                                                  \
  X(ORIGIN, 0, 1, 2)                                                                                                   \
  X(CALLER, 0, 1, 2)                                                                                                   \
  X(CALLVALUE, 0, 1, 2)                                                                                                \
  X(CALLDATALOAD, 1, 1, 3)                                                                                             \
  X(CALLDATASIZE, 0, 1, 2)                                                                                             \
  X(CALLDATACOPY, 3, 0, 3)                                                                                             \
  X(CODESIZE, 0, 1, 2)                                                                                                 \
  X(CODECOPY, 3, 0, 3)                                                                                                 \
  X(GASPRICE, 0, 1, 2)                                                                                                 \
  X(EXTCODESIZE, 1, 1, 0)                                                                                              \
  X(EXTCODECOPY, 4, 0, 0)                                                                                              \
  X(RETURNDATASIZE, 0, 1, 2)                                                                                           \
  X(RETURNDATACOPY, 3, 0, 3)                                                                                           \
  X(EXTCODEHASH, 1, 1, 0)                                                                                              \
  X(BLOCKHASH, 1, 1, 20)                                                                                               \
  X(COINBASE, 0, 1, 2)                                                                                                 \
  X(TIMESTAMP, 0, 1, 2)                                                                                                \
  X(NUMBER, 0, 1, 2)                                                                                                   \
  X(PREVRANDAO, 0, 1, 2)                                                                                               \
  X(GASLIMIT, 0, 1, 2)                                                                                                 \
  X(CHAINID, 0, 1, 2)                                                                                                  \
  X(SELFBALANCE, 0, 1, 5)                                                                                              \
  X(BASEFEE, 0, 1, 2)                                                                                                  \
  X(BLOBHASH, 1, 1, 3)                                                                                                 \
  X(BLOBBASEFEE, 0, 1, 2)                                                                                              \
  X(POP, 1, 0, 2)                                                                                                      \
  X(MLOAD, 1, 1, 3)                                                                                                    \
  X(MSTORE, 2, 0, 3)                                                                                                   \
  X(MSTORE8, 2, 0, 3)                                                                                                  \
  X(SLOAD, 1, 1, 0)                                                                                                    \
  X(SSTORE, 2, 0, 0)                                                                                                   \
  X(JUMP, 1, 0, 8)                                                                                                     \
  X(JUMPI, 2, 0, 10)                                                                                                   \
  X(PC, 0, 1, 2)                                                                                                       \
  X(MSIZE, 0, 1, 2)                                                                                                    \
  X(GAS, 0, 1, 2)                                                                                                      \
  X(JUMPDEST, 0, 0, 1)                                                                                                 \
  X(TLOAD, 1, 1, 100)                                                                                                  \
  X(TSTORE, 2, 0, 100)                                                                                                 \
  X(MCOPY, 3, 0, 3)                                                                                                    \
  X(PUSH0, 0, 1, 2)                                                                                                    \
  X(PUSH1, 0, 1, 3)                                                                                                    \
  X(PUSH2, 0, 1, 3)                                                                                                    \
  X(PUSH3, 0, 1, 3)                                                                                                    \
  X(PUSH4, 0, 1, 3)                                                                                                    \
  X(PUSH5, 0, 1, 3)                                                                                                    \
  X(PUSH6, 0, 1, 3)                                                                                                    \
  X(PUSH7, 0, 1, 3)                                                                                                    \
  X(PUSH8, 0, 1, 3)                                                                                                    \
  X(PUSH9, 0, 1, 3)                                                                                                    \
  X(PUSH10, 0, 1, 3)                                                                                                   \
  X(PUSH11, 0, 1, 3)                                                                                                   \
  X(PUSH12, 0, 1, 3)                                                                                                   \
  X(PUSH13, 0, 1, 3)                                                                                                   \
  X(PUSH14, 0, 1, 3)                                                                                                   \
  X(PUSH15, 0, 1, 3)                                                                                                   \
  X(PUSH16, 0, 1, 3)                                                                                                   \
  X(PUSH17, 0, 1, 3)                                                                                                   \
  X(PUSH18, 0, 1, 3)                                                                                                   \
  X(PUSH19, 0, 1, 3)                                                                                                   \
  X(PUSH20, 0, 1, 3)                                                                                                   \
  X(PUSH21, 0, 1, 3)                                                                                                   \
  X(PUSH22, 0, 1, 3)                                                                                                   \
  X(PUSH23, 0, 1, 3)                                                                                                   \
  X(PUSH24, 0, 1, 3)                                                                                                   \
  X(PUSH25, 0, 1, 3)                                                                                                   \
  X(PUSH26, 0, 1, 3)                                                                                                   \
  X(PUSH27, 0, 1, 3)                                                                                                   \
  X(PUSH28, 0, 1, 3)                                                                                                   \
  X(PUSH29, 0, 1, 3)                                                                                                   \
  X(PUSH30, 0, 1, 3)                                                                                                   \
  X(PUSH31, 0, 1, 3)                                                                                                   \
  X(PUSH32, 0, 1, 3)                                                                                                   \
  X(DUP1, 1, 2, 3)                                                                                                     \
  X(DUP2, 2, 3, 3)                                                                                                     \
  X(DUP3, 3, 4, 3)                                                                                                     \
  X(DUP4, 4, 5, 3)                                                                                                     \
  X(DUP5, 5, 6, 3)                                                                                                     \
  X(DUP6, 6, 7, 3)                                                                                                     \
  X(DUP7, 7, 8, 3)                                                                                                     \
  X(DUP8, 8, 9, 3)                                                                                                     \
  X(DUP9, 9, 10, 3)                                                                                                    \
  X(DUP10, 10, 11, 3)                                                                                                  \
  X(DUP11, 11, 12, 3)                                                                                                  \
  X(DUP12, 12, 13, 3)                                                                                                  \
  X(DUP13, 13, 14, 3)                                                                                                  \
  X(DUP14, 14, 15, 3)                                                                                                  \
  X(DUP15, 15, 16, 3)                                                                                                  \
  X(DUP16, 16, 17, 3)                                                                                                  \
  X(SWAP1, 2, 2, 3)                                                                                                    \
  X(SWAP2, 3, 3, 3)                                                                                                    \
  X(SWAP3, 4, 4, 3)                                                                                                    \
  X(SWAP4, 5, 5, 3)                                                                                                    \
  X(SWAP5, 6, 6, 3)                                                                                                    \
  X(SWAP6, 7, 7, 3)                                                                                                    \
  X(SWAP7, 8, 8, 3)                                                                                                    \
  X(SWAP8, 9, 9, 3)                                                                                                    \
  X(SWAP9, 10, 10, 3)                                                                                                  \
  X(SWAP10, 11, 11, 3)                                                                                                 \
  X(SWAP11, 12, 12, 3)                                                                                                 \
  X(SWAP12, 13, 13, 3)                                                                                                 \
  X(SWAP13, 14, 14, 3)                                                                                                 \
  X(SWAP14, 15, 15, 3)                                                                                                 \
  X(SWAP15, 16, 16, 3)                                                                                                 \
  X(SWAP16, 17, 17, 3)                                                                                                 \
  X(LOG0, 2, 0, 375)                                                                                                   \
  X(LOG1, 3, 0, 750)                                                                                                   \
  X(LOG2, 4, 0, 1125)                                                                                                  \
  X(LOG3, 5, 0, 1500)                                                                                                  \
  X(LOG4, 6, 0, 1875)                                                                                                  \
  X(CREATE, 3, 1, 32000)                                                                                               \
  X(CALL, 7, 1, 0)                                                                                                     \
  X(CALLCODE, 7, 1, 0)                                                                                                 \
  X(RETURN, 2, 0, 0)                                                                                                   \
  X(DELEGATECALL, 6, 1, 0)                                                                                             \
  X(CREATE2, 4, 1, 32000)                                                                                              \
  X(STATICCALL, 6, 1, 0)                                                                                               \
  X(REVERT, 2, 0, 0)                                                                                                   \
  X(SELFDESTRUCT, 1, 0, 5000)

#endif
