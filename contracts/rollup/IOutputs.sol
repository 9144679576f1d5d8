// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Proposal} from "../game/IDisputeGame.sol";
import {IMachine} from "../game/IMachine.sol";
import {IResults} from "../game/IResults.sol";
import {IInbox} from "./IInbox.sol";
import {Span} from "./Span.sol";

/// @notice The L2 chain, and how its outputs become final.
struct Chain {
  /// @dev The span machine of the batches from 0 on.
  IMachine machine;
  IInbox inbox;
  /// @dev 1 … 2^64 − 1.
  uint256 chainId;
  /// @dev Before the first batch: H(number, stateRoot, history).
  bytes32 genesisOutput;
  /// @dev May ask again.
  address guardian;
  /// @dev An OpenZeppelin TimelockController: may append and replace machines.
  address upgrader;
  /// @dev Seconds from an output's settlement to its finality: a year at most.
  uint256 finalityDelay;
}

/// @title Outputs of the L2 chain
/// @notice A *boundary* b is the point before batch b; its output is that of the chain after batches 0 … b − 1. Anyone proposes, with a
/// bond, the output at the end of a *span* of 1 to 4,096 batches, from a given output at its start; the proposal is a game. Any number
/// of games may be open about one span. The first one to be concluded and settled gives the boundary its output; after a delay the
/// output is *final*.
///
/// Two different results about one boundary before it is final *freeze* the contract: nothing further becomes final, nothing is proposed
/// or settled, until the guardian *asks again*: every boundary that is not final is unsettled, and games opened before no longer count.
/// The guardian never chooses between results. The time between two askings is an *epoch*.
///
/// Boundaries that were settled above all others form a *list*; `finalCount` moves along it. A boundary's record stands at the place
/// b mod 2^20, and is replaced when a higher boundary has been final for W + the game's retention.
///
/// @dev ASSUMPTIONS:
///  - the genesis output is right, and its world known to everybody;
///  - somebody honest plays every game whose previous output is true. It need not play any other, and nobody could;
///  - proposers build on outputs that they have computed themselves.
/// TRUST: the guardian can delay outputs by asking again, four times in a year unless the contract is frozen; it can never make one. The
/// upgrader chooses the machines of batches that are not final; see docs/rollup.md for its delays.
/// WARNING: whoever reads an output for the sake of money reads `finalOutput`, not `outputAt`.
interface IOutputs is IResults {
  /// @param number Of the game.
  /// @param count How many batches the inbox's tree had under `span.root`.
  event Proposed(uint256 sequence, uint256 indexed number, Span span, uint256 count, uint256 epoch);
  /// @param number Of the game whose result it is.
  /// @param readyAt When it is final, in seconds since 1970.
  event Settled(uint256 sequence, uint256 indexed end, uint256 first, uint256 number, bytes32 output, uint256 readyAt);
  /// @notice Game `number` ended with `other`, where `output` was settled: finality stops.
  event Frozen(uint256 sequence, uint256 indexed end, uint256 number, bytes32 output, bytes32 other);
  /// @notice The guardian asked again: epoch `epoch` begins; of boundaries settled before, those count whose readyAt is at most `endedAt`.
  event AskedAgain(uint256 sequence, uint256 indexed epoch, uint256 endedAt);
  /// @notice Spans from `fromBatch` on are executed by `machine`.
  event MachineSet(uint256 sequence, uint256 indexed fromBatch, IMachine machine);

  /// @notice A span has 1 to 4,096 batches, all of them in the inbox under its root, and all of one machine.
  error BadSpan(uint256 first, uint256 end);
  /// @notice The span begins below the final boundary `finalCount`.
  error BelowFinal(uint256 first, uint256 finalCount);
  /// @notice The boundary has the output `expected`.
  error WrongPrevious(bytes32 expected, bytes32 given);
  /// @notice The inbox does not keep this root under this number, since an earlier block.
  error RootNotKept(uint256 checkpoint, bytes32 root);
  /// @notice The current epoch is `expected`.
  error WrongEpoch(uint256 expected, uint256 given);
  /// @notice The guardian asked again in this second: the new epoch takes proposals from the next second on.
  error EpochBegins(uint256 epoch);
  /// @notice More boundaries are final than the list has been walked for: call `advance`.
  error AdvanceFirst(uint256 finalCount);
  /// @notice Two results contradict each other, since `since`: the guardian must ask again.
  error IsFrozen(uint256 since);
  /// @notice The game is not about this span: its context, machine and level, or start is `given` in place of `expected`.
  error NotAbout(bytes32 expected, bytes32 given);
  /// @notice The output that the span builds on is not settled at `boundary`.
  error NotSettled(uint256 boundary);
  /// @notice The place of this boundary still holds an earlier one that is needed.
  error PlaceTaken(uint256 boundary, uint256 holds);
  /// @notice Only the upgrader may call this.
  error NotUpgrader(address caller);
  /// @notice The guardian has asked `limit` times in a year.
  error AskedTooOften(uint256 limit);
  /// @notice The guardian asked again: machines change from `from` on.
  error UpgradeDelayed(uint256 from);
  /// @notice A machine is for batches that are not in the inbox yet, above those of the machine before: from `lowest` on.
  error BadFirstBatch(uint256 fromBatch, uint256 lowest);
  /// @notice The boundary has no final output.
  error NotFinal(uint256 boundary);

  /// @notice Proposes the output at the end of a span. Takes the game's `proposalPrice()`, in value or from the caller's credit; the bond
  /// is the caller's.
  /// @param checkpoint Number of the kept root `span.root`.
  /// @param count How many batches the tree under it has.
  /// @param epoch The current one: a proposal made for one epoch must not enter the next.
  /// @param hint Region of the game's slots to begin the search at.
  /// @param output After batch end − 1.
  function propose(
    Span calldata span,
    uint256 checkpoint,
    uint256 count,
    uint256 epoch,
    uint256 hint,
    bytes32 output
  ) external payable returns (uint256 number);

  /// @notice Takes the result of a concluded game. Anyone may call it. A result that agrees with the boundary's changes nothing; one
  /// that contradicts it freezes the contract, unless the boundary is final.
  /// @param proposal The game's, with its result as output.
  function settle(Proposal calldata proposal, Span calldata span) external;

  /// @notice Moves `finalCount` over at most `steps` boundaries of the list that are final. Anyone may call it.
  function advance(uint256 steps) external;

  /// @notice The guardian's one power over results. Walks the whole list: where it is too long for one transaction, `advance` first.
  function askAgain() external;

  /// @notice Appends a machine for the batches from `fromBatch` on, of which the inbox has none yet. Only the upgrader may call.
  function addMachine(uint256 fromBatch, IMachine machine) external;

  /// @notice Asks again, and has all batches from `finalCount` on executed by `machine`; machines appended for later batches go. Only
  /// the upgrader may call.
  function replaceMachine(IMachine machine) external;

  /// @return output At the boundary; zero if none is settled.
  /// @return readyAt When it is final, in seconds since 1970; zero while none is settled.
  /// @return first Where the span began that it was settled from.
  function outputAt(uint256 boundary) external view returns (bytes32 output, uint256 readyAt, uint256 first);

  function isFinal(uint256 boundary) external view returns (bool);

  /// @notice Reverts with `NotFinal` where it is not.
  function finalOutput(uint256 boundary) external view returns (bytes32);

  /// @return The highest final boundary that the list has been walked to.
  function finalCount() external view returns (uint256);

  /// @return The highest settled boundary.
  function settledCount() external view returns (uint256);

  function epoch() external view returns (uint256);

  /// @return When two results contradicted each other; zero if the contract is not frozen.
  function frozenAt() external view returns (uint256);

  /// @return machine Of the spans that begin at `first`.
  /// @return until The first batch of the next machine; 2^256 − 1 if there is none.
  function machineOf(uint256 first) external view returns (IMachine machine, uint256 until);

  function inbox() external view returns (IInbox);
  function chainId() external view returns (uint256);
  function genesisOutput() external view returns (bytes32);
  function upgrader() external view returns (address);
  function finalityDelay() external view returns (uint256);
}
