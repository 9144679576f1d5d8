// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {GameState} from "./GameState.sol";
import {Claim, Head, IDisputeGame, Proposal, Status} from "./IDisputeGame.sol";

/// @title Resolution: which claims stand after the deadlines, and who is paid
/// @dev Claims are resolved one by one, children first, with constant gas each: a claim stores the number of its unresolved children
/// and its best refutation, so the cost does not depend on the number of children.
abstract contract Resolution is GameState {
  /// @inheritdoc IDisputeGame
  function resolve(Claim calldata claim) external {
    bytes32 id = claimId(claim);
    Head memory h = _unsettled(id);
    bool isCounter = claim.parent == claim.game;
    uint256 bond = isCounter ? COUNTER_PREMIUM * BOND : BOND;

    bool stands = true;
    if (_games[claim.game].status == Status.Void) {
      _credit(h.claimant, bond);
    } else {
      Head memory parent = _heads[claim.parent];
      _checkDue(id, h, _deadline(claim, h, parent.clock));
      --parent.unresolved;
      _heads[claim.parent] = parent;

      stands = _settle(id, h, bond);
      if (stands && _record(claim.parent, h.claimant, claim.segment, h.made, id) && isCounter) {
        // INVARIANT: if the proposal falls, the result is the output of the counter that receives its bond.
        _games[claim.game].output = claim.end;
      }
    }
    _close(id, h);
    emit Resolved(claim.game, id, stands);
  }

  /// @inheritdoc IDisputeGame
  function conclude(Proposal calldata proposal) external {
    bytes32 game = gameId(proposal);
    Head memory h = _unsettled(game);
    uint256 bond = PROPOSAL_PREMIUM * BOND;

    Game storage g = _games[game];
    Status status = g.status;
    if (status == Status.Void) {
      _credit(h.claimant, bond);
    } else {
      _checkDue(game, h, h.made + MAX_CLOCK);
      status = _settle(game, h, bond) ? Status.Upheld : Status.Replaced;
      g.status = status;
    }
    emit Concluded(game, status, g.output);
    _close(game, h);
  }

  /// @inheritdoc IDisputeGame
  function voidGame(bytes32 game) external {
    Game storage g = _games[game];
    if (msg.sender != g.consumer) revert NotConsumer(msg.sender, g.consumer);
    if (g.status != Status.Open) revert NotOpen(game, g.status);
    g.status = Status.Void;
    emit Voided(game);
  }

  function _unsettled(bytes32 id) private view returns (Head memory h) {
    h = _heads[id];
    if (h.claimant == address(0)) revert NoSuchClaim(id);
    // INVARIANT: each bond is paid out once.
    if (h.unresolved == SETTLED) revert AlreadyResolved(id);
  }

  /// @dev INVARIANT: a claim is resolved only after its deadline and after all of its children.
  function _checkDue(bytes32 id, Head memory h, uint256 due) private view {
    if (block.timestamp < due) revert TooEarly(id, due);
    if (h.unresolved != 0) revert Unresolved(id, h.unresolved);
  }

  /// @dev Returns the bond to its owner, or pays it to the account that refuted the claim.
  function _settle(bytes32 id, Head memory h, uint256 bond) private returns (bool stands) {
    address winner = _refutations[id].by;
    stands = winner == address(0);
    if (stands) {
      _credit(h.claimant, bond);
    } else {
      // INVARIANT: one third is burnt, so that a liar that refutes itself still loses money.
      uint256 burnt = bond / 3;
      _credit(winner, bond - burnt);
      _burn(burnt);
    }
  }

  /// @dev The head remains, so that the same claim cannot be made again.
  function _close(bytes32 id, Head memory h) private {
    h.unresolved = SETTLED;
    _heads[id] = h;
    _credit(msg.sender, PREPAYMENT);
  }
}
