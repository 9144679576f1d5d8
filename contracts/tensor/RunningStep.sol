// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Names that only assembly uses are imported too.
/* solhint-disable no-unused-import */

import {MerklePath} from "../lib/MerklePath.sol";
import {Element} from "./Element.sol";
import {InstructionReader as Reader} from "./InstructionReader.sol";
import {ScalarProgram} from "./scalar/ScalarProgram.sol";
import {TensorState, WrongLength, WrongPath, WrongPreimage, WrongTag} from "./TensorState.sol";
import {View} from "./View.sol";
import * as Encoding from "./Encoding.sol";
import {CONSTANT_BITS_AT, CONSTANT_BYTES, TENSOR_HEAD_BYTES} from "./Encoding.sol";
import * as Limits from "./Limits.sol";
import {FIRST_COUNTER_AT, VARIABLES_BYTES} from "./Limits.sol";
import * as StateLayout from "./StateLayout.sol";
import {FETCH_COUNTERS_SHIFT, HEADER_BYTES, REGISTER_BYTES, RUNNING_HEAD_BYTES} from "./StateLayout.sol";

/// @title The step from a running state: one term of a fold, one element written, or the result committed
/// @notice Witness: 2 ‖ running word (32) ‖ fetch state (32) ‖ fetch word (32) ‖ length u16 ‖ instruction ‖ operand roots ‖
/// target root (32) ‖ acc ‖ iacc ‖ what the stage opens.
/// @dev SAFETY: arithmetic is unchecked. It is about positions in memory and calldata, and counts that registration bounds.
library RunningStep {
  /// @dev Addresses are in memory, but for `cursor`.
  struct Running {
    uint256 stage;
    uint256 element;
    uint256 term;
    uint256 innerTerm;
    /// The running preimage: word ‖ bound ‖ target root ‖ acc ‖ iacc; the step changes it in place.
    uint256 preimage;
    /// The bound preimage: fetch state ‖ fetch word ‖ instruction ‖ operand roots.
    uint256 bound;
    uint256 instruction;
    uint256 roots;
    /// Fields of the instruction: lists, by the byte that counts them.
    uint256 dims;
    uint256 reduction;
    uint256 innerReduction;
    uint256 accumulators;
    uint256 innerAccumulators;
    uint256 write;
    uint256 variables;
    /// Position in calldata: how far the witness has been read.
    uint256 cursor;
  }

  /// @param pre Hash of the state.
  /// @param position Position in calldata of the witness, whose first byte has been looked at.
  /// @param length Its bytes.
  function step(
    bytes32 pre,
    uint256 position,
    uint256 length,
    address float64Ops
  ) internal view returns (bytes32 post) {
    unchecked {
      Running memory running;
      _open(running, pre, position + 1);
      post = running.stage == StateLayout.STAGE_COMMIT ? _commit(running) : _compute(running, float64Ops);
      if (running.cursor != position + length) revert WrongLength(running.cursor - position, length);
    }
  }

  /// @dev Reads the witness up to what the stage opens, and checks that it is the state's.
  function _open(Running memory running, bytes32 pre, uint256 position) private pure {
    unchecked {
      uint256 word;
      uint256 size;
      uint256 bound;
      uint256 roots;
      assembly ("memory-safe") {
        word := calldataload(position)
        size := shr(240, calldataload(add(position, 96)))
        let source := add(position, 98)
        // The list of operands, which begins with their number, follows the instruction's head.
        roots := shl(5, byte(TENSOR_HEAD_BYTES, calldataload(source)))
        bound := mload(0x40)
        calldatacopy(bound, add(position, 32), 64)
        // INVARIANT: the instruction comes first, so the number of roots is at a fixed place of what is hashed. Behind the roots it would
        // be wherever the prover cuts them: another cut of the same bytes is another instruction, and the result goes to another entry.
        calldatacopy(add(bound, 64), source, add(size, roots))
        position := add(add(source, size), roots)
      }
      uint256 instruction = bound + 64;
      running.roots = instruction + size;
      _locate(running, instruction);
      uint256 registers =
        StateLayout.REGISTER_BYTES * (Reader.u8(running.accumulators) + Reader.u8(running.innerAccumulators));
      uint256 preimage;
      bytes32 state;
      assembly ("memory-safe") {
        // Beyond the instruction, where reading it may look.
        preimage := and(add(add(add(instruction, size), roots), 95), not(31))
        mstore(preimage, word)
        mstore(add(preimage, 32), keccak256(bound, add(add(64, size), roots)))
        calldatacopy(add(preimage, 64), position, add(32, registers))
        state := keccak256(preimage, add(RUNNING_HEAD_BYTES, registers))
        // 3 words, at most 8 registers, and 24 bytes that setting the last one reads.
        mstore(0x40, add(preimage, 192))
      }
      // INVARIANT: the preimage matches the state. Otherwise the prover could choose the step's inputs.
      if (state != pre) revert WrongPreimage(pre, state);
      // INVARIANT: the tag is that of a running state. Otherwise another state of the same length could pass for one.
      if (word >> StateLayout.STATE_TAG_SHIFT != StateLayout.TAG_RUNNING)
        revert WrongTag(word >> StateLayout.STATE_TAG_SHIFT);
      running.preimage = preimage;
      running.bound = bound;
      running.stage = uint8(word >> StateLayout.RUNNING_STAGE_SHIFT);
      running.element = uint64(word >> StateLayout.RUNNING_ELEMENT_SHIFT);
      running.term = uint64(word >> StateLayout.RUNNING_TERM_SHIFT);
      running.innerTerm = uint64(word);
      running.cursor = position + 32 + registers;
    }
  }

  /// @dev Finds the instruction's lists.
  function _locate(Running memory running, uint256 instruction) private pure {
    unchecked {
      running.instruction = instruction;
      uint256 position = instruction + Encoding.TENSOR_HEAD_BYTES;
      position += 1 + Encoding.OPERAND_BYTES * Reader.u8(position);
      running.dims = position;
      position += 1 + Encoding.DIMENSION_BYTES * Reader.u8(position);
      running.reduction = position;
      position += 1 + Encoding.DIMENSION_BYTES * Reader.u8(position);
      running.innerReduction = position;
      position += 1 + Encoding.DIMENSION_BYTES * Reader.u8(position);
      running.accumulators = position;
      position += 1 + Encoding.CONSTANT_BYTES * Reader.u8(position);
      running.innerAccumulators = position;
      position += 1 + Encoding.CONSTANT_BYTES * Reader.u8(position);
      running.write = position;
    }
  }

  /// @dev Stages 0 to 2: runs the stage's scalar program, and moves on.
  function _compute(Running memory running, address float64Ops) private view returns (bytes32) {
    unchecked {
      (uint256 elements, uint256 terms, uint256 innerTerms) = _variables(running);
      uint256 acc = Reader.u8(running.accumulators);
      uint256 iacc = Reader.u8(running.innerAccumulators);
      bool scan = Reader.u8(running.instruction + Encoding.TENSOR_FLAGS_AT) & Encoding.FLAG_SCAN == Encoding.FLAG_SCAN;
      uint256 first =
        iacc > 0
          ? StateLayout.STAGE_INNER
          : acc > 0
            ? StateLayout.STAGE_BODY
            : StateLayout.STAGE_FINISH;

      uint256 code = Reader.skipView(running.write);
      if (running.stage != StateLayout.STAGE_INNER && iacc > 0) code = Reader.skipStage(code);
      if (running.stage == StateLayout.STAGE_FINISH && acc > 0) code = Reader.skipStage(code);

      if (running.stage == StateLayout.STAGE_INNER) {
        (uint256 outs, uint256 values, ) = _run(running, code, acc, iacc, float64Ops);
        _keep(running, acc, outs, values);
        running.innerTerm += 1;
        if (running.innerTerm == innerTerms) running.stage = StateLayout.STAGE_BODY;
      } else if (running.stage == StateLayout.STAGE_BODY) {
        (uint256 outs, uint256 values, ) = _run(running, code, 0, acc + iacc, float64Ops);
        _keep(running, 0, outs, values);
        _reset(running, acc, running.innerAccumulators);
        running.innerTerm = 0;
        running.stage = StateLayout.STAGE_FINISH;
        if (!scan) _nextTerm(running, terms, first);
      } else {
        (uint256 outs, uint256 values, uint256 reads) = _run(running, code, 0, acc, float64Ops);
        _write(running, Reader.u8(outs + 1), values, reads);
        running.stage = StateLayout.STAGE_COMMIT;
        if (scan) _nextTerm(running, terms, first);
        if (running.stage == StateLayout.STAGE_COMMIT) {
          _reset(running, 0, running.accumulators);
          running.element += 1;
          if (running.element != elements) running.stage = first;
        }
      }
      return _close(running, acc + iacc);
    }
  }

  /// @dev After a term: the stage is `first` again, or stays if it was the last.
  function _nextTerm(Running memory running, uint256 terms, uint256 first) private pure {
    unchecked {
      running.term += 1;
      if (running.term == terms) running.term = 0;
      else running.stage = first;
    }
  }

  /// @dev Fills in the loop variables.
  /// @return elements Sizes of the three spaces.
  function _variables(
    Running memory running
  ) private pure returns (uint256 elements, uint256 terms, uint256 innerTerms) {
    unchecked {
      uint256 variables;
      uint256 bound = running.bound;
      assembly ("memory-safe") {
        variables := mload(0x40)
        mstore(0x40, add(variables, VARIABLES_BYTES))
        calldatacopy(variables, calldatasize(), VARIABLES_BYTES)
        // The counters stand in the fetch word.
        let word := mload(add(bound, 32))
        let counters := add(variables, FIRST_COUNTER_AT)
        mstore(counters, and(shr(FETCH_COUNTERS_SHIFT, word), 0xffffffff))
        mstore(add(counters, 32), and(shr(sub(FETCH_COUNTERS_SHIFT, 32), word), 0xffffffff))
        mstore(add(counters, 64), and(shr(sub(FETCH_COUNTERS_SHIFT, 64), word), 0xffffffff))
      }
      running.variables = variables;
      elements = _unravel(running.dims, running.element, variables);
      terms = _unravel(running.reduction, running.term, variables + 32 * Limits.FIRST_REDUCTION);
      innerTerms = _unravel(running.innerReduction, running.innerTerm, variables + 32 * Limits.FIRST_INNER);
    }
  }

  /// @dev Row-major indices of number `index` in the space at `dims`.
  /// @return points Its size.
  function _unravel(uint256 dims, uint256 index, uint256 variables) private pure returns (uint256 points) {
    assembly ("memory-safe") {
      points := 1
      for {
        let i := byte(0, mload(dims))
      } i {} {
        i := sub(i, 1)
        let size := shr(224, mload(add(add(dims, 1), shl(2, i))))
        mstore(add(variables, shl(5, i)), mod(index, size))
        index := div(index, size)
        points := mul(points, size)
      }
    }
  }

  /// @dev Runs a stage.
  /// @param stage Its first byte.
  /// @param from Number of the register, of the state's, that is its first value.
  /// @param entry How many of them it takes.
  /// @return outs Where it lists the values that leave it.
  /// @return values Address of value 0, a word each.
  /// @return reads Address of the first read's value.
  function _run(
    Running memory running,
    uint256 stage,
    uint256 from,
    uint256 entry,
    address float64Ops
  ) private view returns (uint256 outs, uint256 values, uint256 reads) {
    unchecked {
      uint256 next;
      uint256 registers = running.preimage + StateLayout.RUNNING_HEAD_BYTES + StateLayout.REGISTER_BYTES * from;
      assembly ("memory-safe") {
        values := mload(0x40)
        next := values
        for {
          let end := add(registers, shl(3, entry))
        } lt(registers, end) {
          registers := add(registers, REGISTER_BYTES)
        } {
          mstore(next, shr(192, mload(registers)))
          next := add(next, 32)
        }
        // Room for the reads, which use free memory while they go on; then, below, for what follows them.
        mstore(0x40, add(next, shl(5, byte(0, mload(stage)))))
      }
      reads = next;
      uint256 position = stage + 1;
      for (uint256 i = Reader.u8(stage); i > 0; --i) {
        uint256 value;
        (value, position) = _read(running, position, reads);
        assembly ("memory-safe") {
          mstore(next, value)
          next := add(next, 32)
        }
      }
      assembly ("memory-safe") {
        // Constants: type u8, bits u64.
        let constants := byte(0, mload(position))
        position := add(position, 1)
        for {} constants {
          constants := sub(constants, 1)
        } {
          mstore(next, shr(192, mload(add(position, CONSTANT_BITS_AT))))
          next := add(next, 32)
          position := add(position, CONSTANT_BYTES)
        }
      }
      uint256 operations = Reader.u8(position);
      assembly ("memory-safe") {
        mstore(0x40, add(next, shl(5, operations)))
      }
      ScalarProgram.run(position + 1, operations, values, (next - values) / 32, running.variables, float64Ops);
      outs = position + 1 + Encoding.OPERATION_BYTES * operations;
    }
  }

  /// @dev One read: its value, from the witness unless it is outside.
  function _read(
    Running memory running,
    uint256 position,
    uint256 reads
  ) private pure returns (uint256 value, uint256 next) {
    unchecked {
      uint256 element;
      bool inside;
      (element, inside, next) = View.locate(position + Encoding.READ_HEAD_BYTES, running.variables, reads);
      if (!inside) return (Reader.u64(position + Encoding.READ_PAD_AT), next);
      uint256 dtype = Reader.u8(position + Encoding.READ_DTYPE_AT);
      uint256 operand = Reader.u8(position);
      uint256 depth = Reader.u8(
        running.instruction +
          Encoding.TENSOR_HEAD_BYTES +
          1 +
          Encoding.OPERAND_BYTES * operand +
          Encoding.OPERAND_DEPTH_AT
      );
      bytes32 root;
      uint256 slot = running.roots + 32 * operand;
      assembly ("memory-safe") {
        root := mload(slot)
      }
      uint256 offset = element << Element.logSize(dtype);
      uint256 leaf = running.cursor;
      uint256 path = leaf + MerklePath.LEAF_BYTES;
      bytes32 computed = MerklePath.climb(MerklePath.hashLeaf(leaf), offset / MerklePath.LEAF_BYTES, path, depth);
      // INVARIANT: the value is the operand's element. Otherwise the prover could choose it.
      if (computed != root) revert WrongPath(root, computed);
      running.cursor = path + 32 * depth;
      value = Element.load(leaf + (offset % MerklePath.LEAF_BYTES), dtype);
    }
  }

  /// @dev Writes value number `out` to the target, unless the view is outside.
  function _write(Running memory running, uint256 out, uint256 values, uint256 reads) private pure {
    unchecked {
      (uint256 element, bool inside, ) = View.locate(running.write, running.variables, reads);
      if (!inside) return;
      uint256 dtype = Reader.u8(running.instruction + Encoding.TENSOR_TARGET_DTYPE_AT);
      uint256 depth = Reader.u8(running.instruction + Encoding.TENSOR_TARGET_DEPTH_AT);
      uint256 offset = element << Element.logSize(dtype);
      uint256 value;
      uint256 leaf;
      bytes32 former;
      bytes32 latter;
      uint256 cursor = running.cursor;
      assembly ("memory-safe") {
        value := mload(add(values, shl(5, out)))
        leaf := mload(0x40)
        calldatacopy(leaf, cursor, 128)
        former := keccak256(leaf, 128)
      }
      Element.store(leaf + (offset % MerklePath.LEAF_BYTES), dtype, value);
      bytes32 root;
      uint256 slot = running.preimage + 64;
      assembly ("memory-safe") {
        latter := keccak256(leaf, 128)
        root := mload(slot)
      }
      uint256 path = cursor + MerklePath.LEAF_BYTES;
      (former, latter) = MerklePath.climbBoth(former, latter, offset / MerklePath.LEAF_BYTES, path, depth);
      // INVARIANT: only this element changes. Otherwise the prover could rewrite the tensor.
      if (former != root) revert WrongPath(root, former);
      running.cursor = path + 32 * depth;
      assembly ("memory-safe") {
        mstore(slot, latter)
      }
    }
  }

  /// @dev The values listed at `outs` become the state's registers from number `from` on.
  function _keep(Running memory running, uint256 from, uint256 outs, uint256 values) private pure {
    unchecked {
      uint256 register = running.preimage + StateLayout.RUNNING_HEAD_BYTES + StateLayout.REGISTER_BYTES * from;
      uint256 count = Reader.u8(outs);
      for (uint256 i = 1; i <= count; ++i) {
        _setRegister(register, _value(values, Reader.u8(outs + i)));
        register += StateLayout.REGISTER_BYTES;
      }
    }
  }

  /// @dev The state's registers from number `from` on get the initial values listed at `constants`.
  function _reset(Running memory running, uint256 from, uint256 constants) private pure {
    unchecked {
      uint256 register = running.preimage + StateLayout.RUNNING_HEAD_BYTES + StateLayout.REGISTER_BYTES * from;
      uint256 position = constants + 1 + Encoding.CONSTANT_BITS_AT;
      for (uint256 i = Reader.u8(constants); i > 0; --i) {
        _setRegister(register, Reader.u64(position));
        register += StateLayout.REGISTER_BYTES;
        position += Encoding.CONSTANT_BYTES;
      }
    }
  }

  function _value(uint256 values, uint256 index) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := mload(add(values, shl(5, index)))
    }
  }

  /// @dev Sets 8 bytes, and leaves those after them.
  function _setRegister(uint256 position, uint256 bits) private pure {
    assembly ("memory-safe") {
      mstore(position, or(shl(192, bits), shr(64, shl(64, mload(position)))))
    }
  }

  /// @dev Hash of the state as it is now.
  function _close(Running memory running, uint256 registers) private pure returns (bytes32 post) {
    uint256 word = TensorState.runningWord(running.stage, running.element, running.term, running.innerTerm);
    uint256 preimage = running.preimage;
    assembly ("memory-safe") {
      mstore(preimage, word)
      post := keccak256(preimage, add(RUNNING_HEAD_BYTES, mul(REGISTER_BYTES, registers)))
    }
  }

  /// @dev Stage 3. Reads: header (128) ‖ input root (32) ‖ table root (32) ‖ target's entry (32) ‖ path.
  function _commit(Running memory running) private pure returns (bytes32) {
    unchecked {
      uint256 position = running.cursor;
      uint256 bound = running.bound;
      bytes32 modelId;
      bytes32 inputRoot;
      bytes32 tableRoot;
      bytes32 entry;
      bytes32 fetchState;
      bytes32 target;
      uint256 word;
      uint256 header;
      uint256 slot = running.preimage + 64;
      assembly ("memory-safe") {
        fetchState := mload(bound)
        word := mload(add(bound, 32))
        target := mload(slot)
        let free := mload(0x40)
        calldatacopy(free, position, HEADER_BYTES)
        header := mload(free)
        modelId := keccak256(free, HEADER_BYTES)
        inputRoot := calldataload(add(position, 128))
        tableRoot := calldataload(add(position, 160))
        entry := calldataload(add(position, 192))
      }
      bytes32 computed = TensorState.fetch(word, modelId, inputRoot, tableRoot);
      // INVARIANT: the table is that of the fetch state, at the model's depth. Otherwise the prover could swap the table.
      if (computed != fetchState) revert WrongPreimage(fetchState, computed);
      uint256 depth = MerklePath.depthOf(uint16(header >> StateLayout.HEADER_TENSORS_SHIFT));
      bytes32 former;
      (former, target) = MerklePath.climbBoth(
        entry,
        target,
        Reader.u16(running.instruction + Encoding.TENSOR_TARGET_AT),
        position + 224,
        depth
      );
      // INVARIANT: only this entry changes. Otherwise the prover could rewrite the table.
      if (former != tableRoot) revert WrongPath(tableRoot, former);
      running.cursor = position + 224 + 32 * depth;
      return TensorState.fetch(TensorState.withPc(word, TensorState.pcOf(word) + 1), modelId, inputRoot, target);
    }
  }
}
