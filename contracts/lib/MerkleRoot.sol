// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Roots of the trees of `merkle/tree.ts`, computed from the whole content
library MerkleRoot {
  /// @notice Root of the data tree over `size` bytes at `data` in calldata.
  function ofData(uint256 data, uint256 size) internal pure returns (bytes32 root) {
    uint256 nodes;
    uint256 count;
    bytes32 zero;
    assembly ("memory-safe") {
      nodes := mload(0x40)
      count := shr(7, add(size, 127))
      // The current chunk is stored after the nodes.
      let chunk := add(nodes, shl(5, count))
      calldatacopy(chunk, calldatasize(), 128)
      zero := keccak256(chunk, 128)
      let left := size
      for {
        let node := nodes
      } left {
        node := add(node, 32)
      } {
        let length := 128
        if lt(left, 128) {
          // The last chunk is padded with zeros.
          calldatacopy(chunk, calldatasize(), 128)
          length := left
        }
        calldatacopy(chunk, data, length)
        mstore(node, keccak256(chunk, 128))
        data := add(data, length)
        left := sub(left, length)
      }
    }
    if (count == 0) return zero;
    return _fold(nodes, count, zero);
  }

  /// @notice Root of the list tree over words; the zero word if there are none.
  function ofList(bytes32[] memory words) internal pure returns (bytes32) {
    if (words.length == 0) return 0;
    uint256 nodes;
    assembly ("memory-safe") {
      nodes := mload(0x40)
      mcopy(nodes, add(words, 32), shl(5, mload(words)))
    }
    return _fold(nodes, words.length, 0);
  }

  /// @notice Root of a list tree of zero words.
  function ofZeroList(uint256 depth) internal pure returns (bytes32 root) {
    for (; depth > 0; --depth) root = keccak256(abi.encodePacked(root, root));
  }

  /// @dev Hashes pairs in place, one level at a time.
  /// @param nodes Memory address of `count` ≥ 1 words, with room for one more.
  /// @param zero Value of the missing nodes of the lowest level.
  function _fold(uint256 nodes, uint256 count, bytes32 zero) private pure returns (bytes32 root) {
    assembly ("memory-safe") {
      for {} gt(count, 1) {} {
        mstore(add(nodes, shl(5, count)), zero)
        count := shr(1, add(count, 1))
        let to := nodes
        let from := nodes
        for {
          let end := add(nodes, shl(5, count))
        } lt(to, end) {
          to := add(to, 32)
          from := add(from, 64)
        } {
          mstore(to, keccak256(from, 64))
        }
        mstore(0, zero)
        mstore(32, zero)
        zero := keccak256(0, 64)
      }
      root := mload(nodes)
    }
  }
}
