// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../../lib/MerklePath.sol";
import {Bulk} from "../Bulk.sol";
import {ByteRange} from "../ByteRange.sol";
import {CodeChunks} from "../CodeChunks.sol";
import {Execution} from "../Execution.sol";
import {Hashes} from "../hashes/Hashes.sol";
import {Padding} from "../hashes/Padding.sol";
import {Layout, State, Tx, Slice} from "../Layout.sol";
import {Machine, Tape, WrongOpening, WrongPhase} from "../Tape.sol";
import {Phase} from "../tables/Phases.sol";
import {Limit} from "../tables/Limits.sol";

/// @title Bulk work in bounded pieces: copying into memory, hashing, building code and model input; and logs, which end in a hash
/// (docs/evm-machine.md, "Phases")
/// @dev As evm/machine/phases/bulk.ts, in the same order.
contract BulkSteps is Execution {
  using ByteRange for Machine;

  /// Of keccak256, bytes.
  uint256 private constant RATE = 136;
  uint256 private constant SPONGE_BYTES = 200;

  /// @dev HASH's task.
  struct Hashing {
    uint256 then;
    uint256 argument;
    bytes32 prefix;
    uint256 prefixLength;
    bytes32 root;
    uint256 size;
    uint256 offset;
    uint256 length;
    bytes32 suffix;
    uint256 suffixLength;
    uint256 position;
    bytes32 sponge;
  }

  /// @notice Absorbs blocks of long messages.
  Hashes public immutable hashes;

  constructor(Hashes hashes_) {
    hashes = hashes_;
  }

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external view override returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    if (phase == Phase.COPY) _copy(m);
    else if (phase == Phase.HASH) _hash(m);
    else if (phase == Phase.BUILD) _build(m);
    else if (phase == Phase.INPUT) _input(m);
    else if (phase == Phase.LOG) _log(m);
    else revert WrongPhase(phase);
    return m.finish();
  }

  /// @dev The opcode is done.
  function _execute(Machine memory m) private pure {
    m.state.phase = Phase.EXECUTE;
    m.state.task = 0;
  }

  function _copy(Machine memory m) private pure {
    uint256[] memory task = m.task(8);
    Slice memory source = _slice(task, 1);
    (uint256 from, uint256 to, uint256 rest) = (task[5], task[6], task[7]);
    uint256 count = rest < Limit.COPY_BYTES ? rest : Limit.COPY_BYTES;
    bytes memory data =
      task[0] == Bulk.SOURCE_CODE
        ? m.readCode(source.root, source.size, from, count)
        : m.readSlice(source, from, count);
    State memory s = m.state;
    s.memoryRoot = m.write(s.memoryRoot, s.memorySize, to, data);
    if (rest == count) return _execute(m);
    unchecked {
      (task[5], task[6], task[7]) = (from + count, to + count, rest - count);
    }
    s.task = Layout.hash(task);
  }

  function _log(Machine memory m) private pure {
    uint256[] memory task = m.task(2);
    Tx memory transaction = m.tx_();
    transaction.logs = Layout.hash(uint256(transaction.logs), uint256(Layout.hash(task)));
    m.state.tx = transaction.hash();
    _execute(m);
  }

  function _build(Machine memory m) private pure {
    uint256[] memory task = m.task(6);
    Slice memory initcode = _slice(task, 0);
    uint256 position = task[4];
    (bytes memory data, uint256 end) = _piece(m, initcode, position);
    (bytes32[] memory chunks, uint256 carry) = CodeChunks.hash(data, task[5]);
    State memory s = m.state;
    s.code = m.fillList(s.code, MerklePath.treeDepth(s.codeSize), position / CodeChunks.CHUNK_BYTES, chunks);
    if (end == initcode.length) return _execute(m);
    (task[4], task[5]) = (end, carry);
    s.task = Layout.hash(task);
  }

  function _input(Machine memory m) private pure {
    uint256[] memory task = m.task(8);
    Slice memory tensor = _slice(task, 2);
    uint256 position = task[6];
    (bytes memory data, uint256 end) = _piece(m, tensor, position);
    bytes32 root = m.fill(bytes32(task[7]), tensor.length, position, data);
    State memory s = m.state;
    if (end == tensor.length) {
      s.phase = Phase.ASK;
      s.task = Layout.hash(task[0], task[1], uint256(root));
    } else {
      (task[6], task[7]) = (end, uint256(root));
      s.task = Layout.hash(task);
    }
  }

  /// @dev What BUILD and INPUT take from a position on, and where that ends.
  function _piece(
    Machine memory m,
    Slice memory source,
    uint256 position
  ) private pure returns (bytes memory data, uint256 end) {
    unchecked {
      uint256 count = source.length - position;
      if (count > Limit.BUILD_BYTES) count = Limit.BUILD_BYTES;
      return (m.readSlice(source, position, count), position + count);
    }
  }

  // HASH

  function _hash(Machine memory m) private view {
    Hashing memory h = _hashing(m);
    unchecked {
      uint256 length = h.prefixLength + h.length + h.suffixLength;
      if (length <= Limit.HASH_AT_ONCE) return _digested(m, h, keccak256(_message(m, h, 0, length)));

      bytes memory sponge = _sponge(m, h);
      uint256 rest = length - h.position;
      if (rest > Limit.ABSORB_BYTES) {
        uint256 end = h.position + Limit.ABSORB_BYTES;
        h.sponge = keccak256(hashes.keccakAbsorb(sponge, _message(m, h, h.position, end)));
        h.position = end;
        m.state.task = _hashOf(h);
        return;
      }
      bytes memory blocks = _message(m, h, h.position, length);
      bytes memory last = Padding.keccakPad(_cutTail(blocks, rest % RATE));
      _digested(m, h, bytes32(hashes.keccakAbsorb(sponge, bytes.concat(blocks, last))));
    }
  }

  /// @dev Takes the last `length` bytes off.
  function _cutTail(bytes memory data, uint256 length) private pure returns (bytes memory tail) {
    tail = new bytes(length);
    assembly ("memory-safe") {
      let rest := sub(mload(data), length)
      mcopy(add(tail, 32), add(add(data, 32), rest), length)
      mstore(data, rest)
    }
  }

  /// @dev The sponge as it is at the position: zeros at the beginning, and else on the tape.
  function _sponge(Machine memory m, Hashing memory h) private pure returns (bytes memory sponge) {
    if (h.position == 0) return new bytes(SPONGE_BYTES);
    sponge = m.bytes_(SPONGE_BYTES);
    bytes32 actual = keccak256(sponge);
    // INVARIANT: the state binds the sponge. Otherwise the prover could choose the hash.
    if (actual != h.sponge) revert WrongOpening(h.sponge, actual);
  }

  /// @dev Passes the digest to phase `then`; for EXECUTE, pushes it.
  function _digested(Machine memory m, Hashing memory h, bytes32 digest) private pure {
    if (h.then == Phase.EXECUTE) {
      _push(m, uint256(digest));
      return _execute(m);
    }
    m.state.phase = h.then;
    m.state.task = Layout.hash(h.argument, uint256(digest));
  }

  /// @dev Bytes from … to − 1 of prefix ‖ view ‖ suffix, opening those of the view.
  function _message(Machine memory m, Hashing memory h, uint256 from, uint256 to) private pure returns (bytes memory) {
    unchecked {
      uint256 start = h.prefixLength;
      uint256 end = start + h.length;
      uint256 first = _within(from, start, h.length);
      Slice memory source = Slice(h.root, h.size, h.offset, h.length);
      bytes memory data = m.readSlice(source, first, _within(to, start, h.length) - first);
      bytes memory before = _part(h.prefix, _within(from, 0, start), _within(to, 0, start));
      bytes memory behind = _part(h.suffix, _within(from, end, h.suffixLength), _within(to, end, h.suffixLength));
      return bytes.concat(before, data, behind);
    }
  }

  /// @dev How many of `length` bytes that begin at `start` come before a place.
  function _within(uint256 place, uint256 start, uint256 length) private pure returns (uint256) {
    unchecked {
      if (place < start) return 0;
      return place - start < length ? place - start : length;
    }
  }

  /// @dev Bytes from … to − 1 of a word.
  function _part(bytes32 word, uint256 from, uint256 to) private pure returns (bytes memory part) {
    unchecked {
      part = abi.encodePacked(word << (8 * from));
      assembly ("memory-safe") {
        mstore(part, sub(to, from))
      }
    }
  }

  function _hashing(Machine memory m) private pure returns (Hashing memory h) {
    uint256[] memory task = m.task(12);
    assembly ("memory-safe") {
      h := add(task, 32)
    }
  }

  function _hashOf(Hashing memory h) private pure returns (bytes32 hash) {
    assembly ("memory-safe") {
      hash := keccak256(h, 384)
    }
  }

  /// @dev The Slice that begins with a word of the task.
  function _slice(uint256[] memory task, uint256 first) private pure returns (Slice memory window) {
    assembly ("memory-safe") {
      window := add(add(task, 32), shl(5, first))
    }
  }
}
