// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame, Parameters, Proposal, Status} from "../game/IDisputeGame.sol";
import {IMachine} from "../game/IMachine.sol";
import {Results} from "../game/Results.sol";
import {Exponential} from "../lib/Exponential.sol";
import {IModelRegistry} from "../registry/IModelRegistry.sol";
import {TensorState} from "../tensor/TensorState.sol";
import {
  Answer,
  Commitment,
  IInferenceConsumer,
  IInferenceOracle,
  Inference,
  OracleParameters,
  Question,
  Request,
  Terms
} from "./IInferenceOracle.sol";
import {Pool} from "./Pool.sol";

/// @title Inference for contracts on L1
/// @notice See `IInferenceOracle`.
/// @dev Requests and commitments are hashes in pools of slots that are used again. A question and an answer keep a slot each for good: a
/// record that is given back could not show that no earlier commitment was opened, or that no other result was settled.
///
/// Money: the balance is the sum of all credits, of both fees of each live request, and of the deposits that can still come back; and what
/// nobody gets: the price of the steps, and lost deposits.
/// External calls (a callback, a payment) come last in their function, after all writes to storage.
contract InferenceOracle is Results, IInferenceOracle {
  /// @dev EIP-7825 caps a transaction at 2^24 gas: a delivery that needs more could never execute. A byte of the output costs at most 64 gas
  /// as calldata, and is hashed, logged and copied.
  uint256 private constant MAX_CALLBACK_GAS = 12_000_000;
  uint256 private constant GAS_PER_OUTPUT_BYTE = 100;
  /// @dev For what a delivery does around and after the callback.
  uint256 private constant GAS_AROUND_CALLBACK = 50_000;
  /// @dev A byte of an event takes 8, and its memory about 1.
  uint256 private constant GAS_PER_EVENT_BYTE = 16;
  /// @dev How often the guardian can ask a question outside a freeze.
  uint256 private constant ASK_LIMIT = 4;

  IMachine private immutable MACHINE;
  IModelRegistry private immutable REGISTRY;
  uint256 private immutable DELIVERY_DELAY;
  uint256 private immutable REVEAL;
  uint256 private immutable DEPOSIT;
  uint256 private immutable SPEED;
  uint256 private immutable MIN_PRICE;
  uint256 private immutable SCALE;

  /// @dev Steps requested and not worked off at `time`, and the number of events: one slot, which every event writes.
  struct Meter {
    uint40 sequence;
    uint40 time;
    uint128 backlog;
  }

  Meter private _meter;
  mapping(bytes32 context => Question) private _questions;
  mapping(bytes32 key => Answer) private _answers;
  mapping(address account => uint256) private _credits;
  /// @dev Of requests; the time is when a cancellation takes effect, 0 for none.
  Pool private _requests;
  /// @dev Of commitments; the time is when they were made.
  Pool private _commitments;

  constructor(
    IDisputeGame game_,
    IMachine machine,
    IModelRegistry registry,
    OracleParameters memory p
  ) Results(game_, p.guardian) {
    if (address(machine).code.length == 0) revert BadParameters("machine: no contract");
    if (address(registry).code.length == 0) revert BadParameters("registry: no contract");
    if (p.deliveryDelay > 365 days) revert BadParameters("deliveryDelay: 0 to 365 days");
    Parameters memory clocks = game_.parameters();
    // INVARIANT: a commitment that was made before an output was public is opened before a game about that output can end. Otherwise the
    // result could be settled while the earliest commitment to it is still unknown.
    if (p.reveal == 0 || p.reveal + clocks.extension >= clocks.maxClock)
      revert BadParameters("reveal: 1 s to less than maxClock - extension");
    if (p.speed == 0 || p.speed >= 2 ** 64) revert BadParameters("speed: 1 to 2^64 - 1");
    if (p.minPrice == 0 || p.minPrice >= 2 ** 40) revert BadParameters("minPrice: 1 to 2^40 - 1");
    if (p.scale == 0 || p.scale > 2 ** 60) revert BadParameters("scale: 1 to 2^60");
    (MACHINE, REGISTRY) = (machine, registry);
    (DELIVERY_DELAY, REVEAL, DEPOSIT) = (p.deliveryDelay, p.reveal, p.deposit);
    (SPEED, MIN_PRICE, SCALE) = (p.speed, p.minPrice, p.scale);
  }

  // ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IInferenceOracle
  function request(
    bytes32 modelId,
    bytes calldata input,
    Terms calldata terms,
    uint256 hint
  ) external payable returns (uint256 id) {
    // INVARIANT: the root is computed from the bytes in the event. Otherwise a request could have an input that nobody can check.
    Inference memory inference = Inference(modelId, REGISTRY.inputRoot(modelId, input));
    bytes32 context = TensorState.contextOf(modelId, inference.inputRoot);
    _charge(modelId, context, terms);
    id = _next();
    Request memory asked = Request(id, msg.sender, inference, block.timestamp, terms);
    uint256 place = _requests.take(hint, 0, keccak256(abi.encode(asked)), 0);
    emit Requested(id, context, place, asked, input);
  }

  /// @inheritdoc IInferenceOracle
  function cancel(uint256 place, Request calldata asked) external {
    bytes32 hash = keccak256(abi.encode(asked));
    uint256 effectiveAt = _requests.find(place, hash);
    if (msg.sender != asked.requester) revert NotRequester(msg.sender);
    if (effectiveAt != 0) revert AlreadyCancelling(effectiveAt);
    // INVARIANT: every commitment made by now can be opened before this takes effect. Otherwise the requester reads an answer in the pool and
    // takes its fee back before the answer is included.
    effectiveAt = block.timestamp + REVEAL;
    _requests.set(place, hash, effectiveAt);
    emit Cancelling(_next(), asked.id, effectiveAt);
  }

  /// @inheritdoc IInferenceOracle
  function reclaim(uint256 place, Request calldata asked) external {
    uint256 freeAt = _requests.find(place, keccak256(abi.encode(asked)));
    if (msg.sender != asked.requester) revert NotRequester(msg.sender);
    if (freeAt == 0) revert NotCancelling(asked.id);
    bytes32 context = _contextOf(asked.inference);
    Question memory question = _questions[context];
    // INVARIANT: a request whose question has a result is delivered. Otherwise the fee of a true answer could be taken back.
    if (question.readyAt != 0 && question.frozenAt == 0) revert HasResult(context);
    // INVARIANT: the same after the guardian asked again, when answers are proposed anew.
    if (question.askedAt != 0) freeAt = _max(freeAt, question.askedAt + REVEAL);
    // INVARIANT: the same while the result of a game can still be settled.
    if (question.lastGame != 0) freeAt = _max(freeAt, question.lastGame + LONGEST + SETTLING_TIME + 1);
    if (block.timestamp < freeAt) revert NotFree(asked.id, freeAt);
    _requests.free(place);
    _credits[msg.sender] += asked.terms.fee + asked.terms.deliveryFee;
    emit Cancelled(_next(), asked.id);
  }

  // ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IInferenceOracle
  function commit(bytes32 commitment, uint256 hint) external payable {
    if (msg.value != DEPOSIT) revert WrongDeposit(DEPOSIT, msg.value);
    uint256 order = _next();
    uint256 place = _commitments.take(hint, _openableSince(), _committed(commitment, order), block.timestamp);
    emit Committed(order, commitment, place);
  }

  /// @inheritdoc IInferenceOracle
  function open(
    Commitment calldata commitment,
    Inference calldata inference,
    bytes calldata output,
    uint256 hint
  ) external payable returns (uint256 number) {
    bytes32 context = _contextOf(inference);
    // INVARIANT: the output is in this call, and so public: nobody earns a fee for a hash.
    bytes32 outputRoot = REGISTRY.outputRoot(inference.modelId, output);
    _takeCommitment(commitment, context, outputRoot);

    Question storage question = _questions[context];
    // INVARIANT: answers make agents compute only what a request has paid for.
    if (question.epoch == 0) revert NotRequested(context);
    Answer storage answer = _answers[_keyOf(context, outputRoot)];
    // INVARIANT: the earliest commitment wins, whoever opens first and whichever game decides. Otherwise an answer is copied out of the pool.
    if (answer.provider == address(0) || commitment.order < answer.order) {
      (answer.provider, answer.order) = (msg.sender, uint40(commitment.order));
    }
    uint256 credit = DEPOSIT;
    if (_needsGame(question, answer)) {
      number = _propose(question, answer, inference, context, outputRoot, hint);
    } else {
      credit += msg.value;
    }
    _credits[msg.sender] += credit;
    emit Opened(_next(), context, msg.sender, commitment.order, number, outputRoot, output);
  }

  /// @inheritdoc IInferenceOracle
  function proposeAgain(
    Inference calldata inference,
    bytes32 outputRoot,
    uint256 hint
  ) external payable returns (uint256 number) {
    bytes32 context = _contextOf(inference);
    Question storage question = _questions[context];
    Answer storage answer = _answers[_keyOf(context, outputRoot)];
    // INVARIANT: the output's bytes are public. Its question was requested: it was opened.
    if (answer.provider == address(0)) revert NotOpened(context, outputRoot);
    if (!_needsGame(question, answer)) revert NoGameNeeded(context, outputRoot);
    number = _propose(question, answer, inference, context, outputRoot, hint);
    emit ProposedAgain(_next(), context, number, outputRoot);
  }

  // ── Results ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IInferenceOracle
  function settle(Proposal calldata proposal) external {
    (bytes32 context, bytes32 outputRoot) = (proposal.context, proposal.output);
    Question storage question = _questions[context];
    uint256 number = _countedGame(proposal, question.askedAt);
    if (question.frozenAt != 0) revert IsFrozen(context, question.frozenAt);
    Answer storage answer = _answers[_keyOf(context, outputRoot)];
    // INVARIANT: a result that agrees is not written again: else twins put its finality off for ever.
    if (answer.resultEpoch == question.epoch) revert AlreadySettled(context, outputRoot);
    if (question.readyAt == 0) {
      answer.resultEpoch = question.epoch;
      uint256 readyAt = block.timestamp + DELIVERY_DELAY;
      question.readyAt = uint40(readyAt);
      emit Settled(_next(), context, number, outputRoot, readyAt);
      return;
    }
    // INVARIANT: what is final stays.
    if (_isFinal(question)) revert IsFinal(context, question.readyAt);
    // INVARIANT: of two results one is false, and the contract cannot tell which: neither becomes final.
    question.frozenAt = uint40(block.timestamp);
    emit Frozen(_next(), context, number, outputRoot);
  }

  /// @inheritdoc IInferenceOracle
  function askAgain(bytes32 context) external onlyGuardian {
    Question storage question = _questions[context];
    uint256 epoch = question.epoch;
    if (epoch == 0) revert NotRequested(context);
    // INVARIANT: what is final stays, and what was paid on it.
    if (_isFinal(question)) revert IsFinal(context, question.readyAt);
    uint256 limit = question.frozenAt == 0 ? ASK_LIMIT : type(uint8).max - 1;
    // INVARIANT: a guardian alone delays a result by a bounded time.
    if (epoch > limit) revert AskedTooOften(context, limit);
    _questions[context] = Question({
      epoch: uint8(epoch + 1),
      askedAt: uint40(block.timestamp),
      frozenAt: 0,
      readyAt: 0,
      lastGame: 0
    });
    emit AskedAgain(_next(), context, epoch + 1);
  }

  /// @inheritdoc IInferenceOracle
  function deliver(uint256 place, Request calldata asked, bytes calldata output) external {
    _requests.find(place, keccak256(abi.encode(asked)));
    bytes32 context = _contextOf(asked.inference);
    Question memory question = _questions[context];
    if (question.readyAt == 0) revert NotSettled(context);
    if (question.frozenAt != 0) revert IsFrozen(context, question.frozenAt);
    // INVARIANT: the delay has passed. Otherwise an answer could escape a contradiction, or the guardian.
    if (block.timestamp < question.readyAt) revert TooSoon(context, question.readyAt);
    bytes32 outputRoot = REGISTRY.outputRoot(asked.inference.modelId, output);
    Answer memory answer = _answers[_keyOf(context, outputRoot)];
    if (answer.resultEpoch != question.epoch) revert NotTheResult(context, outputRoot);
    // INVARIANT: a request is delivered once.
    _requests.free(place);

    // INVARIANT: what was final before the request made nobody compute: its fee is not for old answers.
    bool isEarned = answer.provider != address(0) && asked.made < question.readyAt;
    address paid = isEarned ? answer.provider : asked.requester;
    _credits[paid] += asked.terms.fee;
    _credits[msg.sender] += asked.terms.deliveryFee;

    bool succeeded;
    if (address(asked.terms.consumer) != address(0)) succeeded = _callBack(asked.id, asked.terms, output);
    emit Delivered(_next(), asked.id, paid, msg.sender, output, succeeded);
  }

  /// @inheritdoc IInferenceOracle
  function collect() external {
    uint256 amount = _credits[msg.sender];
    if (amount == 0) revert NothingToCollect(msg.sender);
    _credits[msg.sender] = 0;
    emit Collected(_next(), msg.sender, amount);
    (bool sent, ) = msg.sender.call{value: amount}("");
    if (!sent) revert TransferFailed(msg.sender, amount);
  }

  // ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @inheritdoc IInferenceOracle
  function priceOf(bytes32 modelId) external view returns (uint256 price) {
    (price, ) = _priceOf(REGISTRY.model(modelId).steps);
  }

  /// @inheritdoc IInferenceOracle
  function questionOf(bytes32 context) external view returns (Question memory) {
    return _questions[context];
  }

  /// @inheritdoc IInferenceOracle
  function answerOf(bytes32 context, bytes32 outputRoot) external view returns (Answer memory) {
    return _answers[_keyOf(context, outputRoot)];
  }

  /// @inheritdoc IInferenceOracle
  function isFinal(bytes32 context, bytes32 outputRoot) external view returns (bool) {
    Question storage question = _questions[context];
    return _isFinal(question) && _answers[_keyOf(context, outputRoot)].resultEpoch == question.epoch;
  }

  /// @inheritdoc IInferenceOracle
  function creditOf(address account) external view returns (uint256) {
    return _credits[account];
  }

  /// @inheritdoc IInferenceOracle
  function parameters() external view returns (OracleParameters memory) {
    return OracleParameters(guardian, DELIVERY_DELAY, REVEAL, DEPOSIT, SPEED, MIN_PRICE, SCALE);
  }

  function sequence() external view returns (uint256) {
    return _meter.sequence;
  }

  // ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @dev The number of the next event.
  function _next() private returns (uint256 number) {
    number = _meter.sequence;
    _meter.sequence = uint40(number + 1);
  }

  /// @dev Takes what a request of this question costs from the value sent, and credits the rest.
  function _charge(bytes32 modelId, bytes32 context, Terms calldata terms) private {
    IModelRegistry.Model memory model = REGISTRY.model(modelId);
    uint256 limit = _callbackLimit(model.outputSizes);
    if (terms.callbackGas > limit) revert CallbackGasTooHigh(terms.callbackGas, limit);
    // INVARIANT: to commit to each of several outputs, and open the one that is right, costs a deposit for each of the others: more than the
    // fee. Otherwise the fee for an output that can be guessed goes to whoever guesses first.
    if (terms.fee > DEPOSIT) revert FeeTooHigh(terms.fee, DEPOSIT);
    Question storage question = _questions[context];
    uint256 needed = terms.fee + terms.deliveryFee;
    // INVARIANT: the price is paid by requests whose answer takes a computation. Otherwise true answers make agents compute for gas alone,
    // and a lie hides among them.
    if (!_isFinal(question)) needed += _takeSteps(model.steps);
    if (question.epoch == 0) question.epoch = 1;
    if (msg.value < needed) revert TooLittlePaid(needed, msg.value);
    if (msg.value > needed) _credits[msg.sender] += msg.value - needed;
  }

  function _takeSteps(uint256 steps) private returns (uint256 price) {
    uint256 backlog;
    (price, backlog) = _priceOf(steps);
    (_meter.backlog, _meter.time) = (uint128(backlog), uint40(block.timestamp));
  }

  /// @return price Of so many steps.
  /// @return backlog With them.
  function _priceOf(uint256 steps) private view returns (uint256 price, uint256 backlog) {
    uint256 workedOff = SPEED * (block.timestamp - _meter.time);
    backlog = _meter.backlog;
    backlog = (backlog > workedOff ? backlog - workedOff : 0) + steps;
    price = steps * Exponential.exp(MIN_PRICE, backlog, SCALE);
  }

  function _callbackLimit(uint256[] memory outputSizes) private pure returns (uint256) {
    uint256 forOutput;
    for (uint256 i; i < outputSizes.length; ++i) forOutput += GAS_PER_OUTPUT_BYTE * outputSizes[i];
    return forOutput < MAX_CALLBACK_GAS ? MAX_CALLBACK_GAS - forOutput : 0;
  }

  /// @dev Takes the caller's commitment to this output out of the pool.
  function _takeCommitment(Commitment calldata c, bytes32 context, bytes32 outputRoot) private {
    // INVARIANT: the caller is part of the commitment. Otherwise whoever sees an answer in the pool opens another account's commitment.
    bytes32 commitment = keccak256(abi.encode(block.chainid, this, context, msg.sender, outputRoot, c.salt));
    uint256 made = _commitments.find(c.place, _committed(commitment, c.order));
    // INVARIANT: made in an earlier block. Otherwise whoever sees an answer in the pool commits to it and opens it in front.
    // INVARIANT: made within REVEAL. Otherwise a commitment to each of several outputs waits until the result is known.
    if (block.timestamp <= made || made < _openableSince()) revert NotOpenable(made, made + REVEAL);
    _commitments.free(c.place);
  }

  function _openableSince() private view returns (uint256) {
    return block.timestamp > REVEAL ? block.timestamp - REVEAL : 0;
  }

  function _committed(bytes32 commitment, uint256 order) private pure returns (bytes32) {
    return keccak256(abi.encode(commitment, order));
  }

  function _contextOf(Inference calldata inference) private pure returns (bytes32) {
    return TensorState.contextOf(inference.modelId, inference.inputRoot);
  }

  function _keyOf(bytes32 context, bytes32 outputRoot) private pure returns (bytes32) {
    return keccak256(abi.encode(context, outputRoot));
  }

  function _isFinal(Question storage question) private view returns (bool) {
    return question.readyAt != 0 && question.frozenAt == 0 && block.timestamp >= question.readyAt;
  }

  /// @dev Whether a game about this output could decide something.
  function _needsGame(Question storage question, Answer storage answer) private view returns (bool) {
    if (_isFinal(question) || question.frozenAt != 0 || answer.resultEpoch == question.epoch) return false;
    // A game of the second in which the guardian asked again does not count.
    if (block.timestamp == question.askedAt) return false;
    uint256 number = answer.game;
    if (number == 0 || answer.gameEpoch != question.epoch) return true;
    (uint256 generation, Status status, , , ) = game.gameAt(number >> 16);
    return generation != uint16(number) || status != Status.Open;
  }

  function _propose(
    Question storage question,
    Answer storage answer,
    Inference calldata inference,
    bytes32 context,
    bytes32 outputRoot,
    uint256 hint
  ) private returns (uint256 number) {
    bytes32 start = REGISTRY.startState(inference.modelId, inference.inputRoot);
    number = _open(msg.value, hint, MACHINE, REGISTRY.level(inference.modelId), context, start, outputRoot);
    (answer.game, answer.gameEpoch) = (uint40(number), question.epoch);
    question.lastGame = uint40(block.timestamp);
  }

  /// @dev The consumer cannot block the delivery: missing code, a revert and long return data (not copied) have no effect.
  function _callBack(uint256 id, Terms calldata terms, bytes calldata output) private returns (bool succeeded) {
    (address consumer, uint256 callbackGas) = (address(terms.consumer), terms.callbackGas);
    bytes memory data = abi.encodeCall(IInferenceConsumer.onInference, (id, output));
    // INVARIANT: the callback gets its gas (a call gets at most 63/64). Otherwise the deliverer could make it run out of gas.
    // INVARIANT: what is left then pays the event, which holds the output. Otherwise a callback that burns its gas reverts the delivery.
    uint256 needed = (callbackGas * 64) / 63 + GAS_AROUND_CALLBACK + GAS_PER_EVENT_BYTE * output.length;
    if (gasleft() < needed) revert NotEnoughGas(needed, gasleft());
    assembly ("memory-safe") {
      succeeded := call(callbackGas, consumer, 0, add(data, 32), mload(data), 0, 0)
    }
  }

  function _max(uint256 a, uint256 b) private pure returns (uint256) {
    return a > b ? a : b;
  }
}
