// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "../game/IMachine.sol";
import {FetchStep} from "./FetchStep.sol";
import {RunningStep} from "./RunningStep.sol";
import {TensorState, WrongLength, WrongPreimage, WrongTag} from "./TensorState.sol";
import * as StateLayout from "./StateLayout.sol";

/// @title The tensor machine, one step at a time (docs/tensor-machine.md)
/// @notice Stateless. Total on the states of registered models: it reverts only for a witness that does not open the state.
contract TensorVerifier is IMachine {
  /// The `Float64Ops` contract.
  address public immutable float64Ops;

  /// Executes the steps from fetch states.
  FetchStep public immutable fetchStep;

  constructor(FetchStep fetchStep_, address float64Ops_) {
    fetchStep = fetchStep_;
    float64Ops = float64Ops_;
  }

  /// @inheritdoc IMachine
  function step(bytes32 pre, bytes calldata witness) external view returns (bytes32 post) {
    uint256 position;
    uint256 tag;
    assembly ("memory-safe") {
      position := witness.offset
      tag := byte(0, calldataload(position))
    }
    // INVARIANT: the callee checks the tag against the preimage. Otherwise the prover could choose the kind of step.
    if (tag == StateLayout.TAG_FETCH) return fetchStep.step(pre, witness);
    if (tag == StateLayout.TAG_RUNNING) return RunningStep.step(pre, position, witness.length, float64Ops);
    if (tag == StateLayout.TAG_HALTED) return _rest(pre, witness);
    revert WrongTag(tag);
  }

  /// @dev A halted state steps to itself. Witness: 3 ‖ context (32) ‖ output root (32).
  function _rest(bytes32 pre, bytes calldata witness) private pure returns (bytes32) {
    if (witness.length != 65) revert WrongLength(65, witness.length);
    bytes32 state = TensorState.halted(bytes32(witness[1:33]), bytes32(witness[33:65]));
    if (state != pre) revert WrongPreimage(pre, state);
    return pre;
  }

  /// @inheritdoc IMachine
  /// @param context keccak256(model id ‖ input root).
  /// @param output List root over the data roots of the outputs.
  function halted(bytes32 context, bytes32 output) external pure returns (bytes32) {
    return TensorState.halted(context, output);
  }

  /// @inheritdoc IMachine
  /// @dev No tensor step asks another machine.
  function ask(bytes32, bytes calldata) external pure returns (IMachine, bytes32, bytes32, uint8) {
    revert NotDelegated();
  }

  /// @inheritdoc IMachine
  /// @dev No tensor step asks another machine.
  function resume(bytes32, bytes calldata, bytes32) external pure returns (bytes32) {
    revert NotDelegated();
  }
}
