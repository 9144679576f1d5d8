// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

enum Phase {
  /// @dev Nothing is settled since the guardian asked again.
  Asked,
  Running,
  Frozen
}

/// @dev What every call of the outputs reads, in memory.
struct Head {
  /// The highest final boundary that the list was walked to.
  uint256 finalCount;
  /// The list's entry after it; 0 if there is none.
  uint256 next;
  /// When that is final.
  uint256 nextReadyAt;
  /// The list's last entry.
  uint256 settledCount;
  uint256 epoch;
  /// When the epoch began; if frozen, when the results contradicted each other.
  uint256 since;
  Phase phase;
  /// Length of the list of machines.
  uint256 machines;
  /// Number of events.
  uint256 sequence;
}

/// @dev The head in its slot: finalCount (32 bits, at 224) ‖ next (32, at 192) ‖ nextReadyAt (40, at 152) ‖ settledCount (32, at 120) ‖
/// epoch (24, at 96) ‖ since (40, at 56) ‖ phase (8, at 48) ‖ machines (8, at 40) ‖ sequence (40). Packed by hand: the compiler would
/// read and write the slot once for each field.
type HeadSlot is uint256;

using {unpack} for HeadSlot global;
using {pack} for Head global;

/// @dev An epoch ends in a freeze, or by one of four askings in a year: there are never 2^24.
function pack(Head memory head) pure returns (HeadSlot) {
  return
    HeadSlot.wrap(
      (head.finalCount << 224) |
        (head.next << 192) |
        (head.nextReadyAt << 152) |
        (head.settledCount << 120) |
        (head.epoch << 96) |
        (head.since << 56) |
        (uint256(head.phase) << 48) |
        (head.machines << 40) |
        head.sequence
    );
}

function unpack(HeadSlot slot) pure returns (Head memory) {
  uint256 word = HeadSlot.unwrap(slot);
  return
    Head({
      finalCount: word >> 224,
      next: uint32(word >> 192),
      nextReadyAt: uint40(word >> 152),
      settledCount: uint32(word >> 120),
      epoch: uint24(word >> 96),
      since: uint40(word >> 56),
      phase: Phase(uint8(word >> 48)),
      machines: uint8(word >> 40),
      sequence: uint40(word)
    });
}
