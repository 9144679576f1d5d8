// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @title Integers modulo 2^64
/// @notice Operands and results are 64-bit two's complement patterns in a word whose high bits are zero.
/// @dev In assembly, where `signextend(7, a)` widens a pattern to the word's own two's complement and the EVM's signed
/// operations do the rest. Products of two 64-bit numbers fit the word.
library Int64 {
  uint256 internal constant MASK = 0xffffffffffffffff;

  function add(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(add(a, b), MASK)
    }
  }

  function sub(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(sub(a, b), MASK)
    }
  }

  function mul(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(mul(a, b), MASK)
    }
  }

  /// @notice The high 64 bits of the signed 128-bit product.
  function mulHigh(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(shr(64, mul(signextend(7, a), signextend(7, b))), MASK)
    }
  }

  /// @notice The high 64 bits of the unsigned 128-bit product.
  function mulHighU(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := shr(64, mul(a, b))
    }
  }

  /// @notice a / b toward zero; a / 0 = 0, as the EVM has it; −2^63 / −1 = −2^63.
  function divTrunc(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(sdiv(signextend(7, a), signextend(7, b)), MASK)
    }
  }

  /// @notice a / b toward −∞; a / 0 = 0; −2^63 / −1 = −2^63.
  function divFloor(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      let x := signextend(7, a)
      let y := signextend(7, b)
      let remainder := smod(x, y)
      // Truncation went up if there was a remainder and the quotient is negative. By zero the remainder is zero.
      let up := and(iszero(iszero(remainder)), shr(255, xor(x, y)))
      r := and(sub(sdiv(x, y), up), MASK)
    }
  }

  /// @notice Shift amounts are taken modulo 64.
  function shl(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(shl(and(b, 63), a), MASK)
    }
  }

  /// @notice Logical; shift amounts are taken modulo 64.
  function shr(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := shr(and(b, 63), a)
    }
  }

  /// @notice Arithmetic; shift amounts are taken modulo 64.
  function sar(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(sar(and(b, 63), signextend(7, a)), MASK)
    }
  }

  function lt(uint256 a, uint256 b) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := slt(signextend(7, a), signextend(7, b))
    }
  }

  function min(uint256 a, uint256 b) internal pure returns (uint256) {
    return lt(a, b) != 0 ? a : b;
  }

  function max(uint256 a, uint256 b) internal pure returns (uint256) {
    return lt(a, b) != 0 ? b : a;
  }

  /// @notice Sign-extends the low 32 bits.
  function wrap32(uint256 a) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := and(signextend(3, a), MASK)
    }
  }

  /// @notice wrap32(c + Σ a_i·b_i) over the four low bytes of a and b, all signed.
  function dot4ss(uint256 a, uint256 b, uint256 c) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := add(c, mul(signextend(0, a), signextend(0, b)))
      r := add(r, mul(signextend(0, shr(8, a)), signextend(0, shr(8, b))))
      r := add(r, mul(signextend(0, shr(16, a)), signextend(0, shr(16, b))))
      r := add(r, mul(signextend(0, shr(24, a)), signextend(0, shr(24, b))))
      r := and(signextend(3, r), MASK)
    }
  }

  /// @notice wrap32(c + Σ a_i·b_i) over the four low bytes of a, unsigned, and of b, signed.
  function dot4us(uint256 a, uint256 b, uint256 c) internal pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := add(c, mul(and(a, 0xff), signextend(0, b)))
      r := add(r, mul(and(shr(8, a), 0xff), signextend(0, shr(8, b))))
      r := add(r, mul(and(shr(16, a), 0xff), signextend(0, shr(16, b))))
      r := add(r, mul(and(shr(24, a), 0xff), signextend(0, shr(24, b))))
      r := and(signextend(3, r), MASK)
    }
  }
}
