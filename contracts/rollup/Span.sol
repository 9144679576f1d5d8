// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The batches [first, end) of a chain, executed from the output `previous`. Their records are in the tree of the inbox under
/// `root`, which is its root after any number of batches of at least `end`.
struct Span {
  uint256 first;
  uint256 end;
  bytes32 previous;
  bytes32 root;
}

/// @title The span machine's context, states and level
/// @notice The span machine executes a span in `end − first` steps, each of which asks the EVM machine about one batch.
library Spans {
  // generated: LENGTH (npm run generate)
  /// @dev Batches of a span at most: 16^3.
  uint256 internal constant MAX_LENGTH = 4096;
  // end of LENGTH

  /// @dev Distinguishes the machine's hashes from every other machine's. Its low 64 bits are clear: a running state has the number of
  /// executed batches there.
  uint256 internal constant TAG = uint256(keccak256("elench.span")) & ~uint256(type(uint64).max);

  /// @notice H(TAG, chainId, first, end, previous, root): what a span's game is about. 192 bytes.
  function context(Span memory span, uint256 chainId) internal pure returns (bytes32) {
    return keccak256(abi.encode(TAG, chainId, span));
  }

  /// @notice The state after `executed` batches with `output`. 96 bytes, so it cannot be a halted state, which has 64.
  function running(bytes32 context_, uint256 executed, bytes32 output) internal pure returns (bytes32) {
    return keccak256(abi.encode(TAG | executed, context_, output));
  }

  /// @notice The smallest L ≥ 1 with 16^L ≥ length.
  /// @param length 1 … `MAX_LENGTH`.
  function level(uint256 length) internal pure returns (uint256) {
    return
      length > 256
        ? 3
        : length > 16
          ? 2
          : 1;
  }
}
