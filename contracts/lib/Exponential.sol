// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title An integer exponential: `fake_exponential` of EIP-4844
library Exponential {
  /// @dev e^64 is 6·10^27: nobody pays it. Beyond it words would overflow, so the exponent ends there.
  uint256 internal constant MAX_EXPONENT = 64;

  /// @notice factor · e^(x / k), rounded down: the sum of Taylor's series while its terms are at least 1 / k.
  /// @param factor Less than 2^40.
  /// @param x Taken as 64·k if it is more.
  /// @param k 1 … 2^60.
  function exp(uint256 factor, uint256 x, uint256 k) internal pure returns (uint256 result) {
    if (x > MAX_EXPONENT * k) x = MAX_EXPONENT * k;
    // SAFETY: a term is at most factor · k · 64^64/64! < 2^40 · 2^60 · 2^89, and x < 2^66: the product has at most 255 bits.
    unchecked {
      uint256 term = factor * k;
      for (uint256 i = 1; term != 0; ++i) {
        result += term;
        term = (term * x) / (k * i);
      }
      return result / k;
    }
  }
}
