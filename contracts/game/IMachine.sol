// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title A machine that the dispute game can judge, one step at a time
/// @notice A machine is a deterministic, total function from state to state. The game knows states by their hash alone.
/// @dev The game relies on these properties; every implementation must have them:
///  - the result depends on `pre` alone: the witness opens the state and never chooses the outcome, and nothing depends on
///    `gasleft()`, on the block, or on mutable storage;
///  - `step` and `ask` revert only if the witness does not open `pre`, or with one of the two errors below: the step from every
///    reachable state can be executed;
///  - a halted state steps to itself, so that a claim may be longer than the execution.
interface IMachine {
  /// @notice The step at this state asks another machine: use `ask` and `resume`.
  error Delegated();

  /// @notice The step at this state asks no other machine: use `step`.
  error NotDelegated();

  /// @notice Executes one step from the state whose hash is `pre`.
  /// @dev Reverts with `Delegated()` if the step asks another machine.
  /// @param witness Opens the parts of `pre` that this step reads.
  /// @return post Hash of the next state.
  function step(bytes32 pre, bytes calldata witness) external view returns (bytes32 post);

  /// @notice Hash of the halted state that claims `output` in `context`.
  /// @param context What the machine was started on (for a tensor machine: model and input root).
  /// @dev Different outputs give different hashes.
  function halted(bytes32 context, bytes32 output) external view returns (bytes32);

  /// @notice The run of another machine that the step at `pre` asks for.
  /// @dev Reverts with `NotDelegated()` if it asks none.
  /// @return machine The other machine.
  /// @return start Hash of its first state.
  /// @return context Its context, as `halted` takes it.
  /// @return level The smallest level with 16^level steps enough for it to halt, at least 1.
  function ask(
    bytes32 pre,
    bytes calldata witness
  ) external view returns (IMachine machine, bytes32 start, bytes32 context, uint8 level);

  /// @notice Hash of the state after the step at `pre`, given that the other machine answers `output`.
  /// @dev Reverts with `NotDelegated()` if the step asks none. Defined for every `output`.
  function resume(bytes32 pre, bytes calldata witness, bytes32 output) external view returns (bytes32 post);
}
