// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Clock: how long each side of an argument may think
/// @notice A line of claims alternates between two sides. The clock of a claim is the thinking time that the side which made it
/// had used when it made it; so a claim inherits its grandparent's clock, and adds the time since its parent appeared.
/// All times are in seconds.
library Clock {
  /// @notice d(c) = min(MAX, d(grandparent) + t(c) − t(parent)).
  /// @param grandparent Clock of the claim that the parent answers; zero where there is none.
  /// @param waited t(c) − t(parent).
  function afterWaiting(uint256 grandparent, uint256 waited, uint256 max) internal pure returns (uint256) {
    uint256 used = grandparent + waited;
    return used < max ? used : max;
  }

  /// @notice deadline(c) = t(c) + max(EXT(c), MAX − d(parent)): whoever answers c has what is left of its side's clock,
  /// and never less than the extension, so that a claim made in the last second can still be answered.
  /// @param made t(c).
  /// @param parent Clock of the claim that c answers; zero where there is none. At most `max`.
  function deadline(uint256 made, uint256 extension, uint256 parent, uint256 max) internal pure returns (uint256) {
    uint256 left = max - parent;
    return made + (left > extension ? left : extension);
  }
}
