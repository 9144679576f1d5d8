// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {AILib} from "../l2/AILib.sol";
import {IModelDirectory} from "../l2/IModelDirectory.sol";
import {ModelEntry} from "../l2/ModelEntry.sol";
import {MockInference} from "../mock/MockInference.sol";
import {MockModelDirectory} from "../mock/MockModelDirectory.sol";
import {VM} from "./Vm.sol";

/// @title Models for Solidity tests, in Foundry and in Hardhat
/// @notice `ModelMock.setModel(model, inputBytes, output)` makes a model callable in this test: the mocks of the precompile and the directory
/// are put in place by the first call.
/// @dev Every function here makes a call: it would consume a pending `vm.prank`, so set the models first.
library ModelMock {
  /// @notice The node answered `eth_call` with data of an unexpected size: it does not serve an Elench chain, or the model is not registered.
  error NotAnswered(string url, bytes32 model, bytes data);

  /// @notice Adds a model, or changes it.
  /// @param inputBytes bytes of its one input tensor
  /// @param output its answer to every input for which none is set
  function setModel(bytes32 model, uint48 inputBytes, bytes memory output) internal {
    _directory().setModel(model, inputBytes, output);
  }

  /// @notice Sets what a model answers to one input. Call `setModel` before.
  function setAnswer(bytes32 model, bytes memory input, bytes memory output) internal {
    _directory().setAnswer(model, input, output);
  }

  /// @notice Asks a running Elench chain what a model really answers to an input, and sets that answer here.
  /// @param url the chain's JSON-RPC endpoint, for example of `npx elench chain --model FILE`
  /// @return output the model's answer
  function record(string memory url, bytes32 model, bytes memory input) internal returns (bytes memory output) {
    bytes memory word = _callOf(url, address(AILib.DIRECTORY), abi.encodeCall(IModelDirectory.entryOf, (model)));
    if (word.length != 32) revert NotAnswered(url, model, word);
    ModelEntry entry = abi.decode(word, (ModelEntry));
    output = _callOf(url, AILib.INFERENCE, abi.encodePacked(model, uint256(entry.outputBytes()), input));
    if (!entry.exists() || output.length != entry.outputBytes()) revert NotAnswered(url, model, output);
    if (!_directory().entryOf(model).exists()) setModel(model, entry.inputBytes(), output);
    setAnswer(model, input, output);
  }

  /// @dev `eth_call`, by the test runner.
  function _callOf(string memory url, address to, bytes memory data) private returns (bytes memory) {
    /* solhint-disable quotes */
    string memory call = string.concat('{"to":"', VM.toString(to), '","data":"', VM.toString(data), '"}');
    return VM.rpc(url, "eth_call", string.concat("[", call, ',"latest"]'));
    /* solhint-enable quotes */
  }

  function _directory() private returns (MockModelDirectory) {
    if (AILib.INFERENCE.code.length == 0) {
      VM.etch(AILib.INFERENCE, type(MockInference).runtimeCode);
      VM.etch(address(AILib.DIRECTORY), type(MockModelDirectory).runtimeCode);
    }
    return MockModelDirectory(address(AILib.DIRECTORY));
  }
}
