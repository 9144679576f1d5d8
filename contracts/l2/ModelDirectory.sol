// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {IModelDirectory} from "./IModelDirectory.sol";
import {ModelEntry} from "./ModelEntry.sol";

/// @title The directory of models that contracts can call
/// @notice The contract is read-only: the genesis fills the mapping.
/// @dev The precompile and the L1 verifier read slot keccak256(model ‖ 0) directly, without calling this code.
contract ModelDirectory is IModelDirectory {
  // INVARIANT: the mapping is at slot 0, which the precompile reads. No state variable may precede it.
  mapping(bytes32 model => ModelEntry) private _entries;

  /// @inheritdoc IModelDirectory
  function entryOf(bytes32 model) external view returns (ModelEntry) {
    return _entries[model];
  }

  /// @inheritdoc IModelDirectory
  function exists(bytes32 model) external view returns (bool) {
    return _entries[model].exists();
  }

  /// @inheritdoc IModelDirectory
  function modelOf(bytes32 model) external view returns (uint8, uint8, uint48, uint48, uint144) {
    ModelEntry entry = _entries[model];
    return (entry.level(), entry.tableDepth(), entry.inputBytes(), entry.outputBytes(), entry.price());
  }
}
