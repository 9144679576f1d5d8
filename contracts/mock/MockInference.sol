// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {AILib} from "../l2/AILib.sol";
import {ModelEntry} from "../l2/ModelEntry.sol";
import {MockModelDirectory} from "./MockModelDirectory.sol";

/// @title The `inference` precompile for tests on a chain that cannot run models
/// @notice Stands at 0xA100, and returns the answers set in `MockModelDirectory` at 0xA101. Its interface is the precompile's. The request is
/// model ‖ size of the output (32 bytes) ‖ input, the answer is the output; a request with an unknown model or wrong sizes consumes all gas.
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

  /// @dev A precompile that fails consumes all forwarded gas.
  function _fail() private pure {
    assembly ("memory-safe") {
      invalid()
    }
  }
}
