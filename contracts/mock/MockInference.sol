// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {AILib} from "../l2/AILib.sol";
import {ModelEntry} from "../l2/ModelEntry.sol";
import {MockModelDirectory} from "./MockModelDirectory.sol";

/// @title The `inference` precompile for tests on a chain that cannot run models
/// @notice Stands at 0xA100, and answers what `MockModelDirectory` at 0xA101 was told. Its interface is the precompile's: the request is
/// model ‖ size of the output (32 bytes) ‖ input, the answer is the output; a request that names no model or wrong sizes takes all gas.
contract MockInference {
  fallback(bytes calldata request) external returns (bytes memory output) {
    if (request.length < 64) _fail();
    bytes32 model = bytes32(request[:32]);
    bytes calldata input = request[64:];
    ModelEntry entry = AILib.entryOf(model);
    if (!entry.exists()) _fail();
    if (uint256(bytes32(request[32:64])) != entry.outputBytes() || input.length != entry.inputBytes()) _fail();
    return MockModelDirectory(address(AILib.DIRECTORY)).answerTo(model, input);
  }

  /// @dev A precompile that fails keeps all the gas that it was given.
  function _fail() private pure {
    assembly ("memory-safe") {
      invalid()
    }
  }
}
