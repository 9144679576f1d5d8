// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bonds} from "./Bonds.sol";
import {Debts, newDebts} from "./Debts.sol";
import {Claim, IDisputeGame, Part, Proposal, Status} from "./IDisputeGame.sol";
import {Places} from "./Places.sol";
import {ClaimArgument, Origin, Terms, bindOutput, hashOf} from "./ClaimRecord.sol";
import {CARRIES_VERDICT, ClaimSlot, newClaimSlot} from "./ClaimSlot.sol";
import {GameSlot} from "./GameSlot.sol";
import {Head, idOf} from "./ProposalRecord.sol";
import {NOTHING, Verdict, bindVerdict, newVerdict} from "./Verdict.sol";

/// @title Settlement: which claims stand when nothing can be answered any more, and who is paid
/// @dev Claims are taken the latest first, so every child comes before its parent: what stands against a claim is known when it is
/// taken. In one transaction these verdicts are in transient storage. Between the parts of a settlement they are bound to the slots
/// of the claims they are about, and come back as calldata.
abstract contract Settlement is Places, Bonds {
  using ClaimArgument for Claim;

  // generated: PARTS (npm run generate)
  /// @dev Claims of a part that does not end a settlement, at least.
  uint256 private constant LEAST_PART = 64;
  // end of PARTS

  /// @dev A settlement under way.
  struct Walk {
    /// @dev The game's.
    uint256 number;
    /// @dev Claims that this call takes, from this number down; 0 when all are taken.
    uint256 next;
    /// @dev The last claim that this call takes.
    uint256 last;
    /// @dev What stands against the proposal.
    Verdict verdict;
    /// @dev Commitment of the counter that brings the proposal down; zero if none does.
    bytes32 winner;
    /// @dev Verdicts of earlier parts, in the order in which their claims are given; and how many are used.
    uint256[] carried;
    uint256 used;
    /// @dev Claims of later parts with a new verdict that is not bound to their slot yet.
    uint256 unbound;
  }

  /// @inheritdoc IDisputeGame
  function settle(
    Proposal calldata proposal,
    Claim[] calldata claims,
    bytes32 winnerRoot,
    bytes32 winnerOutput
  ) external returns (Status status, bytes32 output) {
    Proposal memory p = proposal;
    (uint256 number, GameSlot game) = _openGame(p);
    _checkDue(game);
    Debts memory debts = newDebts(claims.length + 2);
    Walk memory walk = Walk(number, game.claims(), 1, NOTHING, 0, new uint256[](0), 0, 0);
    _take(walk, debts, claims);
    // INVARIANT: every claim is taken. One that is left out could stand against another, and its bond would be lost.
    if (walk.next != 0) revert WrongClaim(walk.next, 0);
    (status, output) = _conclude(walk, debts, p, game, winnerRoot, winnerOutput);
    _pay(debts);
  }

  /// @inheritdoc IDisputeGame
  function settlePart(Part calldata part) external returns (uint256 left) {
    Proposal memory p = part.proposal;
    GameSlot game;
    Walk memory walk;
    (walk.number, game, walk.verdict, walk.winner) = _gameInParts(part, p);
    _checkDue(game);
    walk.next = game.claims() - game.settled();
    walk.carried = part.verdicts;

    uint256 count = part.claims.length;
    // INVARIANT: a part settles something. An empty one would bind a verdict to the id of a game that has nothing settled.
    if (count == 0 || count > walk.next) revert WrongClaim(walk.next, 0);
    left = walk.next - count;
    // INVARIANT: each part makes all other calls void that settle this game. Parts of one claim, which pay for themselves, would do so as
    // often as the game has claims, in front of whoever settles it.
    if (left != 0 && count < LEAST_PART) revert PartTooSmall(count, LEAST_PART);
    walk.last = left + 1;
    Debts memory debts = newDebts(count + 2);
    _take(walk, debts, part.claims);
    _bindVerdicts(walk, part.parents);

    if (left == 0) {
      _conclude(walk, debts, p, game, part.winnerRoot, part.winnerOutput);
    } else {
      _regions[walk.number >> 16] = Region(game.withSettled(count), _idInParts(idOf(p), walk.verdict, walk.winner));
      emit PartSettled(walk.number, left);
    }
    _pay(debts);
  }

  /// @dev The game of a part, and what its earlier parts found against the proposal.
  function _gameInParts(
    Part calldata part,
    Proposal memory proposal
  ) private view returns (uint256 number, GameSlot game, Verdict verdict, bytes32 winner) {
    number = Head.wrap(proposal.head).number();
    game = _regions[number >> 16].game;
    if (game.settled() == 0) {
      _openGame(proposal);
      return (number, game, NOTHING, 0);
    }
    (verdict, winner) = (Verdict.wrap(part.verdict), part.winner);
    // INVARIANT: the verdict is the one that the earlier parts found. Another would name another winner.
    bytes32 id = _idInParts(idOf(proposal), verdict, winner);
    if (!game.isOpen() || _regions[number >> 16].id != id) revert NoSuchGame(number);
  }

  /// @dev What stands in place of the id while a game is settled in parts.
  function _idInParts(bytes32 id, Verdict verdict, bytes32 winner) private pure returns (bytes32) {
    return keccak256(abi.encode(id, verdict, winner));
  }

  /// @dev INVARIANT: nothing is settled while anything in the game can be answered.
  function _checkDue(GameSlot game) private view {
    if (block.timestamp < game.time()) revert TooEarly(game.time());
  }

  /// @dev Settles claims, the latest first.
  function _take(Walk memory walk, Debts memory debts, Claim[] calldata claims) private {
    uint256 prepaid = 0;
    for (uint256 i = 0; i < claims.length; ++i) {
      Claim calldata claim = claims[i];
      Origin origin = claim.plainOrigin();
      uint256 number = walk.next;
      // INVARIANT: each claim is settled once, after its children: numbers go down by one.
      if (origin.number() != number || number == 0) revert WrongClaim(number, origin.number());
      walk.next = number - 1;
      (Verdict verdict, ) = _recognise(walk, claim, origin);

      Terms terms = Terms.wrap(claim.terms);
      uint256 parent = origin.parent();
      // A refutation has no bond, no prepayment, and no answers.
      if (!terms.isRefutation()) {
        ++prepaid;
        uint256 bond = parent == 0 ? COUNTER_PREMIUM * BOND : BOND;
        if (!verdict.isNothing()) {
          // INVARIANT: one third stays here, credited to nobody, so that a liar that brings itself down still loses money.
          debts.owe(verdict.winner(), bond - bond / 3);
          continue;
        }
        debts.owe(origin.claimant(), bond);
      }
      _stand(walk, parent, newVerdict(terms.segment(), number, origin.claimant()), claim.commitment);
    }
    // INVARIANT: only what carried a prepayment is paid one. Refutations of one's own claims would take others' otherwise.
    if (prepaid != 0) debts.owe(msg.sender, prepaid * PREPAYMENT);
  }

  /// @dev A claim or refutation stands, against `parent`.
  function _stand(Walk memory walk, uint256 parent, Verdict verdict, bytes32 commitment) private {
    if (parent == 0) {
      // INVARIANT: if the proposal falls, the result is the output of the counter that receives its bond.
      if (verdict.isBefore(walk.verdict)) (walk.verdict, walk.winner) = (verdict, commitment);
      return;
    }
    Verdict best = _verdictOn(walk.number, parent);
    if (!verdict.isBefore(best)) return;
    if (best.isNothing() && parent < walk.last) ++walk.unbound;
    _setVerdict(walk.number, parent, verdict);
  }

  /// @dev Binds new verdicts on claims of later parts to the slots of these.
  function _bindVerdicts(Walk memory walk, Claim[] calldata parents) private {
    for (uint256 i = 0; i < parents.length; ++i) {
      Claim calldata parent = parents[i];
      Origin origin = parent.plainOrigin();
      uint256 number = origin.number();
      // Only what this part found needs binding: a claim that comes later, each once.
      if (number >= walk.last || _verdictOn(walk.number, number).isNothing()) revert NothingToBind(number);
      (Verdict verdict, bytes32 hash) = _recognise(walk, parent, origin);
      ClaimSlot slot = newClaimSlot(bindVerdict(hash, verdict), walk.number).marked(CARRIES_VERDICT);
      _claims[parent.place()] = slot;
      _setVerdict(walk.number, number, NOTHING);
      --walk.unbound;
    }
    // INVARIANT: no verdict is forgotten between parts. A claim that fell would stand.
    if (walk.unbound != 0) revert ParentsMissing(walk.unbound);
  }

  /// @dev Recognises a claim by its record and the verdict that an earlier part bound to its slot.
  /// @return verdict On the claim: the better of that and of what this call has found.
  /// @return hash Of the record.
  function _recognise(
    Walk memory walk,
    Claim calldata claim,
    Origin origin
  ) private view returns (Verdict verdict, bytes32 hash) {
    ClaimSlot slot = _claims[claim.place()];
    hash = hashOf(Terms.wrap(claim.terms), origin, claim.commitment);
    bytes32 bound = hash;
    if (slot.mark() == CARRIES_VERDICT) {
      if (walk.used == walk.carried.length) revert VerdictMissing(origin.number());
      verdict = Verdict.wrap(walk.carried[walk.used++]);
      bound = bindVerdict(hash, verdict);
    }
    // INVARIANT: the record, and the verdict on it, are as the slot has them, in this game.
    ClaimSlot expected = newClaimSlot(bound, walk.number);
    if (slot.unmarked() != expected) revert NoSuchClaim(claim.place());
    Verdict found = _verdictOn(walk.number, origin.number());
    if (found.isBefore(verdict)) verdict = found;
  }

  /// @dev Pays the proposal's bond, and keeps the result.
  function _conclude(
    Walk memory walk,
    Debts memory debts,
    Proposal memory proposal,
    GameSlot game,
    bytes32 winnerRoot,
    bytes32 winnerOutput
  ) private returns (Status status, bytes32 output) {
    uint256 bond = PROPOSAL_PREMIUM * BOND;
    if (walk.verdict.isNothing()) {
      (status, output) = (Status.Upheld, proposal.output);
      debts.owe(address(uint160(proposal.proposer)), bond);
    } else {
      // INVARIANT: the output is the one that the winning counter committed to.
      if (bindOutput(winnerRoot, winnerOutput) != walk.winner) revert WrongWinner();
      (status, output) = (Status.Replaced, winnerOutput);
      debts.owe(walk.verdict.winner(), bond - bond / 3);
    }
    debts.owe(msg.sender, PREPAYMENT);
    // The result is a hash: who reads it brings the proposal with the result as its output.
    proposal.output = output;
    _regions[walk.number >> 16] = Region(game.concluded(status), idOf(proposal));
    emit Concluded(walk.number, status, output, game.claims());
  }

  function _pay(Debts memory debts) private {
    while (debts.count != 0) {
      (address creditor, uint256 amount) = debts.settleNext();
      _credit(creditor, amount);
    }
  }

  /// @dev What this transaction has found against a claim. A key is above every address, which `Debts` uses.
  function _verdictOn(uint256 game, uint256 claim) private view returns (Verdict verdict) {
    assembly ("memory-safe") {
      verdict := tload(or(shl(192, 1), or(shl(24, game), claim)))
    }
  }

  function _setVerdict(uint256 game, uint256 claim, Verdict verdict) private {
    assembly ("memory-safe") {
      tstore(or(shl(192, 1), or(shl(24, game), claim)), verdict)
    }
  }

  /// @inheritdoc IDisputeGame
  function ended(Proposal calldata proposal) external view returns (Status status, uint256 concludedAt) {
    uint256 number = Head.wrap(proposal.head).number();
    Region storage region = _regions[number >> 16];
    GameSlot game = region.game;
    if (!game.isConcluded() || region.id != idOf(proposal)) revert NoSuchGame(number);
    return (game.status(), game.time());
  }
}
