// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev Places in a pool.
uint256 constant PLACES = 2 ** 24;

/// @title A pool of slots that records use one after the other
/// @notice A slot holds tag (215 bits) ‖ time (40) ‖ live (1). The tag is the front of the record's hash: two records with one tag take
/// 2^107 hashes to find. A record gives its slot back by clearing `live`: the slot stays nonzero, so the next record pays for a change of a
/// slot and not for a new one.
///
/// A caller names the place where the search for a free slot begins. A contested place never makes a call fail: the search walks on. It
/// reads one slot for each live record that it meets.
struct Pool {
  uint256[PLACES] slots;
}

using PoolSlots for Pool global;

library PoolSlots {
  uint256 private constant LIVE = 1;
  uint256 private constant TIME_SHIFT = 1;
  uint256 private constant TAG_MASK = type(uint256).max << 41;

  /// @notice No live record at `place` has this hash.
  error NoSuchRecord(uint256 place, bytes32 hash);

  /// @notice Puts a record into the first free slot from `hint` on.
  /// @param keptSince A record with an earlier time is over: its slot is free.
  /// @return place Where it is.
  function take(
    Pool storage pool,
    uint256 hint,
    uint256 keptSince,
    bytes32 hash,
    uint256 time
  ) internal returns (uint256 place) {
    place = hint % PLACES;
    for (uint256 slot = pool.slots[place]; slot & LIVE != 0 && timeOf(slot) >= keptSince; slot = pool.slots[place]) {
      place = (place + 1) % PLACES;
    }
    set(pool, place, hash, time);
  }

  /// @return time The live record's. Reverts with `NoSuchRecord` if another record is there, or none.
  function find(Pool storage pool, uint256 place, bytes32 hash) internal view returns (uint256 time) {
    uint256 slot = place < PLACES ? pool.slots[place] : 0;
    // INVARIANT: the whole record is the one that was stored: else a caller chooses its fee, its owner or its time.
    if (slot & LIVE == 0 || (slot ^ uint256(hash)) & TAG_MASK != 0) revert NoSuchRecord(place, hash);
    return timeOf(slot);
  }

  function set(Pool storage pool, uint256 place, bytes32 hash, uint256 time) internal {
    pool.slots[place] = (uint256(hash) & TAG_MASK) | (time << TIME_SHIFT) | LIVE;
  }

  /// @notice Gives the slot of a live record back.
  function free(Pool storage pool, uint256 place) internal {
    pool.slots[place] ^= LIVE;
  }

  function timeOf(uint256 slot) private pure returns (uint256) {
    return uint40(slot >> TIME_SHIFT);
  }
}
