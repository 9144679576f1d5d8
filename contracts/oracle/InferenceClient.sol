// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInferenceConsumer, IInferenceOracle, Request} from "./IInferenceOracle.sol";

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

  /// @notice Fees of cancelled requests come back here, after `_collect`.
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

  /// @dev Asks what `model` gives for `input`.
  /// @param model its id: what `elench model id` prints. The registry must know the model
  /// @param input the model's inputs, joined: elements in row-major order, little-endian
  /// @param callbackGas gas for `_onAnswer`, plus about 10,000 gas
  /// @param fee wei, paid for the answer that stands; taken from this contract's balance
  /// @return id of the request
  function _ask(bytes32 model, bytes memory input, uint64 callbackGas, uint256 fee) internal returns (uint256 id) {
    id = ORACLE.request{value: fee}(model, input, this, callbackGas);
    _pending[id] = true;
  }

  /// @dev Cancels an unanswered request; the fee can then be collected.
  /// @param asked the request, as the event `Requested` has it
  function _cancel(uint256 id, Request memory asked) internal {
    if (!_pending[id]) revert NotPending(id);
    delete _pending[id];
    ORACLE.cancel(id, asked);
  }

  /// @dev Fetches the fees of all cancelled requests.
  function _collect() internal {
    ORACLE.collect();
  }

  /// @dev Called once for each request that is answered.
  /// @param output the model's outputs, joined: elements in row-major order, little-endian
  function _onAnswer(uint256 id, bytes calldata output) internal virtual;
}
