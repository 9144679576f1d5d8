// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Not a node of a trie over 32-byte keys.
error MalformedNode(bytes node);

/// @notice A node of more than 65,535 bytes cannot stand in a proof.
error NodeTooLong(uint256 size);

/// @title Nodes of a Merkle-Patricia trie, as RLP in memory (Yellow Paper, appendices C and D)
/// @notice Keys have 32 bytes, so no key ends at a branch. A branch is sixteen items for its children and an empty one; a leaf
/// or extension is two items, its path and its value or child. A child is an item too: nothing, 32 bytes of hash, or, where its
/// RLP has fewer than 32 bytes, the node itself.
/// @dev A path is a word, left-aligned, and a count of nibbles; the nibbles beyond are zero. An offset counts from a node's
/// first byte. A node shorter than its header says is malformed; bytes after it may be read before that is detected.
library TrieNode {
  uint256 internal constant KEY_NIBBLES = 64;
  /// @dev The empty item: no child, no value.
  uint256 internal constant EMPTY_ITEM = 0x80;
  /// @dev First byte of the item of 32 bytes: a child by its hash.
  uint256 internal constant HASH_ITEM = 0xa0;
  uint256 internal constant HASH_ITEM_BYTES = 33;

  uint256 private constant LIST = 0xc0;
  /// @dev A branch with sixteen hashed children: f9 0211, then 16 items of 33 bytes and an empty one.
  uint256 private constant FULL_BRANCH_BYTES = 532;
  /// @dev Room behind what is allocated, so that whole words can be written up to its end.
  uint256 private constant SLACK = 64;

  // Reading

  function byteAt(bytes memory node, uint256 offset) internal pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := byte(0, mload(add(add(node, 32), offset)))
    }
  }

  /// @notice Nibble `index` of a path or key.
  function nibbleAt(uint256 path, uint256 index) internal pure returns (uint256) {
    unchecked {
      return (path >> (252 - 4 * index)) & 15;
    }
  }

  /// @return first Offset of the first item.
  /// @return second Offset of the second item of a leaf or an extension; 0 for a branch.
  function itemsOf(bytes memory node) internal pure returns (uint256 first, uint256 second) {
    unchecked {
      uint256 head = byteAt(node, 0);
      if (head < LIST) revert MalformedNode(node);
      first = head < 0xf8 ? 1 : head - 0xf6;
      head = byteAt(node, first);
      // A path is never empty nor a list, as a branch's first child may be; but both can have 32 bytes.
      if (head == HASH_ITEM) {
        if (byteAt(node, first + HASH_ITEM_BYTES) == HASH_ITEM && node.length > first + 2 * HASH_ITEM_BYTES) {
          return (first, 0);
        }
      } else if (head == EMPTY_ITEM || head >= LIST) return (first, 0);
      second = first + itemBytes(node, first);
      if (second + itemBytes(node, second) != node.length) second = 0;
    }
  }

  /// @notice Size of an RLP item, with its head.
  function itemBytes(bytes memory node, uint256 offset) internal pure returns (uint256) {
    unchecked {
      uint256 head = byteAt(node, offset);
      if (head < EMPTY_ITEM) return 1;
      if (head < 0xb8) return head - 0x7f;
      if (head < LIST) return _longBytes(node, offset, head - 0xb7);
      return head < 0xf8 ? head - 0xbf : _longBytes(node, offset, head - 0xf7);
    }
  }

  /// @param width Bytes of the length.
  function _longBytes(bytes memory node, uint256 offset, uint256 width) private pure returns (uint256) {
    unchecked {
      if (width > 2) revert MalformedNode(node);
      uint256 length = byteAt(node, offset + 1);
      return 1 + width + (width == 1 ? length : (length << 8) | byteAt(node, offset + 2));
    }
  }

  /// @notice Path of a leaf or extension.
  /// @param first Offset of its first item.
  function pathOf(bytes memory node, uint256 first) internal pure returns (bool leaf, uint256 path, uint256 count) {
    unchecked {
      uint256 start = first;
      uint256 length = 1;
      uint256 flag = byteAt(node, first);
      if (flag >= EMPTY_ITEM) {
        length = flag - EMPTY_ITEM;
        // A flag and at most 64 nibbles.
        if (length == 0 || length > 33) revert MalformedNode(node);
        flag = byteAt(node, ++start);
      }
      uint256 odd = (flag >> 4) & 1;
      leaf = flag & 0x20 != 0;
      count = 2 * (length - 1) + odd;
      if (count > KEY_NIBBLES) revert MalformedNode(node);
      assembly ("memory-safe") {
        path := mload(add(add(node, 33), start))
        if odd {
          path := or(shl(252, flag), shr(4, path))
        }
        let rest := sub(256, shl(2, count))
        path := shl(rest, shr(rest, path))
      }
    }
  }

  /// @notice Size of a child's item, by its first byte.
  function childBytes(uint256 head) internal pure returns (uint256) {
    unchecked {
      // 80, a0 and c0 + n (n < 32) are followed by 0, 32 and n bytes: the low six bits.
      return 1 + (head & 0x3f);
    }
  }

  /// @notice The hash in a child's item.
  function hashAt(bytes memory node, uint256 offset) internal pure returns (bytes32 hash) {
    assembly ("memory-safe") {
      hash := mload(add(add(node, 33), offset))
    }
  }

  /// @notice Offset of a branch's child.
  /// @param first Offset of its first item.
  function childOffset(bytes memory branch, uint256 first, uint256 slot) internal pure returns (uint256 offset) {
    if (branch.length == FULL_BRANCH_BYTES) {
      unchecked {
        return first + HASH_ITEM_BYTES * slot;
      }
    }
    assembly ("memory-safe") {
      let start := add(branch, 32)
      let item := add(start, first)
      for {} slot {
        slot := sub(slot, 1)
      } {
        // As childBytes.
        item := add(item, add(1, and(byte(0, mload(item)), 0x3f)))
      }
      offset := sub(item, start)
    }
  }

  /// @notice The children that a branch has beside one.
  /// @param first Offset of the branch's first item.
  /// @param without Offset of the child that does not count.
  /// @return count How many there are.
  /// @return slot Of the last one.
  /// @return offset Of the last one.
  function others(
    bytes memory branch,
    uint256 first,
    uint256 without
  ) internal pure returns (uint256 count, uint256 slot, uint256 offset) {
    unchecked {
      uint256 item = first;
      for (uint256 i = 0; i < 16; ++i) {
        uint256 head = byteAt(branch, item);
        if (head != EMPTY_ITEM && item != without) {
          ++count;
          slot = i;
          offset = item;
        }
        item += childBytes(head);
      }
      // With 32-byte keys the value of a branch is empty.
      if (item + 1 != branch.length || byteAt(branch, item) != EMPTY_ITEM) revert MalformedNode(branch);
    }
  }

  /// @notice Bytes of a node, copied.
  function slice(bytes memory node, uint256 offset, uint256 size) internal pure returns (bytes memory bytes_) {
    bytes_ = _allocate(size);
    assembly ("memory-safe") {
      mcopy(add(bytes_, 32), add(add(node, 32), offset), size)
    }
  }

  /// @notice The string that an item holds.
  /// @param offset Of an item that ends with the node.
  function stringAt(bytes memory node, uint256 offset) internal pure returns (bytes memory) {
    unchecked {
      uint256 head = byteAt(node, offset);
      if (head >= LIST) revert MalformedNode(node);
      uint256 start =
        offset +
          (
            head < EMPTY_ITEM
              ? 0
              : head < 0xb8
                ? 1
                : head - 0xb6
          );
      return slice(node, start, node.length - start);
    }
  }

  // Making

  /// @notice RLP of a string.
  function stringItem(bytes memory value) internal pure returns (bytes memory item) {
    unchecked {
      uint256 size = value.length;
      if (size == 1 && byteAt(value, 0) < EMPTY_ITEM) return value;
      uint256 start;
      (item, start) = _open(size, EMPTY_ITEM);
      assembly ("memory-safe") {
        mcopy(add(add(item, 32), start), add(value, 32), size)
      }
    }
  }

  /// @notice A leaf, or an extension.
  /// @param path Nibbles beyond `count` are ignored.
  /// @param content The value's item, or the child's.
  function makeShort(
    bool leaf,
    uint256 path,
    uint256 count,
    bytes memory content
  ) internal pure returns (bytes memory node) {
    unchecked {
      if (count > KEY_NIBBLES) revert MalformedNode(content);
      uint256 odd = count & 1;
      uint256 pathBytes = 1 + (count >> 1);
      uint256 start;
      (node, start) = _open((pathBytes == 1 ? 1 : 1 + pathBytes) + content.length, LIST);
      assembly ("memory-safe") {
        let to := add(add(node, 32), start)
        if gt(pathBytes, 1) {
          mstore8(to, add(0x80, pathBytes))
          to := add(to, 1)
        }
        // 2 for a leaf and 1 for an odd count make the first nibble; the second is the path's, if the count is odd.
        mstore8(to, or(shl(5, leaf), mul(odd, or(0x10, shr(252, path)))))
        mstore(add(to, 1), shl(shl(2, odd), path))
        mcopy(add(to, pathBytes), add(content, 32), mload(content))
      }
    }
  }

  /// @notice A branch with two children, in different slots.
  function makeFork(
    uint256 slotA,
    bytes memory itemA,
    uint256 slotB,
    bytes memory itemB
  ) internal pure returns (bytes memory node) {
    unchecked {
      if (slotA > slotB) return makeFork(slotB, itemB, slotA, itemA);
      uint256 start;
      (node, start) = _open(15 + itemA.length + itemB.length, LIST);
      assembly ("memory-safe") {
        let nothing := 0x8080808080808080808080808080808080808080808080808080808080808080
        let to := add(add(node, 32), start)
        mstore(to, nothing)
        to := add(to, slotA)
        mcopy(to, add(itemA, 32), mload(itemA))
        to := add(to, mload(itemA))
        mstore(to, nothing)
        to := add(to, sub(sub(slotB, slotA), 1))
        mcopy(to, add(itemB, 32), mload(itemB))
        mstore(add(to, mload(itemB)), nothing)
      }
    }
  }

  /// @notice The node with another item at `offset`: in place, where it has the size of the former.
  /// @param size Of the former.
  function splice(
    bytes memory node,
    uint256 offset,
    uint256 size,
    bytes memory item
  ) internal pure returns (bytes memory spliced) {
    unchecked {
      uint256 added = item.length;
      if (added == size) {
        assembly ("memory-safe") {
          mcopy(add(add(node, 32), offset), add(item, 32), added)
        }
        return node;
      }
      (uint256 first, ) = itemsOf(node);
      uint256 start;
      (spliced, start) = _open(node.length - first - size + added, LIST);
      assembly ("memory-safe") {
        let from := add(node, 32)
        let to := add(add(spliced, 32), start)
        let before := sub(offset, first)
        mcopy(to, add(from, first), before)
        to := add(to, before)
        mcopy(to, add(item, 32), added)
        let end := add(offset, size)
        mcopy(add(to, added), add(from, end), sub(mload(node), end))
      }
    }
  }

  /// @notice The item that stands for a node in its parent.
  function asChild(bytes memory node) internal pure returns (bytes memory item) {
    if (node.length < 32) return node;
    item = _allocate(HASH_ITEM_BYTES);
    bytes32 hash = keccak256(node);
    assembly ("memory-safe") {
      mstore8(add(item, 32), HASH_ITEM)
      mstore(add(item, 33), hash)
    }
  }

  /// @notice An item with its head written.
  /// @param size Of its content.
  /// @param kind 0x80 for a string, 0xc0 for a list.
  /// @return item Its content is still to be written.
  /// @return start Offset of the content.
  function _open(uint256 size, uint256 kind) private pure returns (bytes memory item, uint256 start) {
    unchecked {
      if (size > 0xfff0) revert NodeTooLong(size);
      start =
        size < 56
          ? 1
          : size < 256
            ? 2
            : 3;
      item = _allocate(start + size);
      assembly ("memory-safe") {
        let to := add(item, 32)
        switch start
        case 1 {
          mstore8(to, add(kind, size))
        }
        default {
          // kind + 55 + bytes of the length, then the length.
          mstore(to, or(shl(248, add(kind, add(54, start))), shl(sub(256, shl(3, start)), size)))
        }
      }
    }
  }

  function _allocate(uint256 size) private pure returns (bytes memory bytes_) {
    assembly ("memory-safe") {
      bytes_ := mload(0x40)
      mstore(bytes_, size)
      mstore(0x40, and(add(add(bytes_, size), add(SLACK, 63)), not(31)))
    }
  }
}
