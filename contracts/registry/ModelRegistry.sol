// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../lib/MerklePath.sol";
import {MerkleRoot} from "../lib/MerkleRoot.sol";
import {TensorState} from "../tensor/TensorState.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {ProgramValidator} from "./ProgramValidator.sol";
import * as StateLayout from "../tensor/StateLayout.sol";

/// @title Models that games can be about
/// @notice See `IModelRegistry`.
contract ModelRegistry is IModelRegistry {
  /// @dev Progress of a registration, and its result.
  struct Record {
    ProgramValidator.Progress progress;
    uint8 tableDepth;
    /// 0 until the model is registered.
    uint8 level;
    uint256[] inputSizes;
    uint256[] outputSizes;
  }

  /// Checks the instructions; a contract of its own so that each fits EIP-170.
  ProgramValidator public immutable validator;

  mapping(bytes32 modelId => Record) private _records;

  constructor(ProgramValidator validator_) {
    validator = validator_;
  }

  /// @inheritdoc IModelRegistry
  function begin(bytes calldata header, bytes calldata types) external returns (bytes32 modelId) {
    modelId = keccak256(header);
    Record storage record = _records[modelId];
    if (record.progress.steps != 0) revert AlreadyBegun(modelId);
    uint256 tensors;
    (record.inputSizes, record.outputSizes, tensors) = validator.declarations(header, types);
    record.tableDepth = uint8(MerklePath.depthOf(tensors));
    // The halting step.
    record.progress.steps = 1;
    emit RegistrationBegun(modelId, msg.sender, uint32(bytes4(header[10:14])));
  }

  /// @inheritdoc IModelRegistry
  function validate(
    bytes calldata header,
    bytes calldata types,
    uint256 firstPc,
    bytes[] calldata instructions,
    bytes32[] calldata siblings
  ) external {
    bytes32 modelId = keccak256(header);
    Record storage record = _records[modelId];
    if (record.progress.steps == 0) revert NotBegun(modelId);
    if (record.level != 0) revert AlreadyRegistered(modelId);
    if (record.progress.nextPc != firstPc) revert WrongPage(record.progress.nextPc, firstPc);
    (ProgramValidator.Progress memory progress, bool done) = validator.validate(
      header,
      types,
      record.progress,
      instructions,
      siblings
    );
    record.progress = progress;
    emit InstructionsValidated(modelId, progress.nextPc);
    if (!done) return;
    record.level = _levelOf(progress.steps);
    emit ModelRegistered(modelId, record.level, progress.steps, progress.flops);
  }

  /// @dev The smallest L ≥ 1 with 16^L ≥ steps.
  function _levelOf(uint256 steps) private pure returns (uint8) {
    uint256 doublings = MerklePath.depthOf(steps);
    return doublings == 0 ? 1 : uint8((doublings + 3) / 4);
  }

  /// @inheritdoc IModelRegistry
  function nextPc(bytes32 modelId) external view returns (uint256) {
    return _records[modelId].progress.nextPc;
  }

  /// @inheritdoc IModelRegistry
  function isRegistered(bytes32 modelId) external view returns (bool) {
    return _records[modelId].level != 0;
  }

  function _registered(bytes32 modelId) private view returns (Record storage record) {
    record = _records[modelId];
    // INVARIANT: the whole program has been checked. Otherwise the verifier, which checks nothing, would execute ill-formed code.
    if (record.level == 0) revert NotRegistered(modelId);
  }

  /// @inheritdoc IModelRegistry
  function model(bytes32 modelId) external view returns (Model memory) {
    Record storage record = _registered(modelId);
    return Model(record.level, record.progress.steps, record.progress.flops, record.inputSizes, record.outputSizes);
  }

  /// @inheritdoc IModelRegistry
  function level(bytes32 modelId) external view returns (uint8) {
    return _registered(modelId).level;
  }

  /// @inheritdoc IModelRegistry
  function context(bytes32 modelId, bytes32 inputRoot_) external view returns (bytes32) {
    _registered(modelId);
    return TensorState.contextOf(modelId, inputRoot_);
  }

  /// @inheritdoc IModelRegistry
  function startState(bytes32 modelId, bytes32 inputRoot_) external view returns (bytes32) {
    bytes32 tableRoot = MerkleRoot.ofZeroList(_registered(modelId).tableDepth);
    return TensorState.fetch(StateLayout.TAG_FETCH << StateLayout.STATE_TAG_SHIFT, modelId, inputRoot_, tableRoot);
  }

  /// @inheritdoc IModelRegistry
  function inputRoot(bytes32 modelId, bytes calldata input) external view returns (bytes32) {
    return _rootOf(_registered(modelId).inputSizes, input);
  }

  /// @inheritdoc IModelRegistry
  function outputRoot(bytes32 modelId, bytes calldata output) external view returns (bytes32) {
    return _rootOf(_registered(modelId).outputSizes, output);
  }

  /// @dev List root over the data roots of tensors that lie one after the other.
  function _rootOf(uint256[] memory sizes, bytes calldata data) private pure returns (bytes32) {
    bytes32[] memory roots = new bytes32[](sizes.length);
    uint256 position;
    uint256 total;
    for (uint256 i; i < sizes.length; ++i) total += sizes[i];
    if (total != data.length) revert WrongSize(total, data.length);
    assembly ("memory-safe") {
      position := data.offset
    }
    for (uint256 i; i < sizes.length; ++i) {
      roots[i] = MerkleRoot.ofData(position, sizes[i]);
      position += sizes[i];
    }
    return MerkleRoot.ofList(roots);
  }
}
