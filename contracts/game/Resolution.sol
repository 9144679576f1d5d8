// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {GameState} from "./GameState.sol";
import {Claim, Head, IDisputeGame, Proposal, Status} from "./IDisputeGame.sol";

/// @title Resolution: what stands when the clocks have run out, and who is paid
/// @dev Claims are settled one by one, children first, in constant gas each: a claim keeps a count of the children that are not
/// settled and the best refutation, so that no number of children makes it dearer.
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
        // INVARIANT: if the proposal falls, the result is the output of the counter that is paid.
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
    // INVARIANT: a bond is paid out once.
    if (h.unresolved == SETTLED) revert AlreadyResolved(id);
  }

  /// @dev INVARIANT: nothing is judged while it can still be answered, or while an answer to it is not judged.
  function _checkDue(bytes32 id, Head memory h, uint256 due) private view {
    if (block.timestamp < due) revert TooEarly(id, due);
    if (h.unresolved != 0) revert Unresolved(id, h.unresolved);
  }

  /// @dev Pays the bond to its owner, or to who refuted it.
  function _settle(bytes32 id, Head memory h, uint256 bond) private returns (bool stands) {
    address winner = _refutations[id].by;
    stands = winner == address(0);
    if (stands) {
      _credit(h.claimant, bond);
    } else {
      // INVARIANT: a third is burnt, so that a liar who refutes itself still pays.
      uint256 burnt = bond / 3;
      _credit(winner, bond - burnt);
      _burn(burnt);
    }
  }

  /// @dev The head stays, so that the same claim can not be made a second time.
  function _close(bytes32 id, Head memory h) private {
    h.unresolved = SETTLED;
    _heads[id] = h;
    _credit(msg.sender, PREPAYMENT);
  }
}
