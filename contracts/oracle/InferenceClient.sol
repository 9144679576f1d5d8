// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInferenceConsumer, IInferenceOracle, Request, Terms} from "./IInferenceOracle.sol";

/// @title A contract on L1 that asks for inferences
/// @notice Inherit it, ask with `_ask`, and receive the answer in `_onAnswer`: after the dispute period.
/// @dev An answer is the model's output as `npx elench infer` gives it. It comes at most once; nobody is obliged to answer. A callback that
/// reverts is not retried: keep `_onAnswer` simple, and give it enough gas.
abstract contract InferenceClient is IInferenceConsumer {
  IInferenceOracle public immutable ORACLE;

  mapping(uint256 id => bool) private _pending;

  /// @notice Only the oracle calls.
  error NotOracle(address caller);
  /// @notice This contract did not make that request, or already has the answer.
  error NotPending(uint256 id);

  constructor(IInferenceOracle oracle) {
    ORACLE = oracle;
  }

  /// @notice What the oracle owes this contract comes in here, by `_collect`.
  receive() external payable virtual {
    if (msg.sender != address(ORACLE)) revert NotOracle(msg.sender);
  }

  /// @inheritdoc IInferenceConsumer
  function onInference(uint256 id, bytes calldata output) external {
    if (msg.sender != address(ORACLE)) revert NotOracle(msg.sender);
    // INVARIANT: this contract made the request. Otherwise anyone could name this contract as consumer and choose its answers.
    if (!_pending[id]) revert NotPending(id);
    delete _pending[id];
    _onAnswer(id, output);
  }

  /// @notice Whether the answer to a request of this contract is still to come.
  function isPending(uint256 id) public view returns (bool) {
    return _pending[id];
  }

  /// @dev Asks what `model` gives for `input`. Pays both fees and the oracle's price from this contract's balance.
  /// @param model its id: what `elench model id` prints. The registry must know the model
  /// @param input the model's inputs, joined: elements in row-major order, little-endian
  /// @param callbackGas gas for `_onAnswer`, plus about 10,000 gas
  /// @param fee wei, for the provider of the answer
  /// @param deliveryFee wei, for the account that delivers it: the gas of a delivery is about 150,000 + callbackGas
  /// @param hint any number below 2^24: the place in the oracle's storage where the search for a free slot begins. Take one from the caller:
  /// a used slot that is free now saves gas, and a fixed one can be crowded by others
  /// @return id of the request
  function _ask(
    bytes32 model,
    bytes memory input,
    uint256 callbackGas,
    uint256 fee,
    uint256 deliveryFee,
    uint256 hint
  ) internal returns (uint256 id) {
    uint256 value = fee + deliveryFee + ORACLE.priceOf(model);
    id = ORACLE.request{value: value}(model, input, Terms(this, callbackGas, fee, deliveryFee), hint);
    _pending[id] = true;
  }

  /// @dev Begins to cancel a request. An answer that was committed to by now can still come.
  /// @param place of the request's slot, as the event `Requested` has it
  /// @param asked the request, as the event has it
  function _cancel(uint256 place, Request memory asked) internal {
    ORACLE.cancel(place, asked);
  }

  /// @dev Ends the cancellation: no answer comes any more, and the fees can be collected.
  function _reclaim(uint256 place, Request memory asked) internal {
    if (!_pending[asked.id]) revert NotPending(asked.id);
    delete _pending[asked.id];
    ORACLE.reclaim(place, asked);
  }

  /// @dev Fetches what the oracle owes this contract: fees of cancelled requests, and of requests whose answer was known already.
  function _collect() internal {
    ORACLE.collect();
  }

  /// @dev Called once for each request that is answered.
  /// @param output the model's outputs, joined: elements in row-major order, little-endian
  function _onAnswer(uint256 id, bytes calldata output) internal virtual;
}
