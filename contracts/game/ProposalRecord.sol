// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Proposal} from "./IDisputeGame.sol";

/// @dev First word of a proposal. `IDisputeGame` says where its fields are.
type Head is uint256;

using HeadFields for Head global;

/// @notice Head of a proposal made now.
function newHead(uint256 number, uint256 level, address consumer) view returns (Head) {
  return Head.wrap((number << 216) | (level << 208) | (block.timestamp << 168) | uint160(consumer));
}

/// @notice The id of a game: the hash of its proposal's six words.
function idOf(Proposal memory proposal) pure returns (bytes32 id) {
  assembly ("memory-safe") {
    id := keccak256(proposal, 0xc0) // 6 words
  }
}

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
