// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MalformedNode, TrieNode} from "./TrieNode.sol";

/// @notice The proof ends before this node.
error MissingNode(bytes32 hash);

/// @notice A node of the proof does not match its reference.
error WrongNode(bytes32 expected, bytes32 actual);

/// @notice The proof has nodes after the last one needed.
error UnusedNodes(uint256 count);

/// @notice Nodes in calldata that were not opened yet.
struct Nodes {
  /// Where the next one begins: its length in 2 bytes, then its RLP.
  uint256 cursor;
  uint256 left;
}

/// @notice Where a reference to a node stands: the parent's address in memory, and the offset in it. Zero for the root.
type Slot is uint256;

using {parentOf, offsetOf} for Slot global;

/// @notice Where a search for a key ended.
struct End {
  /// The leaf, or an extension that the key leaves; no bytes if the slot is empty.
  bytes node;
  /// What refers to it.
  Slot slot;
  /// Nibbles of the key above the node.
  uint256 depth;
  /// Nibbles that the node's path and the rest of the key begin with.
  uint256 common;
  /// The node's path, its nibbles and the offset of what follows it.
  uint256 path;
  uint256 count;
  uint256 content;
  bool leaf;
  /// The node is the key's own leaf.
  bool found;
}

/// @title The way from a trie's root to a key, through the nodes of a proof
/// @notice A proof is the number of its nodes (1 byte), and of each its length (2 bytes) and RLP: the nodes on the way that are
/// referred to by hash, from the root downwards, and no others.
/// @dev In memory, a node stands behind the slot that refers to it: so from a node there is a way back to the root.
library TriePath {
  using TrieNode for bytes;

  /// @dev keccak256(0x80)
  bytes32 internal constant EMPTY_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

  /// @param cursor Where in calldata the proof begins.
  function open(uint256 cursor) internal pure returns (Nodes memory nodes) {
    unchecked {
      uint256 count;
      assembly ("memory-safe") {
        count := byte(0, calldataload(cursor))
      }
      nodes.cursor = cursor + 1;
      nodes.left = count;
    }
  }

  /// @return next Where in calldata the proof ends.
  function close(Nodes memory nodes) internal pure returns (uint256 next) {
    // INVARIANT: a proof has no unused nodes. Otherwise a step would have several witnesses.
    if (nodes.left != 0) revert UnusedNodes(nodes.left);
    return nodes.cursor;
  }

  /// @notice Follows a key from the root as far as the trie goes.
  /// @dev SAFETY: `root` is of a trie that was made by these rules, so its nodes are well-formed. Whatever it is, what the
  /// search finds follows from the root and the key alone: each node is the one that is referred to, and decides where to go on.
  function find(Nodes memory nodes, bytes32 root, uint256 key) internal pure returns (End memory end) {
    unchecked {
      if (root == EMPTY_ROOT) return end;
      Slot slot;
      uint256 depth;
      bytes memory node = _openNode(nodes, root, slot);
      while (node.length != 0) {
        (uint256 first, uint256 second) = node.itemsOf();
        if (second == 0) {
          if (depth == TrieNode.KEY_NIBBLES) revert MalformedNode(node);
          second = node.childOffset(first, TrieNode.nibbleAt(key, depth));
          ++depth;
        } else {
          (bool leaf, uint256 path, uint256 count) = node.pathOf(first);
          // A leaf's path goes to the end of the key, an extension's does not.
          if (leaf ? depth + count != TrieNode.KEY_NIBBLES : depth + count >= TrieNode.KEY_NIBBLES)
            revert MalformedNode(node);
          uint256 common = _commonNibbles(path, key << (4 * depth), count);
          if (leaf || common < count) {
            return End(node, slot, depth, common, path, count, second, leaf, leaf && common == count);
          }
          depth += count;
        }
        slot = slotOf(node, second);
        node = child(nodes, slot);
      }
      end.slot = slot;
      end.depth = depth;
    }
  }

  function slotOf(bytes memory node, uint256 offset) internal pure returns (Slot slot) {
    assembly ("memory-safe") {
      slot := or(shl(16, node), offset)
    }
  }

  /// @notice The slot that refers to a node that was opened.
  function slotAbove(bytes memory node) internal pure returns (Slot slot) {
    assembly ("memory-safe") {
      slot := mload(sub(node, 32))
    }
  }

  /// @notice The node that a slot refers to: from the proof, or out of its parent. No bytes if the slot is empty.
  function child(Nodes memory nodes, Slot slot) internal pure returns (bytes memory node) {
    unchecked {
      bytes memory parent = slot.parentOf();
      uint256 offset = slot.offsetOf();
      uint256 head = parent.byteAt(offset);
      uint256 size = TrieNode.childBytes(head);
      if (offset + size > parent.length) revert MalformedNode(parent);
      if (head == TrieNode.HASH_ITEM) return _openNode(nodes, parent.hashAt(offset), slot);
      if (head == TrieNode.EMPTY_ITEM) return node;
      // A list of fewer than 32 bytes.
      if (head >> 5 != 6) revert MalformedNode(parent);
      node = _allocate(size, slot);
      assembly ("memory-safe") {
        mcopy(add(node, 32), add(add(parent, 32), offset), size)
      }
    }
  }

  function _openNode(Nodes memory nodes, bytes32 hash, Slot slot) private pure returns (bytes memory node) {
    uint256 left = nodes.left;
    // INVARIANT: a proof reaches the end of the path. Otherwise a shorter proof could deny an entry.
    if (left == 0) revert MissingNode(hash);
    uint256 cursor = nodes.cursor;
    uint256 size;
    assembly ("memory-safe") {
      size := shr(240, calldataload(cursor))
      cursor := add(cursor, 2)
    }
    node = _allocate(size, slot);
    bytes32 actual;
    assembly ("memory-safe") {
      calldatacopy(add(node, 32), cursor, size)
      actual := keccak256(add(node, 32), size)
    }
    unchecked {
      nodes.cursor = cursor + size;
      nodes.left = left - 1;
    }
    // INVARIANT: each node matches its reference, from the root down. Otherwise the prover could choose or deny a value.
    if (actual != hash) revert WrongNode(hash, actual);
  }

  /// @dev Behind the slot; with two spare words at the end, since whole words are read.
  function _allocate(uint256 size, Slot slot) private pure returns (bytes memory node) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, slot)
      node := add(free, 32)
      mstore(node, size)
      mstore(0x40, and(add(add(node, size), 127), not(31)))
    }
  }

  /// @return common At most `count`.
  function _commonNibbles(uint256 a, uint256 b, uint256 count) private pure returns (uint256 common) {
    assembly ("memory-safe") {
      common := shr(2, clz(xor(a, b)))
      common := xor(common, mul(xor(common, count), lt(count, common)))
    }
  }
}

function parentOf(Slot slot) pure returns (bytes memory node) {
  assembly ("memory-safe") {
    node := shr(16, slot)
  }
}

function offsetOf(Slot slot) pure returns (uint256) {
  return Slot.unwrap(slot) & 0xffff;
}
