// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev What is known of a settled boundary, but for its output. One slot:
/// index (32 bits, at 152) ‖ readyAt (40, at 112) ‖ epoch (24, at 88) ‖ length (16, at 72) ‖ higher (32, at 40) ‖ higherReadyAt (40).
/// Zero if the place was never used.
type Boundary is uint256;

using {index, readyAt, epoch, length, higher, higherReadyAt, withHigher} for Boundary global;

/// @param length_ Of the span that it was settled from.
function newBoundary(uint256 index_, uint256 readyAt_, uint256 epoch_, uint256 length_) pure returns (Boundary) {
  return Boundary.wrap((index_ << 152) | (readyAt_ << 112) | (epoch_ << 88) | (length_ << 72));
}

function index(Boundary boundary) pure returns (uint256) {
  return Boundary.unwrap(boundary) >> 152;
}

function readyAt(Boundary boundary) pure returns (uint256) {
  return uint40(Boundary.unwrap(boundary) >> 112);
}

function epoch(Boundary boundary) pure returns (uint256) {
  return uint24(Boundary.unwrap(boundary) >> 88);
}

function length(Boundary boundary) pure returns (uint256) {
  return uint16(Boundary.unwrap(boundary) >> 72);
}

/// @return A higher boundary, which was settled and counts wherever this one does: the list's next entry, once there is one; of a
/// boundary that is not on the list, the settledCount that it was settled under.
function higher(Boundary boundary) pure returns (uint256) {
  return uint32(Boundary.unwrap(boundary) >> 40);
}

/// @return When that is final, at the latest.
function higherReadyAt(Boundary boundary) pure returns (uint256) {
  return uint40(Boundary.unwrap(boundary));
}

function withHigher(Boundary boundary, uint256 higher_, uint256 higherReadyAt_) pure returns (Boundary) {
  return Boundary.wrap(((Boundary.unwrap(boundary) >> 72) << 72) | (higher_ << 40) | higherReadyAt_);
}
