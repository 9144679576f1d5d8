// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "../game/IMachine.sol";

/// @title A machine small enough to play thousands of games over
/// @notice It holds one 32-bit number and changes it `length` times. Two numbers that differ in the lowest bit alone become the
/// same in one step, so a false state can step to a true one. Some steps ask another machine what to go on with.
///
/// The context says what it runs: salt (160 bits) ‖ length of the other machine's run (24) ‖ its level (8) ‖ which steps ask:
/// those whose index is `every - 1` modulo `every`, none if zero (8) ‖ length (56).
/// A state is keccak256(0 ‖ context ‖ index ‖ value) while it runs, keccak256(1 ‖ context ‖ output) when it has halted.
contract ToyMachine is IMachine {
  error StateMismatch(bytes32 pre);

  IMachine private immutable OTHER;

  constructor(IMachine other) {
    OTHER = other;
  }

  /// @inheritdoc IMachine
  /// @param witness Running: context ‖ index ‖ value, a word each. Halted: context ‖ output.
  function step(bytes32 pre, bytes calldata witness) external view returns (bytes32 post) {
    if (witness.length == 64) {
      (bytes32 where, bytes32 output) = abi.decode(witness, (bytes32, bytes32));
      if (halted(where, output) != pre) revert StateMismatch(pre);
      return pre;
    }
    (bytes32 context, uint256 index, uint256 value) = _open(pre, witness);
    if (_asks(context, index)) revert Delegated();
    return _after(context, index, _next(context, index, value));
  }

  /// @inheritdoc IMachine
  function halted(bytes32 context, bytes32 output) public pure returns (bytes32) {
    return keccak256(abi.encode(1, context, output));
  }

  /// @inheritdoc IMachine
  function ask(
    bytes32 pre,
    bytes calldata witness
  ) external view returns (IMachine machine, bytes32 start, bytes32 context, uint8 level) {
    (bytes32 own, uint256 index, uint256 value) = _open(pre, witness);
    if (!_asks(own, index)) revert NotDelegated();
    context = asked(own, index, value);
    return (OTHER, running(context, 0, uint32(uint256(context) >> 96)), context, uint8(uint256(own) >> 64));
  }

  /// @inheritdoc IMachine
  function resume(bytes32 pre, bytes calldata witness, bytes32 output) external view returns (bytes32 post) {
    (bytes32 context, uint256 index, uint256 value) = _open(pre, witness);
    if (!_asks(context, index)) revert NotDelegated();
    return _after(context, index, uint32(uint256(keccak256(abi.encode(value, output)))));
  }

  /// @notice Hash of a state that runs.
  function running(bytes32 context, uint256 index, uint256 value) public pure returns (bytes32) {
    return keccak256(abi.encode(0, context, index, value));
  }

  /// @notice What the other machine is asked to run: its own salt, the length that the context says, and no further question.
  function asked(bytes32 context, uint256 index, uint256 value) public pure returns (bytes32) {
    uint256 salt = uint256(keccak256(abi.encode(context, index, value))) >> 96;
    return bytes32((salt << 96) | ((uint256(context) >> 72) & 0xffffff));
  }

  function _open(
    bytes32 pre,
    bytes calldata witness
  ) private pure returns (bytes32 context, uint256 index, uint256 value) {
    (context, index, value) = abi.decode(witness, (bytes32, uint256, uint256));
    if (running(context, index, value) != pre) revert StateMismatch(pre);
  }

  function _asks(bytes32 context, uint256 index) private pure returns (bool) {
    uint256 every = uint8(uint256(context) >> 56);
    return every != 0 && index % every == every - 1;
  }

  function _next(bytes32 context, uint256 index, uint256 value) private pure returns (uint256) {
    unchecked {
      return uint32(((value >> 1) + index + uint32(uint256(context) >> 96)) * 2654435761);
    }
  }

  function _after(bytes32 context, uint256 index, uint256 value) private pure returns (bytes32) {
    unchecked {
      return
        index + 1 >= uint56(uint256(context)) ? halted(context, bytes32(value)) : running(context, index + 1, value);
    }
  }
}
