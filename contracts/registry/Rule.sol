// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The rules of well-formed programs (docs/tensor-machine.md), in the order of `ml-vm/program/rules.ts`, which says what each means.
enum Rule {
  Encoding,
  Size,
  Counts,
  Type,
  Limit,
  Space,
  Fold,
  Tensor,
  Depth,
  Dtype,
  Alias,
  Filler,
  Variable,
  Term,
  Indirect,
  Extent,
  Coordinate,
  Bounds,
  Operand,
  Register,
  OperandType,
  Unused,
  Outs,
  Canonical,
  Block,
  Count,
  Halt,
  Move,
  Output,
  Steps,
  Witness
}
