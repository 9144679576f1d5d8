// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {SoftFloat} from "./SoftFloat.sol";
import {Float32} from "./Float32.sol";
import {Float64} from "./Float64.sol";

/// @title Conversions among the float formats and 64-bit integers
/// @notice An integer is a 64-bit two's complement pattern, high bits zero. Half formats travel as 16-bit patterns in an integer, of
/// which only the low 16 bits are read.
/// @dev Formats are written (width of the fraction, pattern of infinity), see `SoftFloat`.
library FloatConversions {
  uint256 private constant INF32 = 0x7f800000;
  uint256 private constant INF64 = 0x7ff0000000000000;
  /// binary16: 10 bits of fraction.
  uint256 private constant INF16 = 0x7c00;
  /// bfloat16: 7 bits of fraction.
  uint256 private constant INF_BF16 = 0x7f80;

  /// @notice Truncates; saturates; NaN gives 0.
  function toInt(Float32 a) internal pure returns (uint256) {
    return SoftFloat.toInt(23, INF32, Float32.unwrap(a));
  }

  /// @notice Truncates; saturates; NaN gives 0.
  function toInt(Float64 a) internal pure returns (uint256) {
    return SoftFloat.toInt(52, INF64, Float64.unwrap(a));
  }

  function fromInt32(uint256 a) internal pure returns (Float32) {
    return Float32.wrap(uint32(SoftFloat.fromInt(23, INF32, a)));
  }

  function fromInt64(uint256 a) internal pure returns (Float64) {
    return Float64.wrap(uint64(SoftFloat.fromInt(52, INF64, a)));
  }

  /// @notice Exact.
  function widen(Float32 a) internal pure returns (Float64) {
    return Float64.wrap(uint64(SoftFloat.convert(52, INF64, 23, INF32, Float32.unwrap(a))));
  }

  function narrow(Float64 a) internal pure returns (Float32) {
    return Float32.wrap(uint32(SoftFloat.convert(23, INF32, 52, INF64, Float64.unwrap(a))));
  }

  /// @notice Exact.
  function fromF16(uint256 a) internal pure returns (Float32) {
    return Float32.wrap(uint32(SoftFloat.convert(23, INF32, 10, INF16, a & 0xffff)));
  }

  function toF16(Float32 a) internal pure returns (uint256) {
    return SoftFloat.convert(10, INF16, 23, INF32, Float32.unwrap(a));
  }

  /// @notice Exact.
  function fromBF16(uint256 a) internal pure returns (Float32) {
    return Float32.wrap(uint32(SoftFloat.convert(23, INF32, 7, INF_BF16, a & 0xffff)));
  }

  function toBF16(Float32 a) internal pure returns (uint256) {
    return SoftFloat.convert(7, INF_BF16, 23, INF32, Float32.unwrap(a));
  }

  /// @notice The low 32 bits as a float; any NaN becomes the canonical one.
  function canonical32(uint256 pattern) internal pure returns (uint256) {
    return SoftFloat.canonical(23, INF32, pattern & 0xffffffff);
  }

  /// @notice The low 64 bits as a float; any NaN becomes the canonical one.
  function canonical64(uint256 pattern) internal pure returns (uint256) {
    return SoftFloat.canonical(52, INF64, pattern & 0xffffffffffffffff);
  }
}
