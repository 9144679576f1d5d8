#include "scalar.h"

#include "softfloat.h"
#include "uint128.h"

enum { INDEX = 0x00 };

static uint64_t int_mul_high(uint64_t a, uint64_t b)
{
  // A negative operand stands for its pattern minus 2^64, which takes the other operand off the high half.
  return multiply_wide(a, b).high - ((int64_t)a < 0 ? b : 0) - ((int64_t)b < 0 ? a : 0);
}

static uint64_t int_div_trunc(uint64_t a, uint64_t b)
{
  if (b == 0) return 0;
  if (b == UINT64_MAX) return 0 - a;  // by -1: C leaves -2^63 / -1 undefined
  return (uint64_t)((int64_t)a / (int64_t)b);
}

static uint64_t int_div_floor(uint64_t a, uint64_t b)
{
  uint64_t quotient = int_div_trunc(a, b);
  int inexact = b != 0 && quotient * b != a;
  return quotient - (inexact && (int64_t)(a ^ b) < 0);
}

/** Shifts in copies of the sign; C leaves >> of negative numbers to the implementation. */
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

/** wrap32(c + sum of the products of four bytes), those of b signed, those of a signed or not. */
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

/** The operations of the float format fX, whose codes begin at `base`. */
#define FLOAT_OPERATIONS(fX, uintX_t, base)                                                                            \
  case base + 0x00: return fX##_add((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x01: return fX##_sub((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x02: return fX##_mul((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x03: return fX##_mulAdd((uintX_t)a, (uintX_t)b, (uintX_t)c);                                            \
  case base + 0x04: return fX##_div((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x05: return fX##_sqrt((uintX_t)a);                                                                      \
  case base + 0x06: return fX##_rem((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x07: return fX##_min((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x08: return fX##_max((uintX_t)a, (uintX_t)b);                                                           \
  case base + 0x09: return fX##_neg((uintX_t)a);                                                                       \
  case base + 0x0a: return fX##_abs((uintX_t)a);                                                                       \
  case base + 0x0b: return (uint64_t)fX##_eq((uintX_t)a, (uintX_t)b);                                                  \
  case base + 0x0c: return (uint64_t)fX##_lt((uintX_t)a, (uintX_t)b);                                                  \
  case base + 0x0d: return (uint64_t)fX##_le((uintX_t)a, (uintX_t)b);                                                  \
  case base + 0x0e: return fX##_floor((uintX_t)a);                                                                     \
  case base + 0x0f: return fX##_ceil((uintX_t)a);                                                                      \
  case base + 0x10: return fX##_trunc((uintX_t)a);                                                                     \
  case base + 0x11: return fX##_roundToInt((uintX_t)a);

uint64_t elench_scalar(uint32_t opcode, uint64_t a, uint64_t b, uint64_t c)
{
  // clang-format off
  switch (opcode) {
  case 0x01: return a != 0 ? b : c;

  FLOAT_OPERATIONS(f32, uint32_t, 0x10)
  FLOAT_OPERATIONS(f64, uint64_t, 0x30)

  // clang-format on
  // NaN gives 0 here, where the conversion by itself gives the greatest integer.
  case 0x50: return f32_eq((uint32_t)a, (uint32_t)a) ? (uint64_t)f32_to_i64_r_minMag((uint32_t)a) : 0;
  case 0x51: return i64_to_f32((int64_t)a);
  case 0x52: return f64_eq(a, a) ? (uint64_t)f64_to_i64_r_minMag(a) : 0;
  case 0x53: return i64_to_f64((int64_t)a);
  case 0x54: return f32_to_f64((uint32_t)a);
  case 0x55: return f64_to_f32(a);
  case 0x56: return f16_to_f32((uint16_t)a);
  case 0x57: return f32_to_f16((uint32_t)a);
  case 0x58: return bf16_to_f32((uint16_t)a);
  case 0x59: return f32_to_bf16((uint32_t)a);
  case 0x5a:
  case 0x5b: return f32_to_f32((uint32_t)a);
  case 0x5c:
  case 0x5d: return f64_to_f64(a);

  case 0x60: return a + b;
  case 0x61: return a - b;
  case 0x62: return a * b;
  case 0x63: return int_mul_high(a, b);
  case 0x64: return multiply_wide(a, b).high;
  case 0x65: return int_div_trunc(a, b);
  case 0x66: return int_div_floor(a, b);
  case 0x67: return a & b;
  case 0x68: return a | b;
  case 0x69: return a ^ b;
  case 0x6a: return a << (b & 63);
  case 0x6b: return a >> (b & 63);
  case 0x6c: return int_sar(a, b);
  case 0x6d: return a == b;
  case 0x6e: return (int64_t)a < (int64_t)b;
  case 0x6f: return a < b;
  case 0x70: return (int64_t)a < (int64_t)b ? a : b;
  case 0x71: return (int64_t)a > (int64_t)b ? a : b;
  case 0x72: return int_wrap32(a);
  case 0x73: return int_dot4(a, b, c, 1);
  case 0x74: return int_dot4(a, b, c, 0);
  default: return 0;
  }
}

uint32_t elench_run(const uint32_t *code, uint32_t nOps, uint64_t *values, uint32_t nValues, const int64_t *vars)
{
  for (uint32_t i = 0; i < nOps; i++) {
    uint32_t word = code[i], opcode = word >> 24, a = word >> 16 & 255, b = word >> 8 & 255, c = word & 255;
    values[nValues++] = opcode == INDEX ? (uint64_t)vars[a] : elench_scalar(opcode, values[a], values[b], values[c]);
  }
  return nValues;
}
