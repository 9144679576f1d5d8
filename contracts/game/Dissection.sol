// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Opening} from "./IDisputeGame.sol";

/// @title Dissection: one commitment to the 17 states of a claim
/// @notice A claim lists h[0] … h[16]: its start, fifteen middles, its end. The commitment is the root of a binary Merkle tree
/// over sixteen leaves, leaf j = keccak256(h[j] ‖ h[j+1]), so that one path of four hashes opens both ends of a segment.
/// @dev The depth is fixed, so a leaf cannot pass for a node, and neither needs a tag.
library Dissection {
  // generated: SEGMENTS (npm run generate)
  /// @dev Segments of a claim; a claim of level L covers SEGMENTS ** L steps.
  uint256 internal constant SEGMENTS = 16;

  /// @dev Hashes of a path in the tree over them.
  uint256 private constant DEPTH = 4;
  // end of SEGMENTS

  /// @notice The claim does not commit to these two states as the ends of this segment.
  error NotInDissection(bytes32 root, uint256 segment, bytes32 from, bytes32 to);

  /// @notice The commitment to `start`, the middles and `end`.
  function root(bytes32 start, bytes32[15] calldata middles, bytes32 end) internal pure returns (bytes32 top) {
    assembly ("memory-safe") {
      // Seventeen words of scratch beyond the free pointer, which stays where it is.
      let points := mload(0x40)
      mstore(points, start)
      calldatacopy(add(points, 0x20), middles, 0x1e0) // 15 words
      let last := add(points, 0x200) // 16 words on
      mstore(last, end)
      // Leaf j takes the place of point j: leaf j + 1 reads points j + 1 and j + 2, which still stand.
      for {
        let p := points
      } lt(p, last) {
        p := add(p, 0x20)
      } {
        mstore(p, keccak256(p, 0x40))
      }
      // Each level is written over the first half of the one below.
      for {
        let width := 0x100
      } width {
        width := and(shr(1, width), 0x1e0)
      } {
        let source := points
        let edge := add(points, width)
        for {
          let p := points
        } lt(p, edge) {
          p := add(p, 0x20)
        } {
          mstore(p, keccak256(source, 0x40))
          source := add(source, 0x40)
        }
      }
      top := mload(points)
    }
  }

  /// @notice Reverts unless the dissection under `expected` holds these neighbours at this segment.
  /// @param segment Less than 16.
  function check(bytes32 expected, uint256 segment, Opening calldata opening) internal pure {
    bytes32 node;
    assembly ("memory-safe") {
      calldatacopy(0x00, opening, 0x40) // from ‖ to
      node := keccak256(0x00, 0x40)
      let path := segment
      for {
        let sibling := add(opening, 0x40)
        let end := add(sibling, mul(DEPTH, 0x20))
      } lt(sibling, end) {
        sibling := add(sibling, 0x20)
      } {
        // The bits of the segment tell on which side the node is, from the leaf up.
        let side := shl(5, and(path, 1))
        mstore(side, node)
        mstore(xor(side, 0x20), calldataload(sibling))
        node := keccak256(0x00, 0x40)
        path := shr(1, path)
      }
    }
    // INVARIANT: a child uses hashes that its parent committed to, not hashes of its own making.
    if (node != expected) revert NotInDissection(expected, segment, opening.from, opening.to);
  }
}
