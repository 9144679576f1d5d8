// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {IModelDirectory} from "./IModelDirectory.sol";
import {ModelEntry} from "./ModelEntry.sol";

/// @title Models, for contracts of the AI EVM
/// @notice `AILib.inference(model, input, outputSize)` runs a model inside the transaction: the answer is there at the next line, and it is
/// disputed with the rest of the transaction.
///
/// Gas: the model's price, which the directory states, and besides about 6,400 for a transaction's first call of a model, 1,900 for later ones
/// (4,500 of the first are the directory's cold account and slot), and a few for each word of input and output.
///
/// A precompile that fails keeps all the gas that it was given. So the library asks the directory first, whether the call can succeed at all,
/// and gives the precompile the price and no more. What fails here costs the look into the directory.
library AILib {
  /// @notice The precompile. Its input is model ‖ size of the output ‖ input.
  address internal constant INFERENCE = address(0xA100);
  IModelDirectory internal constant DIRECTORY = IModelDirectory(address(0xA101));

  /// @dev What stands between `gasleft()` and the precompile: 100 for the call of a warm address, and a few opcodes.
  uint256 private constant CALL_GAS = 1_000;

  /// @notice The chain has no such model.
  error UnknownModel(bytes32 model);
  /// @notice The model takes `expected` bytes.
  error WrongInputSize(bytes32 model, uint256 given, uint256 expected);
  /// @notice The model gives `expected` bytes.
  error WrongOutputSize(bytes32 model, uint256 given, uint256 expected);
  /// @notice The model costs `price`, and of the `available` gas a call can pass on 63/64 (EIP-150).
  error TooLittleGas(bytes32 model, uint256 available, uint256 price);

  /// @notice Runs a model, or reverts with one of this library's errors.
  /// @param model its id: what `elench model id` prints
  /// @param input bytes of its one input tensor: elements in row-major order, each little-endian
  /// @param outputSize bytes of its one output tensor. A caller that expects another size than the model's has mistaken the model
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

  /// @notice Runs a model, and does not revert where `inference` does: for a caller that can go on without the answer.
  /// @return success whether there is an answer
  /// @return output bytes of the output tensor; empty without an answer
  function tryInference(
    bytes32 model,
    bytes memory input,
    uint256 outputSize
  ) internal view returns (bool success, bytes memory output) {
    ModelEntry entry = entryOf(model);
    if (!entry.exists() || input.length != entry.inputBytes() || outputSize != entry.outputBytes()) return (false, "");
    return _run(entry, model, input, outputSize);
  }

  /// @notice What the chain knows of a model: `AILib.entryOf(model).price()` is the gas of one run.
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
    // A call passes on at most 63/64 of what is left. Less than the price would be lost without an answer.
    uint256 available = gasleft();
    if (available < CALL_GAS || (available - CALL_GAS) - (available - CALL_GAS) / 64 < cost) return (false, "");
    (success, output) = INFERENCE.staticcall{gas: cost}(request);
  }
}
