// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame, Proposal, Status} from "../game/IDisputeGame.sol";
import {IMachine} from "../game/IMachine.sol";
import {IModelRegistry} from "../registry/IModelRegistry.sol";
import {IInferenceConsumer, IInferenceOracle, Request} from "./IInferenceOracle.sol";

/// @title Inference for contracts on L1
/// @notice See `IInferenceOracle`.
/// @dev External calls (a callback, a payment) come last in their function, after all writes to storage.
contract InferenceOracle is IInferenceOracle {
  /// @dev EIP-7825 caps a transaction at 2^24 gas: a callback that needs more could never execute.
  uint256 private constant MAX_CALLBACK_GAS = 12_000_000;

  IDisputeGame private immutable GAME;
  IMachine private immutable MACHINE;
  IModelRegistry private immutable REGISTRY;
  address private immutable GUARDIAN;
  uint256 private immutable DELIVERY_DELAY;

  struct State {
    /// @dev Hash of the request; zero if there is none, or if it has been delivered.
    bytes32 request;
    bytes32 game;
    /// @dev Output root that the game ended on, once it is settled.
    bytes32 output;
    address provider;
    uint64 readyAt;
  }

  uint256 private _count;
  mapping(uint256 id => State) private _states;
  mapping(address provider => uint256) private _fees;

  constructor(IDisputeGame game, IMachine machine, IModelRegistry registry, address guardian, uint256 delay) {
    GAME = game;
    MACHINE = machine;
    REGISTRY = registry;
    GUARDIAN = guardian;
    DELIVERY_DELAY = delay;
  }

  /// @inheritdoc IInferenceOracle
  function request(
    bytes32 modelId,
    bytes calldata input,
    IInferenceConsumer consumer,
    uint64 callbackGas
  ) external payable returns (uint256 id) {
    if (callbackGas > MAX_CALLBACK_GAS) revert CallbackGasTooHigh(callbackGas, MAX_CALLBACK_GAS);
    Request memory asked = Request({
      requester: msg.sender,
      modelId: modelId,
      // INVARIANT: the root is computed from the bytes in the event. Otherwise a request could have an input that nobody can check.
      inputRoot: REGISTRY.inputRoot(modelId, input),
      consumer: consumer,
      callbackGas: callbackGas,
      fee: msg.value
    });
    id = _count++;
    _states[id].request = keccak256(abi.encode(asked));
    emit Requested(id, modelId, asked, input);
  }

  /// @inheritdoc IInferenceOracle
  function cancel(uint256 id, Request calldata asked) external {
    State storage state = _known(id, asked);
    if (msg.sender != asked.requester) revert NotRequester(msg.sender);
    // INVARIANT: an answered request cannot be cancelled. Otherwise the requester could take back the fee of a correct answer.
    if (state.game != 0) revert AlreadyAnswered(id, state.game);
    delete _states[id];
    _fees[msg.sender] += asked.fee;
    emit Cancelled(id);
  }

  /// @inheritdoc IInferenceOracle
  function answer(uint256 id, Request calldata asked, bytes calldata output) external payable returns (bytes32 game) {
    State storage state = _known(id, asked);
    if (state.game != 0) revert AlreadyAnswered(id, state.game);
    game = GAME.propose{value: msg.value}(
      MACHINE,
      REGISTRY.context(asked.modelId, asked.inputRoot),
      REGISTRY.startState(asked.modelId, asked.inputRoot),
      REGISTRY.level(asked.modelId),
      REGISTRY.outputRoot(asked.modelId, output),
      msg.sender
    );
    state.game = game;
    emit Answered(id, game, output);
  }

  /// @inheritdoc IInferenceOracle
  function settle(uint256 id, Proposal calldata proposal) external {
    State storage state = _states[id];
    bytes32 game = state.game;
    if (game == 0) revert NotAnswered(id);
    if (state.readyAt != 0) revert TooSoon(id, state.readyAt);
    if (GAME.gameId(proposal) != game) revert ProposalMismatch(game);
    (Status status, bytes32 output) = GAME.result(game);
    if (status == Status.Upheld) {
      state.provider = proposal.proposer;
    } else if (status == Status.Replaced) {
      (state.provider, ) = GAME.refutation(game);
    } else {
      revert NotConcluded(game);
    }
    state.output = output;
    state.readyAt = uint64(block.timestamp + DELIVERY_DELAY);
  }

  /// @inheritdoc IInferenceOracle
  function deliver(uint256 id, Request calldata asked, bytes calldata output) external {
    State memory state = _known(id, asked);
    // INVARIANT: the game is settled and the delay has passed. Otherwise an answer could escape a dispute or the guardian.
    if (state.readyAt == 0) revert NotAnswered(id);
    if (block.timestamp < state.readyAt) revert TooSoon(id, state.readyAt);
    bytes32 root = REGISTRY.outputRoot(asked.modelId, output);
    if (root != state.output) revert OutputMismatch(state.output, root);
    delete _states[id];

    _fees[state.provider] += asked.fee;

    bool succeeded;
    if (address(asked.consumer) != address(0)) succeeded = _callBack(id, asked, output);
    emit Delivered(id, state.game, output, succeeded);
  }

  /// @inheritdoc IInferenceOracle
  function stop(uint256 id) external {
    if (msg.sender != GUARDIAN) revert NotGuardian(msg.sender);
    State storage state = _states[id];
    bytes32 game = state.game;
    if (game == 0) revert NotAnswered(id);
    (Status status, ) = GAME.result(game);
    if (status == Status.Open) GAME.voidGame(game);
    (state.game, state.output, state.provider, state.readyAt) = (0, 0, address(0), 0);
    emit Reopened(id, game);
  }

  /// @inheritdoc IInferenceOracle
  function collect() external {
    uint256 amount = _fees[msg.sender];
    if (amount == 0) revert NothingToCollect(msg.sender);
    _fees[msg.sender] = 0;
    (bool sent, ) = msg.sender.call{value: amount}("");
    if (!sent) revert TransferFailed(msg.sender, amount);
  }

  /// @inheritdoc IInferenceOracle
  function feesOf(address account) external view returns (uint256) {
    return _fees[account];
  }

  /// @inheritdoc IInferenceOracle
  function answerOf(uint256 id) external view returns (bytes32 game, uint256 readyAt) {
    return (_states[id].game, _states[id].readyAt);
  }

  /// @inheritdoc IInferenceOracle
  function deliveryDelay() external view returns (uint256) {
    return DELIVERY_DELAY;
  }

  /// @dev The consumer cannot block the delivery: missing code, a revert and long return data (not copied) have no effect.
  function _callBack(uint256 id, Request calldata asked, bytes calldata output) private returns (bool succeeded) {
    address consumer = address(asked.consumer);
    uint256 callbackGas = asked.callbackGas;
    // INVARIANT: the callback gets its gas (a call gets at most 63/64). Otherwise the deliverer could make it run out of gas.
    uint256 needed = (callbackGas * 64) / 63 + 50_000;
    if (gasleft() < needed) revert NotEnoughGas(needed, gasleft());
    bytes memory data = abi.encodeCall(IInferenceConsumer.onInference, (id, output));
    assembly ("memory-safe") {
      succeeded := call(callbackGas, consumer, 0, add(data, 32), mload(data), 0, 0)
    }
  }

  function _known(uint256 id, Request calldata asked) private view returns (State storage state) {
    state = _states[id];
    if (state.request == 0) revert NoSuchRequest(id);
    if (state.request != keccak256(abi.encode(asked))) revert RequestMismatch(id);
  }
}
