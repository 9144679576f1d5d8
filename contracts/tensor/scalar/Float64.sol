// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {SoftFloat} from "./SoftFloat.sol";

/// @title IEEE-754 binary64
/// @notice Rounds to nearest, ties to even; keeps subnormals; every NaN that an operation returns is 0x7ff8000000000000.
/// `a + b`, `a - b`, `a * b`, `a / b`, `a.fma(b, c)` (a·b + c rounded once), `a.sqrt()`, `a.rem(b)`, …
/// @dev All by `SoftFloat`: binary64 is rare in programs, and costs a call to another contract anyway (`Float64Ops`).
type Float64 is uint64;

using {add as +, sub as -, mul as *, div as /} for Float64 global;
using Float64Library for Float64 global;

/// @notice a + b
function add(Float64 a, Float64 b) pure returns (Float64) {
  return Float64.wrap(uint64(SoftFloat.add(Float64Library.P, Float64Library.INF, a.bits(), b.bits())));
}

/// @notice a − b
function sub(Float64 a, Float64 b) pure returns (Float64) {
  return Float64.wrap(uint64(SoftFloat.sub(Float64Library.P, Float64Library.INF, a.bits(), b.bits())));
}

/// @notice a · b
function mul(Float64 a, Float64 b) pure returns (Float64) {
  return Float64.wrap(uint64(SoftFloat.mul(Float64Library.P, Float64Library.INF, a.bits(), b.bits())));
}

/// @notice a / b
function div(Float64 a, Float64 b) pure returns (Float64) {
  return Float64.wrap(uint64(SoftFloat.div(Float64Library.P, Float64Library.INF, a.bits(), b.bits())));
}

library Float64Library {
  /// Width of the fraction, and pattern of infinity: the format's parameters for `SoftFloat`.
  uint256 internal constant P = 52;
  uint256 internal constant INF = 0x7ff0000000000000;

  function bits(Float64 a) internal pure returns (uint256) {
    return Float64.unwrap(a);
  }

  /// @dev `pattern` is a result of SoftFloat: at most 64 bits.
  function _float(uint256 pattern) private pure returns (Float64) {
    return Float64.wrap(uint64(pattern));
  }

  /// @notice a·b + c, rounded once
  function fma(Float64 a, Float64 b, Float64 c) internal pure returns (Float64) {
    return _float(SoftFloat.fma(P, INF, bits(a), bits(b), bits(c)));
  }

  function sqrt(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.sqrt(P, INF, bits(a)));
  }

  /// @notice IEEE remainder: a − n·b, n the integer nearest to a/b, ties to even.
  function rem(Float64 a, Float64 b) internal pure returns (Float64) {
    return _float(SoftFloat.rem(P, INF, bits(a), bits(b)));
  }

  /// @notice IEEE 754-2019 minimum: NaN if either is, −0 < +0.
  function min(Float64 a, Float64 b) internal pure returns (Float64) {
    return _float(SoftFloat.min(P, INF, bits(a), bits(b)));
  }

  /// @notice IEEE 754-2019 maximum: NaN if either is, −0 < +0.
  function max(Float64 a, Float64 b) internal pure returns (Float64) {
    return _float(SoftFloat.max(P, INF, bits(a), bits(b)));
  }

  function neg(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.neg(P, INF, bits(a)));
  }

  function abs(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.abs(P, INF, bits(a)));
  }

  function eq(Float64 a, Float64 b) internal pure returns (bool) {
    return SoftFloat.eq(P, INF, bits(a), bits(b));
  }

  function lt(Float64 a, Float64 b) internal pure returns (bool) {
    return SoftFloat.lt(P, INF, bits(a), bits(b));
  }

  function le(Float64 a, Float64 b) internal pure returns (bool) {
    return SoftFloat.le(P, INF, bits(a), bits(b));
  }

  function floor(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.floor(P, INF, bits(a)));
  }

  function ceil(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.ceil(P, INF, bits(a)));
  }

  function trunc(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.roundToIntegral(P, INF, bits(a), SoftFloat.TOWARD_ZERO));
  }

  /// @notice To the nearest integer, ties to even.
  function rint(Float64 a) internal pure returns (Float64) {
    return _float(SoftFloat.roundToIntegral(P, INF, bits(a), SoftFloat.NEAREST_EVEN));
  }
}
