// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/tensor/encoding.ts by `npm run generate`: edit that, not this file.

// Kinds of instructions: the first byte of an encoded one.

uint256 constant KIND_TENSOR = 1;
uint256 constant KIND_LOOP = 2;
uint256 constant KIND_END = 3;
uint256 constant KIND_MOVE = 4;
uint256 constant KIND_DROP = 5;

// Marks inside fields.

/// @dev Of a tensor instruction.
uint256 constant FLAG_SCAN = 0x01;
/// @dev Of a coordinate; the bits below are INDIRECT_MASK.
uint256 constant FLAG_CLAMP = 0x80;
/// @dev 0, or 1 + the read that the coordinate adds.
uint256 constant INDIRECT_MASK = 0x7f;
/// @dev In place of a tensor's number.
uint256 constant NO_TENSOR = 0xffff;

// Where an operand is.

uint256 constant SPACE_INPUT = 0;
uint256 constant SPACE_WEIGHT = 1;
uint256 constant SPACE_TENSOR = 2;

// Bytes of the parts of encoded instructions that have a fixed size.

/// @dev kind u8, flags u8, target u16, targetDepth u8, targetDtype u8
uint256 constant TENSOR_HEAD_BYTES = 6;
/// @dev kind u8, depth u8, count u32
uint256 constant LOOP_BYTES = 6;
/// @dev kind u8, depth u8, count u32, start u32, halt u16
uint256 constant END_BYTES = 12;
/// @dev kind u8, target u16
uint256 constant MOVE_HEAD_BYTES = 3;
/// @dev kind u8, target u16
uint256 constant DROP_BYTES = 3;
/// @dev space u8, index u16, depth u8
uint256 constant OPERAND_BYTES = 4;
/// @dev type u8, bits u64
uint256 constant CONSTANT_BYTES = 9;
/// @dev stride u32, extent u32, offset i32, flags u8, terms u8
uint256 constant COORDINATE_HEAD_BYTES = 14;
/// @dev variable u8, shift u8, bits u8, factor i32
uint256 constant TERM_BYTES = 7;
/// @dev operand u8, dtype u8, pad u64
uint256 constant READ_HEAD_BYTES = 10;
/// @dev code u8, a u8, b u8, c u8
uint256 constant OPERATION_BYTES = 4;
/// @dev dtype u8, rank u8
uint256 constant TYPE_HEAD_BYTES = 2;
uint256 constant DIMENSION_BYTES = 4;

// Where a field begins in its part. The first field of each part is not listed.

uint256 constant TENSOR_FLAGS_AT = 1;
uint256 constant TENSOR_TARGET_AT = 2;
uint256 constant TENSOR_TARGET_DEPTH_AT = 4;
uint256 constant TENSOR_TARGET_DTYPE_AT = 5;
uint256 constant LOOP_DEPTH_AT = 1;
uint256 constant LOOP_COUNT_AT = 2;
uint256 constant END_DEPTH_AT = 1;
uint256 constant END_COUNT_AT = 2;
uint256 constant END_START_AT = 6;
uint256 constant END_HALT_AT = 10;
uint256 constant MOVE_TARGET_AT = 1;
uint256 constant DROP_TARGET_AT = 1;
uint256 constant OPERAND_INDEX_AT = 1;
uint256 constant OPERAND_DEPTH_AT = 3;
uint256 constant CONSTANT_BITS_AT = 1;
uint256 constant COORDINATE_EXTENT_AT = 4;
uint256 constant COORDINATE_OFFSET_AT = 8;
uint256 constant COORDINATE_FLAGS_AT = 12;
uint256 constant COORDINATE_TERMS_AT = 13;
uint256 constant TERM_SHIFT_AT = 1;
uint256 constant TERM_BITS_AT = 2;
uint256 constant TERM_FACTOR_AT = 3;
uint256 constant READ_DTYPE_AT = 1;
uint256 constant READ_PAD_AT = 2;
uint256 constant OPERATION_A_AT = 1;
uint256 constant OPERATION_B_AT = 2;
uint256 constant OPERATION_C_AT = 3;
uint256 constant TYPE_RANK_AT = 1;

// How far a field of several bytes is shifted down, where its part is read as one word.

uint256 constant COORDINATE_STRIDE_SHIFT = 224;
uint256 constant COORDINATE_EXTENT_SHIFT = 192;
uint256 constant COORDINATE_OFFSET_SHIFT = 160;
uint256 constant TERM_FACTOR_SHIFT = 200;
