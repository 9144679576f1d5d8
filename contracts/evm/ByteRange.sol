// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../lib/MerklePath.sol";
import {EMPTY, Slice} from "./Layout.sol";
import {Machine, WrongOpening} from "./Tape.sol";

/// @title Ranges of data trees, opened from the tape: their leaves, then the siblings on both sides of them, upwards
/// @dev Callers keep offset + length within the tree's size, and length within what a transaction can carry.
library ByteRange {
  /// @notice Opens `length` bytes from `offset` of a tree over `size` bytes.
  function read(
    Machine memory m,
    bytes32 root,
    uint256 size,
    uint256 offset,
    uint256 length
  ) internal pure returns (bytes memory data) {
    return _read(m, root, size, offset, length, length);
  }

  /// @notice Opens `length` bytes from `from` of a view; zeros beyond its end.
  function readSlice(
    Machine memory m,
    Slice memory window,
    uint256 from,
    uint256 length
  ) internal pure returns (bytes memory data) {
    unchecked {
      uint256 inside = from < window.length ? window.length - from : 0;
      if (inside > length) inside = length;
      return _read(m, window.root, window.size, window.offset + from, inside, length);
    }
  }

  /// @notice Opens `length` bytes from `from` of a code of `size` bytes; zeros beyond its end. The tape has chunks for leaves.
  function readCode(
    Machine memory m,
    bytes32 root,
    uint256 size,
    uint256 from,
    uint256 length
  ) internal pure returns (bytes memory data) {
    data = new bytes(length);
    if (from >= size || length == 0) return data;
    unchecked {
      if (length > size - from) length = size - from;
    }
    (uint256 first, uint256 count) = _leaves(from, length);
    uint256 cursor = m.cursor;
    uint256 nodes;
    assembly ("memory-safe") {
      // A chunk is its carry and 128 bytes of code; it is hashed in the room behind the nodes.
      nodes := add(mload(0x40), 32)
      let chunk := add(add(nodes, shl(5, count)), 32)
      let skip := and(from, 127)
      let to := add(data, 32)
      let end := add(to, length)
      for {
        let i := 0
      } lt(i, count) {
        i := add(i, 1)
      } {
        calldatacopy(chunk, cursor, 129)
        mstore(add(nodes, shl(5, i)), keccak256(chunk, 129))
        let take := sub(128, skip)
        if gt(take, sub(end, to)) {
          take := sub(end, to)
        }
        calldatacopy(to, add(add(cursor, 1), skip), take)
        to := add(to, take)
        skip := 0
        cursor := add(cursor, 129)
      }
    }
    bytes32 actual;
    (actual, m.cursor) = _fold(nodes, count, first, MerklePath.treeDepth(size), cursor);
    // INVARIANT: the bytes belong to the code that the state binds. Otherwise the prover could choose them.
    if (actual != root) revert WrongOpening(root, actual);
  }

  /// @notice Opens the bytes that `data` overwrites, from `offset` of a tree over `size` bytes.
  /// @return newRoot Root of the tree with `data` there.
  function write(
    Machine memory m,
    bytes32 root,
    uint256 size,
    uint256 offset,
    bytes memory data
  ) internal pure returns (bytes32 newRoot) {
    if (data.length == 0) return root;
    (uint256 first, uint256 count) = _leaves(offset, data.length);
    uint256 formerNodes;
    uint256 nodes;
    uint256 cursor = m.cursor;
    assembly ("memory-safe") {
      let leaves := mload(0x40)
      let bytes_ := shl(7, count)
      formerNodes := add(add(leaves, bytes_), 32)
      nodes := add(add(formerNodes, shl(5, count)), 64)
      calldatacopy(leaves, cursor, bytes_)
      cursor := add(cursor, bytes_)
      for {
        let i := 0
      } lt(i, count) {
        i := add(i, 1)
      } {
        mstore(add(formerNodes, shl(5, i)), keccak256(add(leaves, shl(7, i)), 128))
      }
      mcopy(add(leaves, and(offset, 127)), add(data, 32), mload(data))
      for {
        let i := 0
      } lt(i, count) {
        i := add(i, 1)
      } {
        mstore(add(nodes, shl(5, i)), keccak256(add(leaves, shl(7, i)), 128))
      }
    }
    return _replace(m, root, formerNodes, nodes, count, first, MerklePath.treeDepth(size), cursor);
  }

  /// @notice Puts `data` into a tree over `size` bytes where all bytes of the leaves that it touches are zero: the tape has the
  /// siblings only.
  /// @param offset Multiple of 128.
  function fill(
    Machine memory m,
    bytes32 root,
    uint256 size,
    uint256 offset,
    bytes memory data
  ) internal pure returns (bytes32 newRoot) {
    if (data.length == 0) return root;
    (uint256 first, uint256 count) = _leaves(offset, data.length);
    uint256 formerNodes;
    uint256 nodes;
    assembly ("memory-safe") {
      formerNodes := add(mload(0x40), 32)
      nodes := add(add(formerNodes, shl(5, count)), 64)
      for {
        let i := 0
      } lt(i, count) {
        i := add(i, 1)
      } {
        mstore(add(formerNodes, shl(5, i)), EMPTY)
      }
    }
    _hashLeaves(data, nodes, count);
    return _replace(m, root, formerNodes, nodes, count, first, MerklePath.treeDepth(size), m.cursor);
  }

  /// @notice Puts words into a list tree from index `first`, where they are zero: the tape has the siblings only.
  function fillList(
    Machine memory m,
    bytes32 root,
    uint256 depth,
    uint256 first,
    bytes32[] memory words
  ) internal pure returns (bytes32 newRoot) {
    uint256 count = words.length;
    if (count == 0) return root;
    uint256 formerNodes;
    uint256 nodes;
    assembly ("memory-safe") {
      formerNodes := add(mload(0x40), 32)
      nodes := add(add(formerNodes, shl(5, count)), 64)
      calldatacopy(formerNodes, calldatasize(), shl(5, count))
      mcopy(nodes, add(words, 32), shl(5, count))
    }
    return _replace(m, root, formerNodes, nodes, count, first, depth, m.cursor);
  }

  /// @notice Root of the data tree over these bytes.
  function rootOf(bytes memory data) internal pure returns (bytes32 root) {
    if (data.length == 0) return EMPTY;
    (, uint256 count) = _leaves(0, data.length);
    uint256 nodes;
    assembly ("memory-safe") {
      nodes := mload(0x40)
    }
    _hashLeaves(data, nodes, count);
    assembly ("memory-safe") {
      let zero := EMPTY
      for {} gt(count, 1) {} {
        // A missing node on the right is the root of zeros.
        mstore(add(nodes, shl(5, count)), zero)
        count := shr(1, add(count, 1))
        for {
          let i := 0
        } lt(i, count) {
          i := add(i, 1)
        } {
          mstore(add(nodes, shl(5, i)), keccak256(add(nodes, shl(6, i)), 64))
        }
        mstore(0, zero)
        mstore(32, zero)
        zero := keccak256(0, 64)
      }
      root := mload(nodes)
    }
  }

  /// @dev Opens `length` bytes, and gives `room` of them: those beyond `length` are zero.
  function _read(
    Machine memory m,
    bytes32 root,
    uint256 size,
    uint256 offset,
    uint256 length,
    uint256 room
  ) private pure returns (bytes memory data) {
    if (length == 0) return new bytes(room);
    (uint256 first, uint256 count) = _leaves(offset, length);
    uint256 cursor = m.cursor;
    uint256 nodes;
    assembly ("memory-safe") {
      // The bytes stay where their leaves are; the array's length goes before them once the leaves are hashed.
      let leaves := add(mload(0x40), 32)
      let bytes_ := shl(7, count)
      data := sub(add(leaves, and(offset, 127)), 32)
      let end := add(add(data, 32), room)
      if lt(end, add(leaves, bytes_)) {
        end := add(leaves, bytes_)
      }
      end := and(add(end, 31), not(31))
      mstore(0x40, end)
      calldatacopy(leaves, cursor, bytes_)
      cursor := add(cursor, bytes_)
      nodes := add(end, 32)
      for {
        let i := 0
      } lt(i, count) {
        i := add(i, 1)
      } {
        mstore(add(nodes, shl(5, i)), keccak256(add(leaves, shl(7, i)), 128))
      }
      mstore(data, room)
      calldatacopy(add(add(data, 32), length), calldatasize(), sub(room, length))
    }
    bytes32 actual;
    (actual, m.cursor) = _fold(nodes, count, first, MerklePath.treeDepth(size), cursor);
    // INVARIANT: the bytes belong to the tree that the state binds. Otherwise the prover could choose them.
    if (actual != root) revert WrongOpening(root, actual);
  }

  /// @dev First leaf that a range of at least one byte touches, and how many.
  function _leaves(uint256 offset, uint256 length) private pure returns (uint256 first, uint256 count) {
    unchecked {
      first = offset >> 7;
      count = ((offset + length - 1) >> 7) - first + 1;
    }
  }

  /// @dev Hashes the leaves of data that begins with a leaf, the last one filled up with zeros.
  function _hashLeaves(bytes memory data, uint256 nodes, uint256 count) private pure {
    assembly ("memory-safe") {
      let leaf := add(data, 32)
      for {
        let end := add(nodes, shl(5, sub(count, 1)))
      } lt(nodes, end) {
        nodes := add(nodes, 32)
      } {
        mstore(nodes, keccak256(leaf, 128))
        leaf := add(leaf, 128)
      }
      // 1 … 128 bytes are left. The copy lies behind the node.
      let copy := add(nodes, 32)
      calldatacopy(copy, calldatasize(), 128)
      mcopy(copy, leaf, sub(add(add(data, 32), mload(data)), leaf))
      mstore(nodes, keccak256(copy, 128))
    }
  }

  /// @dev Checks that the tree has the former nodes, and gives its root with the new ones: by the same siblings.
  function _replace(
    Machine memory m,
    bytes32 root,
    uint256 formerNodes,
    uint256 nodes,
    uint256 count,
    uint256 first,
    uint256 depth,
    uint256 cursor
  ) private pure returns (bytes32 newRoot) {
    (bytes32 actual, ) = _fold(formerNodes, count, first, depth, cursor);
    // INVARIANT: bytes outside the range do not change. Otherwise the prover could rewrite memory.
    if (actual != root) revert WrongOpening(root, actual);
    (newRoot, m.cursor) = _fold(nodes, count, first, depth, cursor);
  }

  /// @dev Hashes nodes first … first + count − 1 of the lowest level up to the root, with the siblings at `cursor`.
  /// @param nodes Where they lie in memory; the word before them and the one behind them are overwritten too.
  /// @return root The root.
  /// @return next The byte after the siblings.
  function _fold(
    uint256 nodes,
    uint256 count,
    uint256 first,
    uint256 depth,
    uint256 cursor
  ) private pure returns (bytes32 root, uint256 next) {
    assembly ("memory-safe") {
      next := cursor
      for {} depth {
        depth := sub(depth, 1)
      } {
        let from := nodes
        if and(first, 1) {
          from := sub(nodes, 32)
          mstore(from, calldataload(next))
          next := add(next, 32)
          count := add(count, 1)
        }
        if and(count, 1) {
          mstore(add(from, shl(5, count)), calldataload(next))
          next := add(next, 32)
          count := add(count, 1)
        }
        first := shr(1, first)
        count := shr(1, count)
        // A pair's hash never falls on a node that is still to be read.
        let to := nodes
        for {
          let end := add(nodes, shl(5, count))
        } lt(to, end) {
          to := add(to, 32)
        } {
          mstore(to, keccak256(from, 64))
          from := add(from, 64)
        }
      }
      root := mload(nodes)
    }
  }
}
