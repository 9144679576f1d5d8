/** A decoded tensor instruction (ml-vm/program/program.ts documents the fields). */
#ifndef ELENCH_NATIVE_INSTRUCTION_H
#define ELENCH_NATIVE_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>

#include "scalar.h"
#include "tables.h"

typedef struct {
  uint8_t variable, shift;
  /** Applied after the shift; all ones if the term has no `bits`. */
  i64 mask;
  i64 factor;
} Term;

typedef struct {
  i64 stride, extent, offset;
  bool clamp;
  /** The read whose value is added, or -1. */
  int indirect;
  int terms;
  Term term[MAX_TERMS];
} Coordinate;

typedef struct {
  int coordinates;
  Coordinate coordinate[MAX_COORDINATES];
} View;

typedef struct {
  uint8_t operand, dtype;
  uint64_t pad;
  View view;
} Read;

typedef struct {
  uint8_t code, a, b, c;
} Operation;

typedef struct {
  uint8_t type;
  uint64_t bits;
} Constant;

/** Values are numbered: entries, reads, constants, results of the operations. */
typedef struct {
  int entries, reads, constants, operations, outs, values;
  Read *read;
  Constant *constant;
  Operation *operation;
  uint8_t *out;
  uint8_t type[MAX_VALUES];
} Stage;

/** A space walked in row-major order. */
typedef struct {
  int rank;
  i64 dim[MAX_DIMS];
  i64 size;
} Space;

typedef struct {
  bool scan;
  uint8_t targetType;
  int operands;
  /** Bytes that the views of each operand, and of the target, reach. */
  uint64_t operandBytes[MAX_OPERANDS], targetBytes;
  Space output, reduction, inner;
  int accumulators, innerAccumulators;
  Constant accumulator[MAX_ACCUMULATORS], innerAccumulator[MAX_ACCUMULATORS];
  View write;
  Stage innerStage, bodyStage, finishStage;
} Instruction;

static inline int dtype_size(uint8_t dtype) { return DTYPE_SIZES[dtype]; }

/** Type of the register that the dtype loads into. */
static inline uint8_t dtype_register(uint8_t dtype)
{
  return dtype == DTYPE_F64 ? TYPE_F64 : dtype <= DTYPE_BF16 ? TYPE_F32 : TYPE_INT;
}

/** Arguments of a call: memory of the operands and of the target, the variables' values, and the range of elements. */
typedef struct {
  const uint8_t *operand[MAX_OPERANDS];
  uint8_t *target;
  i64 counter[MAX_LOOP_DEPTH];
  i64 from, to;
} Run;

#endif
