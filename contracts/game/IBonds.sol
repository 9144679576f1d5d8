// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Credits, stakes from credit, and delayed withdrawals
/// @notice The game credits money. Its owner may stake it at once, or unlock it and withdraw it after a delay. During the delay the
/// guardian may hold the account, so that an error in a machine or in the game can be stopped before the money leaves.
/// @dev TRUST: the guardian can delay an account's withdrawals by `HOLD` at a time, and must then leave it free for as long. It cannot
/// take or redirect money.
interface IBonds {
  event Credited(address indexed account, uint256 amount);
  /// @notice The account staked credit: it paid this much of a bond.
  event Staked(address indexed account, uint256 amount);
  /// @notice All of the account's credit can be withdrawn after `withdrawalDelay`.
  event Unlocked(address indexed account);
  event Withdrawn(address indexed account, uint256 amount);
  /// @param amount Credit that can neither be withdrawn nor staked until then; 0 for a hold on all, which stops withdrawals alone.
  event Held(address indexed account, uint256 amount, uint256 until);
  event Authorised(address indexed proposer, address indexed consumer, bool isAuthorised);

  /// @notice The account has no credit to unlock.
  error NothingToUnlock(address account);
  /// @notice The account has nothing unlocked to withdraw.
  error NothingToWithdraw(address account);
  /// @notice The unlocked money can be withdrawn from `payableAt` on.
  error Locked(address account, uint256 payableAt);
  /// @notice The guardian holds the account's withdrawals, or all, until then.
  error OnHold(address account, uint256 until);
  /// @notice The account was held, or all were: it must be left free until then.
  error MustBeFree(address account, uint256 until);
  /// @notice The call lacks `missing` wei, and the account has only `available` of its own credit to stake.
  error NotEnoughCredit(address account, uint256 missing, uint256 available);
  /// @notice The proposer has not authorised this consumer to stake its credit.
  error NotAuthorised(address proposer, address consumer);
  /// @notice Only the guardian may call this.
  error NotGuardian(address caller);

  /// @notice Starts the delay for the caller's whole credit; anew for what was waiting already. Waiting credit can be staked.
  function unlock() external;

  /// @notice Pays the caller the money that has waited.
  function withdraw() external;

  /// @notice Lets a consumer contract stake the caller's credit for proposals in the caller's name, or no longer.
  /// WARNING: authorise only consumers that name their own caller as proposer.
  function authorise(address consumer, bool isAuthorised) external;

  /// @notice Holds an account for 30 days: no withdrawals, and the credit that it has now cannot be staked. For address zero: stops all
  /// withdrawals. Then it must stay free for 30 days. Only the guardian may call.
  function hold(address account) external;

  /// @return credit All of its money, in wei.
  /// @return waiting The part of it that can be withdrawn from `payableAt` on.
  /// @return payableAt In seconds since 1970.
  function accountOf(address account) external view returns (uint256 credit, uint256 waiting, uint256 payableAt);

  /// @return amount Credit that cannot be staked.
  /// @return until When the account can withdraw again: the later of its own hold and the one on all; in the past if it is free.
  function holdOf(address account) external view returns (uint256 amount, uint256 until);

  function isAuthorised(address proposer, address consumer) external view returns (bool);
}
