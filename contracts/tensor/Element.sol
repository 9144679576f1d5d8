// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FloatConversions} from "./scalar/FloatConversions.sol";
import {Float32} from "./scalar/Float32.sol";

/// @title Tensor elements: between memory, little-endian, and registers of 64 bits
library Element {
  // generated: DTYPES (npm run generate)
  uint256 internal constant F32 = 1;
  uint256 internal constant F64 = 2;
  uint256 internal constant F16 = 3;
  uint256 internal constant BF16 = 4;
  uint256 internal constant I8 = 5;
  uint256 internal constant U8 = 6;
  uint256 internal constant I16 = 7;
  uint256 internal constant U16 = 8;
  uint256 internal constant I32 = 9;
  uint256 internal constant U32 = 10;
  uint256 internal constant I64 = 11;
  uint256 internal constant U64 = 12;
  uint256 internal constant BOOL = 13;

  /// @dev How many there are: their codes are 1 … DTYPES.
  uint256 internal constant DTYPES = 13;

  /// @dev log2 of an element's bytes, at the position that is the dtype's code.
  uint256 private constant LOG_SIZES = 0x0002030101000001010202030300000000000000000000000000000000000000;
  // end of DTYPES

  /// @notice log2 of the bytes of an element.
  function logSize(uint256 dtype) internal pure returns (uint256 log) {
    assembly ("memory-safe") {
      log := byte(dtype, LOG_SIZES)
    }
  }

  /// @notice The register that the element at `position` in calldata loads.
  function load(uint256 position, uint256 dtype) internal pure returns (uint256 register) {
    unchecked {
      uint256 raw;
      uint256 bits = 8 << logSize(dtype);
      assembly ("memory-safe") {
        raw := calldataload(position)
      }
      raw = reverse64(raw >> 192) & ((1 << bits) - 1);
      if (dtype == F32) return FloatConversions.canonical32(raw);
      if (dtype == F64) return FloatConversions.canonical64(raw);
      if (dtype == F16) return FloatConversions.fromF16(raw).bits();
      if (dtype == BF16) return FloatConversions.fromBF16(raw).bits();
      if (dtype == I8 || dtype == I16 || dtype == I32) {
        assembly ("memory-safe") {
          register := and(signextend(sub(shr(3, bits), 1), raw), 0xffffffffffffffff)
        }
        return register;
      }
      return raw;
    }
  }

  /// @notice Stores a register into the element at `position` in memory.
  function store(uint256 position, uint256 dtype, uint256 register) internal pure {
    unchecked {
      if (dtype == F16) register = FloatConversions.toF16(Float32.wrap(uint32(register)));
      if (dtype == BF16) register = FloatConversions.toBF16(Float32.wrap(uint32(register)));
      uint256 kept = 256 - (8 << logSize(dtype));
      uint256 bytes_ = reverse64(register) << 192;
      assembly ("memory-safe") {
        // The element's bytes from the register, those after it as they were.
        let mask := shl(kept, shr(kept, not(0)))
        mstore(position, or(and(bytes_, mask), and(mload(position), not(mask))))
      }
    }
  }

  /// @notice Reverses the order of 8 bytes.
  function reverse64(uint256 x) internal pure returns (uint256) {
    x = ((x & 0x00ff00ff00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff00ff00ff);
    x = ((x & 0x0000ffff0000ffff) << 16) | ((x >> 16) & 0x0000ffff0000ffff);
    return ((x << 32) & 0xffffffff00000000) | (x >> 32);
  }
}
