// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Clock: how much time each side of a line of claims has
/// @notice A line of claims alternates between two sides. A claim's clock is the time that its side had used when it was made: it
/// inherits its grandparent's clock and adds the time since its parent was made.
/// All times are in seconds.
library Clock {
  /// @notice d(c) = min(MAX, d(grandparent) + t(c) − t(parent)).
  /// @param grandparent Clock of the claim that the parent answers; zero if there is none.
  /// @param waited t(c) − t(parent).
  function afterWaiting(uint256 grandparent, uint256 waited, uint256 max) internal pure returns (uint256) {
    uint256 used = grandparent + waited;
    return used < max ? used : max;
  }

  /// @notice deadline(c) = t(c) + max(EXT(c), MAX − d(parent)): the side that answers c has the rest of its clock, and at least the
  /// extension, so that a claim made in the last second can still be answered.
  /// @param made t(c).
  /// @param parent Clock of the claim that c answers; zero if there is none. At most `max`.
  function deadline(uint256 made, uint256 extension, uint256 parent, uint256 max) internal pure returns (uint256) {
    uint256 left = max - parent;
    return made + (left > extension ? left : extension);
  }
}
