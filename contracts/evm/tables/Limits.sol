// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/ by npm run generate.

/// @title What the machine bounds, and how much of bulk work one step takes
library Limit {
  /// Yellow Paper, 9.1: items on the stack.
  uint256 internal constant STACK = 1024;
  /// Bytes; an access beyond halts whatever the gas: its price would pass 2^64.
  uint256 internal constant MEMORY = 2 ** 32;
  /// Yellow Paper, 8: the deepest frame's depth; the transaction's own has 0.
  uint256 internal constant CALL_DEPTH = 1024;
  /// EIP-2681: no nonce goes higher.
  uint256 internal constant NONCE = 2 ** 64 - 1;
  /// EIP-170: bytes of an account's code.
  uint256 internal constant CODE_BYTES = 24_576;
  /// EIP-3860: bytes of initcode.
  uint256 internal constant INITCODE_BYTES = 49_152;
  /// Gas that a batch may use.
  uint256 internal constant BATCH_GAS = 2 ** 27;
  /// A batch has fewer bytes than this.
  uint256 internal constant BATCH_BYTES = 2 ** 27;
  /// Transactions of a batch; the rest is ignored.
  uint256 internal constant BATCH_TRANSACTIONS = 4095;
  /// Level of every game about a batch: three levels name the transaction, seven its step.
  uint256 internal constant BATCH_LEVEL = 10;
  /// 16^7: steps of a transaction, with the idle ones.
  uint256 internal constant SLOT_STEPS = 2 ** 28;
  /// Yellow Paper, H.2: how many blocks back BLOCKHASH looks.
  uint256 internal constant HISTORY_LENGTH = 256;
  /// Depth of the tree over the hashes of these blocks.
  uint256 internal constant HISTORY_DEPTH = 8;
  /// L1 gas of a step, with its transaction, calldata and game.
  uint256 internal constant STEP_GAS = 4_250_000;
  /// Bytes of a step's witness.
  uint256 internal constant STEP_BYTES = 32_768;
  /// How many times today's L1 prices a step may cost and still fit an L1 transaction.
  uint256 internal constant HEADROOM = 4;
  /// A call of a precompile halts if it costs more than this on L1: at most 2^23 / HEADROOM.
  uint256 internal constant PRECOMPILE_L1_GAS = 1_750_000;
  /// EIP-7823: bytes of base, exponent and modulus of MODEXP.
  uint256 internal constant MODEXP_BYTES = 1024;
  /// Bytes that a step of COPY copies.
  uint256 internal constant COPY_BYTES = 2048;
  /// Bytes of the longest message that is hashed in one step.
  uint256 internal constant HASH_AT_ONCE = 8192;
  /// Bytes of a longer message that a step of HASH absorbs: 32 blocks.
  uint256 internal constant ABSORB_BYTES = 4352;
  /// Bytes that a step of BUILD or INPUT takes.
  uint256 internal constant BUILD_BYTES = 4096;
  /// Bytes of data that a step of COUNT counts.
  uint256 internal constant COUNT_BYTES = 4096;
  /// Bytes that a step of SHA-256 absorbs: 80 blocks.
  uint256 internal constant SHA256_BYTES = 5120;
  /// Bytes that a step of RIPEMD-160 absorbs: 64 blocks.
  uint256 internal constant RIPEMD160_BYTES = 4096;
  /// Rounds that a step of BLAKE2F takes.
  uint256 internal constant BLAKE2F_ROUNDS = 1500;
}

/// @title Bytes of a transaction that are read at once
library TransactionWindow {
  /// Type, list header, every field up to the data, its header, one byte of it: 1 + 5 + 33 + 9 + 33 + 33 + 9 + 21 + 33
  /// + 5 + 1.
  uint256 internal constant HEAD_BYTES = 183;
  /// V, r and s, with their headers.
  uint256 internal constant TAIL_BYTES = 99;
  /// An RLP header: longer content does not fit in a batch.
  uint256 internal constant HEADER_BYTES = 5;
  /// An item of the access list up to its slots: two headers, and an address with its own.
  uint256 internal constant ACCESS_ENTRY_BYTES = 31;
  /// A slot's number, with its header.
  uint256 internal constant ACCESS_SLOT_BYTES = 33;
}

/// @title secp256k1, as transactions use it
library Signature {
  /// SEC 2, 2.4.1.
  uint256 internal constant SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
  /// EIP-2: half the order.
  uint256 internal constant MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
}

/// @dev For assembly.
uint256 constant STACK_LIMIT = 1024;
