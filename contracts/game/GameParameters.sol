// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame, Parameters} from "./IDisputeGame.sol";

/// @title GameParameters: what the contract is deployed with, and what follows from it
abstract contract GameParameters is IDisputeGame {
  // generated: LEVELS (npm run generate)
  /// @dev No machine runs 16^15 steps.
  uint256 internal constant MAX_LEVEL = 15;

  /// @dev The longest line of claims: 3 of the span machine, 10 of the EVM machine, 15 of the tensor machine.
  uint256 internal constant LONGEST_LINE = 28;

  /// @dev Of these: the level-1 claim of each machine, and the delegated claims of all but the first.
  uint256 internal constant LONG_CLAIMS = 5;
  // end of LEVELS

  /// @dev A proposal costs more than a move because everybody must check it; so does a claim over the whole range. Prices never rise
  /// along a line of claims, so that to answer costs no more than to attack.
  uint256 internal constant PROPOSAL_PREMIUM = 4;
  uint256 internal constant COUNTER_PREMIUM = 2;

  /// @dev Time for consumers to read a result, on top of a whole game in which they may depend on it.
  uint256 private constant MIN_RETENTION = 14 days;
  uint256 private constant READING_TIME = 3 days;

  uint256 internal immutable MAX_CLOCK;
  uint256 internal immutable EXTENSION;
  uint256 internal immutable LONG_EXTENSION;
  uint256 internal immutable BOND;
  uint256 internal immutable PREPAYMENT;
  uint256 internal immutable WITHDRAWAL_DELAY;
  address internal immutable GUARDIAN;
  uint256 private immutable LONGEST;
  /// @dev As `retention` gives it: every proposal in a used region needs it.
  uint256 internal immutable RETENTION;

  constructor(Parameters memory p) {
    if (p.maxClock == 0 || p.maxClock >= 1 << 24) revert BadParameters("maxClock: 1 to 2^24 - 1 seconds");
    if (p.extension == 0) revert BadParameters("extension: at least 1 second");
    if (p.longExtension < p.extension) revert BadParameters("longExtension: at least extension");
    if (p.longExtension > p.maxClock) revert BadParameters("longExtension: at most maxClock");
    if (p.bond < 3) revert BadParameters("bond: at least 3 wei, so that a third is something");
    // INVARIANT: all ether there is fits the fields of an account. The bound on the bond leaves room for the price of a proposal.
    if (p.bond >= 1 << 80) revert BadParameters("bond: less than 2^80 wei");
    // INVARIANT: who falls its own claim to be paid for the settlement loses money: a third is burnt, and two thirds come back.
    if (p.prepayment > (2 * p.bond) / 3) revert BadParameters("prepayment: at most two thirds of the bond");
    if (p.withdrawalDelay > 365 days) revert BadParameters("withdrawalDelay: at most a year");
    if (p.guardian == address(0)) revert BadParameters("guardian: nobody");
    MAX_CLOCK = p.maxClock;
    EXTENSION = p.extension;
    LONG_EXTENSION = p.longExtension;
    BOND = p.bond;
    PREPAYMENT = p.prepayment;
    WITHDRAWAL_DELAY = p.withdrawalDelay;
    GUARDIAN = p.guardian;
    uint256 w = 2 * p.maxClock + LONG_CLAIMS * p.longExtension + (LONGEST_LINE - LONG_CLAIMS) * p.extension;
    LONGEST = w;
    RETENTION = w + READING_TIME > MIN_RETENTION ? w + READING_TIME : MIN_RETENTION;
  }

  /// @inheritdoc IDisputeGame
  function parameters() external view returns (Parameters memory) {
    return
      Parameters({
        maxClock: MAX_CLOCK,
        extension: EXTENSION,
        longExtension: LONG_EXTENSION,
        bond: BOND,
        prepayment: PREPAYMENT,
        withdrawalDelay: WITHDRAWAL_DELAY,
        guardian: GUARDIAN
      });
  }

  /// @inheritdoc IDisputeGame
  function proposalPrice() public view returns (uint256) {
    return PROPOSAL_PREMIUM * BOND + PREPAYMENT;
  }

  /// @inheritdoc IDisputeGame
  function counterPrice() public view returns (uint256) {
    return COUNTER_PREMIUM * BOND + PREPAYMENT;
  }

  /// @inheritdoc IDisputeGame
  function movePrice() public view returns (uint256) {
    return BOND + PREPAYMENT;
  }

  /// @inheritdoc IDisputeGame
  function longest() external view returns (uint256) {
    return LONGEST;
  }

  /// @inheritdoc IDisputeGame
  function retention() external view returns (uint256) {
    return RETENTION;
  }
}
