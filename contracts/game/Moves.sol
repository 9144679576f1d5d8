// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bonds} from "./Bonds.sol";
import {Clock} from "./Clock.sol";
import {Dissection} from "./Dissection.sol";
import {Claim, IDisputeGame, Opening, Proposal} from "./IDisputeGame.sol";
import {IMachine} from "./IMachine.sol";
import {Places} from "./Places.sol";
import {
  COUNTER,
  ClaimArgument,
  DELEGATED,
  Origin,
  REFUTATION,
  Terms,
  bindOutput,
  hashOf,
  newOrigin,
  newTerms
} from "./ClaimRecord.sol";
import {ClaimSlot, newClaimSlot} from "./ClaimSlot.sol";
import {GameSlot, newGame} from "./GameSlot.sol";
import {Head, idOf, newHead} from "./ProposalRecord.sol";

/// @title Moves: proposals, counters, moves, refutations and delegations
abstract contract Moves is Places, Bonds {
  using ClaimArgument for Claim;

  /// @dev A claim that can be answered, as it was read.
  struct Answered {
    Terms terms;
    Origin origin;
    ClaimSlot slot;
    GameSlot game;
  }

  /// @dev Where a claim enters the tree.
  struct Entry {
    uint256 number;
    GameSlot game;
    uint256 hint;
    uint256 parent;
    uint256 parentClock;
    uint256 segment;
    uint256 clock;
  }

  /// @dev A machine's whole range.
  struct Run {
    IMachine machine;
    bytes32 start;
    bytes32 context;
    uint256 level;
  }

  /// @inheritdoc IDisputeGame
  function propose(
    uint256 where,
    address proposer,
    bytes32 context,
    bytes32 start,
    bytes32 output
  ) external payable returns (uint256 number) {
    uint256 level = uint8(where >> 160);
    if (level == 0 || level > MAX_LEVEL) revert BadLevel(level);
    if (proposer == address(0)) revert BadProposer();
    _takeFromProposer(proposalPrice(), proposer);

    (uint256 region, GameSlot last) = _freeRegion(uint24(where >> 168));
    uint256 generation = uint16(last.generation() + 1);
    number = (region << 16) | generation;
    Proposal memory proposal = Proposal({
      head: Head.unwrap(newHead(number, level, msg.sender)),
      proposer: uint160(proposer),
      machine: uint160(where),
      context: context,
      start: start,
      output: output
    });
    _regions[region] = Region(newGame(generation, block.timestamp + MAX_CLOCK), idOf(proposal));
    emit Proposed(msg.sender, proposer, proposal);
  }

  /// @inheritdoc IDisputeGame
  function counter(Proposal calldata proposal, bytes32 output, bytes32[15] calldata middles) external payable {
    _takeFromCaller(counterPrice());
    Proposal memory p = proposal;
    uint256 hint = p.proposer >> 240;
    p.proposer = uint160(p.proposer);
    (uint256 number, GameSlot game) = _openGame(p);
    // INVARIANT: a counter differs from the proposal. Otherwise a true counter would stand against a true proposal.
    if (output == p.output) revert SameOutput(output);

    Head head = Head.wrap(p.head);
    uint256 deadline = head.made() + MAX_CLOCK;
    if (block.timestamp >= deadline) revert TooLate(deadline);
    uint256 clock = Clock.afterWaiting(0, block.timestamp - head.made(), MAX_CLOCK);

    Run memory run = Run(IMachine(address(uint160(p.machine))), p.start, p.context, head.level());
    _enterWhole(Entry(number, game, hint, 0, 0, 0, clock), COUNTER, run, output, middles);
  }

  /// @inheritdoc IDisputeGame
  function move(
    Claim calldata parent,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) external payable {
    _move(parent, _answerable(parent), opening, end, middles);
  }

  /// @inheritdoc IDisputeGame
  function moveWhole(
    Claim calldata parent,
    bytes32 parentOutput,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) external payable {
    _move(parent, _answerableWhole(parent, parentOutput), opening, end, middles);
  }

  /// @inheritdoc IDisputeGame
  function refute(Claim calldata claim, Opening calldata opening, bytes calldata witness) external {
    _refute(claim, _answerable(claim), opening, witness);
  }

  /// @inheritdoc IDisputeGame
  function refuteWhole(
    Claim calldata claim,
    bytes32 claimOutput,
    Opening calldata opening,
    bytes calldata witness
  ) external {
    _refute(claim, _answerableWhole(claim, claimOutput), opening, witness);
  }

  /// @inheritdoc IDisputeGame
  function delegate(
    Claim calldata parent,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable {
    _delegate(parent, _answerable(parent), opening, witness, output, middles);
  }

  /// @inheritdoc IDisputeGame
  function delegateWhole(
    Claim calldata parent,
    bytes32 parentOutput,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable {
    _delegate(parent, _answerableWhole(parent, parentOutput), opening, witness, output, middles);
  }

  function _move(
    Claim calldata parent,
    Answered memory answered,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) private {
    _takeFromCaller(movePrice());
    uint256 level = answered.terms.level();
    if (level == 1) revert NotDivisible();
    Entry memory entry = _entryUnder(parent, answered);
    Dissection.check(parent.commitment, entry.segment, opening);
    // INVARIANT: a child's end differs from its parent's. Otherwise a true child would stand against a true parent.
    if (end == opening.to) revert SameEnd(end);

    bytes32 root = Dissection.root(opening.from, middles, end);
    _enter(entry, level - 1, 0, answered.terms.machine(), root, end, middles);
  }

  function _refute(
    Claim calldata claim,
    Answered memory answered,
    Opening calldata opening,
    bytes calldata witness
  ) private {
    uint256 segment = _checkStep(claim, answered, opening);

    bytes32 post = IMachine(answered.terms.machine()).step(opening.from, witness);
    // INVARIANT: a claim falls only by a step that it states falsely.
    if (post == opening.to) revert StepIsRight(opening.from, post);

    _claims[claim.place()] = answered.slot.marked(segment + 1);
    uint256 game = answered.slot.game();
    uint256 number = _nextNumber(answered.game);
    Terms terms = newTerms(segment, 0, REFUTATION, 0, address(0));
    Origin origin = newOrigin(0, number, answered.origin.number(), msg.sender);
    uint256 place = _freePlace(claim.hint());
    _claims[place] = newClaimSlot(hashOf(terms, origin, 0), game);
    _regions[game >> 16].game = answered.game.withClaim(0);
    emit Refuted(game, Terms.unwrap(terms), origin.withPlace(place));
  }

  function _delegate(
    Claim calldata parent,
    Answered memory answered,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) private {
    _takeFromCaller(movePrice());
    _checkStep(parent, answered, opening);
    IMachine machine = IMachine(answered.terms.machine());

    // INVARIANT: the answer changes the step's end. Otherwise the true answer would stand against a true parent.
    bytes32 post = machine.resume(opening.from, witness, output);
    if (post == opening.to) revert StepIsRight(opening.from, post);

    // INVARIANT: machine, start and level follow from the opened state, not from the caller.
    Run memory run;
    (run.machine, run.start, run.context, run.level) = machine.ask(opening.from, witness);
    if (run.level == 0 || run.level > MAX_LEVEL) revert BadLevel(run.level);
    _enterWhole(_entryUnder(parent, answered), DELEGATED, run, output, middles);
  }

  /// @dev A claim that commits to its dissection alone.
  function _answerable(Claim calldata claim) private view returns (Answered memory) {
    return _recognise(claim, claim.commitment, false);
  }

  /// @dev A claim over a whole range, which commits to its output too.
  function _answerableWhole(Claim calldata claim, bytes32 output) private view returns (Answered memory) {
    return _recognise(claim, bindOutput(claim.commitment, output), true);
  }

  /// @dev Recognises a claim by its record, and checks that it can be answered.
  function _recognise(
    Claim calldata claim,
    bytes32 commitment,
    bool isWhole
  ) private view returns (Answered memory answered) {
    (Terms terms, Origin origin) = (claim.plainTerms(), claim.plainOrigin());
    uint256 place = claim.place();
    ClaimSlot slot = _claims[place];
    GameSlot game = _regions[slot.region()].game;
    // INVARIANT: the whole record is as it was made, in a game of this generation that is open. Otherwise a caller could change a
    // clock, a number or a level, or answer in a game that took the region later.
    ClaimSlot expected = newClaimSlot(hashOf(terms, origin, commitment), slot.game());
    bool isOfGame = game.isOpen() && slot.generation() == game.generation();
    if (!isOfGame || slot.unmarked() != expected) revert NoSuchClaim(place);
    // INVARIANT: a commitment is read as what it was made as. Read the other way, keccak256(root ‖ output) is a node over the root, and a
    // root binds its right half as an output: leaves would open as states, and a claim that starts from one cannot be answered.
    if (terms.isWhole() != isWhole) revert WrongForm();
    if (terms.isRefutation()) revert IsRefutation();
    // INVARIANT: a claim is answered before its deadline only. From then on it can be settled, and must not change.
    uint256 deadline = _deadline(terms, origin);
    if (block.timestamp >= deadline) revert TooLate(deadline);
    return Answered(terms, origin, slot, game);
  }

  /// @dev For answers to a segment of one step.
  function _checkStep(
    Claim calldata claim,
    Answered memory answered,
    Opening calldata opening
  ) private pure returns (uint256 segment) {
    uint256 level = answered.terms.level();
    if (level != 1) revert NotOneStep(level);
    segment = claim.answeredSegment();
    Dissection.check(claim.commitment, segment, opening);
    // INVARIANT: a refutation leaves lower segments open. A liar that refutes its own claim at a high segment cannot block the
    // honest refutation at the first false one.
    uint256 mark = answered.slot.mark();
    if (mark != 0 && segment + 1 >= mark) revert AlreadyRefuted(mark - 1);
  }

  function _deadline(Terms terms, Origin origin) private view returns (uint256) {
    uint256 extension = terms.isLong() ? LONG_EXTENSION : EXTENSION;
    return Clock.deadline(terms.made(), extension, origin.parentClock(), MAX_CLOCK);
  }

  /// @dev A child made now. It keeps its parent's clock, so that answers to the child need not read the parent.
  function _entryUnder(Claim calldata parent, Answered memory answered) private view returns (Entry memory) {
    uint256 waited = block.timestamp - answered.terms.made();
    return
      Entry({
        number: answered.slot.game(),
        game: answered.game,
        hint: parent.hint(),
        parent: answered.origin.number(),
        parentClock: answered.terms.clock(),
        segment: parent.answeredSegment(),
        clock: Clock.afterWaiting(answered.origin.parentClock(), waited, MAX_CLOCK)
      });
  }

  function _enterWhole(
    Entry memory entry,
    uint256 flag,
    Run memory run,
    bytes32 output,
    bytes32[15] calldata middles
  ) private {
    // INVARIANT: the contract derives the end from the output, so that every claim over a whole range ends in a halted state.
    bytes32 halted = run.machine.halted(run.context, output);
    bytes32 root = Dissection.root(run.start, middles, halted);
    emit WholeRange(entry.number, run.context, run.start, halted);
    // INVARIANT: the commitment binds the output too, since the machine alone knows it from the halted state.
    _enter(entry, run.level, flag, address(run.machine), bindOutput(root, output), output, middles);
  }

  function _enter(
    Entry memory entry,
    uint256 level,
    uint256 flags,
    address machine,
    bytes32 commitment,
    bytes32 end,
    bytes32[15] calldata middles
  ) private {
    Terms terms = newTerms(entry.segment, level, flags, entry.clock, machine);
    Origin origin = newOrigin(entry.parentClock, _nextNumber(entry.game), entry.parent, msg.sender);
    uint256 place = _freePlace(entry.hint);
    _claims[place] = newClaimSlot(hashOf(terms, origin, commitment), entry.number);
    // INVARIANT: the game is due when its last claim is. Settled earlier, it would shut out answers that still have time.
    _regions[entry.number >> 16].game = entry.game.withClaim(_deadline(terms, origin));
    emit Claimed(entry.number, Terms.unwrap(terms), origin.withPlace(place), end, middles);
  }

  /// @dev INVARIANT: a number is given once in a game, since settlement pays each number once.
  function _nextNumber(GameSlot game) private pure returns (uint256 number) {
    number = game.claims() + 1;
    if (number > type(uint24).max) revert TooManyClaims();
  }
}
