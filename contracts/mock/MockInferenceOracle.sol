// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInferenceOracle, Inference, Request, Terms} from "../oracle/IInferenceOracle.sol";

/// @title The part of the inference oracle that a client sees, for tests on a chain without one
/// @notice Give it to an `InferenceClient` as `IInferenceOracle(address(mock))`. The test answers with `deliver`, at once. Nothing costs
/// more than the fees, and a cancelled request is free at once.
contract MockInferenceOracle {
  mapping(uint256 id => Request) private _requests;
  mapping(address account => uint256) private _credits;
  uint256 private _count;

  /// @notice No request has this id, or it was delivered or reclaimed.
  error NoSuchRequest(uint256 id);

  /// @notice As of the oracle; nothing checks the model and the input.
  function request(
    bytes32 modelId,
    bytes calldata input,
    Terms calldata terms,
    uint256
  ) external payable returns (uint256 id) {
    uint256 needed = terms.fee + terms.deliveryFee;
    if (msg.value < needed) revert IInferenceOracle.TooLittlePaid(needed, msg.value);
    _credits[msg.sender] += msg.value - needed;
    id = _count++;
    _requests[id] = Request(id, msg.sender, Inference(modelId, keccak256(input)), block.timestamp, terms);
  }

  /// @notice Answers a request: calls its consumer with the output.
  function deliver(uint256 id, bytes calldata output) external {
    Terms memory terms = _take(id).terms;
    terms.consumer.onInference{gas: terms.callbackGas}(id, output);
  }

  /// @notice As of the oracle.
  function cancel(uint256, Request calldata asked) external view {
    if (msg.sender != asked.requester) revert IInferenceOracle.NotRequester(msg.sender);
  }

  /// @notice As of the oracle, without the wait.
  function reclaim(uint256, Request calldata asked) external {
    Request memory taken = _take(asked.id);
    _credits[taken.requester] += taken.terms.fee + taken.terms.deliveryFee;
  }

  /// @notice As of the oracle.
  function collect() external {
    uint256 amount = _credits[msg.sender];
    if (amount == 0) revert IInferenceOracle.NothingToCollect(msg.sender);
    _credits[msg.sender] = 0;
    (bool sent, ) = msg.sender.call{value: amount}("");
    if (!sent) revert IInferenceOracle.TransferFailed(msg.sender, amount);
  }

  /// @notice The request, as the oracle's event `Requested` has it.
  function requestOf(uint256 id) external view returns (Request memory) {
    return _requests[id];
  }

  function priceOf(bytes32) external pure returns (uint256) {
    return 0;
  }

  function _take(uint256 id) private returns (Request memory asked) {
    asked = _requests[id];
    if (asked.requester == address(0)) revert NoSuchRequest(id);
    delete _requests[id];
  }
}
