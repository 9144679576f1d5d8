// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {EMPTY, State as MachineState} from "../evm/Layout.sol";
import {Limit} from "../evm/tables/Limits.sol";
import {Phase} from "../evm/tables/Phases.sol";
import {IDisputeGame, Status} from "../game/IDisputeGame.sol";
import {IMachine} from "../game/IMachine.sol";
import {IInbox} from "./IInbox.sol";
import {Chain, IOutputs} from "./IOutputs.sol";

/// @title Outputs of the L2 chain
/// @notice See `IOutputs`.
/// @dev Calls only the game and the inbox, which call no other contract on these paths: re-entrancy is impossible.
///
/// Why finality holds: batches below `settledCount` were settled in order, so `readyAt` does not decrease from one to the next, and
/// every batch below a final batch is final. Only `stop` removes a settled entry; it cannot remove a final one, and it also
/// unsettles every later batch.
contract Outputs is IOutputs {
  struct Entry {
    /// @dev Zero where the place is free.
    bytes32 game;
    bytes32 previous;
    bytes32 output;
    /// @dev Of the last time that it was settled: see `settledCount` for whether it still is.
    uint256 readyAt;
  }

  /// @inheritdoc IOutputs
  IDisputeGame public immutable game;
  /// @inheritdoc IOutputs
  IMachine public immutable machine;
  /// @inheritdoc IOutputs
  IInbox public immutable inbox;
  /// @inheritdoc IOutputs
  uint256 public immutable chainId;
  /// @inheritdoc IOutputs
  uint256 public immutable batchGas;
  /// @inheritdoc IOutputs
  bytes32 public immutable genesisOutput;
  /// @inheritdoc IOutputs
  address public immutable guardian;
  /// @inheritdoc IOutputs
  uint256 public immutable finalityDelay;

  /// @inheritdoc IOutputs
  uint256 public settledCount;
  mapping(uint256 batch => Entry) private _entries;

  constructor(IDisputeGame game_, Chain memory chain) {
    if (address(game_).code.length == 0) revert BadParameters("game: no contract");
    if (address(chain.machine).code.length == 0) revert BadParameters("machine: no contract");
    if (address(chain.inbox).code.length == 0) revert BadParameters("inbox: no contract");
    // INVARIANT: the machine does not check what a context must keep to (docs/evm-machine.md); beyond it, a batch's execution
    // need not fit the level.
    if (chain.chainId == 0 || chain.chainId > type(uint64).max) revert BadParameters("chainId: 1 to 2^64 - 1");
    if (chain.batchGas == 0 || chain.batchGas > Limit.BATCH_GAS) revert BadParameters("batchGas: 1 to 2^27");
    if (chain.guardian == address(0)) revert BadParameters("guardian: nobody");
    if (chain.finalityDelay > 365 days) revert BadParameters("finalityDelay: at most a year");
    game = game_;
    machine = chain.machine;
    inbox = chain.inbox;
    chainId = chain.chainId;
    batchGas = chain.batchGas;
    genesisOutput = chain.genesisOutput;
    guardian = chain.guardian;
    finalityDelay = chain.finalityDelay;
  }

  /// @inheritdoc IOutputs
  function propose(uint256 batch, bytes32 context, bytes32 output) external payable returns (bytes32 id) {
    Entry storage entry = _entries[batch];
    // INVARIANT: a place is taken by one proposal at a time: no other can push out one whose bond is at stake.
    if (entry.game != 0) revert AlreadyProposed(batch, entry.game);
    (bool known, bytes32 previous) = _before(batch);
    if (!known) revert NotProposed(batch - 1);
    bytes32 expected = contextOf(batch, previous);
    // INVARIANT: the proposer says what it computed on. Else whoever changes the earlier entry, or the batch (by a reorganisation of
    // L1), just before its transaction would turn its true output into a false one, and take its bond.
    if (context != expected) revert ContextMismatch(expected, context);

    id = game.propose{value: msg.value}(
      machine,
      context,
      _start(context),
      uint8(Limit.BATCH_LEVEL),
      output,
      msg.sender
    );
    (entry.game, entry.previous, entry.output) = (id, previous, output);
    emit Proposed(batch, id, previous, output);
  }

  /// @inheritdoc IOutputs
  function settle(uint256 batch) external {
    // INVARIANT: in the order of batches, so that the previous output below is one that was judged.
    if (batch != settledCount) revert NotNext(batch, settledCount);
    Entry storage entry = _entries[batch];
    bytes32 id = entry.game;
    if (id == 0) revert NotProposed(batch);
    // INVARIANT: a game on a false previous output may have been upheld because nobody could answer.
    (, bytes32 previous) = _before(batch);
    if (previous != entry.previous) revert PreviousOutputMismatch(previous, entry.previous);
    (Status status, bytes32 output) = game.result(id);
    // INVARIANT: nothing is settled that can still be answered.
    if (status != Status.Upheld && status != Status.Replaced) revert NotConcluded(id);

    uint256 readyAt = block.timestamp + finalityDelay;
    settledCount = batch + 1;
    (entry.output, entry.readyAt) = (output, readyAt);
    emit Settled(batch, id, output, readyAt);
  }

  /// @inheritdoc IOutputs
  function discard(uint256 batch) external {
    (bool known, bytes32 previous) = _before(batch);
    // INVARIANT: nobody takes away an entry that fits.
    if (known && previous == _entries[batch].previous) revert NotStale(batch);
    emit Discarded(batch, _free(batch));
  }

  /// @inheritdoc IOutputs
  function stop(uint256 batch) external {
    if (msg.sender != guardian) revert NotGuardian(msg.sender);
    // INVARIANT: what is final has been used, and stays.
    if (isFinal(batch)) revert AlreadyFinal(batch);
    // INVARIANT: what was settled above rests on this output, and must not become final without it.
    if (batch < settledCount) settledCount = batch;
    emit Stopped(batch, _free(batch));
  }

  /// @inheritdoc IOutputs
  function outputOf(
    uint256 batch
  ) external view returns (bytes32 id, bytes32 previous, bytes32 output, uint256 readyAt) {
    Entry storage entry = _entries[batch];
    return (entry.game, entry.previous, entry.output, batch < settledCount ? entry.readyAt : 0);
  }

  /// @inheritdoc IOutputs
  function finalOutput(uint256 batch) external view returns (bytes32) {
    if (!isFinal(batch)) revert NotFinal(batch);
    return _entries[batch].output;
  }

  /// @inheritdoc IOutputs
  function isFinal(uint256 batch) public view returns (bool) {
    // INVARIANT: the guardian has had its time, and nothing below was stopped in it.
    return batch < settledCount && block.timestamp >= _entries[batch].readyAt;
  }

  /// @inheritdoc IOutputs
  function contextOf(uint256 batch, bytes32 previous) public view returns (bytes32) {
    (bytes32 root, uint256 size, , ) = inbox.batchOf(batch);
    return keccak256(abi.encode(chainId, batchGas, previous, root, size));
  }

  /// @dev The output that `batch` must build on, if there is one now.
  function _before(uint256 batch) private view returns (bool known, bytes32 output) {
    if (batch == 0) return (true, genesisOutput);
    Entry storage entry = _entries[batch - 1];
    return (entry.game != 0, entry.output);
  }

  /// @dev Takes the question back, where it is still open: no bond is lost over it.
  function _free(uint256 batch) private returns (bytes32 id) {
    id = _entries[batch].game;
    if (id == 0) revert NotProposed(batch);
    delete _entries[batch];
    (Status status, ) = game.result(id);
    if (status == Status.Open) game.voidGame(id);
  }

  /// @dev Hash of the machine's first state: phase and task, no memory, nothing returned, and zeros.
  function _start(bytes32 context) private pure returns (bytes32) {
    MachineState memory state;
    state.phase = Phase.START;
    state.memoryRoot = EMPTY;
    state.returned = EMPTY;
    state.task = context;
    return state.hash();
  }
}
