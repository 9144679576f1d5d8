// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Names that only assembly uses are imported too.
/* solhint-disable no-unused-import */

import {MerklePath} from "../lib/MerklePath.sol";
import {InstructionReader as Reader} from "./InstructionReader.sol";
import {TensorState, WrongLength, WrongPath, WrongPreimage, WrongTag} from "./TensorState.sol";
import * as Encoding from "./Encoding.sol";
import {CONSTANT_BITS_AT, CONSTANT_BYTES} from "./Encoding.sol";
import * as StateLayout from "./StateLayout.sol";
import {FETCH_PREIMAGE_BYTES, HEADER_BYTES, REGISTER_BYTES, RUNNING_HEAD_BYTES} from "./StateLayout.sol";

/// An instruction that no registered program has.
error UnknownInstruction(uint256 kind);

/// @title The step from a fetch state: begins a tensor instruction, executes any other, or halts
/// @notice Witness: 1 ‖ fetch preimage (128) ‖ header (128) ‖ what the instruction needs.
/// @dev A contract of its own so that each fits EIP-170; `TensorVerifier` calls it for states with the fetch tag. Stateless.
contract FetchStep {
  /// What binds an instruction lies around it: 2 words before, and at most MAX_OPERANDS roots behind.
  uint256 private constant ROOM_BEFORE_INSTRUCTION = 64;
  uint256 private constant ROOM_BEHIND_INSTRUCTION = 512;

  /// @dev What the preimage and the header say, and how far the witness has been read.
  struct Fetch {
    uint256 word;
    bytes32 modelId;
    bytes32 inputRoot;
    bytes32 tableRoot;
    bytes32 weightsRoot;
    uint256 inputDepth;
    uint256 weightDepth;
    uint256 tableDepth;
    /// Position in calldata.
    uint256 cursor;
  }

  /// @notice The state after the fetch state whose hash is `pre`.
  function step(bytes32 pre, bytes calldata witness) external pure returns (bytes32 post) {
    Fetch memory fetch;
    uint256 position;
    assembly ("memory-safe") {
      position := witness.offset
    }
    uint256 header = _open(fetch, pre, position + 1);
    uint256 pc = TensorState.pcOf(fetch.word);
    uint256 instructions = uint32(header >> StateLayout.HEADER_INSTRUCTIONS_SHIFT);
    if (pc == instructions) {
      post = _halt(fetch, uint16(header >> StateLayout.HEADER_OUTPUTS_SHIFT));
    } else {
      // The instruction lies in memory behind what binds it: fetch state ‖ fetch word ‖ operand roots.
      (uint256 instruction, uint256 size) = _instruction(fetch, pc, MerklePath.depthOf(instructions));
      uint256 kind = Reader.u8(instruction);
      if (kind == Encoding.KIND_TENSOR) post = _begin(fetch, pre, instruction, size);
      else if (kind == Encoding.KIND_LOOP) post = _loop(fetch, pc, instruction);
      else if (kind == Encoding.KIND_END) post = _end(fetch, pc, instruction);
      else if (kind == Encoding.KIND_MOVE) post = _move(fetch, pc, instruction);
      else if (kind == Encoding.KIND_DROP) post = _drop(fetch, pc, instruction);
      else revert UnknownInstruction(kind);
    }
    if (fetch.cursor != position + witness.length) revert WrongLength(fetch.cursor - position, witness.length);
  }

  /// @dev Reads the preimage and the header.
  /// @return header The header's first word: version, inputs, weights, tensors, outputs (u16 each), instructions u32.
  function _open(Fetch memory fetch, bytes32 pre, uint256 position) private pure returns (uint256 header) {
    bytes32 state;
    bytes32 modelId;
    assembly ("memory-safe") {
      // The first four fields of `Fetch` are the preimage.
      calldatacopy(fetch, position, FETCH_PREIMAGE_BYTES)
      state := keccak256(fetch, FETCH_PREIMAGE_BYTES)
      let free := mload(0x40)
      calldatacopy(free, add(position, FETCH_PREIMAGE_BYTES), HEADER_BYTES)
      modelId := keccak256(free, HEADER_BYTES)
      header := mload(free)
    }
    // INVARIANT: the preimage matches the state. Otherwise the prover could choose the step's inputs.
    if (state != pre) revert WrongPreimage(pre, state);
    // INVARIANT: the tag is that of a fetch state. Otherwise a running state of the same length could pass for one.
    if (fetch.word >> StateLayout.STATE_TAG_SHIFT != StateLayout.TAG_FETCH)
      revert WrongTag(fetch.word >> StateLayout.STATE_TAG_SHIFT);
    if (modelId != fetch.modelId) revert WrongPreimage(fetch.modelId, modelId);
    // INVARIANT: the model id binds the header and so the trees' depths. Otherwise an inner node could pass for an entry.
    fetch.inputDepth = MerklePath.depthOf(uint16(header >> StateLayout.HEADER_INPUTS_SHIFT));
    fetch.weightDepth = MerklePath.depthOf(uint16(header >> StateLayout.HEADER_WEIGHTS_SHIFT));
    fetch.tableDepth = MerklePath.depthOf(uint16(header >> StateLayout.HEADER_TENSORS_SHIFT));
    fetch.weightsRoot = _word(position + (StateLayout.FETCH_PREIMAGE_BYTES + 64));
    fetch.cursor = position + StateLayout.FETCH_PREIMAGE_BYTES + StateLayout.HEADER_BYTES;
  }

  /// @dev The outputs are the first entries of the table, and alone under their node.
  function _halt(Fetch memory fetch, uint256 outputs) private pure returns (bytes32) {
    uint256 levels = fetch.tableDepth - MerklePath.depthOf(outputs);
    bytes32 outputRoot = _entry(fetch, 0, levels, fetch.tableRoot);
    return TensorState.halted(TensorState.contextOf(fetch.modelId, fetch.inputRoot), outputRoot);
  }

  /// @dev Reads the instruction at `pc` into memory, with room before it for 2 words, and behind it for 16 operand roots.
  function _instruction(
    Fetch memory fetch,
    uint256 pc,
    uint256 depth
  ) private pure returns (uint256 instruction, uint256 size) {
    uint256 position = fetch.cursor + 2;
    bytes32 leaf;
    assembly ("memory-safe") {
      size := shr(240, calldataload(sub(position, 2)))
      instruction := add(mload(0x40), ROOM_BEFORE_INSTRUCTION)
      calldatacopy(instruction, position, size)
      leaf := keccak256(instruction, size)
      // Zeros behind it, and the free memory at a word.
      calldatacopy(add(instruction, size), calldatasize(), 64)
      mstore(0x40, and(add(add(instruction, size), add(95, ROOM_BEHIND_INSTRUCTION)), not(31)))
    }
    bytes32 programRoot = _word(fetch.cursor - StateLayout.HEADER_BYTES + 32);
    uint256 path = position + size;
    bytes32 root = MerklePath.climb(leaf, pc, path, depth);
    // INVARIANT: the instruction is the model's at this pc. Otherwise the prover could choose it.
    if (root != programRoot) revert WrongPath(programRoot, root);
    fetch.cursor = path + 32 * depth;
  }

  /// @dev Binds the operands' roots and the target's; the accumulators get their initial values.
  function _begin(
    Fetch memory fetch,
    bytes32 pre,
    uint256 instruction,
    uint256 size
  ) private pure returns (bytes32 post) {
    uint256 operand = instruction + Encoding.TENSOR_HEAD_BYTES;
    uint256 operands = Reader.u8(operand++);
    uint256 bound = instruction - ROOM_BEFORE_INSTRUCTION;
    uint256 roots = instruction + size;
    for (; operands > 0; --operands) {
      bytes32 root = _operand(fetch, operand);
      assembly ("memory-safe") {
        mstore(roots, root)
      }
      roots += 32;
      operand += Encoding.OPERAND_BYTES;
    }
    bytes32 boundHash;
    uint256 word = fetch.word;
    assembly ("memory-safe") {
      mstore(bound, pre)
      mstore(add(bound, 32), word)
      boundHash := keccak256(bound, sub(roots, bound))
    }
    bytes32 target = _entry(
      fetch,
      Reader.u16(instruction + Encoding.TENSOR_TARGET_AT),
      fetch.tableDepth,
      fetch.tableRoot
    );
    target = _orZeros(target, Reader.u8(instruction + Encoding.TENSOR_TARGET_DEPTH_AT));

    // The three spaces come before the accumulators.
    uint256 position = operand;
    for (uint256 i; i < 3; ++i) {
      position += 1 + Encoding.DIMENSION_BYTES * Reader.u8(position);
    }
    uint256 accumulators = Reader.u8(position);
    uint256 innerAt = position + 1 + Encoding.CONSTANT_BYTES * accumulators;
    uint256 innerAccumulators = Reader.u8(innerAt);
    uint256 stage =
      innerAccumulators > 0
        ? uint8(StateLayout.STAGE_INNER)
        : accumulators > 0
          ? uint8(StateLayout.STAGE_BODY)
          : uint8(StateLayout.STAGE_FINISH);
    word = TensorState.runningWord(stage, 0, 0, 0);
    assembly ("memory-safe") {
      // The preimage: word ‖ bound ‖ target root ‖ registers.
      let free := mload(0x40)
      mstore(free, word)
      mstore(add(free, 32), boundHash)
      mstore(add(free, 64), target)
      let register := add(free, RUNNING_HEAD_BYTES)
      // A constant is its type, one byte, and its bits.
      function copyBits(from, count, to) -> end {
        for {
          from := add(from, CONSTANT_BITS_AT)
        } count {
          count := sub(count, 1)
        } {
          mstore(to, mload(add(from, 1)))
          from := add(from, CONSTANT_BYTES)
          to := add(to, REGISTER_BYTES)
        }
        end := to
      }
      register := copyBits(position, accumulators, register)
      register := copyBits(innerAt, innerAccumulators, register)
      post := keccak256(free, sub(register, free))
    }
  }

  function _loop(Fetch memory fetch, uint256 pc, uint256 instruction) private pure returns (bytes32) {
    uint256 word = TensorState.withCounter(fetch.word, Reader.u8(instruction + Encoding.LOOP_DEPTH_AT), 0);
    return _proceed(fetch, TensorState.withPc(word, pc + 1), fetch.tableRoot);
  }

  function _end(Fetch memory fetch, uint256 pc, uint256 instruction) private pure returns (bytes32) {
    uint256 depth = Reader.u8(instruction + Encoding.END_DEPTH_AT);
    uint256 count = Reader.u32(instruction + Encoding.END_COUNT_AT);
    uint256 halt = Reader.u16(instruction + Encoding.END_HALT_AT);
    uint256 counter = TensorState.counterOf(fetch.word, depth) + 1;
    if (halt != Encoding.NO_TENSOR && _isSet(fetch, halt)) counter = count;
    if (counter < count) {
      pc = Reader.u32(instruction + Encoding.END_START_AT);
    } else {
      counter = 0;
      pc += 1;
    }
    uint256 word = TensorState.withCounter(fetch.word, depth, counter);
    return _proceed(fetch, TensorState.withPc(word, pc), fetch.tableRoot);
  }

  /// @dev Whether byte 0 of a table tensor of one leaf is not 0.
  function _isSet(Fetch memory fetch, uint256 index) private pure returns (bool) {
    bytes32 entry = _entry(fetch, index, fetch.tableDepth, fetch.tableRoot);
    if (entry == 0) return false;
    bytes32 leaf = MerklePath.hashLeaf(fetch.cursor);
    // INVARIANT: the leaf is in the tensor. Otherwise the prover could choose when the block halts.
    if (leaf != entry) revert WrongPath(entry, leaf);
    uint256 first = uint256(_word(fetch.cursor)) >> 248;
    fetch.cursor += MerklePath.LEAF_BYTES;
    return first != 0;
  }

  function _move(Fetch memory fetch, uint256 pc, uint256 instruction) private pure returns (bytes32) {
    bytes32 source = _operand(fetch, instruction + Encoding.MOVE_HEAD_BYTES);
    bytes32 tableRoot = _replace(fetch, Reader.u16(instruction + Encoding.MOVE_TARGET_AT), source);
    return _proceed(fetch, TensorState.withPc(fetch.word, pc + 1), tableRoot);
  }

  function _drop(Fetch memory fetch, uint256 pc, uint256 instruction) private pure returns (bytes32) {
    bytes32 tableRoot = _replace(fetch, Reader.u16(instruction + Encoding.DROP_TARGET_AT), 0);
    return _proceed(fetch, TensorState.withPc(fetch.word, pc + 1), tableRoot);
  }

  function _proceed(Fetch memory fetch, uint256 word, bytes32 tableRoot) private pure returns (bytes32) {
    return TensorState.fetch(word, fetch.modelId, fetch.inputRoot, tableRoot);
  }

  /// @dev Reads the entry that an operand names; an empty one is a tensor of zeros.
  function _operand(Fetch memory fetch, uint256 operand) private pure returns (bytes32) {
    uint256 space = Reader.u8(operand);
    uint256 index = Reader.u16(operand + Encoding.OPERAND_INDEX_AT);
    bytes32 entry =
      space == Encoding.SPACE_INPUT
        ? _entry(fetch, index, fetch.inputDepth, fetch.inputRoot)
        : space == Encoding.SPACE_WEIGHT
          ? _entry(fetch, index, fetch.weightDepth, fetch.weightsRoot)
          : _entry(fetch, index, fetch.tableDepth, fetch.tableRoot);
    return _orZeros(entry, Reader.u8(operand + Encoding.OPERAND_DEPTH_AT));
  }

  function _orZeros(bytes32 entry, uint256 depth) private pure returns (bytes32) {
    return entry == 0 ? MerklePath.zeroDataRoot(depth) : entry;
  }

  /// @dev Reads: entry (32) ‖ path.
  function _entry(Fetch memory fetch, uint256 index, uint256 depth, bytes32 root) private pure returns (bytes32 entry) {
    uint256 position = fetch.cursor;
    entry = _word(position);
    bytes32 computed = MerklePath.climb(entry, index, position + 32, depth);
    // INVARIANT: the entry is in the tree that the state holds. Otherwise the prover could choose the tensor.
    if (computed != root) revert WrongPath(root, computed);
    fetch.cursor = position + 32 + 32 * depth;
  }

  /// @dev Reads the target's entry and its path; gives the root of the table that has `entry` there.
  function _replace(Fetch memory fetch, uint256 index, bytes32 entry) private pure returns (bytes32 tableRoot) {
    uint256 position = fetch.cursor;
    bytes32 computed;
    (computed, tableRoot) = MerklePath.climbBoth(_word(position), entry, index, position + 32, fetch.tableDepth);
    // INVARIANT: only this entry changes. Otherwise the prover could rewrite the table.
    if (computed != fetch.tableRoot) revert WrongPath(fetch.tableRoot, computed);
    fetch.cursor = position + 32 + 32 * fetch.tableDepth;
  }

  function _word(uint256 position) private pure returns (bytes32 word) {
    assembly ("memory-safe") {
      word := calldataload(position)
    }
  }
}
