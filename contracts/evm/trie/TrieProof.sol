// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MalformedNode, TrieNode} from "./TrieNode.sol";
import {End, Nodes, Slot, TriePath} from "./TriePath.sol";

/// @title Reads and updates of Ethereum's state and storage tries, by proof
/// @notice Keys are 32 bytes, hashed by the caller. A proof lies in calldata as `encodeProof` of `evm/trie/proof.ts` writes it.
/// The nodes alone decide whether the key is present. A proof that does not open the root, or has a node too few or
/// too many, reverts: MissingNode, WrongNode, UnusedNodes; nodes that no such trie has: MalformedNode.
/// @dev An update changes the nodes in memory and hashes them again up to the root. All memory is given back but the value.
library TrieProof {
  using TrieNode for bytes;
  using TriePath for Nodes;

  /// @notice What the trie holds under `key`.
  /// @param cursor Where in calldata the proof begins: the nodes from the root towards the key.
  /// @return value No bytes if the key is not there.
  /// @return next Where in calldata the proof ends.
  function get(bytes32 root, bytes32 key, uint256 cursor) internal pure returns (bytes memory value, uint256 next) {
    uint256 free = _freeMemory();
    Nodes memory nodes = TriePath.open(cursor);
    End memory end = nodes.find(root, uint256(key));
    next = nodes.close();
    if (end.found) value = end.node.stringAt(end.content);
    assembly ("memory-safe") {
      let size := mload(value)
      if size {
        mcopy(free, value, add(32, size))
        value := free
        free := and(add(add(free, size), 63), not(31))
      }
      mstore(0x40, free)
    }
  }

  /// @notice Root of the trie with another value under `key`.
  /// @param value No bytes deletes the entry, if it is there.
  /// @param cursor Where in calldata the proof begins: the nodes from the root towards the key, and then, if a deletion leaves a
  /// branch with one child, that child.
  /// @return newRoot Of the one trie that holds these entries.
  /// @return next Where in calldata the proof ends.
  function update(
    bytes32 root,
    bytes32 key,
    bytes memory value,
    uint256 cursor
  ) internal pure returns (bytes32 newRoot, uint256 next) {
    uint256 free = _freeMemory();
    Nodes memory nodes = TriePath.open(cursor);
    End memory end = nodes.find(root, uint256(key));
    if (value.length != 0) newRoot = _insert(end, uint256(key), value.stringItem());
    else newRoot = end.found ? _remove(nodes, end) : root;
    next = nodes.close();
    assembly ("memory-safe") {
      mstore(0x40, free)
    }
  }

  /// @param item The value's.
  function _insert(End memory end, uint256 key, bytes memory item) private pure returns (bytes32) {
    unchecked {
      bytes memory node = end.node;
      if (node.length == 0) {
        node = TrieNode.makeShort(true, key << (4 * end.depth), TrieNode.KEY_NIBBLES - end.depth, item);
      } else if (end.found) {
        node = node.splice(end.content, node.length - end.content, item);
      } else {
        node = _fork(end, key, item);
      }
      return _climb(node, end.slot);
    }
  }

  /// @notice What a leaf or extension becomes when a key leaves it: a branch, below an extension if the paths begin alike.
  function _fork(End memory end, uint256 key, bytes memory item) private pure returns (bytes memory) {
    unchecked {
      uint256 below = end.common + 1;
      bytes memory former = end.node.slice(end.content, end.node.length - end.content);
      // An extension that would have no path left is its child.
      if (end.leaf || below < end.count) {
        former = TrieNode.makeShort(end.leaf, end.path << (4 * below), end.count - below, former).asChild();
      }
      uint256 depth = end.depth + below;
      bytes memory latter = TrieNode.makeShort(true, key << (4 * depth), TrieNode.KEY_NIBBLES - depth, item).asChild();
      bytes memory branch = TrieNode.makeFork(
        TrieNode.nibbleAt(end.path, end.common),
        former,
        TrieNode.nibbleAt(key, depth - 1),
        latter
      );
      return end.common == 0 ? branch : TrieNode.makeShort(false, end.path, end.common, branch.asChild());
    }
  }

  /// @dev A leaf stands at the root or in a branch, and a branch has two children at least.
  function _remove(Nodes memory nodes, End memory end) private pure returns (bytes32) {
    unchecked {
      if (Slot.unwrap(end.slot) == 0) return TriePath.EMPTY_ROOT;
      bytes memory branch = end.slot.parentOf();
      (uint256 first, uint256 second) = branch.itemsOf();
      if (second != 0) revert MalformedNode(branch);
      Slot above = TriePath.slotAbove(branch);
      uint256 offset = end.slot.offsetOf();
      (uint256 count, uint256 slot, uint256 other) = branch.others(first, offset);
      if (count == 0) revert MalformedNode(branch);
      if (count == 1) return _collapse(nodes, branch, slot, other);
      return _climb(branch.splice(offset, branch.itemBytes(offset), hex"80"), above);
    }
  }

  /// @notice Replaces a branch by its only child, whose path grows by the child's slot and by the path of an extension above.
  /// @dev The result depends on the child's kind, so the child is opened.
  function _collapse(
    Nodes memory nodes,
    bytes memory branch,
    uint256 slot,
    uint256 offset
  ) private pure returns (bytes32) {
    unchecked {
      Slot above = TriePath.slotAbove(branch);
      uint256 path = slot << 252;
      uint256 count = 1;
      if (Slot.unwrap(above) != 0) {
        bytes memory parent = above.parentOf();
        (uint256 head, uint256 content) = parent.itemsOf();
        if (content != 0) {
          (, path, count) = parent.pathOf(head);
          path |= slot << (252 - 4 * count);
          ++count;
          above = TriePath.slotAbove(parent);
        }
      }
      bytes memory child = nodes.child(TriePath.slotOf(branch, offset));
      (uint256 first, uint256 second) = child.itemsOf();
      if (second == 0) {
        bytes memory item = branch.slice(offset, branch.itemBytes(offset));
        return _climb(TrieNode.makeShort(false, path, count, item), above);
      }
      (bool leaf, uint256 rest, uint256 restCount) = child.pathOf(first);
      bytes memory childContent = child.slice(second, child.length - second);
      return _climb(TrieNode.makeShort(leaf, path | (rest >> (4 * count)), count + restCount, childContent), above);
    }
  }

  /// @notice Root of the trie with `node` in `slot`.
  function _climb(bytes memory node, Slot slot) private pure returns (bytes32) {
    unchecked {
      while (Slot.unwrap(slot) != 0) {
        bytes memory parent = slot.parentOf();
        uint256 offset = slot.offsetOf();
        slot = TriePath.slotAbove(parent);
        if (node.length >= 32 && parent.byteAt(offset) == TrieNode.HASH_ITEM) {
          bytes32 hash = keccak256(node);
          assembly ("memory-safe") {
            mstore(add(add(parent, 33), offset), hash)
          }
          node = parent;
        } else {
          node = parent.splice(offset, parent.itemBytes(offset), node.asChild());
        }
      }
      return keccak256(node);
    }
  }

  function _freeMemory() private pure returns (uint256 free) {
    assembly ("memory-safe") {
      free := mload(0x40)
    }
  }
}
