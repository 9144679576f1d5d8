// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev A claim or refutation in one slot: tag (208 bits, at 48) ‖ region (24, at 24) ‖ generation (16, at 8) ‖ mark (8).
/// The tag is the upper part of the record's hash. Two records of one tag take 2^104 hashes to find.
/// The mark is the lowest refuted segment + 1, or zero; or `CARRIES_VERDICT`.
type ClaimSlot is uint256;

using {differs as !=} for ClaimSlot global;
using ClaimSlotFields for ClaimSlot global;

/// @dev Mark of a claim against which a part of the settlement has found something. The tag is that of the record's hash with the verdict.
uint256 constant CARRIES_VERDICT = 0xff;

/// @dev No claim, in a slot that counts as used: a mark alone. No game has the number 0, since generations start from 1.
ClaimSlot constant WARM_CLAIM = ClaimSlot.wrap(1);

/// @notice A slot without a mark.
/// @param hash Of the record.
/// @param game Number of the claim's game.
function newClaimSlot(bytes32 hash, uint256 game) pure returns (ClaimSlot) {
  return ClaimSlot.wrap((uint256(hash) & ~uint256(type(uint48).max)) | (game << 8));
}

function differs(ClaimSlot a, ClaimSlot b) pure returns (bool) {
  return ClaimSlot.unwrap(a) != ClaimSlot.unwrap(b);
}

library ClaimSlotFields {
  /// @notice Number of the claim's game: region ‖ generation.
  function game(ClaimSlot slot) internal pure returns (uint256) {
    return uint40(ClaimSlot.unwrap(slot) >> 8);
  }

  function region(ClaimSlot slot) internal pure returns (uint256) {
    return uint24(ClaimSlot.unwrap(slot) >> 24);
  }

  function generation(ClaimSlot slot) internal pure returns (uint256) {
    return uint16(ClaimSlot.unwrap(slot) >> 8);
  }

  function mark(ClaimSlot slot) internal pure returns (uint256) {
    return uint8(ClaimSlot.unwrap(slot));
  }

  function marked(ClaimSlot slot, uint256 newMark) internal pure returns (ClaimSlot) {
    return ClaimSlot.wrap((ClaimSlot.unwrap(slot) & ~uint256(0xff)) | newMark);
  }

  function unmarked(ClaimSlot slot) internal pure returns (ClaimSlot) {
    return slot.marked(0);
  }

  function wasNeverUsed(ClaimSlot slot) internal pure returns (bool) {
    return ClaimSlot.unwrap(slot) == 0;
  }
}
