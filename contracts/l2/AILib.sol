// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {IModelDirectory} from "./IModelDirectory.sol";
import {ModelEntry} from "./ModelEntry.sol";

/// @title AILib: call models from contracts on the AI EVM
/// @notice `AILib.inference(model, input, outputSize)` runs a model inside the transaction and returns its output. The result is disputed
/// with the rest of the transaction.
///
/// Gas: the model's price, which the directory states; about 6,400 for the first call of a model in a transaction and 1,900 for later calls
/// (4,500 of the first are the directory's cold account and slot); and a few gas for each word of input and output.
///
/// A failing precompile consumes all gas that it receives. The library therefore checks the directory first, and forwards exactly the
/// price. A call that fails in this library costs only the directory lookup.
library AILib {
  /// @notice The precompile. Its input is model ‖ size of the output ‖ input.
  address internal constant INFERENCE = address(0xA100);
  IModelDirectory internal constant DIRECTORY = IModelDirectory(address(0xA101));

  /// @dev Gas between `gasleft()` and the precompile: 100 for the call of a warm address, and a few opcodes.
  uint256 private constant CALL_GAS = 1_000;

  /// @notice The model is not in the chain's directory.
  error UnknownModel(bytes32 model);
  /// @notice The model's input has `expected` bytes.
  error WrongInputSize(bytes32 model, uint256 given, uint256 expected);
  /// @notice The model's output has `expected` bytes.
  error WrongOutputSize(bytes32 model, uint256 given, uint256 expected);
  /// @notice The model costs `price` gas; a call can forward 63/64 of the `available` gas (EIP-150).
  error TooLittleGas(bytes32 model, uint256 available, uint256 price);

  /// @notice Runs a model. Reverts with one of this library's errors if that is impossible.
  /// @param model the model's id, as `elench model id` prints it
  /// @param input bytes of its one input tensor: elements in row-major order, each little-endian
  /// @param outputSize bytes of its one output tensor. If it differs from the model's, the caller has the wrong model
  /// @return output bytes of the output tensor: elements in row-major order, each little-endian
  function inference(
    bytes32 model,
    bytes memory input,
    uint256 outputSize
  ) internal view returns (bytes memory output) {
    ModelEntry entry = entryOf(model);
    if (!entry.exists()) revert UnknownModel(model);
    if (input.length != entry.inputBytes()) revert WrongInputSize(model, input.length, entry.inputBytes());
    if (outputSize != entry.outputBytes()) revert WrongOutputSize(model, outputSize, entry.outputBytes());
    bool success;
    (success, output) = _run(entry, model, input, outputSize);
    if (!success) revert TooLittleGas(model, gasleft(), entry.price());
  }

  /// @notice Runs a model. Returns false where `inference` reverts, for callers that can continue without the output.
  /// @return success whether the model ran
  /// @return output bytes of the output tensor; empty if the model did not run
  function tryInference(
    bytes32 model,
    bytes memory input,
    uint256 outputSize
  ) internal view returns (bool success, bytes memory output) {
    ModelEntry entry = entryOf(model);
    if (!entry.exists() || input.length != entry.inputBytes() || outputSize != entry.outputBytes()) return (false, "");
    return _run(entry, model, input, outputSize);
  }

  /// @notice The model's directory entry: `AILib.entryOf(model).price()` is the gas of one run.
  function entryOf(bytes32 model) internal view returns (ModelEntry) {
    return DIRECTORY.entryOf(model);
  }

  function _run(
    ModelEntry entry,
    bytes32 model,
    bytes memory input,
    uint256 size
  ) private view returns (bool success, bytes memory output) {
    uint256 cost = entry.price();
    bytes memory request = abi.encodePacked(model, size, input);
    // A call forwards at most 63/64 of the remaining gas (EIP-150). If less than the price arrived, it would be lost without an output.
    uint256 available = gasleft();
    if (available < CALL_GAS || (available - CALL_GAS) - (available - CALL_GAS) / 64 < cost) return (false, "");
    (success, output) = INFERENCE.staticcall{gas: cost}(request);
  }
}
