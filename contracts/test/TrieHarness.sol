// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {TrieProof} from "../evm/trie/TrieProof.sol";

/// @notice Puts the trie library within reach of tests.
contract TrieHarness {
  /// @return value What the trie holds under the key.
  /// @return used Bytes of the proof.
  /// @return gasUsed What the look-up cost.
  function get(
    bytes32 root,
    bytes32 key,
    bytes calldata proof
  ) external view returns (bytes memory value, uint256 used, uint256 gasUsed) {
    uint256 cursor = _offsetOf(proof);
    gasUsed = gasleft();
    (value, used) = TrieProof.get(root, key, cursor);
    gasUsed -= gasleft();
    used -= cursor;
  }

  /// @return newRoot Of the trie with the value.
  /// @return used Bytes of the proof.
  /// @return gasUsed What the update cost.
  function update(
    bytes32 root,
    bytes32 key,
    bytes calldata value,
    bytes calldata proof
  ) external view returns (bytes32 newRoot, uint256 used, uint256 gasUsed) {
    uint256 cursor = _offsetOf(proof);
    bytes memory value_ = value;
    gasUsed = gasleft();
    (newRoot, used) = TrieProof.update(root, key, value_, cursor);
    gasUsed -= gasleft();
    used -= cursor;
  }

  /// @notice Updates in a row.
  /// @param updates Of each: key, length of the value in 2 bytes, value, proof.
  /// @return roots After each.
  function updateAll(
    bytes32 root,
    bytes calldata updates,
    uint256 count
  ) external pure returns (bytes32[] memory roots) {
    roots = new bytes32[](count);
    uint256 cursor = _offsetOf(updates);
    for (uint256 i = 0; i < count; ++i) {
      bytes32 key = _wordAt(cursor);
      uint256 size = uint256(_wordAt(cursor + 32)) >> 240;
      bytes memory value = updates[cursor + 34 - _offsetOf(updates):cursor + 34 + size - _offsetOf(updates)];
      (root, cursor) = TrieProof.update(root, key, value, cursor + 34 + size);
      roots[i] = root;
    }
  }

  function _offsetOf(bytes calldata data) private pure returns (uint256 offset) {
    assembly ("memory-safe") {
      offset := data.offset
    }
  }

  function _wordAt(uint256 cursor) private pure returns (bytes32 word) {
    assembly ("memory-safe") {
      word := calldataload(cursor)
    }
  }
}
