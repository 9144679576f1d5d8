// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @title The bytes of a binary32 tensor, for a contract that wants to know which element is the largest
/// @dev Tensors are little-endian, and words big-endian. The project's Float32 computes with such numbers, but needs opcodes of Osaka (CLZ).
library Scores {
  /// @notice Position of the largest element; the first one, of equals. Positive NaNs count as larger than all numbers, negative ones as smaller.
  /// @param scores elements of four bytes; what is left of a fifth is not looked at
  function argmax(bytes memory scores) internal pure returns (uint256 best) {
    uint256 highest = orderOf(scores, 0);
    for (uint256 i = 1; i < scores.length / 4; ++i) {
      uint256 order = orderOf(scores, i);
      if (order > highest) (highest, best) = (order, i);
    }
  }

  /// @notice A number below 2^32 for element `i`, such that a larger element has a larger number. −0 comes just before +0.
  function orderOf(bytes memory scores, uint256 i) internal pure returns (uint256) {
    uint256 bits = bitsOf(scores, i);
    // Positive numbers are in the order of their bits, negative ones in the reverse order, and below.
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
