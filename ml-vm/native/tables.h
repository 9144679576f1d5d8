/** Numbers of the tensor machine's encoding. Generated from spec/tensor by `npm run generate`: edit that, not this file. */
#ifndef ELENCH_NATIVE_TABLES_H
#define ELENCH_NATIVE_TABLES_H

#include <stdint.h>

/** What bounds an instruction. */
enum {
  MAX_OPERANDS = 16,
  /** Of the output space. */
  MAX_DIMS = 8,
  MAX_REDUCTION_DIMS = 8,
  MAX_INNER_DIMS = 4,
  MAX_ACCUMULATORS = 4,
  MAX_INNER_ACCUMULATORS = 4,
  /** Of a stage. */
  MAX_VALUES = 256,
  /** Of a view. */
  MAX_COORDINATES = 8,
  /** Of a coordinate. */
  MAX_TERMS = 8,
  /** `shift` and `bits` of a term. */
  MAX_SHIFT = 31,
  MAX_LOOP_DEPTH = 3,
  MAX_INSTRUCTION_BYTES = 4096,
};

/** Loop variables: indices in the output space from 0 on, then those of the other spaces, then block counters. */
enum {
  FIRST_REDUCTION = 8,
  FIRST_INNER = 16,
  FIRST_COUNTER = 20,
  /** How many there are. */
  VARIABLES = 23,
};

/** Kinds of instructions: the first byte of an encoded one. */
enum {
  KIND_TENSOR = 1,
  KIND_LOOP = 2,
  KIND_END = 3,
  KIND_MOVE = 4,
  KIND_DROP = 5,
};

/** Marks inside fields. */
enum {
  /** Of a tensor instruction. */
  FLAG_SCAN = 0x01,
  /** Of a coordinate; the bits below are INDIRECT_MASK. */
  FLAG_CLAMP = 0x80,
  /** 0, or 1 + the read that the coordinate adds. */
  INDIRECT_MASK = 0x7f,
  /** In place of a tensor's number. */
  NO_TENSOR = 0xffff,
};

/** Bytes of the parts of encoded instructions that have a fixed size. */
enum {
  /** kind u8, flags u8, target u16, targetDepth u8, targetDtype u8 */
  TENSOR_HEAD_BYTES = 6,
  /** kind u8, depth u8, count u32 */
  LOOP_BYTES = 6,
  /** kind u8, depth u8, count u32, start u32, halt u16 */
  END_BYTES = 12,
  /** kind u8, target u16 */
  MOVE_HEAD_BYTES = 3,
  /** kind u8, target u16 */
  DROP_BYTES = 3,
  /** space u8, index u16, depth u8 */
  OPERAND_BYTES = 4,
  /** type u8, bits u64 */
  CONSTANT_BYTES = 9,
  /** stride u32, extent u32, offset i32, flags u8, terms u8 */
  COORDINATE_HEAD_BYTES = 14,
  /** variable u8, shift u8, bits u8, factor i32 */
  TERM_BYTES = 7,
  /** operand u8, dtype u8, pad u64 */
  READ_HEAD_BYTES = 10,
  /** code u8, a u8, b u8, c u8 */
  OPERATION_BYTES = 4,
  /** dtype u8, rank u8 */
  TYPE_HEAD_BYTES = 2,
  DIMENSION_BYTES = 4,
};

/** Types of registers, as encoded. */
enum {
  TYPE_F32 = 0,
  TYPE_F64 = 1,
  TYPE_INT = 2,
};

/** Types of elements. */
enum {
  DTYPE_F32 = 1,
  DTYPE_F64 = 2,
  DTYPE_F16 = 3,
  DTYPE_BF16 = 4,
  DTYPE_I8 = 5,
  DTYPE_U8 = 6,
  DTYPE_I16 = 7,
  DTYPE_U16 = 8,
  DTYPE_I32 = 9,
  DTYPE_U32 = 10,
  DTYPE_I64 = 11,
  DTYPE_U64 = 12,
  DTYPE_BOOL = 13,
};

/** A tensor, or a space, has fewer elements. */
#define ELEMENT_BOUND (INT64_C(1) << 40)

/** Bytes of an element, at the position that is the dtype's code. */
static const uint8_t DTYPE_SIZES[] = {0, 4, 8, 2, 2, 1, 1, 2, 2, 4, 4, 8, 8, 1};

#endif
