// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What the contract is deployed with. All times are in seconds, all amounts in wei.
struct Parameters {
  /// @dev MAX: thinking time of each side of a line of claims, and the challenge window of a proposal. Less than 2^24.
  uint256 maxClock;
  /// @dev EXT: minimum time to answer a claim.
  uint256 extension;
  /// @dev LONG: EXT for level-1 claims and delegated claims: to answer them takes a witness, or a native run of another machine.
  uint256 longExtension;
  /// @dev Bond of a move and of a delegation. A counter takes twice as much, a proposal four times.
  uint256 bond;
  /// @dev Added to each bond, and paid to the account that settles the claim.
  uint256 prepayment;
  /// @dev Time from `unlock` to `withdraw`.
  uint256 withdrawalDelay;
  /// @dev May hold withdrawals for a time.
  address guardian;
}

/// @notice A proposal: "`machine`, started from `start` in `context`, halts with `output`". Six words; their hash is the game's id.
/// A caller passes it whole, as the `Proposed` event gave it.
struct Proposal {
  /// @dev number (40 bits, at 216) ‖ level (8, at 208) ‖ made (40, at 168) ‖ zero (8) ‖ consumer (160).
  /// number = region (24) ‖ generation (16): the place of the game's slots, and which game of that place it is.
  /// The execution takes at most 16^level steps. `made` is in seconds since 1970.
  uint256 head;
  /// @dev Owner of the bond. As an argument of `counter`: hint (16 bits, at 240) ‖ zero ‖ proposer (160).
  uint256 proposer;
  uint256 machine;
  bytes32 context;
  bytes32 start;
  bytes32 output;
}

/// @notice A claim: "from h[segment] of my parent, `machine` reaches h[16] after 16^level steps, by way of the dissection under
/// `commitment`". Three words. A caller passes it whole, as its event gave it; the claim's slot commits to all of it.
struct Claim {
  /// @dev zero (20 bits) ‖ segment (4, at 232) ‖ level (4, at 228) ‖ flags (4, at 224) ‖ made (40, at 184) ‖ clock (24, at 160) ‖
  /// machine (160). `segment`: of the parent, that this claim denies. As an argument, the top 20 bits hold: hint for the place of
  /// the new claim (16, at 240) ‖ the segment of *this* claim that is answered (4, at 236).
  uint256 terms;
  /// @dev zero (24) ‖ parent's clock (24, at 208) ‖ number (24, at 184) ‖ parent's number (24, at 160) ‖ claimant (160). As an
  /// argument, the top 24 bits hold the place of this claim's slot.
  uint256 origin;
  /// @dev The dissection's root (see `Dissection`); for a claim over a whole range keccak256(root ‖ output); zero for a refutation.
  bytes32 commitment;
}

/// @notice One segment of a claim: the states at its ends, and its path in the dissection.
struct Opening {
  bytes32 from;
  bytes32 to;
  bytes32[4] proof;
}

/// @notice A run of claims of a game that is settled in parts: the latest that are not settled yet.
struct Part {
  Proposal proposal;
  /// @dev What the earlier parts found against the proposal: segment (4 bits, at 184) ‖ number (24, at 160) ‖ maker of the counter
  /// that brings it down; zero if none does. Not read in the first part.
  uint256 verdict;
  /// @dev Commitment of that counter; zero if there is none. Not read in the first part.
  bytes32 winner;
  /// @dev The latest first, as in `settle`.
  Claim[] claims;
  /// @dev What earlier parts found against claims of this part and against `parents`: verdicts as above, in the order in which those
  /// claims are given, first `claims`, then `parents`. Only of those against which something was found.
  uint256[] verdicts;
  /// @dev Claims of later parts with a child in this part that stands and is paid before what was found against them earlier.
  Claim[] parents;
  /// @dev As in `settle`. Read in the last part.
  bytes32 winnerRoot;
  bytes32 winnerOutput;
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
  Replaced
}
// end of STATUS

/// @title The dispute game
/// @notice Decides which output a machine halts with, among bonded claims, by executing at most one step of the machine.
///
/// A *proposal* states an output. A *counter* disputes it: a claim over the whole range, with another output and the 15 states in
/// between. A *move* disputes one of the 16 segments of a claim: a claim one level down, from the same start to another end, with
/// 15 states in between. At level 1 a segment is one step: it is *refuted* by executing it or, if the step asks another machine,
/// *delegated*: disputed by a claim about that machine's whole run. A claim falls if one of its children stands when nothing in
/// the game can be answered any more.
///
/// Each claim is judged separately: no move binds, blocks or replaces another account's. A party that answers each relevant
/// false claim at its first false hash, with true hashes only, wins against any number of opponents and loses no bond.
///
/// Storage holds two slots of a game and one of a claim, which later games use again. Everything else is calldata: a caller passes
/// whole records, rebuilt from events, and the slots commit to them.
///
/// ASSUMPTIONS about the consumer and the machine. If one is violated, only games of that consumer or machine are affected:
///  - the consumer chose the machine, the start, the context and the level, so that the true run halts within 16^level steps;
///  - the machine satisfies `IMachine`. A malicious machine can make true claims fall: do not play a game whose machine you do
///    not trust;
///  - honest parties react within the extension, and their transactions are included.
///
/// WARNING: anyone can copy an honest move from the mempool and take its reward. The result is the same.
interface IDisputeGame {
  event Proposed(address indexed consumer, address indexed proposer, Proposal proposal);

  /// @notice Emitted immediately before the `Claimed` event of a counter or a delegated claim.
  /// @param start Its h[0].
  /// @param halted Its h[16], which the machine built from the output.
  event WholeRange(uint256 indexed number, bytes32 context, bytes32 start, bytes32 halted);

  /// @notice A counter, a move or a delegation was made.
  /// @param number Of the game.
  /// @param terms As in `Claim`, without argument bits.
  /// @param origin As in `Claim`; the top 24 bits tell the place.
  /// @param end h[16]; for a claim over a whole range, the output.
  event Claimed(uint256 indexed number, uint256 terms, uint256 origin, bytes32 end, bytes32[15] middles);

  /// @notice A step was executed. A refutation is an entry of its game like a claim: it has a number and a place.
  event Refuted(uint256 indexed number, uint256 terms, uint256 origin);

  /// @notice Part of the game is settled; the claims from 1 to `left` are not.
  event PartSettled(uint256 indexed number, uint256 left);

  /// @param status `Upheld` or `Replaced`.
  /// @param output The result.
  /// @param claims How many claims and refutations the game had.
  event Concluded(uint256 indexed number, Status status, bytes32 output, uint256 claims);

  /// @notice A parameter of the game is out of range: `reason` says which, and its range.
  error BadParameters(string reason);
  /// @notice The level must be between 1 and 15.
  error BadLevel(uint256 level);
  /// @notice The proposer must not be the zero address: its bond would be lost.
  error BadProposer();
  /// @notice The call takes at most `expected` wei: the bond and the prepayment.
  error TooMuchPaid(uint256 expected, uint256 sent);
  /// @notice No game has this proposal, or the game is over, or settled in part.
  error NoSuchGame(uint256 number);
  /// @notice The slot at this place does not hold this claim of an open game.
  error NoSuchClaim(uint256 place);
  /// @notice The time to answer the claim ended at `deadline`.
  error TooLate(uint256 deadline);
  /// @notice A claim of the game can still be answered until `deadline`.
  error TooEarly(uint256 deadline);
  /// @notice A counter must state another output than the proposal.
  error SameOutput(bytes32 output);
  /// @notice A move must claim another end of the segment than the claim that it answers.
  error SameEnd(bytes32 end);
  /// @notice A segment of a level-1 claim is one step: refute it or delegate it, rather than move.
  error NotDivisible();
  /// @notice Only a level-1 claim has segments of one step: move, rather than refute or delegate.
  error NotOneStep(uint256 level);
  /// @notice A counter or a delegation is answered by the call's `…Whole` form, a move by the plain one.
  error WrongForm();
  /// @notice A refutation cannot be answered: the contract has executed the step.
  error IsRefutation();
  /// @notice The step from `pre` leads to `post`, as the claim says: it cannot be refuted.
  error StepIsRight(bytes32 pre, bytes32 post);
  /// @notice The claim was refuted at this segment or at a lower one.
  error AlreadyRefuted(uint256 segment);
  /// @notice A settlement takes the claims one after the other, the latest first: `expected` comes next.
  error WrongClaim(uint256 expected, uint256 given);
  /// @notice A part that leaves claims takes more of them.
  error PartTooSmall(uint256 claims, uint256 least);
  /// @notice An earlier part found something against this claim: its verdict comes next in `verdicts`.
  error VerdictMissing(uint256 number);
  /// @notice This part found something against so many claims of later parts that `parents` lacks.
  error ParentsMissing(uint256 count);
  /// @notice This part found nothing against this claim, or has it among its claims: it does not belong into `parents`.
  error NothingToBind(uint256 number);
  /// @notice A game has at most 2^24 - 1 claims and refutations.
  error TooManyClaims();
  /// @notice The counter that takes the proposal's place does not commit to this root and this output.
  error WrongWinner();

  // ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
  // Each payable call takes its price as value; what is missing is taken from the payer's own credit (`IBonds`).

  /// @notice Opens a game. The caller becomes its consumer, and is trusted with the machine, the context, the start and the level.
  /// Any account may open a game. Takes `proposalPrice()`; credit is the proposer's, if it is the caller or has authorised it.
  /// @param where hint for the region (24 bits, at 168) ‖ level (8, at 160: 1 … 15) ‖ machine (160).
  /// @param proposer Owner of the bond.
  /// @return number The game's: region ‖ generation.
  function propose(
    uint256 where,
    address proposer,
    bytes32 context,
    bytes32 start,
    bytes32 output
  ) external payable returns (uint256 number);

  /// @notice Disputes a proposal: claims, over the whole range, that the output is another. Takes `counterPrice()`.
  /// @param middles States after 1/16 … 15/16 of 16^level steps.
  function counter(Proposal calldata proposal, bytes32 output, bytes32[15] calldata middles) external payable;

  /// @notice Disputes a segment of `parent`: claims another end from the same start. Takes `movePrice()`.
  function move(
    Claim calldata parent,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) external payable;

  /// @notice `move` against a claim over a whole range, which states `parentOutput`; `parent.commitment` is its dissection's root.
  function moveWhole(
    Claim calldata parent,
    bytes32 parentOutput,
    Opening calldata opening,
    bytes32 end,
    bytes32[15] calldata middles
  ) external payable;

  /// @notice Executes a step that a level-1 claim gets wrong. Takes no bond.
  /// @param witness Opens `opening.from` to the claim's machine.
  function refute(Claim calldata claim, Opening calldata opening, bytes calldata witness) external;

  /// @notice `refute` for a claim over a whole range, which states `claimOutput`; `claim.commitment` is its dissection's root.
  function refuteWhole(
    Claim calldata claim,
    bytes32 claimOutput,
    Opening calldata opening,
    bytes calldata witness
  ) external;

  /// @notice Disputes a step of a level-1 claim that asks another machine: claims that this machine answers `output`, with which
  /// the step ends in another state than the parent says. Takes `movePrice()`.
  /// @param middles States of the other machine.
  function delegate(
    Claim calldata parent,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable;

  /// @notice `delegate` against a claim over a whole range, which states `parentOutput`; `parent.commitment` is its dissection's root.
  function delegateWhole(
    Claim calldata parent,
    bytes32 parentOutput,
    Opening calldata opening,
    bytes calldata witness,
    bytes32 output,
    bytes32[15] calldata middles
  ) external payable;

  // ── Settlement ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Settles a game in which nothing can be answered any more: pays all bonds, and keeps the result. Credits the prepayments
  /// to the caller. Anyone may call.
  /// @param claims All claims and refutations of the game (that are not settled yet), the latest first; of whole-range claims with
  /// the commitment that binds the output.
  /// @param winnerRoot Dissection root of the counter that receives the proposal's bond; zero if the proposal stands.
  /// @param winnerOutput Its output.
  function settle(
    Proposal calldata proposal,
    Claim[] calldata claims,
    bytes32 winnerRoot,
    bytes32 winnerOutput
  ) external returns (Status status, bytes32 output);

  /// @notice Settles the latest claims of a game that has more of them than a transaction carries. The last part concludes the game, as
  /// `settle` does. Credits the claims' prepayments to the caller. Anyone may call.
  /// @return left How many claims and refutations are not settled; 0 if the game is concluded.
  function settlePart(Part calldata part) external returns (uint256 left);

  // ── Storage ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice Fills slots that were never used, so that later games and claims find used ones, which cost a fraction. It changes nothing
  /// else. Anyone may call, for example before a fork of L1 that makes fresh slots dearer.
  function warm(uint256 firstRegion, uint256 regions, uint256 firstPlace, uint256 places) external;

  // ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /// @notice The end of a game, for a consumer. Reverts with `NoSuchGame` unless a concluded game has this proposal, with `output`
  /// replaced by the result.
  /// @return status `Upheld` or `Replaced`.
  /// @return concludedAt In seconds since 1970.
  function ended(Proposal calldata proposal) external view returns (Status status, uint256 concludedAt);

  /// @notice What the slots of a region hold.
  /// @return generation Of the last game there: as many games have been there.
  /// @return status Of it.
  /// @return claims How many claims and refutations it has.
  /// @return time Open: the latest deadline of its claims. Concluded: when.
  /// @return id Its id, with the result as output once it is concluded.
  function gameAt(
    uint256 region
  ) external view returns (uint256 generation, Status status, uint256 claims, uint256 time, bytes32 id);

  /// @notice The content of a claim's slot: tag ‖ region ‖ generation ‖ lowest refuted segment + 1.
  function claimAt(uint256 place) external view returns (uint256);

  function parameters() external view returns (Parameters memory);
  function proposalPrice() external view returns (uint256);
  function counterPrice() external view returns (uint256);
  function movePrice() external view returns (uint256);

  /// @notice W: the longest that a game lasts, in seconds, from proposal to conclusion.
  function longest() external view returns (uint256);

  /// @notice Seconds after its conclusion for which a game's result is kept at least.
  function retention() external view returns (uint256);
}
