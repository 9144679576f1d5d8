// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IDisputeGame, Proposal} from "../game/IDisputeGame.sol";
import {IMachine} from "../game/IMachine.sol";
import {IResults} from "../game/IResults.sol";
import {Results} from "../game/Results.sol";
import {Boundary, newBoundary} from "./Boundary.sol";
import {Head, HeadSlot, Phase} from "./Head.sol";
import {IInbox} from "./IInbox.sol";
import {Chain, IOutputs} from "./IOutputs.sol";
import {Span, Spans} from "./Span.sol";

/// @title Outputs of the L2 chain
/// @notice See `IOutputs`, and docs/rollup.md for why final outputs are true.
/// @dev Calls only the game, the inbox and the upgrader, which call no other contract on these paths: re-entrancy is impossible.
contract Outputs is IOutputs, Results {
  /// @dev Askings of the guardian in a year, outside a freeze.
  uint256 private constant ASKINGS = 4;
  /// @dev Of boundaries' records.
  uint256 private constant PLACES = 2 ** 20;
  /// @dev Entries of the list that `propose` and `settle` walk.
  uint256 private constant STEPS = 2;

  /// @dev One slot.
  struct MachineEntry {
    IMachine machine;
    uint64 fromBatch;
  }

  /// @inheritdoc IOutputs
  IInbox public immutable inbox;
  /// @inheritdoc IOutputs
  uint256 public immutable chainId;
  /// @inheritdoc IOutputs
  bytes32 public immutable genesisOutput;
  /// @inheritdoc IOutputs
  address public immutable upgrader;
  /// @inheritdoc IOutputs
  uint256 public immutable finalityDelay;
  /// @dev Seconds for which a boundary is kept after a higher one became final.
  uint256 private immutable KEPT;

  HeadSlot private _head;
  /// @dev By index mod 2^20.
  Boundary[PLACES] private _boundaries;
  /// @dev By index mod 2^20.
  bytes32[PLACES] private _outputs;
  mapping(uint256 number => MachineEntry) private _machines;
  /// @dev Of ended epochs: boundaries settled in them count if their readyAt is at most this.
  mapping(uint256 epoch => uint256) private _endedAt;
  /// @dev When the guardian asked outside a freeze: the last four times, 64 bits each, the latest in the low bits.
  uint256 private _askings;
  /// @dev When a machine was last replaced outside a freeze.
  uint256 private _replacedAt;
  /// @dev When the first boundary settled after the latest of these askings is final.
  uint256 private _resumesAt;

  constructor(IDisputeGame game_, Chain memory chain) Results(game_, chain.guardian) {
    if (address(chain.machine).code.length == 0) revert BadParameters("machine: no contract");
    if (address(chain.inbox).code.length == 0) revert BadParameters("inbox: no contract");
    if (chain.upgrader.code.length == 0) revert BadParameters("upgrader: no contract");
    if (chain.chainId == 0 || chain.chainId > type(uint64).max) revert BadParameters("chainId: 1 to 2^64 - 1");
    if (chain.finalityDelay > 365 days) revert BadParameters("finalityDelay: at most a year");
    inbox = chain.inbox;
    chainId = chain.chainId;
    genesisOutput = chain.genesisOutput;
    upgrader = chain.upgrader;
    finalityDelay = chain.finalityDelay;
    KEPT = LONGEST + game_.retention();

    _outputs[0] = chain.genesisOutput;
    _boundaries[0] = newBoundary(0, block.timestamp, 0, 0);
    Head memory head;
    head.phase = Phase.Running;
    _setMachine(head, 0, chain.machine);
    _head = head.pack();
  }

  modifier onlyUpgrader() {
    if (msg.sender != upgrader) revert NotUpgrader(msg.sender);
    _;
  }

  // ── Results ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IOutputs
  function propose(
    Span calldata span,
    uint256 checkpoint,
    uint256 count,
    uint256 epoch_,
    uint256 hint,
    bytes32 output
  ) external payable returns (uint256 number) {
    Head memory head = _running();
    // INVARIANT: a proposal made before the guardian asked again does not enter the epoch after: what it builds on may be unsettled.
    if (epoch_ != head.epoch) revert WrongEpoch(head.epoch, epoch_);
    // INVARIANT: a game of this second would not count (see `Results`).
    if (block.timestamp == head.since) revert EpochBegins(head.epoch);
    _walk(head, STEPS);
    // INVARIANT: the gate is exact. Behind a gate that lags, a span is proposed below a final boundary, and asks for old states.
    if (head.next != 0 && head.nextReadyAt <= block.timestamp) revert AdvanceFirst(head.finalCount);
    // INVARIANT: the inbox's own root; other records than the batches' are not opened.
    if (!inbox.isKept(checkpoint, count, span.root)) revert RootNotKept(checkpoint, span.root);
    IMachine machine = _machineFor(head, span, count);
    _checkBase(head, span);
    ++head.sequence;
    _head = head.pack();
    number = _openSpan(machine, span, hint, output);
    emit Proposed(head.sequence - 1, number, span, count, epoch_);
  }

  /// @inheritdoc IOutputs
  function settle(Proposal calldata proposal, Span calldata span) external {
    Head memory head = _running();
    uint256 number = _countedGame(proposal, head.since);
    // INVARIANT: what was judged is this span. Machine, level and start follow: `propose` chose them for this span in this epoch, in
    // which the machine of an appended batch does not change.
    bytes32 context = Spans.context(span, chainId);
    if (proposal.context != context) revert NotAbout(context, proposal.context);
    _walk(head, STEPS);
    // INVARIANT: a game on a false output may have been upheld because nobody could answer: it is settled on a settled output alone.
    (bool isSettled, bytes32 base) = _settledAt(head, span.first);
    if (!isSettled || base != span.previous) revert NotSettled(span.first);

    Boundary entry = _boundaries[span.end % PLACES];
    bytes32 output = proposal.output;
    if (!_counts(head, entry)) {
      _settle(head, span, number, output);
    } else if (entry.index() != span.end) {
      _checkOld(head, entry, span.end);
      _settle(head, span, number, output);
    } else {
      bytes32 known = _outputs[span.end % PLACES];
      // A result that agrees changes nothing: readyAt stays, or twins would put finality off. One that disagrees with a final output
      // changes nothing either: that has been used.
      if (output != known && entry.readyAt() > block.timestamp) {
        // INVARIANT: one of two different results is false: nothing becomes final before the guardian has asked again.
        (head.phase, head.since) = (Phase.Frozen, block.timestamp);
        emit Frozen(head.sequence++, span.end, number, known, output);
      }
    }
    _head = head.pack();
  }

  /// @inheritdoc IOutputs
  function advance(uint256 steps) external {
    Head memory head = _head.unpack();
    _walk(head, steps);
    _head = head.pack();
  }

  /// @inheritdoc IOutputs
  function askAgain() external onlyGuardian {
    Head memory head = _head.unpack();
    if (head.phase != Phase.Frozen) {
      uint256 fourthLast = _askings >> 192;
      // INVARIANT: whoever holds the guardian's key cannot keep outputs from becoming final for good.
      if (block.timestamp < fourthLast + 365 days) revert AskedTooOften(ASKINGS);
      _askings = (_askings << 64) | block.timestamp;
      _askAgain(head);
      head.phase = Phase.Asked;
    } else {
      _askAgain(head);
    }
    _head = head.pack();
  }

  // ── Machines ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IOutputs
  function addMachine(uint256 fromBatch, IMachine machine) external onlyUpgrader {
    Head memory head = _head.unpack();
    _checkUpgradeDelay(head);
    uint256 appended = inbox.count();
    uint256 last = _machines[head.machines - 1].fromBatch;
    uint256 lowest = appended > last ? appended : last + 1;
    // INVARIANT: no batch changes its machine after it was appended, and no span that is proposed crosses the entry.
    if (fromBatch < lowest || fromBatch > type(uint32).max) revert BadFirstBatch(fromBatch, lowest);
    _setMachine(head, fromBatch, machine);
    _head = head.pack();
  }

  /// @inheritdoc IOutputs
  function replaceMachine(IMachine machine) external onlyUpgrader {
    Head memory head = _head.unpack();
    _checkUpgradeDelay(head);
    bool isMending = head.phase == Phase.Frozen;
    // INVARIANT: games that the former machine judged do not count for what is not final.
    _askAgain(head);
    while (head.machines > 0 && _machines[head.machines - 1].fromBatch >= head.finalCount) --head.machines;
    // INVARIANT: the next upgrade waits until finality has gone on, as after the guardian's asking. Otherwise replacements that were announced
    // long ago, executed one after the other, keep everything from becoming final until a bad one is due, and nobody can leave before it.
    if (!isMending) (_replacedAt, head.phase) = (block.timestamp, Phase.Asked);
    // INVARIANT: final batches keep their machine.
    _setMachine(head, head.finalCount, machine);
    _head = head.pack();
  }

  // ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IOutputs
  function outputAt(uint256 boundary) external view returns (bytes32 output, uint256 readyAt, uint256 first) {
    Boundary entry = _boundaries[boundary % PLACES];
    if (entry.index() != boundary || !_counts(_head.unpack(), entry)) return (0, 0, 0);
    return (_outputs[boundary % PLACES], entry.readyAt(), boundary - entry.length());
  }

  /// @inheritdoc IOutputs
  function isFinal(uint256 boundary) public view returns (bool) {
    Head memory head = _head.unpack();
    Boundary entry = _boundaries[boundary % PLACES];
    return entry.index() == boundary && _counts(head, entry) && entry.readyAt() <= _finalUntil(head);
  }

  /// @inheritdoc IOutputs
  function finalOutput(uint256 boundary) external view returns (bytes32) {
    if (!isFinal(boundary)) revert NotFinal(boundary);
    return _outputs[boundary % PLACES];
  }

  /// @inheritdoc IOutputs
  function finalCount() external view returns (uint256) {
    return _head.unpack().finalCount;
  }

  /// @inheritdoc IOutputs
  function settledCount() external view returns (uint256) {
    return _head.unpack().settledCount;
  }

  /// @inheritdoc IOutputs
  function epoch() external view returns (uint256) {
    return _head.unpack().epoch;
  }

  /// @inheritdoc IOutputs
  function frozenAt() external view returns (uint256) {
    Head memory head = _head.unpack();
    return head.phase == Phase.Frozen ? head.since : 0;
  }

  /// @inheritdoc IResults
  function sequence() external view returns (uint256) {
    return _head.unpack().sequence;
  }

  /// @inheritdoc IOutputs
  function machineOf(uint256 first) external view returns (IMachine machine, uint256 until) {
    return _machineOf(_head.unpack(), first);
  }

  // ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  function _running() private view returns (Head memory head) {
    head = _head.unpack();
    // INVARIANT: what is proposed or settled after a contradiction would be unsettled anyway.
    if (head.phase == Phase.Frozen) revert IsFrozen(head.since);
  }

  /// @dev Whether the boundary of this record is settled, and was not unsettled since.
  function _counts(Head memory head, Boundary entry) private view returns (bool) {
    // INVARIANT: of an earlier epoch, what was final when that ended, and nothing else.
    return entry.readyAt() != 0 && (entry.epoch() == head.epoch || entry.readyAt() <= _endedAt[entry.epoch()]);
  }

  /// @dev An output may be zero, as any word may be claimed: so whether one is settled is told apart.
  function _settledAt(Head memory head, uint256 boundary) private view returns (bool isSettled, bytes32 output) {
    Boundary entry = _boundaries[boundary % PLACES];
    isSettled = entry.index() == boundary && _counts(head, entry);
    if (isSettled) output = _outputs[boundary % PLACES];
  }

  /// @dev A boundary that counts is final if its readyAt is at most this.
  function _finalUntil(Head memory head) private view returns (uint256) {
    // INVARIANT: in a freeze nothing becomes final.
    return head.phase == Phase.Frozen ? head.since : block.timestamp;
  }

  /// @dev Moves finalCount along the list.
  function _walk(Head memory head, uint256 steps) private view {
    uint256 finalUntil = _finalUntil(head);
    for (; steps > 0 && head.next != 0 && head.nextReadyAt <= finalUntil; --steps) {
      Boundary reached = _boundaries[head.next % PLACES];
      (head.finalCount, head.next, head.nextReadyAt) = (head.next, reached.higher(), reached.higherReadyAt());
    }
  }

  /// @dev Whether a span may begin where it does, on the output that it names.
  function _checkBase(Head memory head, Span calldata span) private view {
    if (span.first > head.finalCount) return;
    if (span.first < head.finalCount) {
      // A boundary settled falsely in an absence: the true result, from where the false one came, brings the contradiction.
      Boundary end = _boundaries[span.end % PLACES];
      bool contests =
        end.index() == span.end &&
          _counts(head, end) &&
          end.readyAt() > block.timestamp &&
          end.length() == span.end - span.first;
      // INVARIANT: nobody needs the states below finalCount, but for the spans that boundaries not yet final were settled from.
      if (!contests) revert BelowFinal(span.first, head.finalCount);
    }
    (bool isSettled, bytes32 expected) = _settledAt(head, span.first);
    // INVARIANT: nothing false is proposed on a final boundary.
    if (!isSettled || span.previous != expected) revert WrongPrevious(expected, span.previous);
  }

  /// @return machine Of the whole span.
  function _machineFor(Head memory head, Span calldata span, uint256 count) private view returns (IMachine machine) {
    uint256 until;
    (machine, until) = _machineOf(head, span.first);
    // INVARIANT: within the level of a game; of batches that are appended, as others could still be chosen; executed by one machine.
    bool isOne = span.first < span.end && span.end <= count && span.end <= until;
    if (!isOne || span.end - span.first > Spans.MAX_LENGTH) revert BadSpan(span.first, span.end);
  }

  function _openSpan(
    IMachine machine,
    Span calldata span,
    uint256 hint,
    bytes32 output
  ) private returns (uint256 number) {
    bytes32 context = Spans.context(span, chainId);
    bytes32 start = Spans.running(context, 0, span.previous);
    return _open(msg.value, hint, machine, Spans.level(span.end - span.first), context, start, output);
  }

  function _settle(Head memory head, Span calldata span, uint256 number, bytes32 output) private {
    uint256 end = span.end;
    uint256 readyAt = block.timestamp + finalityDelay;
    Boundary entry = newBoundary(end, readyAt, head.epoch, end - span.first);
    if (end > head.settledCount) {
      _boundaries[head.settledCount % PLACES] = _boundaries[head.settledCount % PLACES].withHigher(end, readyAt);
      if (head.next == 0) (head.next, head.nextReadyAt) = (end, readyAt);
      head.settledCount = end;
    } else {
      // settledCount's was settled before: it is final no later than this one.
      entry = entry.withHigher(head.settledCount, readyAt);
    }
    _boundaries[end % PLACES] = entry;
    _outputs[end % PLACES] = output;
    if (head.phase == Phase.Asked) (head.phase, _resumesAt) = (Phase.Running, readyAt);
    emit Settled(head.sequence++, end, span.first, number, output, readyAt);
  }

  /// @dev The place that boundary `end` needs holds the record of another one: that must be old.
  function _checkOld(Head memory head, Boundary entry, uint256 end) private view {
    bool isOld =
      entry.higher() != 0 && entry.higher() <= head.finalCount && block.timestamp >= entry.higherReadyAt() + KEPT;
    // INVARIANT: who was away for W, or proves a message against a final boundary, still finds one that holds all that this one does.
    if (!isOld || end < entry.index()) revert PlaceTaken(end, entry.index());
  }

  /// @dev Unsettles all that is not final.
  function _askAgain(Head memory head) private {
    uint256 endedAt = _finalUntil(head);
    // INVARIANT: all that is final is reached, so that the list goes on from the highest final boundary.
    _walk(head, type(uint256).max);
    _endedAt[head.epoch] = endedAt;
    (head.next, head.nextReadyAt) = (0, 0);
    head.settledCount = head.finalCount;
    ++head.epoch;
    head.since = block.timestamp;
    if (head.phase == Phase.Frozen) head.phase = Phase.Running;
    emit AskedAgain(head.sequence++, head.epoch, endedAt);
  }

  function _machineOf(Head memory head, uint256 first) private view returns (IMachine machine, uint256 until) {
    until = type(uint256).max;
    for (uint256 i = head.machines; i > 0; --i) {
      MachineEntry memory entry = _machines[i - 1];
      if (entry.fromBatch <= first) return (entry.machine, until);
      until = entry.fromBatch;
    }
  }

  function _setMachine(Head memory head, uint256 fromBatch, IMachine machine) private {
    if (address(machine).code.length == 0) revert BadParameters("machine: no contract");
    if (head.machines == type(uint8).max) revert BadParameters("machines: at most 255");
    _machines[head.machines++] = MachineEntry(machine, uint64(fromBatch));
    emit MachineSet(head.sequence++, fromBatch, machine);
  }

  /// @dev After the guardian asked again, or a machine was replaced, machines change only when finality has gone on for as long as an upgrade is announced: whoever
  /// does not want an upgrade can leave before it.
  function _checkUpgradeDelay(Head memory head) private view {
    uint256 asked = uint64(_askings);
    if (_replacedAt > asked) asked = _replacedAt;
    // A proven freeze needs a mended machine.
    if (asked == 0 || head.phase == Phase.Frozen) return;
    uint256 from = asked + 2 * (LONGEST + finalityDelay);
    if (head.phase == Phase.Running && _resumesAt < from) from = _resumesAt;
    from += TimelockController(payable(upgrader)).getMinDelay();
    if (block.timestamp < from) revert UpgradeDelayed(from);
  }
}
