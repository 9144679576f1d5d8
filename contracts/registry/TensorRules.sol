// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../lib/MerklePath.sol";
import {Element} from "../tensor/Element.sol";
import {InstructionReader as Reader} from "../tensor/InstructionReader.sol";
import {ScalarTypes} from "../tensor/scalar/ScalarTypes.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {ProgramTypes} from "./ProgramTypes.sol";
import {Rule} from "./Rule.sol";
import {Operation} from "../tensor/scalar/Operation.sol";
import * as Encoding from "../tensor/Encoding.sol";
import * as Limits from "../tensor/Limits.sol";
import {
  FIRST_INNER,
  FIRST_REDUCTION,
  MAX_ACCUMULATORS,
  MAX_INNER_ACCUMULATORS,
  MAX_LOOP_DEPTH,
  MAX_OPERANDS,
  VARIABLES
} from "../tensor/Limits.sol";

/// @title Checks that a tensor instruction is well-formed, and computes its cost
/// @notice The rules of `ml-vm/program/check-tensor.ts`, in the same order.
/// @dev The instruction is walked once, in memory. If a count is wrong, the walk reads beyond the instruction. It still
/// ends, and the last check rejects the instruction because the walk does not end where the instruction does.
library TensorRules {
  /// Values of a stage, before their number is checked: 8 accumulators, 255 reads, constants and operations.
  uint256 private constant ROOM_FOR_VALUES = MAX_ACCUMULATORS + MAX_INNER_ACCUMULATORS + 3 * 255;

  /// @dev What is known while an instruction is walked.
  struct Walk {
    uint256 pc;
    /// Address of the next byte.
    uint256 position;
    /// Bytes of each operand.
    uint256[MAX_OPERANDS] operands;
    uint256 operandCount;
    /// Depth of each operand's tree.
    uint256[MAX_OPERANDS] depths;
    /// Bytes of the leaves and paths of the reads so far, and of the write.
    uint256 opened;
    /// How many values each variable takes; 0 if there is none.
    uint256[VARIABLES] ranges;
    /// Whether the variables of the folds exist in the stage at hand; the others do in all.
    bool reduction;
    bool inner;
    /// Types of the accumulators, as `ScalarTypes` numbers them.
    uint256[MAX_ACCUMULATORS] accumulators;
    uint256 accumulatorCount;
    uint256[MAX_ACCUMULATORS] innerAccumulators;
    uint256 innerAccumulatorCount;
    /// Types of the values of the stage at hand, and how many there are.
    uint256[ROOM_FOR_VALUES] values;
    uint256 valueCount;
    /// The number of its first read, and how many reads it has had.
    uint256 firstRead;
    uint256 readCount;
  }

  /// @param instruction Its address.
  /// @param size Its bytes.
  /// @param counters How often each enclosing block runs; 0 if there is none.
  /// @return steps Steps of one execution.
  /// @return flops Scalar operations of one execution.
  function check(
    Walk memory walk,
    ProgramTypes.Types memory types,
    uint256 instruction,
    uint256 size,
    uint256[MAX_LOOP_DEPTH] memory counters
  ) internal pure returns (uint256 steps, uint256 flops) {
    uint256 target = _head(walk, types, instruction);
    walk.position = instruction + Encoding.TENSOR_HEAD_BYTES;
    walk.opened = MerklePath.LEAF_BYTES + 32 * Reader.u8(instruction + Encoding.TENSOR_TARGET_DEPTH_AT);
    _operands(walk, types, Reader.u16(instruction + Encoding.TENSOR_TARGET_AT));

    for (uint256 i; i < Limits.VARIABLES; ++i) {
      walk.ranges[i] = i < Limits.FIRST_COUNTER ? 0 : counters[i - Limits.FIRST_COUNTER];
    }
    uint256 elements = _space(walk, 0, Limits.MAX_DIMS);
    uint256 terms = _space(walk, Limits.FIRST_REDUCTION, Limits.MAX_REDUCTION_DIMS);
    uint256 innerTerms = _space(walk, Limits.FIRST_INNER, Limits.MAX_INNER_DIMS);
    walk.accumulatorCount = _initial(walk, walk.accumulators);
    walk.innerAccumulatorCount = _initial(walk, walk.innerAccumulators);

    bool scan = Reader.u8(instruction + Encoding.TENSOR_FLAGS_AT) == Encoding.FLAG_SCAN;
    bool hasInner = walk.ranges[FIRST_INNER] != 0;
    bool folds = hasInner || scan || walk.ranges[FIRST_REDUCTION] != 0;
    _require(walk, (walk.accumulatorCount != 0) == folds && (walk.innerAccumulatorCount != 0) == hasInner, Rule.Fold);

    uint256 write = walk.position;
    walk.position = Reader.skipView(write);
    if (hasInner) {
      _begin(walk, true, true);
      _take(walk, walk.innerAccumulators, walk.innerAccumulatorCount);
      flops = innerTerms * _stage(walk, walk.innerAccumulators, walk.innerAccumulatorCount);
    }
    if (folds) {
      _begin(walk, true, false);
      _take(walk, walk.accumulators, walk.accumulatorCount);
      _take(walk, walk.innerAccumulators, walk.innerAccumulatorCount);
      flops = terms * (flops + _stage(walk, walk.accumulators, walk.accumulatorCount));
    }
    uint256 writes = scan ? terms : 1;
    _begin(walk, scan, false);
    _take(walk, walk.accumulators, walk.accumulatorCount);
    flops += writes * _finish(walk, Reader.u8(instruction + Encoding.TENSOR_TARGET_DTYPE_AT));
    _require(walk, walk.position == instruction + size, Rule.Encoding);
    // The write may add any read of `finish`.
    walk.position = write;
    _view(walk, target >> Element.logSize(Reader.u8(instruction + Encoding.TENSOR_TARGET_DTYPE_AT)));
    // INVARIANT: every step fits an L1 transaction. Otherwise a false step could not be refuted.
    _require(walk, walk.opened <= Limits.MAX_OPENED_BYTES, Rule.Witness);
    flops *= elements;
    steps = 2 + elements * ((folds ? terms * (hasInner ? innerTerms + 1 : 1) : 0) + writes);
  }

  function _require(Walk memory walk, bool condition, Rule rule) private pure {
    if (!condition) revert IModelRegistry.IllFormedInstruction(walk.pc, rule);
  }

  /// @return size Bytes of the target.
  function _head(
    Walk memory walk,
    ProgramTypes.Types memory types,
    uint256 instruction
  ) private pure returns (uint256 size) {
    // No flag but FLAG_SCAN, which is bit 0.
    _require(walk, Reader.u8(instruction + Encoding.TENSOR_FLAGS_AT) < 2, Rule.Encoding);
    uint256 index = types.inputs + types.weights + Reader.u16(instruction + Encoding.TENSOR_TARGET_AT);
    size = types.sizes[index];
    uint256 dtype = Reader.u8(instruction + Encoding.TENSOR_TARGET_DTYPE_AT);
    _require(walk, dtype != 0 && dtype <= Element.DTYPES, Rule.Encoding);
    _require(walk, Reader.u8(instruction + Encoding.TENSOR_TARGET_DEPTH_AT) == MerklePath.treeDepth(size), Rule.Depth);
    _require(walk, dtype == types.dtypes[index], Rule.Dtype);
  }

  function _operands(Walk memory walk, ProgramTypes.Types memory types, uint256 target) private pure {
    uint256 count = _count(walk, Limits.MAX_OPERANDS);
    walk.operandCount = count;
    for (uint256 i; i < count; ++i) {
      uint256 position = walk.position;
      walk.operands[i] = operand(walk.pc, types, position);
      _require(
        walk,
        Reader.u8(position) != Encoding.SPACE_TENSOR || Reader.u16(position + Encoding.OPERAND_INDEX_AT) != target,
        Rule.Alias
      );
      walk.depths[i] = Reader.u8(position + Encoding.OPERAND_DEPTH_AT);
      _require(walk, walk.depths[i] == MerklePath.treeDepth(walk.operands[i]), Rule.Depth);
      walk.position = position + Encoding.OPERAND_BYTES;
    }
  }

  /// @notice Bytes of the tensor that an operand names.
  function operand(uint256 pc, ProgramTypes.Types memory types, uint256 position) internal pure returns (uint256) {
    uint256 space = Reader.u8(position);
    uint256 index = Reader.u16(position + Encoding.OPERAND_INDEX_AT);
    if (space > Encoding.SPACE_TENSOR) revert IModelRegistry.IllFormedInstruction(pc, Rule.Encoding);
    uint256 count =
      space == Encoding.SPACE_INPUT
        ? types.inputs
        : space == Encoding.SPACE_WEIGHT
          ? types.weights
          : types.tensors;
    if (index >= count) revert IModelRegistry.IllFormedInstruction(pc, Rule.Tensor);
    return
      types.sizes[
        space == Encoding.SPACE_INPUT
          ? index
          : space == Encoding.SPACE_WEIGHT
            ? types.inputs + index
            : types.inputs + types.weights + index
      ];
  }

  /// @dev Reads the number of entries of a list.
  function _count(Walk memory walk, uint256 limit) private pure returns (uint256 count) {
    count = Reader.u8(walk.position++);
    _require(walk, count <= limit, Rule.Limit);
  }

  /// @dev Reads the dimensions of a space, the ranges of the variables from `first` on.
  function _space(Walk memory walk, uint256 first, uint256 limit) private pure returns (uint256 points) {
    uint256 count = _count(walk, limit);
    points = 1;
    for (uint256 i; i < count; ++i) {
      uint256 dimension = Reader.u32(walk.position);
      points *= dimension;
      bool fits = dimension != 0 && dimension <= Limits.MAX_COUNT && points < Limits.ELEMENT_BOUND;
      _require(walk, fits, Rule.Space);
      walk.ranges[first + i] = dimension;
      walk.position += Encoding.DIMENSION_BYTES;
    }
  }

  /// @dev Reads the initial values of accumulators: fills in their types.
  function _initial(
    Walk memory walk,
    uint256[MAX_ACCUMULATORS] memory accumulators
  ) private pure returns (uint256 count) {
    count = _count(walk, Limits.MAX_ACCUMULATORS);
    for (uint256 i; i < count; ++i) {
      accumulators[i] = _constant(walk);
    }
  }

  /// @dev Reads a constant: type u8, bits u64.
  /// @return scalar Its type.
  function _constant(Walk memory walk) private pure returns (uint256 scalar) {
    scalar = Reader.u8(walk.position) + 1;
    _require(walk, scalar <= ScalarTypes.INT, Rule.Encoding);
    _canonical(walk, scalar, Reader.u64(walk.position + Encoding.CONSTANT_BITS_AT));
    walk.position += Encoding.CONSTANT_BYTES;
  }

  /// @dev A register holds one NaN only, and an f32 leaves its high half zero.
  function _canonical(Walk memory walk, uint256 scalar, uint256 bits) private pure {
    bool canonical = true;
    if (scalar == ScalarTypes.F32) {
      canonical =
        bits <= type(uint32).max &&
        (bits & 0x7fffffff <= ScalarTypes.F32_INFINITY || bits == ScalarTypes.F32_NAN);
    } else if (scalar == ScalarTypes.F64) {
      canonical = bits & 0x7fffffffffffffff <= ScalarTypes.F64_INFINITY || bits == ScalarTypes.F64_NAN;
    }
    _require(walk, canonical, Rule.Canonical);
  }

  /// @dev Type of the register that an element of this dtype loads.
  function _scalarOf(uint256 dtype) private pure returns (uint256) {
    if (dtype == Element.F64) return ScalarTypes.F64;
    return dtype <= Element.BF16 ? ScalarTypes.F32 : ScalarTypes.INT;
  }

  /// @dev Begins a stage: says which variables of the folds exist in it.
  function _begin(Walk memory walk, bool reduction, bool inner) private pure {
    walk.reduction = reduction;
    walk.inner = inner;
    walk.valueCount = 0;
  }

  /// @dev Accumulators that the stage takes: its first values.
  function _take(Walk memory walk, uint256[MAX_ACCUMULATORS] memory types, uint256 count) private pure {
    for (uint256 i; i < count; ++i) {
      walk.values[walk.valueCount++] = types[i];
    }
  }

  /// @dev Reads the last stage, which gives the value to write.
  function _finish(Walk memory walk, uint256 dtype) private pure returns (uint256 flops) {
    uint256[MAX_ACCUMULATORS] memory written;
    written[0] = _scalarOf(dtype);
    return _stage(walk, written, 1);
  }

  /// @dev Whether a variable exists in the stage at hand.
  function _exists(Walk memory walk, uint256 variable) private pure returns (bool) {
    if (variable >= Limits.VARIABLES || walk.ranges[variable] == 0) return false;
    if (variable < Limits.FIRST_REDUCTION || variable >= Limits.FIRST_COUNTER) return true;
    return variable < Limits.FIRST_INNER ? walk.reduction : walk.inner;
  }

  /// @dev Reads a stage.
  /// @param replaces Types of what its results replace.
  /// @return flops Scalar operations that it executes, weighted.
  function _stage(
    Walk memory walk,
    uint256[MAX_ACCUMULATORS] memory replaces,
    uint256 replaced
  ) private pure returns (uint256 flops) {
    walk.firstRead = walk.valueCount;
    walk.readCount = 0;
    for (uint256 i = Reader.u8(walk.position++); i > 0; --i) {
      uint256 position = walk.position;
      uint256 which = Reader.u8(position);
      uint256 dtype = Reader.u8(position + Encoding.READ_DTYPE_AT);
      _require(walk, dtype != 0 && dtype <= Element.DTYPES, Rule.Encoding);
      _require(walk, which < walk.operandCount, Rule.Operand);
      uint256 scalar = _scalarOf(dtype);
      _canonical(walk, scalar, Reader.u64(position + Encoding.READ_PAD_AT));
      walk.position = position + Encoding.READ_HEAD_BYTES;
      _view(walk, walk.operands[which] >> Element.logSize(dtype));
      walk.values[walk.valueCount++] = scalar;
      walk.readCount++;
      walk.opened += MerklePath.LEAF_BYTES + 32 * walk.depths[which];
    }
    for (uint256 i = Reader.u8(walk.position++); i > 0; --i) {
      uint256 scalar = _constant(walk);
      walk.values[walk.valueCount++] = scalar;
    }
    for (uint256 i = Reader.u8(walk.position++); i > 0; --i) {
      flops += _operation(walk);
    }
    _require(walk, walk.valueCount <= Limits.MAX_VALUES, Rule.Limit);
    uint256 outs = Reader.u8(walk.position++);
    _require(walk, outs == replaced, Rule.Outs);
    for (uint256 i; i < outs; ++i) {
      _require(walk, _typeOf(walk, Reader.u8(walk.position++)) == replaces[i], Rule.Outs);
    }
  }

  /// @dev Type of a value that an operation, or the end of a stage, names.
  function _typeOf(Walk memory walk, uint256 value) private pure returns (uint256) {
    _require(walk, value < walk.valueCount, Rule.Register);
    return walk.values[value];
  }

  /// @dev Reads an operation: code u8, a u8, b u8, c u8.
  /// @return weight Scalar operations that it counts for.
  function _operation(Walk memory walk) private pure returns (uint256 weight) {
    uint256 position = walk.position;
    uint256 code = Reader.u8(position);
    uint256 used = 1;
    uint256 result = ScalarTypes.INT;
    if (code == Operation.INDEX) {
      _require(walk, _exists(walk, Reader.u8(position + Encoding.OPERATION_A_AT)), Rule.Variable);
    } else {
      bool known;
      uint256 asked;
      (known, used, asked, result) = ScalarTypes.signature(uint8(code));
      _require(walk, known, Rule.Encoding);
      uint256 any = ScalarTypes.NONE;
      for (uint256 i = 1; i <= used; ++i) {
        uint256 scalar = _typeOf(walk, Reader.u8(position + i));
        uint256 wanted = asked & 15;
        asked >>= 4;
        if (wanted == ScalarTypes.ANY) {
          if (any == ScalarTypes.NONE) any = scalar;
          wanted = any;
        }
        _require(walk, scalar == wanted, Rule.OperandType);
      }
      if (result == ScalarTypes.ANY) result = any;
      weight =
        code == Operation.F32_FMA || code == Operation.F64_FMA
          ? Operation.FLOPS_OF_FMA
          : code == Operation.INT_DOT4SS || code == Operation.INT_DOT4US
            ? Operation.FLOPS_OF_DOT4
            : Operation.FLOPS_OF_OTHER;
    }
    for (uint256 i = used + 1; i < Encoding.OPERATION_BYTES; ++i) {
      _require(walk, Reader.u8(position + i) == 0, Rule.Unused);
    }
    walk.values[walk.valueCount++] = result;
    walk.position = position + Encoding.OPERATION_BYTES;
  }

  /// @dev Reads a view.
  /// @param elements How many there are, of the size that it counts in.
  function _view(Walk memory walk, uint256 elements) private pure {
    uint256 count = _count(walk, Limits.MAX_COORDINATES);
    uint256 last;
    for (uint256 i; i < count; ++i) {
      last += _coordinate(walk);
    }
    _require(walk, last < elements, Rule.Bounds);
  }

  /// @dev Reads: stride u32, extent u32, offset i32, flags u8, terms.
  /// @return last stride × (extent − 1).
  function _coordinate(Walk memory walk) private pure returns (uint256 last) {
    uint256 position = walk.position;
    uint256 extent = Reader.u32(position + Encoding.COORDINATE_EXTENT_AT);
    _require(walk, extent > 0, Rule.Extent);
    last = Reader.u32(position) * (extent - 1);
    uint256 reach = _magnitude(Reader.u32(position + Encoding.COORDINATE_OFFSET_AT));
    uint256 indirect = Reader.u8(position + Encoding.COORDINATE_FLAGS_AT) & Encoding.INDIRECT_MASK;
    if (indirect > 0) {
      bool earlier = indirect <= walk.readCount;
      _require(walk, earlier && walk.values[walk.firstRead + indirect - 1] == ScalarTypes.INT, Rule.Indirect);
      reach += Limits.MAX_INDIRECT;
    }
    walk.position = position + Encoding.COORDINATE_HEAD_BYTES - 1;
    for (uint256 i = _count(walk, Limits.MAX_TERMS); i > 0; --i) {
      position = walk.position;
      uint256 variable = Reader.u8(position);
      uint256 shift = Reader.u8(position + Encoding.TERM_SHIFT_AT);
      uint256 bits = Reader.u8(position + Encoding.TERM_BITS_AT);
      _require(walk, _exists(walk, variable), Rule.Variable);
      _require(walk, shift <= Limits.MAX_SHIFT && bits <= Limits.MAX_SHIFT, Rule.Term);
      uint256 most = (walk.ranges[variable] - 1) >> shift;
      if (bits > 0 && most > (1 << bits) - 1) most = (1 << bits) - 1;
      reach += most * _magnitude(Reader.u32(position + Encoding.TERM_FACTOR_AT));
      walk.position = position + Encoding.TERM_BYTES;
    }
    _require(walk, reach < Limits.COORDINATE_BOUND, Rule.Coordinate);
  }

  /// @dev Absolute value of a number of 32 bits.
  function _magnitude(uint256 bits) private pure returns (uint256) {
    return bits < 1 << 31 ? bits : (1 << 32) - bits;
  }
}
