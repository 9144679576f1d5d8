// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/ by npm run generate.

/// @title Addresses of the precompiles
library Precompile {
  /// Yellow Paper, E.
  uint256 internal constant ECRECOVER = 0x01;
  /// Yellow Paper, E.
  uint256 internal constant SHA256 = 0x02;
  /// Yellow Paper, E.
  uint256 internal constant RIPEMD160 = 0x03;
  /// Yellow Paper, E.
  uint256 internal constant IDENTITY = 0x04;
  /// EIP-198.
  uint256 internal constant MODEXP = 0x05;
  /// EIP-196.
  uint256 internal constant ECADD = 0x06;
  /// EIP-196.
  uint256 internal constant ECMUL = 0x07;
  /// EIP-197.
  uint256 internal constant ECPAIRING = 0x08;
  /// EIP-152.
  uint256 internal constant BLAKE2F = 0x09;
  /// EIP-4844.
  uint256 internal constant POINT_EVALUATION = 0x0a;
  /// Calls a model: see Inference.
  uint256 internal constant INFERENCE = 0xa100;
}

/// @title What precompiles read, bytes
library PrecompileInput {
  /// Hash, v, r, s.
  uint256 internal constant ECRECOVER_BYTES = 128;
  /// Two points.
  uint256 internal constant ECADD_BYTES = 128;
  /// A point and a factor.
  uint256 internal constant ECMUL_BYTES = 96;
  /// A point of each group.
  uint256 internal constant ECPAIRING_PAIR_BYTES = 192;
  /// Lengths of base, exponent and modulus.
  uint256 internal constant MODEXP_HEADER_BYTES = 96;
  /// Rounds, state, message, counters, whether this is the last block.
  uint256 internal constant BLAKE2F_BYTES = 213;
  /// Versioned hash, z, y, commitment, proof.
  uint256 internal constant POINT_EVALUATION_BYTES = 192;
  /// Model id, size of the output; the tensor's bytes follow.
  uint256 internal constant INFERENCE_HEADER_BYTES = 64;
  /// A block of SHA-256 and of RIPEMD-160.
  uint256 internal constant BLOCK_BYTES = 64;
}

/// @dev The account whose storage lists the chain's models.
uint256 constant MODEL_DIRECTORY = 0xa101;

/// @title What an entry of the directory must keep to
library ModelEntryLimit {
  /// The highest level of a game.
  uint256 internal constant MAX_LEVEL = 15;
  /// The deepest table whose root the verifier makes.
  uint256 internal constant MAX_TABLE_DEPTH = 32;
  /// INPUT takes so many bytes a step, COPY half of them, and each step costs gas.
  uint256 internal constant BYTES_PER_GAS = 4096;
}
