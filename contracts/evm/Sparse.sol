// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../lib/MerklePath.sol";
import {Machine, WrongOpening} from "./Tape.sol";

/// @dev No such kind of opening.
error WrongKind(uint256 kind);

/// @dev The leaf shown at the key's place has another prefix, or has the key itself.
error WrongNeighbour(bytes32 key, bytes32 neighbour);

/// @dev The record is not the one with the lowest key.
error NotLeftmost(bytes32 key);

/// @dev A key's place in a tree.
struct Opening {
  /// Whether there is a record.
  bool found;
  bytes32 key;
  /// Where the record's words lie in memory; zeros if there is none.
  uint256 record;
  /// The other leaf, if one is at the key's place; else 0.
  bytes32 neighbour;
  /// Its key.
  bytes32 neighbourKey;
  /// Number of siblings.
  uint256 depth;
  /// Where they begin in calldata, from the leaf upwards.
  uint256 path;
}

/// @title Sparse Merkle trees with lifted leaves (docs/evm-machine.md, "Sparse trees")
/// @dev Leaves hash 96 bytes, nodes 64, and an empty place is 0: no one of the three passes for another. So the
/// prover may give the number of siblings.
library Sparse {
  /// @notice Opens a key from the tape.
  /// @param words Of a record.
  function open(
    Machine memory m,
    bytes32 root,
    bytes32 key,
    uint256 words
  ) internal pure returns (Opening memory opening) {
    uint256 kind = m.u8();
    uint256 depth = m.u8();
    uint256 cursor = m.cursor;
    uint256 record;
    bytes32 node;
    bytes32 content;
    assembly ("memory-safe") {
      let size := shl(5, words)
      record := mload(0x40)
      mstore(0x40, add(record, size))
      switch kind
      case 1 {
        calldatacopy(record, cursor, size)
        cursor := add(cursor, size)
        content := keccak256(record, size)
      }
      default {
        calldatacopy(record, calldatasize(), size)
      }
    }
    if (kind == 1) {
      opening.found = true;
      node = leaf(key, content);
    } else if (kind == 2) {
      bytes32 neighbourKey;
      assembly ("memory-safe") {
        neighbourKey := calldataload(cursor)
        content := calldataload(add(cursor, 32))
        cursor := add(cursor, 64)
      }
      // INVARIANT: the other leaf is at the key's place, so the key is absent. Otherwise the prover could deny a record.
      if (neighbourKey == key || uint256(neighbourKey ^ key) >> (256 - depth) != 0) {
        revert WrongNeighbour(key, neighbourKey);
      }
      node = leaf(neighbourKey, content);
      opening.neighbour = node;
      opening.neighbourKey = neighbourKey;
    } else if (kind != 0) {
      revert WrongKind(kind);
    }
    opening.key = key;
    opening.record = record;
    opening.depth = depth;
    opening.path = cursor;
    bytes32 actual = _climb(opening, node);
    // INVARIANT: the state binds the tree. Otherwise the prover could choose the record, or deny it.
    if (actual != root) revert WrongOpening(root, actual);
    unchecked {
      m.cursor = cursor + 32 * depth;
    }
  }

  /// @notice Opens the record with the lowest key of a tree that is not empty: key, then its opening.
  function leftmost(Machine memory m, bytes32 root, uint256 words) internal pure returns (Opening memory opening) {
    bytes32 key = bytes32(m.word());
    opening = open(m, root, key, words);
    uint256 path = opening.path;
    uint256 depth = opening.depth;
    uint256 before;
    assembly ("memory-safe") {
      for {
        let index := shr(sub(256, depth), key)
      } index {
        index := shr(1, index)
      } {
        if and(index, 1) {
          before := or(before, calldataload(path))
        }
        path := add(path, 32)
      }
    }
    // INVARIANT: records are flushed in the order of their keys. Otherwise the prover could choose the order.
    if (before != 0 || !opening.found) revert NotLeftmost(key);
  }

  /// @notice Root of the tree with this record at the opened key.
  /// @param content Hash of the record.
  function put(Opening memory opening, bytes32 content) internal pure returns (bytes32 root) {
    bytes32 key = opening.key;
    bytes32 node = leaf(key, content);
    bytes32 neighbour = opening.neighbour;
    if (neighbour != 0) {
      bytes32 neighbourKey = opening.neighbourKey;
      uint256 depth = opening.depth;
      assembly ("memory-safe") {
        // The first bit in which the keys differ, counted from the highest: there the two leaves meet.
        let fork := clz(xor(key, neighbourKey))
        let index := shr(sub(255, fork), key)
        for {} 1 {} {
          let side := shl(5, and(index, 1))
          mstore(side, node)
          mstore(xor(side, 32), neighbour)
          node := keccak256(0, 64)
          // Above the fork, nodes have one side only, up to the place that was opened.
          neighbour := 0
          if eq(fork, depth) {
            break
          }
          fork := sub(fork, 1)
          index := shr(1, index)
        }
      }
    }
    return _climb(opening, node);
  }

  /// @notice Root of the tree without the opened record: a node with two empty sides is empty, and no leaf is lifted.
  function takeOut(Opening memory opening) internal pure returns (bytes32 root) {
    uint256 path = opening.path;
    uint256 depth = opening.depth;
    bytes32 key = opening.key;
    assembly ("memory-safe") {
      let index := shr(sub(256, depth), key)
      for {
        let end := add(path, shl(5, depth))
      } lt(path, end) {
        path := add(path, 32)
      } {
        let sibling := calldataload(path)
        if or(root, sibling) {
          let side := shl(5, and(index, 1))
          mstore(side, root)
          mstore(xor(side, 32), sibling)
          root := keccak256(0, 64)
        }
        index := shr(1, index)
      }
    }
  }

  function leaf(bytes32 key, bytes32 content) internal pure returns (bytes32 hash) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, key)
      mstore(add(free, 32), content)
      mstore(add(free, 64), 1)
      hash := keccak256(free, 96)
    }
  }

  /// @dev Root of the tree with `node` at the key's place.
  function _climb(Opening memory opening, bytes32 node) private pure returns (bytes32 root) {
    unchecked {
      uint256 depth = opening.depth;
      return MerklePath.climb(node, uint256(opening.key) >> (256 - depth), opening.path, depth);
    }
  }
}
