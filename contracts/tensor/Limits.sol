// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/tensor/limits.ts by `npm run generate`: edit that, not this file.

// What bounds an instruction.

uint256 constant MAX_OPERANDS = 16;
/// @dev Of the output space.
uint256 constant MAX_DIMS = 8;
uint256 constant MAX_REDUCTION_DIMS = 8;
uint256 constant MAX_INNER_DIMS = 4;
uint256 constant MAX_ACCUMULATORS = 4;
uint256 constant MAX_INNER_ACCUMULATORS = 4;
/// @dev Of a stage.
uint256 constant MAX_VALUES = 256;
/// @dev Of a view.
uint256 constant MAX_COORDINATES = 8;
/// @dev Of a coordinate.
uint256 constant MAX_TERMS = 8;
/// @dev `shift` and `bits` of a term.
uint256 constant MAX_SHIFT = 31;
uint256 constant MAX_LOOP_DEPTH = 3;
uint256 constant MAX_INSTRUCTION_BYTES = 4096;

// What bounds the witness of a step, and what a view reaches.

/// @dev Of the leaves and paths of an instruction's reads and of its write.
uint256 constant MAX_OPENED_BYTES = 65536;
/// @dev A coordinate is less, in absolute value, before it is brought into its extent.
uint256 constant COORDINATE_BOUND = 1 << 53;
/// @dev What an indirect coordinate adds, in absolute value.
uint256 constant MAX_INDIRECT = 1 << 31;

// What bounds a program.

uint256 constant MAX_OUTPUTS = 256;
/// @dev A tensor, or a space, has fewer.
uint256 constant ELEMENT_BOUND = 1 << 40;
/// @dev Of a dimension, and of a block's rounds.
uint256 constant MAX_COUNT = 0x7fffffff;
uint256 constant MAX_STEPS = 1 << 60;

// Loop variables: indices in the output space from 0 on, then those of the other spaces, then block counters.

uint256 constant FIRST_REDUCTION = 8;
uint256 constant FIRST_INNER = 16;
uint256 constant FIRST_COUNTER = 20;
/// @dev How many there are.
uint256 constant VARIABLES = 23;

// In memory a loop variable is a word: bytes of them all, and where the first counter is.

uint256 constant VARIABLES_BYTES = 736;
uint256 constant FIRST_COUNTER_AT = 640;
