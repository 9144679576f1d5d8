// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IBonds} from "./IBonds.sol";

/// @title Bonds: pull payments with a delay and a guardian
abstract contract Bonds is IBonds, ReentrancyGuard {
  struct Account {
    uint256 credit;
    uint192 unlocked;
    uint64 payableAt;
  }

  uint256 private immutable WITHDRAWAL_DELAY;
  address private immutable GUARDIAN;

  mapping(address => Account) private _accounts;
  mapping(address => bool) private _held;

  constructor(uint256 withdrawalDelay, address guardian) {
    WITHDRAWAL_DELAY = withdrawalDelay;
    GUARDIAN = guardian;
  }

  /// @inheritdoc IBonds
  function unlock() external {
    Account storage account = _accounts[msg.sender];
    uint256 credit = account.credit;
    if (credit == 0) revert NothingToUnlock(msg.sender);
    account.credit = 0;
    account.unlocked += uint192(credit);
    // INVARIANT: the delay starts again for the whole amount, so that no money leaves before a full delay after its unlocking.
    uint256 payableAt = block.timestamp + WITHDRAWAL_DELAY;
    account.payableAt = uint64(payableAt);
    emit Unlocked(msg.sender, credit, payableAt);
  }

  /// @inheritdoc IBonds
  function withdraw() external nonReentrant {
    Account storage account = _accounts[msg.sender];
    uint256 amount = account.unlocked;
    if (amount == 0) revert NothingToWithdraw(msg.sender);
    // INVARIANT: between a wrong resolution and the withdrawal the guardian has the whole delay to react.
    if (block.timestamp < account.payableAt) revert Locked(msg.sender, account.payableAt);
    if (onHold(msg.sender)) revert OnHold(msg.sender);
    account.unlocked = 0;
    emit Withdrawn(msg.sender, amount);
    Address.sendValue(payable(msg.sender), amount);
  }

  /// @inheritdoc IBonds
  function hold(address account, bool isHeld) external {
    if (msg.sender != GUARDIAN) revert NotGuardian(msg.sender);
    _held[account] = isHeld;
    emit Held(account, isHeld);
  }

  /// @inheritdoc IBonds
  function accountOf(address owner) external view returns (uint256 credit, uint256 unlocked, uint256 payableAt) {
    Account storage account = _accounts[owner];
    return (account.credit, account.unlocked, account.payableAt);
  }

  /// @inheritdoc IBonds
  function onHold(address account) public view returns (bool) {
    return _held[account] || _held[address(0)];
  }

  function _credit(address account, uint256 amount) internal {
    if (amount == 0) return;
    _accounts[account].credit += amount;
    emit Credited(account, amount);
  }

  /// @dev Address zero has no known key.
  function _burn(uint256 amount) internal {
    Address.sendValue(payable(address(0)), amount);
  }
}
