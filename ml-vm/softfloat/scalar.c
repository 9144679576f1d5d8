#include "scalar.h"

#include "../native/operations.h"
#include "softfloat.h"
#include "uint128.h"

static uint64_t int_mul_high(uint64_t a, uint64_t b)
{
  // A negative operand is its pattern minus 2^64, so the other operand is subtracted from the high half.
  return multiply_wide(a, b).high - ((int64_t)a < 0 ? b : 0) - ((int64_t)b < 0 ? a : 0);
}

static uint64_t int_div_trunc(uint64_t a, uint64_t b)
{
  if (b == 0) return 0;
  if (b == UINT64_MAX) return 0 - a;  // by -1: -2^63 / -1 is undefined in C
  return (uint64_t)((int64_t)a / (int64_t)b);
}

static uint64_t int_div_floor(uint64_t a, uint64_t b)
{
  uint64_t quotient = int_div_trunc(a, b);
  int inexact = b != 0 && quotient * b != a;
  return quotient - (inexact && (int64_t)(a ^ b) < 0);
}

/** Shifts in copies of the sign; >> of negative numbers is implementation-defined in C. */
static uint64_t int_sar(uint64_t a, uint64_t b)
{
  uint32_t count = b & 63;
  return (int64_t)a < 0 ? ~(~a >> count) : a >> count;
}

static uint64_t int_wrap32(uint64_t a)
{
  uint64_t low = (uint32_t)a;
  return (low ^ 0x80000000u) - 0x80000000u;
}

/** wrap32(c + sum of the products of four bytes), b signed, a signed or unsigned. */
static uint64_t int_dot4(uint64_t a, uint64_t b, uint64_t c, int aSigned)
{
  uint32_t sum = (uint32_t)c;
  for (int shift = 0; shift < 32; shift += 8) {
    int x = a >> shift & 255, y = b >> shift & 255;
    if (aSigned && x > 127) x -= 256;
    if (y > 127) y -= 256;
    sum += (uint32_t)(x * y);
  }
  return int_wrap32(sum);
}

/** The operations of the float format fX, FX in the names of their codes. */
#define FLOAT_OPERATIONS(fX, FX, uintX_t)                                                                              \
  case OP_##FX##_ADD: return fX##_add((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_SUB: return fX##_sub((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_MUL: return fX##_mul((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_FMA: return fX##_mulAdd((uintX_t)a, (uintX_t)b, (uintX_t)c);                                          \
  case OP_##FX##_DIV: return fX##_div((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_SQRT: return fX##_sqrt((uintX_t)a);                                                                   \
  case OP_##FX##_REM: return fX##_rem((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_MIN: return fX##_min((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_MAX: return fX##_max((uintX_t)a, (uintX_t)b);                                                         \
  case OP_##FX##_NEG: return fX##_neg((uintX_t)a);                                                                     \
  case OP_##FX##_ABS: return fX##_abs((uintX_t)a);                                                                     \
  case OP_##FX##_EQ: return (uint64_t)fX##_eq((uintX_t)a, (uintX_t)b);                                                 \
  case OP_##FX##_LT: return (uint64_t)fX##_lt((uintX_t)a, (uintX_t)b);                                                 \
  case OP_##FX##_LE: return (uint64_t)fX##_le((uintX_t)a, (uintX_t)b);                                                 \
  case OP_##FX##_FLOOR: return fX##_floor((uintX_t)a);                                                                 \
  case OP_##FX##_CEIL: return fX##_ceil((uintX_t)a);                                                                   \
  case OP_##FX##_TRUNC: return fX##_trunc((uintX_t)a);                                                                 \
  case OP_##FX##_RINT: return fX##_roundToInt((uintX_t)a);

uint64_t elench_scalar(uint32_t opcode, uint64_t a, uint64_t b, uint64_t c)
{
  // clang-format off
  switch (opcode) {
  case OP_SELECT: return a != 0 ? b : c;

  FLOAT_OPERATIONS(f32, F32, uint32_t)
  FLOAT_OPERATIONS(f64, F64, uint64_t)

  // clang-format on
  // NaN gives 0 here; the conversion itself gives the greatest integer.
  case OP_F32_TO_INT: return f32_eq((uint32_t)a, (uint32_t)a) ? (uint64_t)f32_to_i64_r_minMag((uint32_t)a) : 0;
  case OP_F32_FROM_INT: return i64_to_f32((int64_t)a);
  case OP_F64_TO_INT: return f64_eq(a, a) ? (uint64_t)f64_to_i64_r_minMag(a) : 0;
  case OP_F64_FROM_INT: return i64_to_f64((int64_t)a);
  case OP_F64_FROM_F32: return f32_to_f64((uint32_t)a);
  case OP_F32_FROM_F64: return f64_to_f32(a);
  case OP_F32_FROM_F16: return f16_to_f32((uint16_t)a);
  case OP_F32_TO_F16: return f32_to_f16((uint32_t)a);
  case OP_F32_FROM_BF16: return bf16_to_f32((uint16_t)a);
  case OP_F32_TO_BF16: return f32_to_bf16((uint32_t)a);
  case OP_F32_BITS:
  case OP_F32_FROM_BITS: return f32_to_f32((uint32_t)a);
  case OP_F64_BITS:
  case OP_F64_FROM_BITS: return f64_to_f64(a);

  case OP_INT_ADD: return a + b;
  case OP_INT_SUB: return a - b;
  case OP_INT_MUL: return a * b;
  case OP_INT_MUL_HIGH: return int_mul_high(a, b);
  case OP_INT_MUL_HIGH_U: return multiply_wide(a, b).high;
  case OP_INT_DIV_TRUNC: return int_div_trunc(a, b);
  case OP_INT_DIV_FLOOR: return int_div_floor(a, b);
  case OP_INT_AND: return a & b;
  case OP_INT_OR: return a | b;
  case OP_INT_XOR: return a ^ b;
  case OP_INT_SHL: return a << (b & 63);
  case OP_INT_SHR: return a >> (b & 63);
  case OP_INT_SAR: return int_sar(a, b);
  case OP_INT_EQ: return a == b;
  case OP_INT_LT: return (int64_t)a < (int64_t)b;
  case OP_INT_LT_U: return a < b;
  case OP_INT_MIN: return (int64_t)a < (int64_t)b ? a : b;
  case OP_INT_MAX: return (int64_t)a > (int64_t)b ? a : b;
  case OP_INT_WRAP32: return int_wrap32(a);
  case OP_INT_DOT4SS: return int_dot4(a, b, c, 1);
  case OP_INT_DOT4US: return int_dot4(a, b, c, 0);
  default: return 0;
  }
}

uint32_t elench_run(const uint32_t *code, uint32_t nOps, uint64_t *values, uint32_t nValues, const int64_t *vars)
{
  for (uint32_t i = 0; i < nOps; i++) {
    uint32_t word = code[i], opcode = word >> 24, a = word >> 16 & 255, b = word >> 8 & 255, c = word & 255;
    values[nValues++] = opcode == OP_INDEX ? (uint64_t)vars[a] : elench_scalar(opcode, values[a], values[b], values[c]);
  }
  return nValues;
}
