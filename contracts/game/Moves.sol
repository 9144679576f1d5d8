// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Clock} from "./Clock.sol";
import {Dissection, Opening} from "./Dissection.sol";
import {GameState} from "./GameState.sol";
import {Claim, Head, IDisputeGame, Proposal, Status} from "./IDisputeGame.sol";
import {IMachine} from "./IMachine.sol";

/// @title Moves: proposals, counters, moves, refutations and delegations
abstract contract Moves is GameState {
  /// @dev What a claim over a whole range is about.
  struct Run {
    IMachine machine;
    bytes32 context;
    bytes32 start;
    uint8 level;
  }

  /// @dev Where a claim enters the tree.
  struct Place {
    bytes32 game;
    bytes32 parent;
    uint8 segment;
    Head parentHead;
    uint256 clock;
  }

  /// @inheritdoc IDisputeGame
  function propose(
    IMachine machine,
    bytes32 context,
    bytes32 start,
    uint8 level,
    bytes32 output,
    address proposer
  ) external payable returns (bytes32 game) {
    _takes(proposalPrice());
    if (level == 0 || level > MAX_LEVEL) revert BadLevel(level);
    if (proposer == address(0)) revert BadProposer();

    uint64 number = _gameCount++;
    game = gameId(Proposal(msg.sender, proposer, number, machine, context, start, level, output));
    _games[game] = Game(msg.sender, Status.Open, output);
    _heads[game] = Head(proposer, uint40(block.timestamp), 0, 0);
    emit Proposed(game, msg.sender, proposer, number, uint40(block.timestamp), machine, context, start, level, output);
  }

  /// @inheritdoc IDisputeGame
  function counter(
    Proposal calldata proposal,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id) {
    _takes(counterPrice());
    bytes32 game = gameId(proposal);
    // INVARIANT: a counter differs from the proposal. Otherwise a true counter would stand against a true proposal.
    if (output == proposal.output) revert SameOutput(output);

    Head memory h = _existing(game);
    if (h.unresolved == SETTLED) revert AlreadyResolved(game);
    uint256 end = h.made + MAX_CLOCK;
    if (block.timestamp >= end) revert TooLate(game, end);
    uint256 clock = Clock.afterWaiting(0, block.timestamp - h.made, MAX_CLOCK);

    Run memory run = Run(proposal.machine, proposal.context, proposal.start, proposal.level);
    return _enterWhole(run, Place(game, game, 0, h, clock), false, output, middles);
  }

  /// @inheritdoc IDisputeGame
  function move(
    Claim calldata parent,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id) {
    _takes(movePrice());
    (bytes32 parentId, Head memory h, uint256 clock) = _answerable(parent);
    if (parent.level == 1) revert NotDivisible(parentId);
    Dissection.check(parent.root, opening);
    // INVARIANT: a child's end differs from its parent's. Otherwise a true child would stand against a true parent.
    if (end == opening.to) revert SameEnd(end);

    bytes32 root = Dissection.root(opening.from, middles, end);
    Claim memory claim = Claim({
      game: parent.game,
      parent: parentId,
      segment: opening.segment,
      machine: parent.machine,
      level: parent.level - 1,
      delegated: false,
      end: end,
      root: root
    });
    return _enter(claim, h, clock, middles);
  }

  /// @inheritdoc IDisputeGame
  function refute(Claim calldata claim, Opening calldata opening, bytes calldata witness) external {
    (bytes32 id, , ) = _answerable(claim);
    _checkStep(claim, id, opening);

    bytes32 post = claim.machine.step(opening.from, witness);
    // INVARIANT: a claim falls only by a step that it states falsely.
    if (post == opening.to) revert StepIsRight(opening.from, post);

    _record(id, msg.sender, opening.segment, block.timestamp, 0);
    emit Refuted(claim.game, id, msg.sender, uint40(block.timestamp), opening.segment);
  }

  /// @inheritdoc IDisputeGame
  function delegate(
    Claim calldata parent,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id) {
    _takes(movePrice());
    (bytes32 parentId, Head memory h, uint256 clock) = _answerable(parent);
    _checkStep(parent, parentId, opening);

    // INVARIANT: the answer changes the step's end. Otherwise the true answer would stand against a true parent.
    bytes32 post = parent.machine.resume(opening.from, witness, output);
    if (post == opening.to) revert StepIsRight(opening.from, post);

    // INVARIANT: machine, start and level follow from the opened state. The witness only opens it, and is not part of the claim's
    // identity: two delegations with the same content are the same claim.
    Run memory run;
    (run.machine, run.start, run.context, run.level) = parent.machine.ask(opening.from, witness);
    if (run.level == 0 || run.level > MAX_LEVEL) revert BadLevel(run.level);
    return _enterWhole(run, Place(parent.game, parentId, opening.segment, h, clock), true, output, middles);
  }

  /// @dev INVARIANT: a claim is answered before its deadline only; from then on it can be resolved, and must not change.
  /// @return id The claim.
  /// @return h Its head.
  /// @return clock d of a child made now.
  function _answerable(Claim calldata claim) private view returns (bytes32 id, Head memory h, uint256 clock) {
    id = claimId(claim);
    h = _existing(id);
    // Claims of a void game are resolved before their deadlines.
    if (h.unresolved == SETTLED) revert AlreadyResolved(id);
    uint256 parentClock = _heads[claim.parent].clock;
    uint256 end = _deadline(claim, h, parentClock);
    if (block.timestamp >= end) revert TooLate(id, end);
    clock = Clock.afterWaiting(parentClock, block.timestamp - h.made, MAX_CLOCK);
  }

  /// @dev For answers to a unit segment.
  function _checkStep(Claim calldata claim, bytes32 id, Opening calldata opening) private view {
    if (claim.level != 1) revert NotOneStep(id, claim.level);
    Dissection.check(claim.root, opening);
    // INVARIANT: a refutation leaves lower segments open. A liar that refutes its own claim at a high segment cannot block the
    // honest refutation at the first false one.
    Refutation memory known = _refutations[id];
    if (known.by != address(0) && opening.segment >= known.rank >> 88) {
      revert AlreadyRefuted(id, known.rank >> 88);
    }
  }

  function _enterWhole(
    Run memory run,
    Place memory place,
    bool delegated,
    bytes32 output,
    bytes32[15] calldata middles
  ) private returns (bytes32) {
    // INVARIANT: the contract derives the end from the output, so that every claim over a whole range ends in a halted state.
    bytes32 halted = run.machine.halted(run.context, output);
    Claim memory claim = Claim({
      game: place.game,
      parent: place.parent,
      segment: place.segment,
      machine: run.machine,
      level: run.level,
      delegated: delegated,
      end: output,
      root: Dissection.root(run.start, middles, halted)
    });
    emit WholeRange(place.game, claimId(claim), run.machine, run.context, run.start, halted, run.level);
    return _enter(claim, place.parentHead, place.clock, middles);
  }

  /// @param parent The parent's head, as it was read.
  function _enter(
    Claim memory claim,
    Head memory parent,
    uint256 clock,
    bytes32[15] calldata middles
  ) private returns (bytes32 id) {
    id = claimId(claim);
    if (_heads[id].claimant != address(0)) revert ClaimExists(id);
    _heads[id] = Head(msg.sender, uint40(block.timestamp), uint24(clock), 0);
    ++parent.unresolved;
    _heads[claim.parent] = parent;
    emit Claimed(claim.game, claim.parent, id, msg.sender, uint40(block.timestamp), claim.segment, claim.end, middles);
  }

  function _existing(bytes32 id) private view returns (Head memory h) {
    h = _heads[id];
    if (h.claimant == address(0)) revert NoSuchClaim(id);
  }

  function _takes(uint256 price) private view {
    if (msg.value != price) revert WrongPayment(price, msg.value);
  }
}
