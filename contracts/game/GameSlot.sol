// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Status} from "./IDisputeGame.sol";

/// @dev A game in one slot, beside the slot of its id: zero (144 bits) ‖ time (40, at 72) ‖ settled (24, at 48) ‖ claims (24, at 24) ‖
/// generation (16, at 8) ‖ status (8). `time`: of an open game, the latest deadline of its claims; of a concluded one, when that was.
/// `claims`: how many claims and refutations it has; `settled`: how many of them were settled by parts so far.
type GameSlot is uint256;

using GameSlotFields for GameSlot global;

/// @dev No game, in a slot that counts as used. `time` is 1, which nobody reads.
GameSlot constant WARM_GAME = GameSlot.wrap(1 << 72);

/// @notice An open game without claims.
/// @param due When its proposal can no longer be answered.
function newGame(uint256 generation, uint256 due) pure returns (GameSlot) {
  return GameSlot.wrap((due << 72) | (generation << 8) | uint256(Status.Open));
}

library GameSlotFields {
  function time(GameSlot slot) internal pure returns (uint256) {
    return uint40(GameSlot.unwrap(slot) >> 72);
  }

  function settled(GameSlot slot) internal pure returns (uint256) {
    return uint24(GameSlot.unwrap(slot) >> 48);
  }

  function claims(GameSlot slot) internal pure returns (uint256) {
    return uint24(GameSlot.unwrap(slot) >> 24);
  }

  function generation(GameSlot slot) internal pure returns (uint256) {
    return uint16(GameSlot.unwrap(slot) >> 8);
  }

  function status(GameSlot slot) internal pure returns (Status) {
    return Status(uint8(GameSlot.unwrap(slot)));
  }

  function wasNeverUsed(GameSlot slot) internal pure returns (bool) {
    return GameSlot.unwrap(slot) == 0;
  }

  function isOpen(GameSlot slot) internal pure returns (bool) {
    return slot.status() == Status.Open;
  }

  function isConcluded(GameSlot slot) internal pure returns (bool) {
    return slot.status() > Status.Open;
  }

  /// @notice The game with one claim or refutation more.
  /// @param deadline When that can no longer be answered; 0 if it cannot be answered at all.
  function withClaim(GameSlot slot, uint256 deadline) internal pure returns (GameSlot) {
    uint256 later = deadline > slot.time() ? deadline - slot.time() : 0;
    return GameSlot.wrap(GameSlot.unwrap(slot) + (later << 72) + (1 << 24));
  }

  /// @notice The game after a part of its settlement.
  /// @param count How many claims the part settled.
  function withSettled(GameSlot slot, uint256 count) internal pure returns (GameSlot) {
    return GameSlot.wrap(GameSlot.unwrap(slot) + (count << 48));
  }

  /// @notice The game, concluded now.
  function concluded(GameSlot slot, Status result) internal view returns (GameSlot) {
    return GameSlot.wrap((block.timestamp << 72) | (slot.claims() << 24) | (slot.generation() << 8) | uint256(result));
  }
}
