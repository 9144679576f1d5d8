// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

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
        next := add(next, 14)
        let coordinate := signextend(3, shr(160, head))
        for {
          let terms := byte(13, head)
        } terms {
          terms := sub(terms, 1)
        } {
          // variable u8, shift u8, bits u8, factor i32
          let term := mload(next)
          let value := shr(byte(1, term), mload(add(variables, shl(5, byte(0, term)))))
          let bits := byte(2, term)
          if bits {
            value := and(value, sub(shl(bits, 1), 1))
          }
          coordinate := add(coordinate, mul(signextend(3, shr(200, term)), value))
          next := add(next, 7)
        }
        let flags := byte(12, head)
        let indirect := and(flags, 0x7f)
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
        let extent := and(shr(192, head), 0xffffffff)
        // As an unsigned number, a negative coordinate is beyond any extent.
        if iszero(lt(coordinate, extent)) {
          switch and(flags, 0x80)
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
        element := add(element, mul(shr(224, head), coordinate))
      }
    }
  }
}
