// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {AILib} from "../l2/AILib.sol";
import {Scores} from "../l2/Scores.sol";

/// @dev What tests call the library by.
contract AILibHarness {
  uint256 public attempts;

  function inference(bytes32 model, bytes calldata input, uint256 outputSize) external view returns (bytes memory) {
    return AILib.inference(model, input, outputSize);
  }

  function tryInference(
    bytes32 model,
    bytes calldata input,
    uint256 outputSize
  ) external view returns (bool success, bytes memory output) {
    return AILib.tryInference(model, input, outputSize);
  }

  /// @dev Gas of the first call of a model in a transaction, and of the second.
  function costs(
    bytes32 model,
    bytes memory input,
    uint256 outputSize
  ) external view returns (uint256 first, uint256 second) {
    uint256 before = gasleft();
    AILib.inference(model, input, outputSize);
    uint256 between = gasleft();
    AILib.inference(model, input, outputSize);
    return (before - between, between - gasleft());
  }

  /// @dev Goes on without an answer.
  function count(bytes32 model, bytes calldata input, uint256 outputSize) external {
    (bool success, ) = AILib.tryInference(model, input, outputSize);
    attempts += success ? 1 : 100;
  }

  function argmax(bytes calldata scores) external pure returns (uint256) {
    return Scores.argmax(scores);
  }
}
