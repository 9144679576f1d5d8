// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import * as Encoding from "./Encoding.sol";

/// @title Reads encoded instructions (docs/tensor-machine.md, "Encoding")
/// @notice An instruction is walked where it lies in memory: a position is an address, nothing is decoded that is not used.
/// @dev SAFETY: nothing is checked here. Registration admits well-formed instructions only, and a state binds the bytes.
library InstructionReader {
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
        position += Encoding.COORDINATE_HEAD_BYTES + Encoding.TERM_BYTES * u8(position + Encoding.COORDINATE_TERMS_AT);
      }
    }
  }

  function skipStage(uint256 stage) internal pure returns (uint256 position) {
    unchecked {
      position = stage + 1;
      for (uint256 i = u8(stage); i > 0; --i) {
        position = skipView(position + Encoding.READ_HEAD_BYTES);
      }
      position += 1 + Encoding.CONSTANT_BYTES * u8(position);
      position += 1 + Encoding.OPERATION_BYTES * u8(position);
      position += 1 + u8(position);
    }
  }
}
