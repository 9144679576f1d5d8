// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame} from "./IDisputeGame.sol";

/// @title A consumer of the dispute game
/// @notice It opens games, and takes their results. Any number of its games may be open about one context; the result for a context is
/// that of the first of them that is concluded and settled. The guardian can ask a context again; it never chooses a result.
///
/// Each event of a consumer carries `sequence`, the number of its events before: a follower that sees n + 2 after n has missed one.
interface IResults {
  /// @notice A parameter is out of range: `reason` says which, and its range.
  error BadParameters(string reason);
  /// @notice The game is another consumer's, not this contract's.
  error NotOwn(address consumer);
  /// @notice The game was made too long ago, or before the guardian asked again: its result does not count.
  error TooOld(uint256 made);
  /// @notice Only the guardian may call this.
  error NotGuardian(address caller);

  function game() external view returns (IDisputeGame);

  /// @return The account that may ask again.
  function guardian() external view returns (address);

  /// @notice The number of events so far.
  function sequence() external view returns (uint256);
}
