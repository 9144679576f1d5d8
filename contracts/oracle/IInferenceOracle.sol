// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Proposal} from "../game/IDisputeGame.sol";
import {IResults} from "../game/IResults.sol";

/// @notice A contract that asked for an inference, and is called with the answer.
interface IInferenceConsumer {
  /// @param id The request's id.
  /// @param output The model's outputs, joined: row-major elements, little-endian.
  function onInference(uint256 id, bytes calldata output) external;
}

/// @notice What the oracle is deployed with. All times are in seconds, all amounts in wei.
struct OracleParameters {
  address guardian;
  /// @dev From a result's settlement to its finality. A year at most.
  uint256 deliveryDelay;
  /// @dev REVEAL: a commitment is opened within this time, and `cancel` takes effect after it. Less than MAX − EXT of the game.
  uint256 reveal;
  /// @dev Paid with a commitment, and returned when it is opened; the highest fee of a request.
  uint256 deposit;
  /// @dev Steps of the tensor machine that the backlog loses in a second. Less than 2^64.
  uint256 speed;
  /// @dev Price of a step while there is no backlog. 1 … 2^40 − 1.
  uint256 minPrice;
  /// @dev A backlog of so many steps multiplies the price by e. 1 … 2^60.
  uint256 scale;
}

/// @notice What a requester chooses.
struct Terms {
  /// @dev Called with the answer; zero for no callback.
  IInferenceConsumer consumer;
  /// @dev Gas that the call gets.
  uint256 callbackGas;
  /// @dev Wei, for the provider. At most the deposit.
  uint256 fee;
  /// @dev Wei, for the account that delivers the answer.
  uint256 deliveryFee;
}

/// @notice A run of a model.
struct Inference {
  bytes32 modelId;
  /// @dev List root over the inputs' data roots.
  bytes32 inputRoot;
}

/// @notice A request. The oracle stores only its hash, so each call about a request passes the whole request.
struct Request {
  /// @dev The number (`sequence`) of its `Requested` event.
  uint256 id;
  address requester;
  Inference inference;
  /// @dev In seconds since 1970.
  uint256 made;
  Terms terms;
}

/// @notice What opens a commitment, beside the output.
struct Commitment {
  /// @dev Of its slot.
  uint256 place;
  /// @dev The number (`sequence`) of its `Committed` event.
  uint256 order;
  /// @dev A secret: without it, whoever can compute or guess the output knows who answers.
  bytes32 salt;
}

/// @notice A context that was requested: a model and an input. All requests of one context share it.
struct Question {
  /// @dev 1 + how often the guardian has asked again; 0 if nobody has requested it.
  uint8 epoch;
  /// @dev When the guardian last asked again; 0 for never. All times are in seconds since 1970.
  uint40 askedAt;
  /// @dev When two results contradicted each other; 0 if they did not in this epoch.
  uint40 frozenAt;
  /// @dev When the result is final; 0 if there is none.
  uint40 readyAt;
  /// @dev When the latest game of this epoch was opened; 0 if there is none.
  uint40 lastGame;
}

/// @notice An output of a question.
struct Answer {
  /// @dev Who made the earliest of the opened commitments to it; zero if none was opened.
  address provider;
  /// @dev The number (`sequence`) of that commitment's event.
  uint40 order;
  /// @dev Number of the latest game about it that this contract opened; 0 for none.
  uint40 game;
  /// @dev The question's epoch when that game was opened.
  uint8 gameEpoch;
  /// @dev It is the question's result if this is the question's epoch.
  uint8 resultEpoch;
}

/// @title Inference for contracts on L1
/// @notice A contract *requests* a model's output on an input. Whoever computes it *commits* to the output, and *opens* the commitment in a
/// later block: the answer, with its bytes, and a game about it. The first game to be concluded and settled gives the question its
/// result; after a delay it is *final*, and is delivered to every request of it. The fee goes to the earliest opened commitment to the
/// result, whichever game decided it.
///
/// Two different results about one question before it is final *freeze* it: nothing about it is proposed, settled or delivered until the
/// guardian *asks again*. Games opened before then no longer count; who committed first stays. A final result is kept for good: a later
/// request of it is delivered at once, and its fee is returned.
///
/// Numbers, so that nothing is missed: each event carries `sequence`. A request's id, and a commitment's order, are those of their events.
///
/// @dev ASSUMPTIONS:
///  - the registry has validated the model, and its weights can be had;
///  - somebody honest plays every game of this contract; input and output bytes are in events, so every node that follows L1 can;
///  - block timestamps increase from block to block, as L1's do.
/// TRUST: the guardian can delay a result by asking again, four times outside a freeze; it never makes one.
/// WARNING: a failed callback is not retried; the output is in `Delivered`.
interface IInferenceOracle is IResults {
  /// @param place Of the request's slot.
  event Requested(uint256 sequence, bytes32 indexed context, uint256 place, Request request, bytes input);
  /// @param effectiveAt From then on `reclaim` returns the fees, if no answer stands in its way.
  event Cancelling(uint256 sequence, uint256 indexed id, uint256 effectiveAt);
  event Cancelled(uint256 sequence, uint256 indexed id);
  event Committed(uint256 sequence, bytes32 indexed commitment, uint256 place);
  /// @param order Of the commitment.
  /// @param number Of the game that was opened about it; 0 if none was.
  event Opened(
    uint256 sequence,
    bytes32 indexed context,
    address indexed provider,
    uint256 order,
    uint256 number,
    bytes32 outputRoot,
    bytes output
  );
  /// @notice A further game was opened about an output that had been opened before.
  event ProposedAgain(uint256 sequence, bytes32 indexed context, uint256 number, bytes32 outputRoot);
  /// @param number Of the game whose result it is.
  event Settled(uint256 sequence, bytes32 indexed context, uint256 number, bytes32 outputRoot, uint256 readyAt);
  /// @notice Game `number` ended with another output than the settled one.
  event Frozen(uint256 sequence, bytes32 indexed context, uint256 number, bytes32 outputRoot);
  event AskedAgain(uint256 sequence, bytes32 indexed context, uint256 epoch);
  /// @param paid Who got the fee: the provider; the requester if nobody committed to the result, or if it was final before the request.
  /// @param deliverer Who got the delivery's.
  event Delivered(
    uint256 sequence,
    uint256 indexed id,
    address paid,
    address deliverer,
    bytes output,
    bool callbackSucceeded
  );
  event Collected(uint256 sequence, address indexed account, uint256 amount);

  /// @notice The callback may ask for at most `limit` gas, so that a delivery fits one transaction.
  error CallbackGasTooHigh(uint256 gas, uint256 limit);
  /// @notice The fee may be at most `limit`, the deposit of a commitment.
  error FeeTooHigh(uint256 fee, uint256 limit);
  /// @notice The fees and the price of the model's steps are `needed` wei.
  error TooLittlePaid(uint256 needed, uint256 sent);
  /// @notice Only the requester may cancel a request, and reclaim its fees.
  error NotRequester(address caller);
  /// @notice The request is cancelled already; the cancellation takes effect at `effectiveAt`.
  error AlreadyCancelling(uint256 effectiveAt);
  /// @notice The request is not cancelled: call `cancel` first.
  error NotCancelling(uint256 id);
  /// @notice Before `freeAt` an answer can still come.
  error NotFree(uint256 id, uint256 freeAt);
  /// @notice The question has a result: the request is delivered, not cancelled.
  error HasResult(bytes32 context);
  /// @notice A commitment takes exactly `expected` wei.
  error WrongDeposit(uint256 expected, uint256 sent);
  /// @notice The commitment was made at `made`: it is opened in a later block, and not later than `until`.
  error NotOpenable(uint256 made, uint256 until);
  /// @notice Nobody has requested this.
  error NotRequested(bytes32 context);
  /// @notice Nobody has opened a commitment to this output.
  error NotOpened(bytes32 context, bytes32 outputRoot);
  /// @notice The question needs no game about this output now: it is final, frozen, asked again in this second, settled with it, or such a game
  /// is open.
  error NoGameNeeded(bytes32 context, bytes32 outputRoot);
  /// @notice The question has this result already.
  error AlreadySettled(bytes32 context, bytes32 outputRoot);
  /// @notice The question's result is final since `readyAt`.
  error IsFinal(bytes32 context, uint256 readyAt);
  /// @notice Two results about the question contradict each other, since `since`: the guardian must ask again.
  error IsFrozen(bytes32 context, uint256 since);
  /// @notice The question has no result yet.
  error NotSettled(bytes32 context);
  /// @notice The result is final, and can be delivered, from `readyAt` on.
  error TooSoon(bytes32 context, uint256 readyAt);
  /// @notice These bytes are not the question's result.
  error NotTheResult(bytes32 context, bytes32 outputRoot);
  /// @notice The transaction must leave `needed` gas for the callback.
  error NotEnoughGas(uint256 needed, uint256 left);
  /// @notice The guardian has asked this question `limit` times.
  error AskedTooOften(bytes32 context, uint256 limit);
  /// @notice The account has nothing to collect.
  error NothingToCollect(address account);
  /// @notice The account did not accept the payment.
  error TransferFailed(address to, uint256 amount);

  // ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Asks for an inference. Takes both fees and `priceOf(modelId)`; more value than that is credited to the caller. The price is
  /// nobody's income and never comes back; a question whose result is final has none.
  /// @param input The model's inputs, joined: row-major elements, little-endian.
  /// @param hint Place to begin the search for a free slot at.
  function request(
    bytes32 modelId,
    bytes calldata input,
    Terms calldata terms,
    uint256 hint
  ) external payable returns (uint256 id);

  /// @notice Announces that the requester wants its fees back. Commitments made before can still be opened until it takes effect. Only the
  /// requester may call.
  function cancel(uint256 place, Request calldata asked) external;

  /// @notice Credits the fees of a cancelled request to the requester, once no answer can come any more. Only the requester may call.
  function reclaim(uint256 place, Request calldata asked) external;

  // ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Commits to an output. Takes the deposit, which is lost if the commitment is not opened within REVEAL.
  /// @param commitment keccak256(chain id ‖ this contract ‖ context ‖ provider ‖ output root ‖ salt), a word each.
  /// @param hint Place to begin the search for a free slot at.
  function commit(bytes32 commitment, uint256 hint) external payable;

  /// @notice Opens a commitment of the caller, and returns its deposit. Opens a game about the output, unless one is open or none is
  /// needed; then takes the game's `proposalPrice()`, in value or from the caller's credit there. Otherwise the value is credited.
  /// @param output The model's outputs, joined: row-major elements, little-endian.
  /// @param hint Region of the game's slots to begin the search at.
  /// @return number Of the game that was opened; 0 if none was.
  function open(
    Commitment calldata commitment,
    Inference calldata inference,
    bytes calldata output,
    uint256 hint
  ) external payable returns (uint256 number);

  /// @notice Opens a further game about an output that was opened before: after the guardian asked again, or when the result is false and not
  /// final. Takes the game's `proposalPrice()`, in value or from the caller's credit. Anyone may call; the fee stays with the provider.
  function proposeAgain(
    Inference calldata inference,
    bytes32 outputRoot,
    uint256 hint
  ) external payable returns (uint256 number);

  // ── Results ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Takes the result of a concluded game. Anyone may call.
  /// @param proposal The game's, with its result as output.
  function settle(Proposal calldata proposal) external;

  /// @notice The guardian's one power over results: the question has none any more, and games opened before no longer count.
  function askAgain(bytes32 context) external;

  /// @notice Delivers a final result: pays the provider, the caller, and calls the consumer. Anyone may call.
  /// @param output The bytes behind the result.
  function deliver(uint256 place, Request calldata asked, bytes calldata output) external;

  /// @notice Pays the caller its credit: fees, deliveries, deposits, and fees of cancelled requests.
  function collect() external;

  // ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Price of a request's steps, in wei, in this second.
  function priceOf(bytes32 modelId) external view returns (uint256);

  function questionOf(bytes32 context) external view returns (Question memory);
  function answerOf(bytes32 context, bytes32 outputRoot) external view returns (Answer memory);

  /// @notice Whether the question's result is this output, and final.
  function isFinal(bytes32 context, bytes32 outputRoot) external view returns (bool);

  /// @return Wei that the account can collect.
  function creditOf(address account) external view returns (uint256);

  function parameters() external view returns (OracleParameters memory);
}
