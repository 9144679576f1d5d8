// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Merkle paths in calldata
/// @notice The trees of `merkle/tree.ts`: a node is keccak256(left ‖ right); a leaf of a data tree is keccak256 of 128 bytes; a leaf of
/// a list tree is the word itself. A path lists the siblings from the leaf upwards, 32 bytes each.
/// @dev A leaf hashes 128 bytes and a node 64, so neither passes for the other. An inner node passes for a leaf of a list tree,
/// however, if the prover chooses the number of siblings: `depth` must never come from the witness.
/// Loops are not unrolled: calldata costs 1,280 gas a level, a loop iteration 120.
library MerklePath {
  uint256 internal constant LEAF_BYTES = 128;

  /// @notice Smallest d with 2^d ≥ count; 0 for none or one.
  function depthOf(uint256 count) internal pure returns (uint256 depth) {
    assembly ("memory-safe") {
      if gt(count, 1) {
        depth := sub(256, clz(sub(count, 1)))
      }
    }
  }

  /// @notice Depth of the data tree over `size` bytes.
  function treeDepth(uint256 size) internal pure returns (uint256) {
    return depthOf((size + (LEAF_BYTES - 1)) / LEAF_BYTES);
  }

  /// @notice Root of the tree that has `node` at `index`, `depth` levels below it.
  /// @param path Position in calldata of the first sibling.
  function climb(bytes32 node, uint256 index, uint256 path, uint256 depth) internal pure returns (bytes32 root) {
    assembly ("memory-safe") {
      root := node
      for {
        let end := add(path, shl(5, depth))
      } lt(path, end) {
        path := add(path, 32)
      } {
        let side := shl(5, and(index, 1))
        mstore(side, root)
        mstore(xor(side, 32), calldataload(path))
        root := keccak256(0, 64)
        index := shr(1, index)
      }
    }
  }

  /// @notice Roots of the tree with `former` at `index`, and of the tree with `latter` there instead.
  function climbBoth(
    bytes32 former,
    bytes32 latter,
    uint256 index,
    uint256 path,
    uint256 depth
  ) internal pure returns (bytes32 formerRoot, bytes32 latterRoot) {
    assembly ("memory-safe") {
      formerRoot := former
      latterRoot := latter
      for {
        let end := add(path, shl(5, depth))
      } lt(path, end) {
        path := add(path, 32)
      } {
        let side := shl(5, and(index, 1))
        mstore(xor(side, 32), calldataload(path))
        mstore(side, formerRoot)
        formerRoot := keccak256(0, 64)
        mstore(side, latterRoot)
        latterRoot := keccak256(0, 64)
        index := shr(1, index)
      }
    }
  }

  /// @notice Hash of the 128 bytes at `leaf` in calldata.
  function hashLeaf(uint256 leaf) internal pure returns (bytes32 hash) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      calldatacopy(free, leaf, LEAF_BYTES)
      hash := keccak256(free, LEAF_BYTES)
    }
  }

  /// @notice Root of a data tree of zeros.
  function zeroDataRoot(uint256 depth) internal pure returns (bytes32 root) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      calldatacopy(free, calldatasize(), LEAF_BYTES)
      root := keccak256(free, LEAF_BYTES)
      for {} depth {
        depth := sub(depth, 1)
      } {
        mstore(0, root)
        mstore(32, root)
        root := keccak256(0, 64)
      }
    }
  }
}
