// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bonds} from "./Bonds.sol";
import {Clock} from "./Clock.sol";
import {Claim, Head, IDisputeGame, Parameters, Proposal, Status} from "./IDisputeGame.sol";

/// @title GameState: storage of games, and identity of claims
/// @dev A claim takes one slot (`Head`), and a second one only if a refutation stands against it. Everything constant is in the
/// claim's id, and is passed as calldata.
abstract contract GameState is IDisputeGame, Bonds {
  /// @dev Value of `unresolved` for a resolved claim. No claim can have as many children: each takes a bond and a transaction.
  uint32 internal constant SETTLED = type(uint32).max;

  // generated: LEVELS (npm run generate)
  /// @dev No machine runs 16^15 steps.
  uint256 internal constant MAX_LEVEL = 15;
  // end of LEVELS

  /// @dev A proposal costs more than a move because everybody must check it; so does a claim over the whole range.
  uint256 internal constant PROPOSAL_PREMIUM = 4;
  uint256 internal constant COUNTER_PREMIUM = 2;

  uint256 internal immutable MAX_CLOCK;
  uint256 internal immutable EXTENSION;
  uint256 internal immutable LONG_EXTENSION;
  uint256 internal immutable BOND;
  uint256 internal immutable PREPAYMENT;
  uint256 private immutable WITHDRAWAL_DELAY_;
  address private immutable GUARDIAN_;

  /// @dev The best of the refutations that stand against a claim.
  struct Refutation {
    address by;
    /// @dev segment (8 bits) ‖ t (40 bits) ‖ the first 48 bits of the child's id, zero for a step. The lowest is paid: the
    /// lowest segment, then the earliest, and within one block an order that no order of resolution can change.
    uint96 rank;
  }

  struct Game {
    address consumer;
    Status status;
    /// @dev The provisional output: the proposal's, until a counter stands.
    bytes32 output;
  }

  uint64 internal _gameCount;
  mapping(bytes32 id => Game) internal _games;
  mapping(bytes32 id => Head) internal _heads;
  mapping(bytes32 id => Refutation) internal _refutations;

  constructor(Parameters memory p) {
    if (p.maxClock == 0 || p.maxClock >= 1 << 24) revert BadParameters("maxClock: 1 to 2^24 - 1 seconds");
    if (p.extension == 0) revert BadParameters("extension: at least 1 second");
    if (p.longExtension < p.extension) revert BadParameters("longExtension: at least extension");
    if (p.longExtension > p.maxClock) revert BadParameters("longExtension: at most maxClock");
    if (p.bond < 3) revert BadParameters("bond: at least 3 wei, so that a third is something");
    if (p.bond > type(uint128).max) revert BadParameters("bond: less than 2^128 wei");
    if (p.prepayment > p.bond) revert BadParameters("prepayment: at most the bond");
    if (p.withdrawalDelay > 365 days) revert BadParameters("withdrawalDelay: at most a year");
    if (p.guardian == address(0)) revert BadParameters("guardian: nobody");
    MAX_CLOCK = p.maxClock;
    EXTENSION = p.extension;
    LONG_EXTENSION = p.longExtension;
    BOND = p.bond;
    PREPAYMENT = p.prepayment;
    WITHDRAWAL_DELAY_ = p.withdrawalDelay;
    GUARDIAN_ = p.guardian;
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
        withdrawalDelay: WITHDRAWAL_DELAY_,
        guardian: GUARDIAN_
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
  function result(bytes32 game) external view returns (Status status, bytes32 output) {
    Game storage g = _games[game];
    return (g.status, g.output);
  }

  /// @inheritdoc IDisputeGame
  function consumerOf(bytes32 game) external view returns (address) {
    return _games[game].consumer;
  }

  /// @inheritdoc IDisputeGame
  function head(bytes32 id) external view returns (Head memory) {
    return _heads[id];
  }

  /// @inheritdoc IDisputeGame
  function refutation(bytes32 id) external view returns (address by, uint8 segment) {
    Refutation memory best = _refutations[id];
    return (best.by, uint8(best.rank >> 88));
  }

  /// @inheritdoc IDisputeGame
  function deadline(Claim calldata claim) external view returns (uint256) {
    Head memory h = _heads[claimId(claim)];
    return h.claimant == address(0) ? 0 : _deadline(claim, h, _heads[claim.parent].clock);
  }

  /// @inheritdoc IDisputeGame
  /// @dev 320 bytes, so it cannot be the preimage of a claim. Chain, contract and number make it unique; the content is included so
  /// that a move signed for one fork of L1 is invalid on another.
  function gameId(Proposal memory proposal) public view returns (bytes32) {
    return keccak256(abi.encode(block.chainid, address(this), proposal));
  }

  /// @inheritdoc IDisputeGame
  /// @dev 256 bytes. INVARIANT: a claim's identity is its whole content: game, parent, segment, end, dissection (machine, level and
  /// kind follow from these), whoever made it. A claim with the true end and a false middle differs from the true claim, and
  /// cannot take its place.
  function claimId(Claim memory claim) public pure returns (bytes32) {
    return keccak256(abi.encode(claim));
  }

  /// @dev EXT(c), by what it takes to answer c: a step's witness at level 1, the whole run of another machine where c is about one.
  function _extension(Claim calldata claim) internal view returns (uint256) {
    return claim.level == 1 || claim.delegated ? LONG_EXTENSION : EXTENSION;
  }

  /// @param parentClock d(parent of claim).
  function _deadline(Claim calldata claim, Head memory h, uint256 parentClock) internal view returns (uint256) {
    return Clock.deadline(h.made, _extension(claim), parentClock, MAX_CLOCK);
  }

  /// @dev Records a standing refutation if it is the best so far.
  function _record(
    bytes32 claim,
    address by,
    uint256 segment,
    uint256 made,
    bytes32 child
  ) internal returns (bool best) {
    uint96 rank = uint96((segment << 88) | (made << 48) | (uint256(child) >> 208));
    Refutation memory known = _refutations[claim];
    // INVARIANT: the lowest segment is paid; among equals, the earliest answer. Honest answers go to the first false hash: an
    // answer above it starts from a false state, and earns nothing.
    best = known.by == address(0) || rank < known.rank;
    if (best) _refutations[claim] = Refutation(by, rank);
  }
}
