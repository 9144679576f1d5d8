// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {ModelEntry} from "./ModelEntry.sol";

/// @title The directory of models that contracts can call
/// @notice A predeployed contract at 0x000000000000000000000000000000000000A101. The `inference` precompile reads its storage, so that a model's
/// price and sizes are ordinary, provable state. A model's id (`elench model id`) commits to its program and weights.
interface IModelDirectory {
  /// @notice The model's packed entry; zero for an unknown model.
  function entryOf(bytes32 model) external view returns (ModelEntry entry);

  /// @notice Whether contracts can call the model.
  function exists(bytes32 model) external view returns (bool);

  /// @notice The fields of the model's entry, for off-chain callers; zeros for an unknown model.
  /// @return level of a game about one run
  /// @return tableDepth depth of its table of tensors
  /// @return inputBytes bytes of its one input tensor
  /// @return outputBytes bytes of its one output tensor
  /// @return price gas of one run
  function modelOf(
    bytes32 model
  ) external view returns (uint8 level, uint8 tableDepth, uint48 inputBytes, uint48 outputBytes, uint144 price);
}
