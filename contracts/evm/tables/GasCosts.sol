// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/ by npm run generate.

/// @title What execution costs under the rules of Cancun
library Gas {
  /// Yellow Paper, G.
  uint256 internal constant ZERO = 0;
  /// Yellow Paper, G.
  uint256 internal constant BASE = 2;
  /// Yellow Paper, G.
  uint256 internal constant VERY_LOW = 3;
  /// Yellow Paper, G.
  uint256 internal constant LOW = 5;
  /// Yellow Paper, G.
  uint256 internal constant MID = 8;
  /// Yellow Paper, G.
  uint256 internal constant HIGH = 10;
  /// Yellow Paper, G.
  uint256 internal constant JUMPDEST = 1;
  /// Yellow Paper, G.
  uint256 internal constant EXP = 10;
  /// EIP-160: each byte of the exponent, without leading zeros.
  uint256 internal constant EXP_BYTE = 50;
  /// Yellow Paper, G.
  uint256 internal constant KECCAK256 = 30;
  /// Yellow Paper, G: each word of the input.
  uint256 internal constant KECCAK256_WORD = 6;
  /// Yellow Paper, G: each word copied.
  uint256 internal constant COPY_WORD = 3;
  /// Yellow Paper, G.
  uint256 internal constant BLOCKHASH = 20;
  /// Yellow Paper, G.
  uint256 internal constant LOG = 375;
  /// Yellow Paper, G: each topic.
  uint256 internal constant LOG_TOPIC = 375;
  /// Yellow Paper, G: each byte of the data.
  uint256 internal constant LOG_DATA_BYTE = 8;
  /// Yellow Paper, G and H.1: each word of memory, in the linear term.
  uint256 internal constant MEMORY_WORD = 3;
  /// Yellow Paper, H.1: the quadratic term is words² divided by this.
  uint256 internal constant MEMORY_QUADRATIC_DIVISOR = 512;
  /// EIP-2929: a warm account or slot.
  uint256 internal constant WARM_STORAGE_READ_COST = 100;
  /// EIP-2929: an account's first access in the transaction.
  uint256 internal constant COLD_ACCOUNT_ACCESS_COST = 2600;
  /// EIP-2929: a slot's first access in the transaction.
  uint256 internal constant COLD_SLOAD_COST = 2100;
  /// EIP-2200: a slot's first change in the transaction, from zero.
  uint256 internal constant SSTORE_SET_GAS = 20_000;
  /// EIP-2200, EIP-2929: a slot's first change in the transaction, from another value.
  uint256 internal constant SSTORE_RESET_GAS = 2900;
  /// EIP-3529: the refund for a slot that becomes zero.
  uint256 internal constant SSTORE_CLEARS_SCHEDULE = 4800;
  /// Yellow Paper, G.
  uint256 internal constant CREATE = 32_000;
  /// EIP-3860: each word of the initcode.
  uint256 internal constant INITCODE_WORD_COST = 2;
  /// Yellow Paper, G: each byte of a new account's code.
  uint256 internal constant CODE_DEPOSIT_BYTE = 200;
  /// Yellow Paper, G: a call that transfers ether.
  uint256 internal constant CALL_VALUE = 9000;
  /// Yellow Paper, G: given to the callee of a call with value; EIP-2200: SSTORE needs more than this.
  uint256 internal constant CALL_STIPEND = 2300;
  /// Yellow Paper, G: ether for an account that is empty.
  uint256 internal constant NEW_ACCOUNT = 25_000;
  /// Yellow Paper, G.
  uint256 internal constant SELFDESTRUCT = 5000;
  /// EIP-4844: HASH_OPCODE_GAS.
  uint256 internal constant BLOBHASH = 3;
  /// Yellow Paper, G: every transaction.
  uint256 internal constant TX_BASE = 21_000;
  /// Yellow Paper, G: a transaction that creates a contract.
  uint256 internal constant TX_CREATE = 32_000;
  /// Yellow Paper, G: each zero byte of the data.
  uint256 internal constant TX_DATA_ZERO_BYTE = 4;
  /// EIP-2028: each other byte of the data.
  uint256 internal constant TX_DATA_NON_ZERO_BYTE = 16;
  /// EIP-2930: each address of the access list.
  uint256 internal constant ACCESS_LIST_ADDRESS_COST = 2400;
  /// EIP-2930: each slot of the access list.
  uint256 internal constant ACCESS_LIST_STORAGE_KEY_COST = 1900;
  /// EIP-3529: at most the gas used divided by this is refunded.
  uint256 internal constant MAX_REFUND_QUOTIENT = 5;
  /// EIP-150: a caller keeps its gas divided by this.
  uint256 internal constant CALL_RESERVE_DIVISOR = 64;
  /// Yellow Paper, E.
  uint256 internal constant ECRECOVER = 3000;
  /// Yellow Paper, E.
  uint256 internal constant SHA256 = 60;
  /// Yellow Paper, E: each word of the input.
  uint256 internal constant SHA256_WORD = 12;
  /// Yellow Paper, E.
  uint256 internal constant RIPEMD160 = 600;
  /// Yellow Paper, E: each word of the input.
  uint256 internal constant RIPEMD160_WORD = 120;
  /// Yellow Paper, E.
  uint256 internal constant IDENTITY = 15;
  /// Yellow Paper, E: each word of the input.
  uint256 internal constant IDENTITY_WORD = 3;
  /// EIP-2565.
  uint256 internal constant MODEXP_MIN = 200;
  /// EIP-2565: the price is complexity · iterations divided by this.
  uint256 internal constant MODEXP_DIVISOR = 3;
  /// EIP-2565: iterations for each byte of the exponent beyond 32.
  uint256 internal constant MODEXP_EXPONENT_BYTE = 8;
  /// EIP-1108.
  uint256 internal constant ECADD = 150;
  /// EIP-1108.
  uint256 internal constant ECMUL = 6000;
  /// EIP-1108.
  uint256 internal constant ECPAIRING = 45_000;
  /// EIP-1108: each pair of points.
  uint256 internal constant ECPAIRING_PAIR = 34_000;
  /// EIP-152: each round.
  uint256 internal constant BLAKE2F_ROUND = 1;
  /// EIP-4844.
  uint256 internal constant POINT_EVALUATION = 50_000;
  /// EIP-7883: the least price of MODEXP under Osaka's rules, which L1 has.
  uint256 internal constant MODEXP_MIN_ON_L1 = 500;
  /// EIP-7883: iterations for each byte of the exponent beyond 32.
  uint256 internal constant MODEXP_EXPONENT_BYTE_ON_L1 = 16;
  /// EIP-7883: complexity of operands of at most 32 bytes.
  uint256 internal constant MODEXP_SHORT_COMPLEXITY_ON_L1 = 16;
}
