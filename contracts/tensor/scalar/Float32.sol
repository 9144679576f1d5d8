// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {SoftFloat} from "./SoftFloat.sol";
import {add, sub, mul, div, fma, sqrt} from "./Float32Arithmetic.sol";

/// @title IEEE-754 binary32
/// @notice Rounds to nearest, ties to even; keeps subnormals; every NaN that an operation returns is 0x7fc00000.
/// `a + b`, `a - b`, `a * b`, `a / b`, `a.fma(b, c)` (a·b + c rounded once), `a.sqrt()`, `a.rem(b)`, …
type Float32 is uint32;

using {add as +, sub as -, mul as *, div as /, fma, sqrt} for Float32 global;
using Float32Library for Float32 global;

/// @notice The operations that are not worth a fast path of their own.
library Float32Library {
  /// Width of the fraction, and pattern of infinity: the format's parameters for `SoftFloat`.
  uint256 internal constant P = 23;
  uint256 internal constant INF = 0x7f800000;

  function bits(Float32 a) internal pure returns (uint256) {
    return Float32.unwrap(a);
  }

  /// @dev `pattern` is a result of SoftFloat: at most 32 bits.
  function _float(uint256 pattern) private pure returns (Float32) {
    return Float32.wrap(uint32(pattern));
  }

  /// @notice IEEE remainder: a − n·b, n the integer nearest to a/b, ties to even.
  function rem(Float32 a, Float32 b) internal pure returns (Float32) {
    return _float(SoftFloat.rem(P, INF, bits(a), bits(b)));
  }

  /// @notice IEEE 754-2019 minimum: NaN if either is, −0 < +0.
  function min(Float32 a, Float32 b) internal pure returns (Float32) {
    return _float(SoftFloat.min(P, INF, bits(a), bits(b)));
  }

  /// @notice IEEE 754-2019 maximum: NaN if either is, −0 < +0.
  function max(Float32 a, Float32 b) internal pure returns (Float32) {
    return _float(SoftFloat.max(P, INF, bits(a), bits(b)));
  }

  function neg(Float32 a) internal pure returns (Float32) {
    return _float(SoftFloat.neg(P, INF, bits(a)));
  }

  function abs(Float32 a) internal pure returns (Float32) {
    return _float(SoftFloat.abs(P, INF, bits(a)));
  }

  function eq(Float32 a, Float32 b) internal pure returns (bool) {
    return SoftFloat.eq(P, INF, bits(a), bits(b));
  }

  function lt(Float32 a, Float32 b) internal pure returns (bool) {
    return SoftFloat.lt(P, INF, bits(a), bits(b));
  }

  function le(Float32 a, Float32 b) internal pure returns (bool) {
    return SoftFloat.le(P, INF, bits(a), bits(b));
  }

  function floor(Float32 a) internal pure returns (Float32) {
    return _float(SoftFloat.floor(P, INF, bits(a)));
  }

  function ceil(Float32 a) internal pure returns (Float32) {
    return _float(SoftFloat.ceil(P, INF, bits(a)));
  }

  function trunc(Float32 a) internal pure returns (Float32) {
    return _float(SoftFloat.roundToIntegral(P, INF, bits(a), SoftFloat.TOWARD_ZERO));
  }

  /// @notice To the nearest integer, ties to even.
  function rint(Float32 a) internal pure returns (Float32) {
    return _float(SoftFloat.roundToIntegral(P, INF, bits(a), SoftFloat.NEAREST_EVEN));
  }
}
