// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Claim, Proposal} from "./IDisputeGame.sol";

// The records that callers pass and events give: fields of their packed words, and hashes of them. `IDisputeGame` describes each word.

// generated: FLAGS (npm run generate)
/// @dev Disputes a proposal: a claim over a whole range.
uint256 constant COUNTER = 1;
/// @dev Disputes a step by another machine's run: a claim over a whole range.
uint256 constant DELEGATED = 2;
/// @dev An executed step. It cannot be answered.
uint256 constant REFUTATION = 4;
// end of FLAGS

/// @dev First word of a proposal.
type Head is uint256;

/// @dev First word of a claim: what it says.
type Terms is uint256;

/// @dev Second word of a claim: who made it, and of which parent.
type Origin is uint256;

// ── Proposals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

function newHead(uint256 number, uint256 level, address consumer) view returns (Head) {
  return Head.wrap((number << 216) | (level << 208) | (block.timestamp << 168) | uint160(consumer));
}

/// @notice The id of a game: the hash of its proposal's six words.
function idOf(Proposal memory proposal) pure returns (bytes32 id) {
  assembly ("memory-safe") {
    id := keccak256(proposal, 0xc0) // 6 words
  }
}

// ── Claims ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// @notice Terms of a claim made now.
function newTerms(uint256 segment, uint256 level, uint256 flags, uint256 clock, address machine) view returns (Terms) {
  return
    Terms.wrap(
      (segment << 232) | (level << 228) | (flags << 224) | (block.timestamp << 184) | (clock << 160) | uint160(machine)
    );
}

/// @notice The terms without the argument bits.
function termsOf(Claim calldata claim) pure returns (Terms) {
  return Terms.wrap(claim.terms & (type(uint256).max >> 20));
}

/// @notice Argument bits of the terms: where to look first for a place for the new claim.
function hintOf(Claim calldata claim) pure returns (uint256) {
  return claim.terms >> 240;
}

/// @notice Argument bits of the terms: the segment of the claim that is answered.
function answeredSegmentOf(Claim calldata claim) pure returns (uint256) {
  return (claim.terms >> 236) & 0xf;
}

function newOrigin(uint256 parentClock, uint256 number, uint256 parent, address by) pure returns (Origin) {
  return Origin.wrap((parentClock << 208) | (number << 184) | (parent << 160) | uint160(by));
}

/// @notice The origin without the argument bits.
function originOf(Claim calldata claim) pure returns (Origin) {
  return Origin.wrap(claim.origin & (type(uint256).max >> 24));
}

/// @notice Argument bits of the origin: the place of the claim's slot.
function placeOf(Claim calldata claim) pure returns (uint256) {
  return claim.origin >> 232;
}

/// @notice The hash of a claim's three words.
function hashOf(Terms terms, Origin from, bytes32 commitment) pure returns (bytes32 hash) {
  assembly ("memory-safe") {
    let free := mload(0x40)
    mstore(free, terms)
    mstore(add(free, 0x20), from)
    mstore(add(free, 0x40), commitment)
    hash := keccak256(free, 0x60)
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

using HeadFields for Head global;

library HeadFields {
  function number(Head head) internal pure returns (uint256) {
    return Head.unwrap(head) >> 216;
  }

  function region(Head head) internal pure returns (uint256) {
    return Head.unwrap(head) >> 232;
  }

  function level(Head head) internal pure returns (uint256) {
    return uint8(Head.unwrap(head) >> 208);
  }

  function made(Head head) internal pure returns (uint256) {
    return uint40(Head.unwrap(head) >> 168);
  }
}

using TermsFields for Terms global;

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

  /// @notice Whether answers to the claim take a witness, or a native run of another machine: level 1, or delegated.
  function isLong(Terms terms) internal pure returns (bool) {
    return terms.level() == 1 || Terms.unwrap(terms) & (DELEGATED << 224) != 0;
  }
}

using OriginFields for Origin global;

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
}
