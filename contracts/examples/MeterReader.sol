// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {AILib} from "../l2/AILib.sol";
import {Scores} from "../l2/Scores.sol";

/// @title An example for the AI EVM: a meter that is read from pictures, and paid for in the same transaction
/// @notice A customer sends pictures of the digits that the meter shows. The contract reads them with a model, computes the use since
/// the last report, and takes exactly that payment.
contract MeterReader {
  /// @dev `models/digits.onnx` gives ten binary32 scores.
  uint256 private constant SCORES_BYTES = 40;

  bytes32 public immutable MODEL;
  /// @notice Wei for one unit.
  uint256 public immutable UNIT_PRICE;

  /// @notice What each customer's meter showed at the last report.
  mapping(address customer => uint256) public lastReading;

  event Reported(address indexed customer, uint256 reading, uint256 paid);

  error MeterRanBackwards(uint256 reading, uint256 last);
  error WrongPayment(uint256 sent, uint256 due);

  constructor(bytes32 model, uint256 unitPrice) {
    MODEL = model;
    UNIT_PRICE = unitPrice;
  }

  /// @notice Reports what the caller's meter shows, and pays for what was used since the last time.
  /// @param digits pictures, the highest digit first, each 28 × 28 values from 0 to 1, row by row, little-endian binary32: 3,136 bytes
  function report(bytes[] calldata digits) external payable returns (uint256 reading) {
    uint256 due;
    (reading, due) = quote(msg.sender, digits);
    if (msg.value != due) revert WrongPayment(msg.value, due);
    lastReading[msg.sender] = reading;
    emit Reported(msg.sender, reading, due);
  }

  /// @notice What the meter shows in the pictures, and what the customer would owe. A call costs nothing: wallets ask here first.
  /// @return reading number in the pictures
  /// @return due wei
  function quote(address customer, bytes[] calldata digits) public view returns (uint256 reading, uint256 due) {
    for (uint256 i = 0; i < digits.length; ++i) reading = 10 * reading + _digitIn(digits[i]);
    uint256 last = lastReading[customer];
    if (reading < last) revert MeterRanBackwards(reading, last);
    due = (reading - last) * UNIT_PRICE;
  }

  function _digitIn(bytes calldata picture) private view returns (uint256) {
    return Scores.argmax(AILib.inference(MODEL, picture, SCORES_BYTES));
  }
}
