// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {InferenceClient} from "../oracle/InferenceClient.sol";
import {IInferenceOracle} from "../oracle/IInferenceOracle.sol";
import {Float32} from "../tensor/scalar/Float32.sol";

/// @title An example: a contract that reads handwritten digits
/// @notice Sends a picture to the oracle, and learns by a callback which digit the model sees in it.
contract DigitReader is InferenceClient {
  /// @dev Ten comparisons and two storage words: 50,000 gas suffice.
  uint256 private constant CALLBACK_GAS = 150_000;

  bytes32 public immutable MODEL;
  address public immutable OWNER;

  /// @notice The digit that was read, plus one; zero while no answer has come.
  mapping(uint256 id => uint256) private _read;

  event Read(uint256 indexed id, uint256 digit);

  error NotReadYet(uint256 id);
  error NotPaid(address to);

  constructor(IInferenceOracle oracle, bytes32 model) InferenceClient(oracle) {
    MODEL = model;
    OWNER = msg.sender;
  }

  /// @notice Asks which digit is in the picture. The value sent pays the oracle's price and the delivery; the rest is the provider's fee.
  /// @param image 28 × 28 values from 0 to 1, row by row, each a little-endian binary32: 3,136 bytes.
  /// @param hint Place in the oracle's storage to begin the search for a free slot at.
  function read(bytes calldata image, uint256 deliveryFee, uint256 hint) external payable returns (uint256 id) {
    uint256 fee = msg.value - deliveryFee - ORACLE.priceOf(MODEL);
    return _ask(MODEL, image, CALLBACK_GAS, fee, deliveryFee, hint);
  }

  /// @notice Pays the owner what the oracle gave back: the fee of a picture that had been read before.
  function collect() external {
    _collect();
    (bool sent, ) = OWNER.call{value: address(this).balance}("");
    if (!sent) revert NotPaid(OWNER);
  }

  /// @notice The digit in the picture of request `id`.
  function digitOf(uint256 id) external view returns (uint256) {
    uint256 read_ = _read[id];
    if (read_ == 0) revert NotReadYet(id);
    return read_ - 1;
  }

  function _onAnswer(uint256 id, bytes calldata output) internal override {
    uint256 digit;
    for (uint256 i = 1; i < 10; ++i) {
      if (_score(output, digit).lt(_score(output, i))) digit = i;
    }
    _read[id] = digit + 1;
    emit Read(id, digit);
  }

  /// @dev Tensors are little-endian, and words big-endian.
  function _score(bytes calldata output, uint256 i) private pure returns (Float32) {
    uint32 x = uint32(bytes4(output[4 * i:4 * i + 4]));
    x = ((x & 0x00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff);
    return Float32.wrap((x << 16) | (x >> 16));
  }
}
