// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Status} from "./IDisputeGame.sol";

// What storage holds of games and claims. Slots are used again and never cleared: to change a used slot costs 5,000 gas, to fill a
// fresh one 22,100.

/// @dev A game, beside its id: zero (144 bits) ‖ time (40, at 72) ‖ settled (24, at 48) ‖ claims (24, at 24) ‖ generation (16, at 8) ‖
/// status (8). `time`: open, the latest deadline of the game's claims; concluded, when. `settled`: how many of the claims are
/// settled in parts.
type GameSlot is uint256;

/// @dev A claim or refutation: tag (208 bits, at 48) ‖ region (24, at 24) ‖ generation (16, at 8) ‖ mark (8).
/// The tag is the upper part of a hash of the record: two records of one tag take 2^104 hashes to find.
type ClaimSlot is uint256;

/// @dev Marks of a claim's slot from 1 to 16: the lowest refuted segment + 1. This one: the tag binds the verdict on the claim too.
uint256 constant CARRIES_VERDICT = 0xff;

// ── Games ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// @notice A game that starts now.
/// @param due When its proposal can no longer be answered.
function newGame(uint256 generation, uint256 due) pure returns (GameSlot) {
  return GameSlot.wrap((due << 72) | (generation << 8) | uint256(Status.Open));
}

// ── Claims ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// @param hash Of the claim's record.
/// @param game Number of its game: region ‖ generation.
function newClaimSlot(bytes32 hash, uint256 game) pure returns (ClaimSlot) {
  return ClaimSlot.wrap((uint256(hash) & ~uint256(type(uint48).max)) | (game << 8));
}

using GameSlotFields for GameSlot global;

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

  function isOpen(GameSlot slot) internal pure returns (bool) {
    return uint8(GameSlot.unwrap(slot)) == uint256(Status.Open);
  }

  function isConcluded(GameSlot slot) internal pure returns (bool) {
    return uint8(GameSlot.unwrap(slot)) > uint256(Status.Open);
  }

  /// @notice The game with one claim or refutation more, that can be answered until `deadline`.
  function withClaim(GameSlot slot, uint256 deadline) internal pure returns (GameSlot) {
    uint256 time = slot.time();
    uint256 later = deadline > time ? deadline - time : 0;
    return GameSlot.wrap(GameSlot.unwrap(slot) + (later << 72) + (1 << 24));
  }

  /// @notice The game of which so many claims more are settled.
  function withSettled(GameSlot slot, uint256 more) internal pure returns (GameSlot) {
    return GameSlot.wrap(GameSlot.unwrap(slot) + (more << 48));
  }

  /// @notice The game, concluded now.
  function concluded(GameSlot slot, Status status) internal view returns (GameSlot) {
    return GameSlot.wrap((block.timestamp << 72) | (slot.claims() << 24) | (slot.generation() << 8) | uint256(status));
  }
}

using ClaimSlotFields for ClaimSlot global;

library ClaimSlotFields {
  function region(ClaimSlot slot) internal pure returns (uint256) {
    return uint24(ClaimSlot.unwrap(slot) >> 24);
  }

  /// @notice Number of the claim's game: region ‖ generation.
  function game(ClaimSlot slot) internal pure returns (uint256) {
    return uint40(ClaimSlot.unwrap(slot) >> 8);
  }

  function mark(ClaimSlot slot) internal pure returns (uint256) {
    return uint8(ClaimSlot.unwrap(slot));
  }

  function withMark(ClaimSlot slot, uint256 mark) internal pure returns (ClaimSlot) {
    return ClaimSlot.wrap((ClaimSlot.unwrap(slot) & ~uint256(0xff)) | mark);
  }

  /// @notice Whether the slot was never used.
  function isFree(ClaimSlot slot) internal pure returns (bool) {
    return ClaimSlot.unwrap(slot) == 0;
  }
}
