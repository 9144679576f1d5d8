// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../lib/MerklePath.sol";
import {InstructionReader as Reader} from "../tensor/InstructionReader.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {ProgramTypes} from "./ProgramTypes.sol";
import {Rule} from "./Rule.sol";
import {TensorRules} from "./TensorRules.sol";
import * as Encoding from "../tensor/Encoding.sol";
import * as Limits from "../tensor/Limits.sol";

/// @title Checks that a program is well-formed, and computes its cost, a page of instructions at a time
/// @notice The rules of `ml-vm/program/check.ts`, in the same order. Stateless: progress goes in and comes out.
contract ProgramValidator {
  /// @notice Result of checking the instructions before `nextPc`.
  struct Progress {
    uint32 nextPc;
    /// Open blocks; how often each runs, and where it starts.
    uint8 depth;
    uint32[3] counts;
    uint32[3] starts;
    /// Bound on the steps, the halting one included, and on the scalar operations.
    uint64 steps;
    uint128 flops;
    /// Bit i: output i has been written, and not dropped since.
    uint256 written;
  }

  /// @notice Checks a program's declarations.
  /// @return inputs Bytes of each input.
  /// @return outputs Bytes of each output.
  /// @return tensors How many entries the table has.
  function declarations(
    bytes calldata header,
    bytes calldata encodedTypes
  ) external pure returns (uint256[] memory inputs, uint256[] memory outputs, uint256 tensors) {
    ProgramTypes.Types memory types = ProgramTypes.read(header, encodedTypes);
    inputs = new uint256[](types.inputs);
    for (uint256 i; i < types.inputs; ++i) inputs[i] = types.sizes[i];
    outputs = new uint256[](types.outputs);
    for (uint256 i; i < types.outputs; ++i) outputs[i] = types.sizes[types.inputs + types.weights + i];
    tensors = types.tensors;
  }

  /// @notice Checks the instructions from `progress.nextPc` on.
  /// @param header 128 bytes, and the types that it binds.
  /// @param instructions Encoded, one after the other.
  /// @param siblings Merkle siblings that complete their hashes to the program root, from the leaves upwards, left before right.
  /// @return next The progress after them.
  /// @return done Whether these were the last, and the program as a whole is well-formed.
  function validate(
    bytes calldata header,
    bytes calldata encodedTypes,
    Progress memory progress,
    bytes[] calldata instructions,
    bytes32[] calldata siblings
  ) external pure returns (Progress memory next, bool done) {
    ProgramTypes.Types memory types = ProgramTypes.read(header, encodedTypes);
    _requireProgram(instructions.length <= types.instructions - progress.nextPc, Rule.Encoding);
    _requirePage(types.instructions, bytes32(header[32:64]), progress.nextPc, instructions, siblings);
    TensorRules.Walk memory walk;
    // Each instruction is copied over the last: nothing of one is needed for the next.
    bytes memory buffer = new bytes(Limits.MAX_INSTRUCTION_BYTES);
    for (uint256 i; i < instructions.length; ++i) {
      walk.pc = progress.nextPc;
      _require(instructions[i].length <= Limits.MAX_INSTRUCTION_BYTES, walk.pc, Rule.Size);
      _instruction(progress, types, walk, instructions[i], _copy(buffer, instructions[i]));
      progress.nextPc += 1;
    }
    done = progress.nextPc == types.instructions;
    if (done) {
      _requireProgram(progress.depth == 0, Rule.Block);
      _requireProgram(progress.written == type(uint256).max >> (256 - types.outputs), Rule.Output);
    }
    return (progress, done);
  }

  function _requireProgram(bool condition, Rule rule) private pure {
    if (!condition) revert IModelRegistry.IllFormedProgram(rule);
  }

  function _require(bool condition, uint256 pc, Rule rule) private pure {
    if (!condition) revert IModelRegistry.IllFormedInstruction(pc, rule);
  }

  /// @dev Whether a run of neighbouring leaves, completed by siblings, gives the program root.
  function _requirePage(
    uint256 count,
    bytes32 programRoot,
    uint256 first,
    bytes[] calldata instructions,
    bytes32[] calldata siblings
  ) private pure {
    uint256 length = instructions.length;
    if (length == 0) return;
    bytes32[] memory nodes = new bytes32[](length + 2);
    for (uint256 i; i < length; ++i) nodes[i] = keccak256(instructions[i]);
    uint256 used;
    for (uint256 level = MerklePath.depthOf(count); level > 0; --level) {
      if (first & 1 == 1) {
        for (uint256 i = length; i > 0; --i) nodes[i] = nodes[i - 1];
        nodes[0] = siblings[used++];
        ++length;
      }
      if (length & 1 == 1) nodes[length++] = siblings[used++];
      length >>= 1;
      first >>= 1;
      for (uint256 i; i < length; ++i) nodes[i] = keccak256(abi.encodePacked(nodes[2 * i], nodes[2 * i + 1]));
    }
    // INVARIANT: the model id commits to these instructions. Otherwise other code than the checked one would run.
    if (nodes[0] != programRoot || used != siblings.length)
      revert IModelRegistry.WrongInstructions(programRoot, nodes[0]);
  }

  function _instruction(
    Progress memory progress,
    ProgramTypes.Types memory types,
    TensorRules.Walk memory walk,
    bytes calldata encoded,
    uint256 instruction
  ) private pure {
    uint256 pc = walk.pc;
    uint256 kind = encoded.length == 0 ? 0 : Reader.u8(instruction);
    uint256 rounds = 1;
    for (uint256 i; i < progress.depth; ++i) rounds *= progress.counts[i];
    uint256 steps = 1;
    uint256 flops;
    if (kind == Encoding.KIND_TENSOR) {
      _target(types, pc, Reader.u16(instruction + Encoding.TENSOR_TARGET_AT));
      uint256[3] memory counters;
      for (uint256 i; i < progress.depth; ++i) counters[i] = progress.counts[i];
      (steps, flops) = TensorRules.check(walk, types, instruction, encoded.length, counters);
      _mark(progress, types, Reader.u16(instruction + Encoding.TENSOR_TARGET_AT), true);
    } else if (kind == Encoding.KIND_LOOP) {
      _require(encoded.length == Encoding.LOOP_BYTES, pc, Rule.Encoding);
      _loop(progress, pc, instruction);
    } else if (kind == Encoding.KIND_END) {
      _require(encoded.length == Encoding.END_BYTES, pc, Rule.Encoding);
      _end(progress, types, pc, instruction);
    } else if (kind == Encoding.KIND_MOVE) {
      _require(encoded.length == Encoding.MOVE_HEAD_BYTES + Encoding.OPERAND_BYTES, pc, Rule.Encoding);
      _move(types, pc, instruction);
      _mark(progress, types, Reader.u16(instruction + Encoding.MOVE_TARGET_AT), true);
    } else {
      _require(kind == Encoding.KIND_DROP && encoded.length == Encoding.DROP_BYTES, pc, Rule.Encoding);
      _target(types, pc, Reader.u16(instruction + Encoding.DROP_TARGET_AT));
      _mark(progress, types, Reader.u16(instruction + Encoding.DROP_TARGET_AT), false);
    }
    steps = progress.steps + rounds * steps;
    _require(steps <= Limits.MAX_STEPS, pc, Rule.Steps);
    // No overflow: a step has less than 2^11 scalar operations.
    progress.steps = uint64(steps);
    progress.flops += uint128(rounds * flops);
  }

  /// @return instruction Its address.
  function _copy(bytes memory buffer, bytes calldata encoded) private pure returns (uint256 instruction) {
    assembly ("memory-safe") {
      instruction := add(buffer, 32)
      calldatacopy(instruction, encoded.offset, encoded.length)
    }
  }

  function _target(ProgramTypes.Types memory types, uint256 pc, uint256 target) private pure {
    _require(target < types.tensors, pc, Rule.Tensor);
    bool filler = target >= types.outputs && target < 1 << MerklePath.depthOf(types.outputs);
    _require(!filler, pc, Rule.Filler);
  }

  function _mark(Progress memory progress, ProgramTypes.Types memory types, uint256 target, bool written) private pure {
    if (target >= types.outputs) return;
    if (written) progress.written |= 1 << target;
    else progress.written &= ~(1 << target);
  }

  /// @dev kind u8, depth u8, count u32.
  function _loop(Progress memory progress, uint256 pc, uint256 instruction) private pure {
    uint256 depth = progress.depth;
    uint256 count = Reader.u32(instruction + Encoding.LOOP_COUNT_AT);
    _require(depth < Limits.MAX_LOOP_DEPTH && Reader.u8(instruction + Encoding.LOOP_DEPTH_AT) == depth, pc, Rule.Block);
    _require(count != 0 && count <= Limits.MAX_COUNT, pc, Rule.Count);
    progress.counts[depth] = uint32(count);
    progress.starts[depth] = uint32(pc + 1);
    progress.depth = uint8(depth + 1);
  }

  /// @dev kind u8, depth u8, count u32, start u32, halt u16.
  function _end(
    Progress memory progress,
    ProgramTypes.Types memory types,
    uint256 pc,
    uint256 instruction
  ) private pure {
    _require(progress.depth > 0, pc, Rule.Block);
    uint256 depth = progress.depth - 1;
    bool closes =
      Reader.u8(instruction + Encoding.END_DEPTH_AT) == depth &&
        Reader.u32(instruction + Encoding.END_COUNT_AT) == progress.counts[depth] &&
        Reader.u32(instruction + Encoding.END_START_AT) == progress.starts[depth];
    _require(closes, pc, Rule.Block);
    progress.depth = uint8(depth);
    uint256 halt = Reader.u16(instruction + Encoding.END_HALT_AT);
    if (halt == Encoding.NO_TENSOR) return;
    _require(halt < types.tensors, pc, Rule.Tensor);
    _require(types.sizes[types.inputs + types.weights + halt] <= MerklePath.LEAF_BYTES, pc, Rule.Halt);
  }

  /// @dev kind u8, target u16, operand.
  function _move(ProgramTypes.Types memory types, uint256 pc, uint256 instruction) private pure {
    uint256 target = Reader.u16(instruction + Encoding.MOVE_TARGET_AT);
    _target(types, pc, target);
    uint256 size = TensorRules.operand(pc, types, instruction + Encoding.MOVE_HEAD_BYTES);
    _require(
      Reader.u8(instruction + (Encoding.MOVE_HEAD_BYTES + Encoding.OPERAND_DEPTH_AT)) == MerklePath.treeDepth(size),
      pc,
      Rule.Depth
    );
    _require(types.sizes[types.inputs + types.weights + target] == size, pc, Rule.Move);
  }
}
