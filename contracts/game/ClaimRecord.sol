// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Claim} from "./IDisputeGame.sol";

// generated: FLAGS (npm run generate)
/// @dev Disputes a proposal: a claim over a whole range.
uint256 constant COUNTER = 1;
/// @dev Disputes a step by another machine's run: a claim over a whole range.
uint256 constant DELEGATED = 2;
/// @dev An executed step. It cannot be answered.
uint256 constant REFUTATION = 4;
// end of FLAGS

/// @dev First word of a claim: what it says. `IDisputeGame` says where its fields are.
type Terms is uint256;

/// @dev Second word of a claim: who made it, and which parent it answers.
type Origin is uint256;

using TermsFields for Terms global;
using OriginFields for Origin global;

/// @notice Terms of a claim made now.
function newTerms(uint256 segment, uint256 level, uint256 flags, uint256 clock, address machine) view returns (Terms) {
  return
    Terms.wrap(
      (segment << 232) | (level << 228) | (flags << 224) | (block.timestamp << 184) | (clock << 160) | uint160(machine)
    );
}

function newOrigin(uint256 parentClock, uint256 number, uint256 parent, address by) pure returns (Origin) {
  return Origin.wrap((parentClock << 208) | (number << 184) | (parent << 160) | uint160(by));
}

/// @notice The hash of a claim's three words.
function hashOf(Terms terms, Origin source, bytes32 commitment) pure returns (bytes32 hash) {
  assembly ("memory-safe") {
    let words := mload(0x40)
    mstore(words, terms)
    mstore(add(words, 0x20), source)
    mstore(add(words, 0x40), commitment)
    hash := keccak256(words, 0x60)
  }
}

/// @notice What a claim over a whole range commits to: its dissection and its output.
function bindOutput(bytes32 root, bytes32 output) pure returns (bytes32 commitment) {
  assembly ("memory-safe") {
    mstore(0x00, root)
    mstore(0x20, output)
    commitment := keccak256(0x00, 0x40)
  }
}

library TermsFields {
  function segment(Terms terms) internal pure returns (uint256) {
    return (Terms.unwrap(terms) >> 232) & 0xf;
  }

  function level(Terms terms) internal pure returns (uint256) {
    return (Terms.unwrap(terms) >> 228) & 0xf;
  }

  function made(Terms terms) internal pure returns (uint256) {
    return uint40(Terms.unwrap(terms) >> 184);
  }

  function clock(Terms terms) internal pure returns (uint256) {
    return uint24(Terms.unwrap(terms) >> 160);
  }

  function machine(Terms terms) internal pure returns (address) {
    return address(uint160(Terms.unwrap(terms)));
  }

  function isRefutation(Terms terms) internal pure returns (bool) {
    return Terms.unwrap(terms) & (REFUTATION << 224) != 0;
  }

  /// @notice Whether the claim is over a whole range: its commitment binds its output.
  function isWhole(Terms terms) internal pure returns (bool) {
    return Terms.unwrap(terms) & ((COUNTER | DELEGATED) << 224) != 0;
  }

  /// @notice Whether an answer to the claim takes a witness, or a native run of another machine: level 1, or delegated.
  function isLong(Terms terms) internal pure returns (bool) {
    return terms.level() == 1 || Terms.unwrap(terms) & (DELEGATED << 224) != 0;
  }
}

library OriginFields {
  function parentClock(Origin origin) internal pure returns (uint256) {
    return uint24(Origin.unwrap(origin) >> 208);
  }

  function number(Origin origin) internal pure returns (uint256) {
    return uint24(Origin.unwrap(origin) >> 184);
  }

  /// @notice Number of the claim that this one answers; 0 is the proposal.
  function parent(Origin origin) internal pure returns (uint256) {
    return uint24(Origin.unwrap(origin) >> 160);
  }

  function claimant(Origin origin) internal pure returns (address) {
    return address(uint160(Origin.unwrap(origin)));
  }

  /// @notice The origin as an event tells it.
  function withPlace(Origin origin, uint256 place) internal pure returns (uint256) {
    return (place << 232) | Origin.unwrap(origin);
  }
}

/// @title ClaimArgument: a claim as a caller passes it, with arguments in the unused bits of its words
library ClaimArgument {
  /// @notice The terms without the arguments.
  function plainTerms(Claim calldata claim) internal pure returns (Terms) {
    return Terms.wrap(claim.terms & (type(uint256).max >> 20));
  }

  /// @notice The origin without the argument.
  function plainOrigin(Claim calldata claim) internal pure returns (Origin) {
    return Origin.wrap(claim.origin & (type(uint256).max >> 24));
  }

  /// @notice Where to look first for a place for a new claim.
  function hint(Claim calldata claim) internal pure returns (uint256) {
    return claim.terms >> 240;
  }

  /// @notice The segment of the claim that is answered.
  function answeredSegment(Claim calldata claim) internal pure returns (uint256) {
    return (claim.terms >> 236) & 0xf;
  }

  /// @notice The place of the claim's slot.
  function place(Claim calldata claim) internal pure returns (uint256) {
    return claim.origin >> 232;
  }
}
