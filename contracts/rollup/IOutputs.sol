// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame} from "../game/IDisputeGame.sol";
import {IMachine} from "../game/IMachine.sol";
import {IInbox} from "./IInbox.sol";

/// @notice The L2 chain, and how its outputs become final. None of it ever changes.
struct Chain {
  /// @dev The EVM machine, whose halted states hold outputs.
  IMachine machine;
  IInbox inbox;
  /// @dev 1 … 2^64 − 1.
  uint256 chainId;
  /// @dev Gas that one batch may use: 1 … 2^27.
  uint256 batchGas;
  /// @dev Before the first batch: H(number, stateRoot, history).
  bytes32 genesisOutput;
  /// @dev May stop an output that is not final.
  address guardian;
  /// @dev Seconds from an output's settlement to its finality: a year at most.
  uint256 finalityDelay;
}

/// @title Outputs of the L2 chain
/// @notice Anyone proposes, with a bond, the output of a batch; the proposal is a game of the dispute game. When the game is over,
/// the output is *settled*, in the order of batches; when a delay has passed in which the guardian may stop it, it is *final*.
///
/// Each batch has one place. Its entry builds on the output that the earlier batch's entry had when it was proposed, which may be
/// pending still: so proposals need not wait for each other's games. Where that output turns out to be another one, the entry is
/// discarded, whatever its own game said, and its place is free again.
///
/// @dev ASSUMPTIONS:
///  - the genesis output is right, and its world known to everybody;
///  - somebody honest plays every game whose *previous* output is true. It need not play any other, and nobody could: the state
///    behind a false output may be known to nobody. Such a game may end with anything; `settle` takes none of it;
///  - proposers build on outputs that they have computed themselves. Whoever builds on a false one loses nothing but time.
/// TRUST: the guardian can delay outputs for as long as it likes, by stopping them; it can never make one.
/// WARNING: whoever reads an output for the sake of money reads `finalOutput`, not `outputOf`.
interface IOutputs {
  /// @notice Batch, previous output, and the batch's root and size (`IInbox.Appended`) make the game's context.
  event Proposed(uint256 indexed batch, bytes32 indexed game, bytes32 previous, bytes32 output);
  /// @param output Of the game: the paid counter's, where the proposal fell.
  /// @param readyAt When it is final, in seconds since 1970.
  event Settled(uint256 indexed batch, bytes32 indexed game, bytes32 output, uint256 readyAt);
  /// @notice It built on an output that the earlier batch does not have: the place is free.
  event Discarded(uint256 indexed batch, bytes32 indexed game);
  /// @notice The guardian stopped it: the place is free. No batch from this one on is settled any more.
  event Stopped(uint256 indexed batch, bytes32 indexed game);

  /// @notice A parameter of the chain is out of range: `reason` says which, and its range.
  error BadParameters(string reason);
  /// @notice The batch has a proposed output, which the game is about.
  error AlreadyProposed(uint256 batch, bytes32 game);
  /// @notice No output of this batch is proposed.
  error NotProposed(uint256 batch);
  /// @notice The proposal is about another batch, or builds on another output, than those that are there now.
  error ContextMismatch(bytes32 expected, bytes32 given);
  /// @notice Batches are settled in order: `next` is the first one that is not settled.
  error NotNext(uint256 batch, uint256 next);
  /// @notice The game about the output is not over.
  error NotConcluded(bytes32 game);
  /// @notice The output builds on `built`, and the previous batch has the output `expected`: discard it.
  error PreviousOutputMismatch(bytes32 expected, bytes32 built);
  /// @notice The output builds on the previous batch's output: it cannot be discarded.
  error NotStale(uint256 batch);
  /// @notice Only the guardian may call this.
  error NotGuardian(address caller);
  /// @notice The output is final: it cannot be stopped.
  error AlreadyFinal(uint256 batch);
  /// @notice The batch has no final output yet.
  error NotFinal(uint256 batch);

  /// @notice Proposes the output of a batch, on top of the output that the earlier batch has now. Takes the game's
  /// `proposalPrice()`; the bond is the caller's.
  /// @param context `contextOf(batch, previous)` for the previous output that the caller has computed on.
  /// @param output H(number, stateRoot, history) after the batch.
  function propose(uint256 batch, bytes32 context, bytes32 output) external payable returns (bytes32 game);

  /// @notice Takes the result of the game of the first batch that is not settled, and starts the delay. Anyone may call it.
  function settle(uint256 batch) external;

  /// @notice Frees the place of an entry whose previous output is not, or no longer, the earlier batch's. Its game, if it is
  /// open, becomes void, and the bonds go back. Anyone may call it.
  function discard(uint256 batch) external;

  /// @notice Only for the guardian, until the output is final: frees the place, as `discard` does. Later batches that were settled
  /// must be settled again, on what comes in its place.
  function stop(uint256 batch) external;

  /// @return game About the batch's output; zero if there is none.
  /// @return previous The output that it builds on.
  /// @return output As proposed; once settled, as the game ended.
  /// @return readyAt When it is final, in seconds since 1970; zero while it is not settled.
  function outputOf(
    uint256 batch
  ) external view returns (bytes32 game, bytes32 previous, bytes32 output, uint256 readyAt);

  function isFinal(uint256 batch) external view returns (bool);

  /// @notice Reverts with `NotFinal` where it is not.
  function finalOutput(uint256 batch) external view returns (bytes32);

  /// @return How many batches are settled: those below this index.
  function settledCount() external view returns (uint256);

  /// @return H(chainId, batchGas, previous output, root, size) of a batch in the inbox: what its game is about.
  function contextOf(uint256 batch, bytes32 previous) external view returns (bytes32);

  function game() external view returns (IDisputeGame);
  function machine() external view returns (IMachine);
  function inbox() external view returns (IInbox);
  function chainId() external view returns (uint256);
  function batchGas() external view returns (uint256);
  function genesisOutput() external view returns (bytes32);
  function guardian() external view returns (address);
  function finalityDelay() external view returns (uint256);
}
