// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev An account in one slot: heldUntil (40 bits, at 216) ‖ payableAt (40, at 176) ‖ waiting (88, at 88) ‖ credit (88).
/// `credit` is all of its money, `waiting` the part of it that can be withdrawn from `payableAt` on, `heldUntil` the end of the last
/// hold on this account.
/// SAFETY: 2^88 wei are 309 million ether, more than there is. So no sum of credits leaves its field.
type Account is uint256;

using AccountFields for Account global;

library AccountFields {
  uint256 private constant SUMS = type(uint176).max;

  function credit(Account account) internal pure returns (uint256) {
    return uint88(Account.unwrap(account));
  }

  function waiting(Account account) internal pure returns (uint256) {
    return uint88(Account.unwrap(account) >> 88);
  }

  function payableAt(Account account) internal pure returns (uint256) {
    return uint40(Account.unwrap(account) >> 176);
  }

  function heldUntil(Account account) internal pure returns (uint256) {
    return Account.unwrap(account) >> 216;
  }

  function credited(Account account, uint256 amount) internal pure returns (Account) {
    return Account.wrap(Account.unwrap(account) + amount);
  }

  /// @param amount At most the credit. What does not wait is staked first.
  function staked(Account account, uint256 amount) internal pure returns (Account) {
    uint256 left = account.credit() - amount;
    // INVARIANT: waiting is at most the credit. Otherwise a withdrawal would pay what is staked.
    uint256 stillWaiting = account.waiting() < left ? account.waiting() : left;
    return _withSums(account, left, stillWaiting);
  }

  /// @param newPayableAt When all of the credit, which waits from now on, can be withdrawn.
  function unlocked(Account account, uint256 newPayableAt) internal pure returns (Account) {
    uint256 sum = account.credit();
    return Account.wrap((account.heldUntil() << 216) | (newPayableAt << 176) | (sum << 88) | sum);
  }

  function withdrawn(Account account) internal pure returns (Account) {
    return _withSums(account, account.credit() - account.waiting(), 0);
  }

  function held(Account account, uint256 until) internal pure returns (Account) {
    return Account.wrap((Account.unwrap(account) & (type(uint256).max >> 40)) | (until << 216));
  }

  function _withSums(Account account, uint256 newCredit, uint256 newWaiting) private pure returns (Account) {
    return Account.wrap((Account.unwrap(account) & ~SUMS) | (newWaiting << 88) | newCredit);
  }
}
