// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Reads encoded instructions (docs/tensor-machine.md, "Encoding")
/// @notice An instruction is walked where it lies in memory: a position is an address, nothing is decoded that is not used.
/// @dev SAFETY: nothing is checked here. Registration admits well-formed instructions only, and a state binds the bytes.
library InstructionReader {
  uint256 internal constant TENSOR = 1;
  uint256 internal constant LOOP = 2;
  uint256 internal constant END = 3;
  uint256 internal constant MOVE = 4;
  uint256 internal constant DROP = 5;

  uint256 internal constant NONE = 0xffff;

  // Bytes of fixed parts.
  uint256 internal constant CONSTANT_BYTES = 9;
  uint256 internal constant OPERAND_BYTES = 4;
  uint256 internal constant COORDINATE_BYTES = 14;
  uint256 internal constant TERM_BYTES = 7;
  uint256 internal constant OPERATION_BYTES = 4;
  /// operand u8, dtype u8, pad u64; the view follows.
  uint256 internal constant READ_HEAD_BYTES = 10;
  /// kind u8, flags u8, target u16, depth u8, dtype u8; the list of operands follows.
  uint256 internal constant TENSOR_HEAD_BYTES = 6;

  function u8(uint256 position) internal pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := byte(0, mload(position))
    }
  }

  function u16(uint256 position) internal pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := shr(240, mload(position))
    }
  }

  function u32(uint256 position) internal pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := shr(224, mload(position))
    }
  }

  function u64(uint256 position) internal pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := shr(192, mload(position))
    }
  }

  /// @param view_ The view's first byte.
  /// @return position The byte after it.
  function skipView(uint256 view_) internal pure returns (uint256 position) {
    unchecked {
      position = view_ + 1;
      for (uint256 i = u8(view_); i > 0; --i) {
        position += COORDINATE_BYTES + TERM_BYTES * u8(position + COORDINATE_BYTES - 1);
      }
    }
  }

  function skipStage(uint256 stage) internal pure returns (uint256 position) {
    unchecked {
      position = stage + 1;
      for (uint256 i = u8(stage); i > 0; --i) {
        position = skipView(position + READ_HEAD_BYTES);
      }
      position += 1 + CONSTANT_BYTES * u8(position);
      position += 1 + OPERATION_BYTES * u8(position);
      position += 1 + u8(position);
    }
  }
}
