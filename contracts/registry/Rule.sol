// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/tensor/rules.ts by `npm run generate`: edit that, not this file.

/// @notice The rules of well-formed programs (docs/tensor-machine.md), in the order of their numbers.
enum Rule {
  /// Every field fits its encoding, every code is known, and the bytes are the canonical ones.
  Encoding,
  /// An encoded instruction has at most 4,096 bytes.
  Size,
  /// There are at most 65,535 inputs, weights and tensors each, and 1 … 256 outputs, no more than tensors.
  Counts,
  /// Dimensions of a tensor are 1 … 2^31 − 1, its elements fewer than 2^40.
  Type,
  /// There are at most 16 operands, 8 + 8 + 4 dimensions, 4 + 4 accumulators, 8 coordinates a view, 8 terms a coordinate, 256 values a stage.
  Limit,
  /// Dimensions of a space are 1 … 2^31 − 1, its points fewer than 2^40.
  Space,
  /// There are accumulators exactly if there is a reduction, a scan or an inner fold; inner accumulators exactly if `innerReduction` is not empty; a body exactly if there are accumulators; an inner stage exactly if there are inner accumulators.
  Fold,
  /// The tensor named exists.
  Tensor,
  /// A tree depth is that of the tensor's type.
  Depth,
  /// The target's dtype is that of its type.
  Dtype,
  /// No tensor instruction reads its target.
  Alias,
  /// Table entries that fill the outputs up to a power of two (for three outputs, entry 3) are never targets: the node of the table over them is the output root.
  Filler,
  /// The variable exists where it is used: dimensions that are declared, counters of enclosing blocks; inner variables only in `inner`; in `finish` reduction variables only with `scan`.
  Variable,
  /// `shift` and `bits` are at most 31.
  Term,
  /// An indirect coordinate adds an earlier read (for a write, any read of `finish`) of an int dtype.
  Indirect,
  /// Extents are at least 1.
  Extent,
  /// |offset| + Σ |factor| × (greatest value of its term) + (2^31 if indirect) is less than 2^53.
  Coordinate,
  /// A view stays inside its tensor: Σ stride × (extent − 1) is less than the number of elements, of the read dtype's size in the operand's bytes, of the target's dtype in the target's.
  Bounds,
  /// A read names one of the instruction's operands.
  Operand,
  /// An operation, or `outs`, names a value that is there.
  Register,
  /// Operands of an operation have the types that it asks for.
  OperandType,
  /// Fields a, b, c that an operation does not use are 0.
  Unused,
  /// `outs` are as many as, and of the types of, what they replace; `finish` gives one value, of the register type of the target's dtype.
  Outs,
  /// Constants and pads are canonical: an f32 has high bits zero, and the one NaN of a format is the only one.
  Canonical,
  /// Blocks nest properly, at most 3 deep; `depth`, `count` and `start` (the pc after the `loop`) are those of the nesting.
  Block,
  /// A block runs 1 … 2^31 − 1 times.
  Count,
  /// A block halts on a table tensor of at most 128 bytes.
  Halt,
  /// `move` joins tensors of equal size in bytes.
  Move,
  /// Every output is the target of a tensor instruction or a move, and is not dropped afterwards.
  Output,
  /// The step bound is at most 2^60.
  Steps,
  /// The leaves and paths of an instruction's reads and of its write, 128 + 32 × depth bytes each, are at most 65,536 bytes together: every step fits an L1 transaction.
  Witness
}
