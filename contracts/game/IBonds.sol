// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title What is owed, and how it is paid out
/// @notice Money is credited, then unlocked by its owner, then withdrawn after a delay. In between, the guardian may hold an
/// account, so that a mistake in a machine or in a game can be stopped before the money is gone.
/// @dev TRUST: the guardian can delay a payment for as long as it likes; it can never take or redirect it.
interface IBonds {
  event Credited(address indexed account, uint256 amount);
  event Unlocked(address indexed account, uint256 amount, uint256 payableAt);
  event Withdrawn(address indexed account, uint256 amount);
  event Held(address indexed account, bool isHeld);

  error NothingToUnlock(address account);
  error NothingToWithdraw(address account);
  error Locked(address account, uint256 payableAt);
  error OnHold(address account);
  error NotGuardian(address caller);

  /// @notice Starts the delay for all that is credited to the caller. What was unlocked before and is not withdrawn waits
  /// again with it.
  function unlock() external;

  /// @notice Pays the caller all that it has unlocked, once the delay has passed.
  function withdraw() external;

  /// @notice Only for the guardian: stops, or lets go on, an account's withdrawals; everybody's, for address zero.
  function hold(address account, bool isHeld) external;

  /// @return credit Not unlocked yet, in wei.
  /// @return unlocked In wei.
  /// @return payableAt When `unlocked` can be withdrawn, in seconds since 1970.
  function accountOf(address account) external view returns (uint256 credit, uint256 unlocked, uint256 payableAt);

  /// @notice Whether the guardian holds this account, or everybody's.
  function onHold(address account) external view returns (bool);
}
