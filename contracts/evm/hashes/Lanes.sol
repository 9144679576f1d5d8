// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// One lane of 64 bits.
uint256 constant LANE64 = 0xffffffffffffffff;
// A number of 64 bits times this has it in every lane.
uint256 constant EVERY64 = 0x0000000000000001000000000000000100000000000000010000000000000001;

/// @title A word as a vector: four lanes of 64 bits, or eight of 32; lane 0 is the topmost
library Lanes {
  uint256 private constant BYTES = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
  uint256 private constant PAIRS = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
  uint256 private constant FOURS = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
  uint256 private constant TOPS64 = 0x8000000000000000800000000000000080000000000000008000000000000000;
  uint256 private constant TOPS32 = 0x8000000080000000800000008000000080000000800000008000000080000000;

  /// @notice The bytes of each lane in reverse: little-endian to big-endian, or back.
  function reverse32(uint256 v) internal pure returns (uint256) {
    v = ((v >> 8) & BYTES) | ((v & BYTES) << 8);
    return ((v >> 16) & PAIRS) | ((v & PAIRS) << 16);
  }

  function reverse64(uint256 v) internal pure returns (uint256) {
    v = reverse32(v);
    return ((v >> 32) & FOURS) | ((v & FOURS) << 32);
  }

  /// @notice Sums modulo 2^32.
  function add32(uint256 v, uint256 w) internal pure returns (uint256) {
    // Without their top bits no lanes carry into the next; a top bit's own sum is an XOR.
    unchecked {
      return ((v & ~TOPS32) + (w & ~TOPS32)) ^ ((v ^ w) & TOPS32);
    }
  }

  /// @notice Sums modulo 2^64.
  function add64(uint256 v, uint256 w) internal pure returns (uint256) {
    unchecked {
      return ((v & ~TOPS64) + (w & ~TOPS64)) ^ ((v ^ w) & TOPS64);
    }
  }

  /// @notice Each lane of 64 bits rotated right by `n` of them, n < 64.
  function rotate64(uint256 v, uint256 n) internal pure returns (uint256) {
    unchecked {
      uint256 kept = (LANE64 >> n) * EVERY64;
      return ((v >> n) & kept) | ((v << (64 - n)) & ~kept);
    }
  }
}
