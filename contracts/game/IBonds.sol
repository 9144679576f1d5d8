// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Credits and delayed withdrawals
/// @notice The game credits money; its owner unlocks it, and withdraws it after a delay. During the delay the guardian may hold the
/// account, so that an error in a machine or in the game can be stopped before the money leaves.
/// @dev TRUST: the guardian can delay a payment without limit. It cannot take or redirect it.
interface IBonds {
  event Credited(address indexed account, uint256 amount);
  event Unlocked(address indexed account, uint256 amount, uint256 payableAt);
  event Withdrawn(address indexed account, uint256 amount);
  event Held(address indexed account, bool isHeld);

  /// @notice The account has no credit to unlock.
  error NothingToUnlock(address account);
  /// @notice The account has nothing unlocked to withdraw.
  error NothingToWithdraw(address account);
  /// @notice The unlocked money can be withdrawn from `payableAt` on.
  error Locked(address account, uint256 payableAt);
  /// @notice The guardian holds the account's withdrawals.
  error OnHold(address account);
  /// @notice Only the guardian may call this.
  error NotGuardian(address caller);

  /// @notice Unlocks the caller's whole credit and starts the delay. The delay starts again for money that was unlocked earlier and
  /// is not withdrawn.
  function unlock() external;

  /// @notice Pays the caller's unlocked money, after the delay.
  function withdraw() external;

  /// @notice Suspends or resumes an account's withdrawals; for address zero, all withdrawals. Only the guardian may call.
  function hold(address account, bool isHeld) external;

  /// @return credit Money that is not unlocked, in wei.
  /// @return unlocked Unlocked money, in wei.
  /// @return payableAt When `unlocked` can be withdrawn, in seconds since 1970.
  function accountOf(address account) external view returns (uint256 credit, uint256 unlocked, uint256 payableAt);

  /// @notice Whether the guardian holds this account or all accounts.
  function onHold(address account) external view returns (bool);
}
