// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev An account in one slot: heldUntil (40 bits, at 216) ‖ payableAt (40, at 176) ‖ waiting (88, at 88) ‖ credit (88).
/// `credit` is all of its money, `waiting` the part of it that can be withdrawn from `payableAt` on.
/// SAFETY: 2^88 wei are 309 million ether, more than there is.
type Account is uint256;

uint256 constant SUM = type(uint88).max;

function _with(Account account, uint256 credit, uint256 waiting) pure returns (Account) {
  return Account.wrap((Account.unwrap(account) & ~((SUM << 88) | SUM)) | (waiting << 88) | credit);
}

using AccountFields for Account global;

library AccountFields {
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

  /// @param amount At most the credit. The part of it that does not wait is staked first.
  function staked(Account account, uint256 amount) internal pure returns (Account) {
    uint256 left = account.credit() - amount;
    uint256 waiting = account.waiting();
    // INVARIANT: waiting is at most the credit. Otherwise a withdrawal would pay what is staked.
    return _with(account, left, waiting < left ? waiting : left);
  }

  function unlocked(Account account, uint256 payableAt) internal pure returns (Account) {
    uint256 credit = account.credit();
    return Account.wrap((account.heldUntil() << 216) | (payableAt << 176) | (credit << 88) | credit);
  }

  function withdrawn(Account account) internal pure returns (Account) {
    return _with(account, account.credit() - account.waiting(), 0);
  }

  function held(Account account, uint256 until) internal pure returns (Account) {
    return Account.wrap((Account.unwrap(account) & (type(uint256).max >> 40)) | (until << 216));
  }
}
