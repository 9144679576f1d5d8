// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Account} from "./Account.sol";
import {GameParameters} from "./GameParameters.sol";
import {IBonds} from "./IBonds.sol";

/// @title Bonds: credit, stakes from it, delayed withdrawals, and the guardian's holds
abstract contract Bonds is IBonds, GameParameters {
  /// @dev Longest time of a hold, and shortest time without one after it.
  uint256 internal constant HOLD = 30 days;

  mapping(address => Account) private _accounts;
  /// @dev Credit that an account had when it was held last.
  mapping(address => uint256) private _heldCredit;
  /// @dev When the last hold on all ends. Zero if there was none.
  uint256 private _allHeldUntil;
  mapping(address proposer => mapping(address consumer => bool)) public isAuthorised;

  /// @inheritdoc IBonds
  function unlock() external {
    Account account = _accounts[msg.sender];
    if (account.credit() == 0) revert NothingToUnlock(msg.sender);
    // INVARIANT: the delay starts anew for the whole sum, so that no money leaves before a full delay after its unlocking.
    _accounts[msg.sender] = account.unlocked(block.timestamp + WITHDRAWAL_DELAY);
    emit Unlocked(msg.sender);
  }

  /// @inheritdoc IBonds
  function withdraw() external {
    Account account = _accounts[msg.sender];
    uint256 amount = account.waiting();
    if (amount == 0) revert NothingToWithdraw(msg.sender);
    // INVARIANT: between a wrong result and the withdrawal the guardian has the whole delay to react.
    if (block.timestamp < account.payableAt()) revert Locked(msg.sender, account.payableAt());
    // INVARIANT: nothing leaves during a hold, not even what was credited after it was placed.
    uint256 heldUntil = _heldUntil(account);
    if (block.timestamp < heldUntil) revert OnHold(msg.sender, heldUntil);
    // INVARIANT: the account is settled before ether is sent, so that a call from within finds nothing to withdraw.
    _accounts[msg.sender] = account.withdrawn();
    emit Withdrawn(msg.sender, amount);
    Address.sendValue(payable(msg.sender), amount);
  }

  /// @inheritdoc IBonds
  function authorise(address consumer, bool authorised) external {
    isAuthorised[msg.sender][consumer] = authorised;
    emit Authorised(msg.sender, consumer, authorised);
  }

  /// @inheritdoc IBonds
  function hold(address owner) external {
    if (msg.sender != GUARDIAN) revert NotGuardian(msg.sender);
    // INVARIANT: after each hold, of either kind, comes a time without: the guardian can delay money, not keep it.
    _checkFree(owner, _allHeldUntil);
    uint256 until = block.timestamp + HOLD;
    uint256 amount = 0;
    if (owner == address(0)) {
      _allHeldUntil = until;
    } else {
      Account account = _accounts[owner];
      _checkFree(owner, account.heldUntil());
      amount = account.credit();
      _heldCredit[owner] = amount;
      _accounts[owner] = account.held(until);
    }
    emit Held(owner, amount, until);
  }

  /// @inheritdoc IBonds
  function accountOf(address owner) external view returns (uint256 credit, uint256 waiting, uint256 payableAt) {
    Account account = _accounts[owner];
    return (account.credit(), account.waiting(), account.payableAt());
  }

  /// @inheritdoc IBonds
  function holdOf(address owner) external view returns (uint256 amount, uint256 until) {
    Account account = _accounts[owner];
    return (_unstakeable(owner, account), _heldUntil(account));
  }

  function _credit(address owner, uint256 amount) internal {
    _accounts[owner] = _accounts[owner].credited(amount);
    emit Credited(owner, amount);
  }

  /// @dev Takes `price` from the value of the call, and what is missing from the caller's own credit.
  function _takeFromCaller(uint256 price) internal {
    if (msg.value != price) _stake(msg.sender, _missing(price));
  }

  /// @dev Takes `price` from the value of the call, and what is missing from the proposer's credit.
  function _takeFromProposer(uint256 price, address proposer) internal {
    if (msg.value == price) return;
    uint256 missing = _missing(price);
    // INVARIANT: a foreign consumer cannot stake an account's credit on a proposal that the account did not make.
    if (proposer != msg.sender && !isAuthorised[proposer][msg.sender]) revert NotAuthorised(proposer, msg.sender);
    _stake(proposer, missing);
  }

  function _missing(uint256 price) private view returns (uint256) {
    if (msg.value > price) revert TooMuchPaid(price, msg.value);
    return price - msg.value;
  }

  function _stake(address owner, uint256 amount) private {
    Account account = _accounts[owner];
    // INVARIANT: what a hold found stays. Staked in a game against oneself, it would come back as another account's credit.
    uint256 available = account.credit() - _unstakeable(owner, account);
    if (amount > available) revert NotEnoughCredit(owner, amount, available);
    _accounts[owner] = account.staked(amount);
    emit Staked(owner, amount);
  }

  function _unstakeable(address owner, Account account) private view returns (uint256) {
    return block.timestamp < account.heldUntil() ? _heldCredit[owner] : 0;
  }

  /// @dev When the account can withdraw again. A hold on all passes over an account in the time without a hold that its own hold has
  /// left it: so each account has that time, and one account's hold does not keep the guardian from stopping the others.
  function _heldUntil(Account account) private view returns (uint256) {
    uint256 own = account.heldUntil();
    uint256 all = _allHeldUntil;
    bool isPassedOver = own != 0 && all < own + 2 * HOLD;
    return isPassedOver || own > all ? own : all;
  }

  function _checkFree(address owner, uint256 heldUntil) private view {
    if (heldUntil == 0) return;
    uint256 free = heldUntil + HOLD;
    if (block.timestamp < free) revert MustBeFree(owner, free);
  }
}
