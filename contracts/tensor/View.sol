// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Names that only assembly uses are imported too.
/* solhint-disable no-unused-import */

import {
  COORDINATE_EXTENT_SHIFT,
  COORDINATE_FLAGS_AT,
  COORDINATE_HEAD_BYTES,
  COORDINATE_OFFSET_SHIFT,
  COORDINATE_STRIDE_SHIFT,
  COORDINATE_TERMS_AT,
  FLAG_CLAMP,
  INDIRECT_MASK,
  TERM_BITS_AT,
  TERM_BYTES,
  TERM_FACTOR_SHIFT,
  TERM_SHIFT_AT
} from "./Encoding.sol";

/// @title Affine views: where in a tensor a read or a write falls
library View {
  /// @notice The element that a view names.
  /// @param position The view's first byte, in memory.
  /// @param variables Address of loop variable 0; a word each.
  /// @param reads Address of the first read's register, for indirect coordinates; a word each.
  /// @return element Σ stride × coordinate; meaningless if outside.
  /// @return inside Whether every coordinate is in its extent, or brought there.
  /// @return next The byte after the view.
  function locate(
    uint256 position,
    uint256 variables,
    uint256 reads
  ) internal pure returns (uint256 element, bool inside, uint256 next) {
    assembly ("memory-safe") {
      inside := 1
      next := add(position, 1)
      for {
        let coordinates := byte(0, mload(position))
      } coordinates {
        coordinates := sub(coordinates, 1)
      } {
        // stride u32, extent u32, offset i32, flags u8 (bit 7: clamp; low bits: 0, or 1 + read), number of terms u8
        let head := mload(next)
        next := add(next, COORDINATE_HEAD_BYTES)
        let coordinate := signextend(3, shr(COORDINATE_OFFSET_SHIFT, head))
        for {
          let terms := byte(COORDINATE_TERMS_AT, head)
        } terms {
          terms := sub(terms, 1)
        } {
          // variable u8, shift u8, bits u8, factor i32
          let term := mload(next)
          let value := shr(byte(TERM_SHIFT_AT, term), mload(add(variables, shl(5, byte(0, term)))))
          let bits := byte(TERM_BITS_AT, term)
          if bits {
            value := and(value, sub(shl(bits, 1), 1))
          }
          coordinate := add(coordinate, mul(signextend(3, shr(TERM_FACTOR_SHIFT, term)), value))
          next := add(next, TERM_BYTES)
        }
        let flags := byte(COORDINATE_FLAGS_AT, head)
        let indirect := and(flags, INDIRECT_MASK)
        if indirect {
          // An int register, brought into 32 bits.
          let value := signextend(7, mload(add(reads, shl(5, sub(indirect, 1)))))
          if sgt(value, 0x7fffffff) {
            value := 0x7fffffff
          }
          if slt(value, not(0x7fffffff)) {
            value := not(0x7fffffff)
          }
          coordinate := add(coordinate, value)
        }
        let extent := and(shr(COORDINATE_EXTENT_SHIFT, head), 0xffffffff)
        // As an unsigned number, a negative coordinate is beyond any extent.
        if iszero(lt(coordinate, extent)) {
          switch and(flags, FLAG_CLAMP)
          case 0 {
            inside := 0
          }
          default {
            switch slt(coordinate, 0)
            case 0 {
              coordinate := sub(extent, 1)
            }
            default {
              coordinate := 0
            }
          }
        }
        element := add(element, mul(shr(COORDINATE_STRIDE_SHIFT, head), coordinate))
      }
    }
  }
}
