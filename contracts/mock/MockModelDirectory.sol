// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {ModelDirectory} from "../l2/ModelDirectory.sol";
import {ModelEntry} from "../l2/ModelEntry.sol";

/// @title The directory of models for tests on a chain that cannot run models
/// @notice Stands at 0xA101, with `MockInference` at 0xA100. Anyone may set models and their answers.
/// @dev `ModelMock` (Foundry, Hardhat's Solidity tests) and `@elench/contracts/hardhat` (TypeScript tests) put both in place.
contract MockModelDirectory is ModelDirectory {
  mapping(bytes32 model => bytes) private _outputs;
  mapping(bytes32 model => mapping(bytes32 inputHash => bytes)) private _answers;

  /// @notice The directory has no such model: call `setModel` first.
  error NoSuchModel(bytes32 model);
  /// @notice Models give at least one byte.
  error EmptyOutput(bytes32 model);
  /// @notice The model takes `expected` bytes.
  error WrongInputSize(bytes32 model, uint256 given, uint256 expected);
  /// @notice The model gives `expected` bytes.
  error WrongOutputSize(bytes32 model, uint256 given, uint256 expected);

  /// @notice Adds a model, or changes it.
  /// @param inputBytes bytes of its one input tensor
  /// @param output its answer to every input for which none is set: as on the real chain, a model answers all inputs
  function setModel(bytes32 model, uint48 inputBytes, bytes calldata output) external {
    if (output.length == 0) revert EmptyOutput(model);
    bytes32 slot = _slotOf(model);
    uint256 word = ModelEntry.unwrap(_entryOf(inputBytes, output.length));
    assembly ("memory-safe") {
      sstore(slot, word)
    }
    _outputs[model] = output;
  }

  /// @notice Sets what a model answers to one input.
  function setAnswer(bytes32 model, bytes calldata input, bytes calldata output) external {
    ModelEntry entry = this.entryOf(model);
    if (!entry.exists()) revert NoSuchModel(model);
    if (input.length != entry.inputBytes()) revert WrongInputSize(model, input.length, entry.inputBytes());
    if (output.length != entry.outputBytes()) revert WrongOutputSize(model, output.length, entry.outputBytes());
    _answers[model][keccak256(input)] = output;
  }

  /// @notice What a model answers to an input; empty for an unknown model.
  function answerTo(bytes32 model, bytes calldata input) external view returns (bytes memory output) {
    output = _answers[model][keccak256(input)];
    if (output.length == 0) output = _outputs[model];
  }

  /// @dev Where the directory keeps a model: its mapping is at slot 0.
  function _slotOf(bytes32 model) private pure returns (bytes32) {
    return keccak256(abi.encode(model, uint256(0)));
  }

  /// @dev The price is what `MockInference` needs: 2,100 gas for each word of output that it loads, and memory expansion.
  function _entryOf(uint256 inputBytes, uint256 outputBytes) private pure returns (ModelEntry) {
    uint256 inputWords = (inputBytes + 31) / 32;
    uint256 outputWords = (outputBytes + 31) / 32;
    uint256 words = inputWords + outputWords;
    uint256 price = 50_000 + 60 * inputWords + 2_500 * outputWords + (words * words) / 64;
    uint256 level = 1;
    return ModelEntry.wrap((level << 248) | (inputBytes << 192) | (outputBytes << 144) | price);
  }
}
