// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {ModelEntry} from "./ModelEntry.sol";

/// @title The models that contracts of the chain can call
/// @notice A predeployed contract at 0x000000000000000000000000000000000000A101. The `inference` precompile reads its storage, so that what a
/// model costs and takes is ordinary proved state. A model's id is what `elench model id` prints: it commits to the program and the weights.
interface IModelDirectory {
  /// @notice The model's word; zero for a model that the chain does not have.
  function entryOf(bytes32 model) external view returns (ModelEntry entry);

  /// @notice Whether contracts can call the model.
  function exists(bytes32 model) external view returns (bool);

  /// @notice The fields of the model's word, for callers off the chain; zeros for a model that the chain does not have.
  /// @return level of a game about one run
  /// @return tableDepth depth of its table of tensors
  /// @return inputBytes bytes of its one input tensor
  /// @return outputBytes bytes of its one output tensor
  /// @return price gas of one run
  function modelOf(
    bytes32 model
  ) external view returns (uint8 level, uint8 tableDepth, uint48 inputBytes, uint48 outputBytes, uint144 price);
}
