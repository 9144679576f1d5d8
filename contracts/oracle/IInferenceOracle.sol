// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Proposal} from "../game/IDisputeGame.sol";

/// @notice A contract that asked for an inference, and is called with the answer.
interface IInferenceConsumer {
  /// @param id The request's id.
  /// @param output The model's outputs, joined: row-major elements, little-endian.
  function onInference(uint256 id, bytes calldata output) external;
}

/// @notice A request. The oracle stores only its hash, so each call about a request passes the whole request.
struct Request {
  address requester;
  bytes32 modelId;
  /// @dev List root over the inputs' data roots.
  bytes32 inputRoot;
  /// @dev Called with the answer; zero for no callback.
  IInferenceConsumer consumer;
  /// @dev Gas that the call gets, at most 2^24 − 1.
  uint64 callbackGas;
  /// @dev Wei, paid to the author of the answer that stood.
  uint256 fee;
}

/// @title Inference for contracts on L1
/// @notice A contract asks for a model's output on an input. Anyone answers, with a bond; the answer is a proposal in the dispute
/// game, about the tensor machine. After the game has
/// settled and a delay has passed, in which the guardian may stop the answer, a callback delivers it.
/// @dev ASSUMPTIONS: the registry has validated the model; at least one honest validator watches the game; input and output bytes are in
/// events, so that every node that follows L1 can check every answer.
/// WARNING: a failed callback is not retried; its consumer can still read the output from `Delivered`.
interface IInferenceOracle {
  event Requested(uint256 indexed id, bytes32 indexed modelId, Request request, bytes input);
  event Answered(uint256 indexed id, bytes32 indexed game, bytes output);
  /// @notice The guardian stopped the answer: the request is open again.
  event Reopened(uint256 indexed id, bytes32 indexed game);
  event Cancelled(uint256 indexed id);
  event Delivered(uint256 indexed id, bytes32 indexed game, bytes output, bool callbackSucceeded);

  /// @notice The oracle has no request with this id, or it was cancelled or delivered.
  error NoSuchRequest(uint256 id);
  /// @notice The request that was given is not the one stored under this id.
  error RequestMismatch(uint256 id);
  /// @notice The callback may ask for at most `limit` gas.
  error CallbackGasTooHigh(uint256 gas, uint256 limit);
  /// @notice The request has an answer, and a game about it.
  error AlreadyAnswered(uint256 id, bytes32 game);
  /// @notice The request has no answer, or none that is settled.
  error NotAnswered(uint256 id);
  /// @notice The game about the answer is not over.
  error NotConcluded(bytes32 game);
  /// @notice The proposal that was given is not the one of the answer's game.
  error ProposalMismatch(bytes32 game);
  /// @notice The answer is settled, and can be delivered from `readyAt` on.
  error TooSoon(uint256 id, uint256 readyAt);
  /// @notice The output bytes do not have the root that the game ended with.
  error OutputMismatch(bytes32 expected, bytes32 given);
  /// @notice The transaction must leave `needed` gas for the callback.
  error NotEnoughGas(uint256 needed, uint256 left);
  /// @notice Only the guardian may call this.
  error NotGuardian(address caller);
  /// @notice Only the requester may cancel a request.
  error NotRequester(address caller);
  /// @notice The account has no fees to collect.
  error NothingToCollect(address account);
  /// @notice The account did not accept the payment.
  error TransferFailed(address to, uint256 amount);

  /// @notice Asks for an inference. The value sent is the fee.
  /// @param input The model's inputs, joined: row-major elements, little-endian.
  function request(
    bytes32 modelId,
    bytes calldata input,
    IInferenceConsumer consumer,
    uint64 callbackGas
  ) external payable returns (uint256 id);

  /// @notice Cancels a request that has no answer. Only for the requester, who can then collect the fee.
  function cancel(uint256 id, Request calldata asked) external;

  /// @notice Answers a request. Takes the game's `proposalPrice()`.
  /// @param output The model's outputs, joined: row-major elements, little-endian.
  function answer(uint256 id, Request calldata asked, bytes calldata output) external payable returns (bytes32 game);

  /// @notice Records that the game about an answer is over, which starts the delay. Anyone may call it.
  function settle(uint256 id, Proposal calldata proposal) external;

  /// @notice Delivers the answer, once the delay has passed. Anyone may call it.
  /// @param output The bytes behind the output root with which the game ended: the answer's, or the paid counter's.
  function deliver(uint256 id, Request calldata asked, bytes calldata output) external;

  /// @notice Only for the guardian, until the answer is delivered: voids the game, or drops its result; the request is open again.
  function stop(uint256 id) external;

  /// @notice Pays the caller the fees of its answers that were delivered, and of its requests that it cancelled.
  function collect() external;

  /// @return Fees that `account` can collect, in wei.
  function feesOf(address account) external view returns (uint256);

  /// @return game The game about the answer; zero if there is none.
  /// @return readyAt When the answer can be delivered, in seconds since 1970; zero while the game is not settled.
  function answerOf(uint256 id) external view returns (bytes32 game, uint256 readyAt);

  /// @notice Seconds between the end of a game and the delivery.
  function deliveryDelay() external view returns (uint256);
}
