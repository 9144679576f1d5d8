// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title A machine that the dispute game can judge, one step at a time
/// @notice A machine is a deterministic, total function from state to state. The game knows states by their hash alone.
/// @dev What the game relies on, and every implementation owes:
///  - same `pre`, same answer: the witness opens the state, it never chooses the outcome; nothing depends on `gasleft()`,
///    on the block, or on storage that changes;
///  - `step` and `ask` revert only when the witness does not open `pre`, or with the two errors below. A state is never
///    refused for being inconvenient: from a state that a true claim can hold, somebody must be able to take the step;
///  - a halted state steps to itself, so that a claim may be longer than the execution.
interface IMachine {
  /// @notice The step at this state asks another machine: see `ask` and `resume`.
  error Delegated();

  /// @notice The step at this state asks nobody: see `step`.
  error NotDelegated();

  /// @notice One step from the state whose hash is `pre`.
  /// @dev Reverts with `Delegated()` where the step asks another machine.
  /// @param witness Opens `pre`, as far as this step reads.
  /// @return post Hash of the next state.
  function step(bytes32 pre, bytes calldata witness) external view returns (bytes32 post);

  /// @notice Hash of the halted state that claims `output` in `context`.
  /// @param context What the machine was started on (for a tensor machine: model and input root).
  /// @dev Different outputs give different hashes.
  function halted(bytes32 context, bytes32 output) external view returns (bytes32);

  /// @notice Where the step at `pre` asks another machine: which one, and from where.
  /// @dev Reverts with `NotDelegated()` where it asks nobody.
  /// @return machine The other machine.
  /// @return start Hash of the state that it starts from.
  /// @return context Its context, as `halted` takes it.
  /// @return level The smallest level with 16^level steps enough for it to halt, at least 1.
  function ask(
    bytes32 pre,
    bytes calldata witness
  ) external view returns (IMachine machine, bytes32 start, bytes32 context, uint8 level);

  /// @notice The state after the step at `pre`, if the other machine answers `output`.
  /// @dev Reverts with `NotDelegated()` where the step asks nobody. Total in `output`.
  function resume(bytes32 pre, bytes calldata witness, bytes32 output) external view returns (bytes32 post);
}
