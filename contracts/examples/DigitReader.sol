// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInferenceConsumer, IInferenceOracle} from "../oracle/IInferenceOracle.sol";
import {Float32} from "../tensor/scalar/Float32.sol";

/// @title An example: a contract that reads handwritten digits
/// @notice Sends a picture to the oracle, and learns by a callback which digit the model sees in it.
contract DigitReader is IInferenceConsumer {
  /// @dev Ten comparisons and two storage words: 50,000 gas suffice.
  uint64 private constant CALLBACK_GAS = 150_000;

  IInferenceOracle public immutable ORACLE;
  bytes32 public immutable MODEL;

  /// @notice The digit that was read, plus one; zero while no answer has come.
  mapping(uint256 id => uint256) private _read;

  event Read(uint256 indexed id, uint256 digit);

  error NotOracle(address caller);
  error NotReadYet(uint256 id);

  constructor(IInferenceOracle oracle, bytes32 model) {
    ORACLE = oracle;
    MODEL = model;
  }

  /// @notice Asks which digit is in the picture. The value sent is the provider's fee.
  /// @param image 28 × 28 values from 0 to 1, row by row, each a little-endian binary32: 3,136 bytes.
  function read(bytes calldata image) external payable returns (uint256 id) {
    return ORACLE.request{value: msg.value}(MODEL, image, this, CALLBACK_GAS);
  }

  /// @inheritdoc IInferenceConsumer
  function onInference(uint256 id, bytes calldata output) external {
    if (msg.sender != address(ORACLE)) revert NotOracle(msg.sender);
    uint256 digit;
    for (uint256 i = 1; i < 10; ++i) {
      if (_score(output, digit).lt(_score(output, i))) digit = i;
    }
    _read[id] = digit + 1;
    emit Read(id, digit);
  }

  /// @notice The digit in the picture of request `id`.
  function digitOf(uint256 id) external view returns (uint256) {
    uint256 read_ = _read[id];
    if (read_ == 0) revert NotReadYet(id);
    return read_ - 1;
  }

  /// @dev Tensors are little-endian, and words big-endian.
  function _score(bytes calldata output, uint256 i) private pure returns (Float32) {
    uint32 x = uint32(bytes4(output[4 * i:4 * i + 4]));
    x = ((x & 0x00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff);
    return Float32.wrap((x << 16) | (x >> 16));
  }
}
