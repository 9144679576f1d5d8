// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMachine} from "./IMachine.sol";
import {Opening} from "./Dissection.sol";

/// @notice What the contract is deployed with. All times are in seconds, all amounts in wei.
struct Parameters {
  /// @dev MAX: thinking time of each side of a line of claims, and the challenge window of a proposal. Less than 2^24.
  uint256 maxClock;
  /// @dev EXT: minimum time to answer a claim.
  uint256 extension;
  /// @dev EXT for level-1 claims and delegated claims: to answer them takes a witness, or a native run of another machine.
  uint256 longExtension;
  /// @dev Bond of a move. A counter takes twice as much, a proposal four times.
  uint256 bond;
  /// @dev Added to each bond, and paid to the account that resolves the claim.
  uint256 prepayment;
  /// @dev Time from `unlock` to `withdraw`.
  uint256 withdrawalDelay;
  /// @dev May suspend withdrawals.
  address guardian;
}

/// @notice A proposal, as its id commits to it: "`machine`, started from `start`, halts with `output`".
struct Proposal {
  /// @dev The contract that opened the game and reads its result.
  address consumer;
  /// @dev Receives the bond if the proposal stands.
  address proposer;
  /// @dev Number of the game in this contract, from 0.
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
  /// @dev Zero if the claim does not exist.
  address claimant;
  /// @dev t(c), seconds since 1970.
  uint40 made;
  /// @dev d(c), seconds: see `Clock`.
  uint24 clock;
  /// @dev Number of unresolved children; `SETTLED` once the claim itself is resolved.
  uint32 unresolved;
}

// generated: STATUS (npm run generate)
enum Status {
  /// @dev No such game.
  None,
  /// @dev Not concluded yet.
  Open,
  /// @dev The proposal stands; the result is its output.
  Upheld,
  /// @dev The proposal fell; the result is the output of the counter that receives its bond.
  Replaced,
  /// @dev The consumer voided the game.
  Void
}
// end of STATUS

/// @title The dispute game
/// @notice Decides which output a machine halts with, among bonded claims, by executing at most one step of the machine.
///
/// A *proposal* states an output. A *counter* disputes it: a claim over the whole range, with another output and the 15 states in
/// between. A *move* disputes one of the 16 segments of a claim: a claim one level down, from the same start to another end, with
/// 15 states in between. At level 1 a segment is one step: it is *refuted* by executing it or, if the step asks another machine,
/// *delegated*: disputed by a claim about that machine's whole run. A claim falls if one of its children stands when the clocks
/// have run out.
///
/// Each claim is judged separately: no move binds, blocks or replaces another account's. A party that answers each relevant
/// false claim at its first false hash, with true hashes only, wins against any number of opponents and loses no bond.
///
/// ASSUMPTIONS about the consumer and the machine. If one is violated, only games of that consumer or machine are affected:
///  - the consumer chose the machine, the start, the context and the level, so that the true run halts within 16^level steps;
///  - the machine satisfies `IMachine`. A malicious machine can make true claims fall: do not play a game whose machine you do
///    not trust;
///  - honest parties react within the extension, and their transactions are included.
///
/// WARNING: storage holds only what changes. A caller passes the whole `Claim` or `Proposal`, rebuilt from events; its id is
/// recomputed and checked.
/// WARNING: anyone can copy an honest move from the mempool and take its reward. The result is the same.
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

  /// @notice A counter (`parent` is the game), a move or a delegation was made. The tree, this event and, for a claim over a whole
  /// range, its `WholeRange` event give everything that the claim's id commits to and that an answer needs.
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

  /// @notice Emitted immediately before the `Claimed` event of a counter or a delegated claim.
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
  /// @param stands Whether the claim stands; true if the game is void.
  event Resolved(bytes32 indexed game, bytes32 indexed claim, bool stands);
  /// @param status `Upheld`, `Replaced` or `Void`.
  /// @param output The result; meaningless if the game is void.
  event Concluded(bytes32 indexed game, Status status, bytes32 output);
  event Voided(bytes32 indexed game);

  /// @notice A parameter of the game is out of range: `reason` says which, and its range.
  error BadParameters(string reason);
  /// @notice The level must be between 1 and 15.
  error BadLevel(uint256 level);
  /// @notice The proposer must not be the zero address: its bond would be lost.
  error BadProposer();
  /// @notice The call takes exactly `expected` wei: the bond and the prepayment.
  error WrongPayment(uint256 expected, uint256 sent);
  /// @notice The game has no claim or proposal with this id.
  error NoSuchClaim(bytes32 id);
  /// @notice The same claim was made before. It counts for whoever made it first.
  error ClaimExists(bytes32 id);
  /// @notice The time to answer the claim ended at `deadline`.
  error TooLate(bytes32 claim, uint256 deadline);
  /// @notice The claim can still be answered until `deadline`.
  error TooEarly(bytes32 claim, uint256 deadline);
  /// @notice A counter must state another output than the proposal.
  error SameOutput(bytes32 output);
  /// @notice A move must claim another end of the segment than the claim that it answers.
  error SameEnd(bytes32 end);
  /// @notice A segment of a level-1 claim is one step: refute it or delegate it, rather than move.
  error NotDivisible(bytes32 claim);
  /// @notice Only a level-1 claim has segments of one step: move, rather than refute or delegate.
  error NotOneStep(bytes32 claim, uint256 level);
  /// @notice The step from `pre` leads to `post`, as the claim says: it cannot be refuted.
  error StepIsRight(bytes32 pre, bytes32 post);
  /// @notice The claim was refuted at this segment or at a lower one.
  error AlreadyRefuted(bytes32 claim, uint256 segment);
  /// @notice The claim has answers that are not resolved yet: resolve them first.
  error Unresolved(bytes32 claim, uint256 children);
  /// @notice The claim is resolved already.
  error AlreadyResolved(bytes32 claim);
  /// @notice Only the game's consumer may void it.
  error NotConsumer(address caller, address consumer);
  /// @notice The game is over.
  error NotOpen(bytes32 game, Status status);

  // ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Opens a game. The caller becomes its consumer: only the consumer may void the game, and it is trusted with the machine,
  /// the context, the start and the level. Any account may open a game.
  /// @dev Takes `proposalPrice()`.
  /// @param level The true run takes at most 16^level steps: 1 … 15.
  /// @param proposer Owner of the bond.
  /// @return game The proposal's id, which is the game's.
  function propose(
    IMachine machine,
    bytes32 context,
    bytes32 start,
    uint8 level,
    bytes32 output,
    address proposer
  ) external payable returns (bytes32 game);

  /// @notice Disputes a proposal: claims, over the whole range, that the output is another.
  /// @dev Takes `counterPrice()`.
  /// @param middles States after 1/16 … 15/16 of 16^level steps.
  /// @return id The claim's.
  function counter(
    Proposal calldata proposal,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id);

  /// @notice Disputes a segment of `parent`: claims another end from the same start. Takes `movePrice()`.
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

  /// @notice Disputes a step of a level-1 claim that asks another machine: claims that this machine answers `output`, with which
  /// the step ends in another state than the parent says. Takes `movePrice()`.
  /// @param middles States of the other machine.
  function delegate(
    Claim calldata parent,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable returns (bytes32 id);

  // ── Resolution ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Resolves a claim whose deadline has passed and whose children are resolved. Credits the prepayment to the caller.
  function resolve(Claim calldata claim) external;

  /// @notice Resolves the proposal in the same way, and thereby ends the game.
  function conclude(Proposal calldata proposal) external;

  /// @notice Ends an open game without a result. Only its consumer may call. Each unresolved bond returns to its owner when its
  /// claim is resolved, which no longer waits for the deadline.
  function voidGame(bytes32 game) external;

  // ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @return status Of the game.
  /// @return output Meaningless unless the status is `Upheld` or `Replaced`.
  function result(bytes32 game) external view returns (Status status, bytes32 output);

  function consumerOf(bytes32 game) external view returns (address);

  function head(bytes32 id) external view returns (Head memory);

  /// @notice The best refutation against a claim; `by` is zero if there is none.
  /// @return by The account that is paid if the claim falls.
  /// @return segment The segment that it refutes.
  function refutation(bytes32 id) external view returns (address by, uint8 segment);

  /// @notice The time from which `claim` can no longer be answered and may be resolved, in seconds since 1970; zero if it does not exist.
  function deadline(Claim calldata claim) external view returns (uint256);

  function gameId(Proposal calldata proposal) external view returns (bytes32);
  function claimId(Claim calldata claim) external pure returns (bytes32);

  function parameters() external view returns (Parameters memory);
  function proposalPrice() external view returns (uint256);
  function counterPrice() external view returns (uint256);
  function movePrice() external view returns (uint256);
}
