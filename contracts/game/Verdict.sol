// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev What stands against a claim: segment (4 bits, at 184) ‖ number (24, at 160) of the child or refutation ‖ its maker (160).
/// Zero: nothing stands against it. Who is paid is decided by the upper part: the lowest segment, then the earliest.
type Verdict is uint256;

Verdict constant NOTHING = Verdict.wrap(0);

using {isNothing, winner, isBefore} for Verdict global;

function newVerdict(uint256 segment, uint256 number, address by) pure returns (Verdict) {
  return Verdict.wrap((segment << 184) | (number << 160) | uint160(by));
}

function isNothing(Verdict verdict) pure returns (bool) {
  return Verdict.unwrap(verdict) == 0;
}

/// @notice Who receives the bond of the claim that fell.
function winner(Verdict verdict) pure returns (address) {
  return address(uint160(Verdict.unwrap(verdict)));
}

/// @notice Whether `a` is paid rather than `b`. Anything is paid rather than nothing.
function isBefore(Verdict a, Verdict b) pure returns (bool) {
  return !a.isNothing() && (b.isNothing() || Verdict.unwrap(a) < Verdict.unwrap(b));
}

/// @notice What a slot keeps in place of `hash`, once the verdict that so far stands against its record is bound to it.
function bindVerdict(bytes32 hash, Verdict verdict) pure returns (bytes32 bound) {
  assembly ("memory-safe") {
    mstore(0x00, hash)
    mstore(0x20, verdict)
    bound := keccak256(0x00, 0x40)
  }
}
