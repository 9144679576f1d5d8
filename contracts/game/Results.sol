// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDisputeGame, Proposal} from "./IDisputeGame.sol";
import {IMachine} from "./IMachine.sol";
import {IResults} from "./IResults.sol";

/// @title What every consumer of the game does: it opens games, and takes the results of its own
/// @notice See `IResults`.
/// @dev `sequence` is the consumer's: it packs the number into a slot that its events write anyway.
abstract contract Results is IResults {
  /// @inheritdoc IResults
  IDisputeGame public immutable game;
  /// @inheritdoc IResults
  address public immutable guardian;
  /// @dev W: the longest that a game lasts, in seconds.
  uint256 internal immutable LONGEST;

  /// @dev Seconds to settle a game in that lasted its longest.
  uint256 internal constant SETTLING_TIME = 3 days;

  constructor(IDisputeGame game_, address guardian_) {
    if (address(game_).code.length == 0) revert BadParameters("game: no contract");
    if (guardian_ == address(0)) revert BadParameters("guardian: nobody");
    game = game_;
    guardian = guardian_;
    LONGEST = game_.longest();
  }

  modifier onlyGuardian() {
    if (msg.sender != guardian) revert NotGuardian(msg.sender);
    _;
  }

  /// @dev Opens a game. The bond is the caller's: what `value` lacks of the game's price comes out of its credit.
  /// @param value Of the caller's ether, passed on to the game.
  /// @param hint Region of the game's slots to begin the search at.
  /// @return number The game's.
  function _open(
    uint256 value,
    uint256 hint,
    IMachine machine,
    uint256 level,
    bytes32 context,
    bytes32 start,
    bytes32 output
  ) internal returns (uint256 number) {
    uint256 where = (uint256(uint24(hint)) << 168) | (level << 160) | uint160(address(machine));
    // INVARIANT: the proposer is the caller, never an argument: else anyone stakes the credit of whoever authorised this contract.
    return game.propose{value: value}(where, msg.sender, context, start, output);
  }

  /// @dev Returns only if the result of this game counts; the result is `proposal.output`.
  /// @param since When the guardian last asked again, in seconds since 1970; 0 for never. The consumer must not open games in that
  /// second, which would not count.
  /// @return number The game's.
  function _countedGame(Proposal calldata proposal, uint256 since) internal view returns (uint256 number) {
    uint256 head = proposal.head;
    address consumer = address(uint160(head));
    // INVARIANT: only this contract's games were opened on a machine, a start and a level that it chose.
    if (consumer != address(this)) revert NotOwn(consumer);
    uint256 made = uint40(head >> 168);
    // INVARIANT: a question that was asked again is not answered by a game from before, not even by one of the same second.
    // INVARIANT: a false result of an absence long ago is not kept back until nobody has the states any more to contradict it.
    if (made <= since || block.timestamp > made + LONGEST + SETTLING_TIME) revert TooOld(made);
    // INVARIANT: reverts unless the game is concluded with this result.
    game.ended(proposal);
    return head >> 216;
  }
}
