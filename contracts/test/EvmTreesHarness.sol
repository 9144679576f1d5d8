// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteRange} from "../evm/ByteRange.sol";
import {Slice} from "../evm/Layout.sol";
import {Opening, Sparse} from "../evm/Sparse.sol";
import {Machine, UnusedTape} from "../evm/Tape.sol";

/// @title The EVM machine's trees, callable by tests: each call reads one tape to its end
contract EvmTreesHarness {
  function read(
    bytes calldata tape,
    bytes32 root,
    uint256 size,
    uint256 offset,
    uint256 length
  ) external pure returns (bytes memory data) {
    Machine memory m = _begin(tape);
    data = ByteRange.read(m, root, size, offset, length);
    _end(m);
  }

  /// @return data What was read.
  /// @return before What was put in memory before that.
  /// @return behind What was put in memory after that.
  function readSlice(
    bytes calldata tape,
    Slice calldata window,
    uint256 from,
    uint256 length
  ) external pure returns (bytes memory data, bytes memory before, bytes memory behind) {
    Machine memory m = _begin(tape);
    before = "before";
    data = ByteRange.readSlice(m, window, from, length);
    behind = bytes.concat("behind", before);
    _end(m);
  }

  function readCode(
    bytes calldata tape,
    bytes32 root,
    uint256 size,
    uint256 from,
    uint256 length
  ) external pure returns (bytes memory data) {
    Machine memory m = _begin(tape);
    data = ByteRange.readCode(m, root, size, from, length);
    _end(m);
  }

  function write(
    bytes calldata tape,
    bytes32 root,
    uint256 size,
    uint256 offset,
    bytes memory data
  ) external pure returns (bytes32 newRoot) {
    Machine memory m = _begin(tape);
    newRoot = ByteRange.write(m, root, size, offset, data);
    _end(m);
  }

  function fill(
    bytes calldata tape,
    bytes32 root,
    uint256 size,
    uint256 offset,
    bytes memory data
  ) external pure returns (bytes32 newRoot) {
    Machine memory m = _begin(tape);
    newRoot = ByteRange.fill(m, root, size, offset, data);
    _end(m);
  }

  function fillList(
    bytes calldata tape,
    bytes32 root,
    uint256 depth,
    uint256 first,
    bytes32[] memory words
  ) external pure returns (bytes32 newRoot) {
    Machine memory m = _begin(tape);
    newRoot = ByteRange.fillList(m, root, depth, first, words);
    _end(m);
  }

  function rootOf(bytes memory data) external pure returns (bytes32) {
    return ByteRange.rootOf(data);
  }

  /// @dev Records of one word.
  function open(bytes calldata tape, bytes32 root, bytes32 key) external pure returns (bool found, uint256 record) {
    Machine memory m = _begin(tape);
    Opening memory opening = Sparse.open(m, root, key, 1);
    _end(m);
    return (opening.found, _word(opening));
  }

  /// @return first Root with the record `former` at the key.
  /// @return second Root with `latter` there, by the same opening.
  function put(
    bytes calldata tape,
    bytes32 root,
    bytes32 key,
    uint256 former,
    uint256 latter
  ) external pure returns (bytes32 first, bytes32 second) {
    Machine memory m = _begin(tape);
    Opening memory opening = Sparse.open(m, root, key, 1);
    _end(m);
    first = Sparse.put(opening, keccak256(abi.encode(former)));
    second = Sparse.put(opening, keccak256(abi.encode(latter)));
  }

  /// @notice Takes out the record with the lowest key.
  function takeOut(
    bytes calldata tape,
    bytes32 root
  ) external pure returns (bytes32 key, uint256 record, bytes32 newRoot) {
    Machine memory m = _begin(tape);
    Opening memory opening = Sparse.leftmost(m, root, 1);
    _end(m);
    return (opening.key, _word(opening), Sparse.takeOut(opening));
  }

  function _begin(bytes calldata tape) private pure returns (Machine memory m) {
    uint256 start;
    assembly ("memory-safe") {
      start := tape.offset
    }
    m.start = start;
    m.cursor = start;
    m.end = start + tape.length;
  }

  function _end(Machine memory m) private pure {
    if (m.cursor != m.end) revert UnusedTape(m.cursor - m.start, m.end - m.start);
  }

  function _word(Opening memory opening) private pure returns (uint256 word) {
    uint256 record = opening.record;
    assembly ("memory-safe") {
      word := mload(record)
    }
  }
}
