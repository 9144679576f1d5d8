// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "./IMachine.sol";
import {Opening} from "./Dissection.sol";

/// @notice What the contract is deployed with. All times are in seconds, all amounts in wei.
struct Parameters {
  /// @dev MAX: the thinking time of one side of an argument, and the window of a proposal. Under 2^24.
  uint256 maxClock;
  /// @dev EXT: the least time to answer any claim.
  uint256 extension;
  /// @dev EXT for level-1 claims and for delegated claims, whose answer takes a witness or another machine's native run.
  uint256 longExtension;
  /// @dev Bond of one move. A counter over the whole range takes twice as much, a proposal four times.
  uint256 bond;
  /// @dev Paid on top of each bond, and given to whoever resolves the claim.
  uint256 prepayment;
  /// @dev Time from `unlock` to `withdraw`.
  uint256 withdrawalDelay;
  /// @dev May hold an account's money back.
  address guardian;
}

/// @notice A proposal, as its id commits to it: "`machine`, started from `start`, halts with `output`".
struct Proposal {
  /// @dev Whoever asked for the game, and will read its result.
  address consumer;
  /// @dev Receives the bond, if the proposal stands.
  address proposer;
  /// @dev Counts the games of this contract, from 0.
  uint64 number;
  IMachine machine;
  bytes32 context;
  bytes32 start;
  /// @dev The execution takes at most 16^level steps.
  uint8 level;
  bytes32 output;
}

/// @notice A claim, as its id commits to it: "from h[segment] of my parent, `machine` reaches `end` after 16^level steps, by way
/// of the dissection under `root`".
struct Claim {
  /// @dev Id of the proposal that the tree is about.
  bytes32 game;
  /// @dev Id of the claim that this one answers; the game's id for a counter of the proposal.
  bytes32 parent;
  /// @dev The segment of the parent that this claim denies: 0 … 15; 0 for a counter of the proposal.
  uint8 segment;
  IMachine machine;
  uint8 level;
  /// @dev Made by `delegate`: over the whole range of another machine than the parent's.
  bool delegated;
  /// @dev h[16]. For a claim over its machine's whole range (a counter of the proposal, a delegated claim): the output,
  /// from which the machine builds h[16].
  bytes32 end;
  /// @dev Commitment to h[0] … h[16]: see `Dissection`.
  bytes32 root;
}

/// @notice What the contract keeps of a claim or a proposal while it is open: one storage slot.
struct Head {
  /// @dev Zero where there is no such claim.
  address claimant;
  /// @dev t(c), seconds since 1970.
  uint40 made;
  /// @dev d(c), seconds: see `Clock`.
  uint24 clock;
  /// @dev Children that are not resolved; `SETTLED` when the claim itself is.
  uint32 unresolved;
}

enum Status {
  /// @dev No such game.
  None,
  /// @dev The dispute goes on, or nobody has concluded it.
  Open,
  /// @dev The proposal stands; the result is its output.
  Upheld,
  /// @dev The proposal fell; the result is the output of the counter that is paid.
  Replaced,
  /// @dev The consumer took back the question.
  Void
}

/// @title The dispute game
/// @notice Decides which output a machine halts with, among bonded claims, by executing at most one step of the machine.
///
/// A *proposal* states an output. Whoever disagrees *counters* it: a claim over the whole range with another output, and the
/// fifteen states in between. Whoever disagrees with a claim names one of its sixteen segments, and *moves*: from the same start
/// to another end, with fifteen states in between, one level down. At level 1 a segment is one step: it is *refuted* by executing
/// it, or, where the step asks another machine, *delegated*: a claim about that machine's whole run. A claim falls if one of its
/// children stands when the clocks have run out.
///
/// Every claim is judged for itself: nobody's move can bind, block or replace another's. Whoever answers each false claim that
/// bears on it, at the first false hash, with true hashes alone, wins against any number of opponents, and loses no bond.
///
/// ASSUMPTIONS, which the consumer and the machine owe, and on which nothing here depends but their own games:
///  - the consumer chose the machine, the start, the context and the level, so that the true run halts within 16^level steps;
///  - the machine keeps the promises of `IMachine`. A dishonest machine can make true claims fall: answer no game whose machine
///    you do not trust;
///  - honest parties react within the extension, and their transactions are included.
///
/// WARNING: a `Claim` and a `Proposal` are passed whole, and recognised by their id; storage holds what changes alone. They are
/// rebuilt from the events.
/// WARNING: an honest move may be copied, and its reward taken, before it is included. The result is the same.
interface IDisputeGame {
  event Proposed(
    bytes32 indexed game,
    address indexed consumer,
    address indexed proposer,
    uint64 number,
    uint40 made,
    IMachine machine,
    bytes32 context,
    bytes32 start,
    uint8 level,
    bytes32 output
  );

  /// @notice A counter (`parent` is the game), a move or a delegation. All that its id commits to, and all that answers to it
  /// need, follows from the tree, this event, and for a claim over a whole range its `WholeRange` event.
  event Claimed(
    bytes32 indexed game,
    bytes32 indexed parent,
    bytes32 indexed id,
    address claimant,
    uint40 made,
    uint8 segment,
    bytes32 end,
    bytes32[15] middles
  );

  /// @notice Comes just before the `Claimed` event of a counter or a delegated claim.
  /// @param start Its h[0].
  /// @param halted Its h[16], which the machine built from the output.
  event WholeRange(
    bytes32 indexed game,
    bytes32 indexed id,
    IMachine machine,
    bytes32 context,
    bytes32 start,
    bytes32 halted,
    uint8 level
  );

  event Refuted(bytes32 indexed game, bytes32 indexed claim, address refuter, uint40 made, uint8 segment);
  /// @param stands Whether the claim stood. If the game was void: true.
  event Resolved(bytes32 indexed game, bytes32 indexed claim, bool stands);
  /// @param status `Upheld`, `Replaced` or `Void`.
  /// @param output The result; meaningless if the game was void.
  event Concluded(bytes32 indexed game, Status status, bytes32 output);
  event Voided(bytes32 indexed game);

  error BadParameters(string reason);
  error BadLevel(uint256 level);
  error BadProposer();
  error WrongPayment(uint256 expected, uint256 sent);
  error NoSuchClaim(bytes32 id);
  /// @dev The very same claim was made before; whoever wanted to make it has lost nothing but its income.
  error ClaimExists(bytes32 id);
  error TooLate(bytes32 claim, uint256 deadline);
  error TooEarly(bytes32 claim, uint256 deadline);
  error SameOutput(bytes32 output);
  error SameEnd(bytes32 end);
  /// @dev A level-1 segment is one step: refute it, or delegate it.
  error NotDivisible(bytes32 claim);
  error NotOneStep(bytes32 claim, uint256 level);
  error StepIsRight(bytes32 pre, bytes32 post);
  /// @dev A refutation at this segment or a lower one stands already.
  error AlreadyRefuted(bytes32 claim, uint256 segment);
  error Unresolved(bytes32 claim, uint256 children);
  error AlreadyResolved(bytes32 claim);
  error NotConsumer(address caller, address consumer);
  error NotOpen(bytes32 game, Status status);

  // ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Opens a game. The caller is its consumer: it alone may void it, and it is trusted with the machine, the context,
  /// the start and the level. Anyone may be a consumer.
  /// @dev Takes `proposalPrice()`.
  /// @param level The true run takes at most 16^level steps: 1 … 15.
  /// @param proposer Whose bond it is: the money goes back to it.
  /// @return game The proposal's id, which is the game's.
  function propose(
    IMachine machine,
    bytes32 context,
    bytes32 start,
    uint8 level,
    bytes32 output,
    address proposer
  ) external payable returns (bytes32 game);

  /// @notice Claims over the whole range that the output is another.
  /// @dev Takes `counterPrice()`.
  /// @param middles States after 1/16 … 15/16 of 16^level steps.
  /// @return id The claim's.
  function counter(
    Proposal calldata proposal,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id);

  /// @notice Claims, from the start of a segment of `parent`, another end than the parent's. Takes `movePrice()`.
  /// @param opening The segment, and the hashes at its ends, from the parent's dissection.
  function move(
    Claim calldata parent,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id);

  /// @notice Executes a step that a level-1 claim gets wrong. Takes no bond.
  /// @param witness Opens `opening.from` to the claim's machine.
  function refute(Claim calldata claim, Opening calldata opening, bytes calldata witness) external;

  /// @notice Claims that the machine which a step of a level-1 claim asks answers `output`, so that the step ends otherwise
  /// than the parent says. Takes `movePrice()`.
  /// @param middles States of the other machine.
  function delegate(
    Claim calldata parent,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id);

  // ── Resolution ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Settles a claim whose deadline has passed and whose children are settled. The caller is credited the prepayment.
  function resolve(Claim calldata claim) external;

  /// @notice Settles the proposal, and with it the game, likewise.
  function conclude(Proposal calldata proposal) external;

  /// @notice Only for its consumer, while it is open: the question was wrong. Every bond that is not settled goes back, each
  /// when its claim is resolved, which needs no deadline any more.
  function voidGame(bytes32 game) external;

  // ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @return status Of the game.
  /// @return output Meaningless unless the status is `Upheld` or `Replaced`.
  function result(bytes32 game) external view returns (Status status, bytes32 output);

  function consumerOf(bytes32 game) external view returns (address);

  function head(bytes32 id) external view returns (Head memory);

  /// @notice The refutation that stands against a claim: `by` is zero where there is none.
  /// @return by Who is paid if the claim falls.
  /// @return segment Where.
  function refutation(bytes32 id) external view returns (address by, uint8 segment);

  /// @notice When answers to `claim` end, and it may be resolved, in seconds since 1970. Zero where there is no such claim.
  function deadline(Claim calldata claim) external view returns (uint256);

  function gameId(Proposal calldata proposal) external view returns (bytes32);
  function claimId(Claim calldata claim) external pure returns (bytes32);

  function parameters() external view returns (Parameters memory);
  function proposalPrice() external view returns (uint256);
  function counterPrice() external view returns (uint256);
  function movePrice() external view returns (uint256);
}
