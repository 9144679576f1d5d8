// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @title Scores: find the largest element of a binary32 tensor
/// @dev Tensor elements are little-endian, EVM words big-endian. `Float32` computes with such numbers, but needs an Osaka opcode (CLZ).
library Scores {
  /// @notice Index of the largest element; the lowest index among equals. A positive NaN is larger than every number, a negative NaN smaller.
  /// @param scores elements of four bytes; trailing bytes of an incomplete element are ignored
  function argmax(bytes memory scores) internal pure returns (uint256 best) {
    uint256 highest = orderOf(scores, 0);
    for (uint256 i = 1; i < scores.length / 4; ++i) {
      uint256 order = orderOf(scores, i);
      if (order > highest) (highest, best) = (order, i);
    }
  }

  /// @notice An integer below 2^32 for element `i` that orders elements as their values do; −0 precedes +0.
  function orderOf(bytes memory scores, uint256 i) internal pure returns (uint256) {
    uint256 bits = bitsOf(scores, i);
    // Positive numbers are ordered by their bits, negative numbers in reverse and below them.
    return bits < 0x80000000 ? bits + 0x80000000 : 0xffffffff - bits;
  }

  /// @notice Bits of element `i` (IEEE 754 binary32).
  function bitsOf(bytes memory scores, uint256 i) internal pure returns (uint256 bits) {
    // An index past the end panics here.
    bits = uint8(scores[4 * i + 3]);
    bits = (bits << 8) | uint8(scores[4 * i + 2]);
    bits = (bits << 8) | uint8(scores[4 * i + 1]);
    bits = (bits << 8) | uint8(scores[4 * i]);
  }
}
