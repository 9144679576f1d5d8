/**
 * The scalar operations of the tensor machine on the processor's own floats (docs/tensor-machine.md, "Scalars").
 *
 * A NaN in a register can have any payload here: only stores and the `bits` operations expose it, and they make it
 * canonical. Compile with -ffp-contract=off -fwrapv -fno-strict-aliasing, and never with -ffast-math.
 */
#ifndef ELENCH_NATIVE_SCALAR_H
#define ELENCH_NATIVE_SCALAR_H

#include <stdint.h>
#include <string.h>

#include "../softfloat/arithmetic.h"

typedef float f32;
typedef double f64;
typedef int64_t i64;

static inline uint32_t f32_pattern(f32 a)
{
  uint32_t bits;
  memcpy(&bits, &a, 4);
  return bits;
}
static inline uint64_t f64_pattern(f64 a)
{
  uint64_t bits;
  memcpy(&bits, &a, 8);
  return bits;
}
static inline f32 f32_of(uint32_t bits)
{
  f32 a;
  memcpy(&a, &bits, 4);
  return a;
}
static inline f64 f64_of(uint64_t bits)
{
  f64 a;
  memcpy(&a, &bits, 8);
  return a;
}

#if defined(__FP_FAST_FMAF) && !defined(__wasm__)
static inline f32 f32_fma(f32 a, f32 b, f32 c) { return __builtin_fmaf(a, b, c); }
static inline f64 f64_fma(f64 a, f64 b, f64 c) { return __builtin_fma(a, b, c); }
#else
/**
 * The product of two f32 is exact in f64. The sum is rounded to odd there (Boldo and Melquiond, "Emulation of FMA and
 * correctly rounded sums", 2008), so that rounding it again to f32 gives what one rounding would.
 */
static inline f32 f32_fma(f32 a, f32 b, f32 c)
{
  f64 product = (f64)a * b, addend = c;
  f64 sum = product + addend;
  f64 part = sum - product;
  f64 error = (product - (sum - part)) + (addend - part);
  uint64_t bits = f64_pattern(sum);
  // Towards the exact sum, from an even last bit to the odd one beside it; a NaN error (of infinities) changes nothing.
  uint64_t even = (bits & 1) ^ 1;
  uint64_t inexact = (uint64_t)((error > 0) | (error < 0));
  uint64_t away = (uint64_t)((error > 0) == (sum > 0));
  bits += (even & inexact) * (2 * away - 1);
  return (f32)f64_of(bits);
}
static inline f64 f64_fma(f64 a, f64 b, f64 c)
{
  return f64_of(float_mulAdd(F64, f64_pattern(a), f64_pattern(b), f64_pattern(c)));
}
#endif

/** Operations of both formats; `uN` is the unsigned integer of the format's width. */
#define FLOAT_SCALARS(T, uN, SUFFIX, FORMAT, NAN_BITS)                                                                 \
  static inline T T##_add(T a, T b) { return a + b; }                                                                  \
  static inline T T##_sub(T a, T b) { return a - b; }                                                                  \
  static inline T T##_mul(T a, T b) { return a * b; }                                                                  \
  static inline T T##_div(T a, T b) { return a / b; }                                                                  \
  static inline T T##_sqrt(T a) { return __builtin_sqrt##SUFFIX(a); }                                                  \
  static inline T T##_rem(T a, T b) { return T##_of((uN)float_rem(FORMAT, T##_pattern(a), T##_pattern(b))); }          \
  /* Among equal numbers only zeros differ: -0 < +0. */                                                                \
  static inline T T##_min(T a, T b)                                                                                    \
  {                                                                                                                    \
    T same = T##_of(T##_pattern(a) | T##_pattern(b));                                                                  \
    T least = a < b ? a : b < a ? b : same;                                                                            \
    return ((a != a) | (b != b)) ? T##_of(NAN_BITS) : least;                                                           \
  }                                                                                                                    \
  static inline T T##_max(T a, T b)                                                                                    \
  {                                                                                                                    \
    T same = T##_of(T##_pattern(a) & T##_pattern(b));                                                                  \
    T greatest = a > b ? a : b > a ? b : same;                                                                         \
    return ((a != a) | (b != b)) ? T##_of(NAN_BITS) : greatest;                                                        \
  }                                                                                                                    \
  static inline T T##_neg(T a) { return -a; }                                                                          \
  static inline T T##_abs(T a) { return __builtin_fabs##SUFFIX(a); }                                                   \
  static inline i64 T##_eq(T a, T b) { return a == b; }                                                                \
  static inline i64 T##_lt(T a, T b) { return a < b; }                                                                 \
  static inline i64 T##_le(T a, T b) { return a <= b; }                                                                \
  static inline T T##_floor(T a) { return __builtin_floor##SUFFIX(a); }                                                \
  static inline T T##_ceil(T a) { return __builtin_ceil##SUFFIX(a); }                                                  \
  static inline T T##_trunc(T a) { return __builtin_trunc##SUFFIX(a); }                                                \
  static inline T T##_rint(T a) { return __builtin_rint##SUFFIX(a); }                                                  \
  static inline i64 T##_toInt(T a)                                                                                     \
  {                                                                                                                    \
    return a != a ? 0 : a >= (T)0x1p63 ? INT64_MAX : a < (T)-0x1p63 ? INT64_MIN : (i64)a;                              \
  }                                                                                                                    \
  static inline T T##_fromInt(i64 a) { return (T)a; }                                                                  \
  static inline i64 T##_bits(T a) { return a != a ? (i64)(NAN_BITS) : (i64)T##_pattern(a); }                           \
  static inline T T##_fromBits(i64 a) { return T##_of((uN)a); }                                                        \
  static inline T T##_canonical(T a) { return a != a ? T##_of(NAN_BITS) : a; }

FLOAT_SCALARS(f32, uint32_t, f, F32, UINT32_C(0x7fc00000))
FLOAT_SCALARS(f64, uint64_t, , F64, UINT64_C(0x7ff8000000000000))

static inline f64 f64_fromF32(f32 a) { return a; }
static inline f32 f32_fromF64(f64 a) { return (f32)a; }

static inline f32 f32_fromF16(i64 a)
{
  uint32_t h = (uint32_t)a & 0xffff, magnitude = h & 0x7fff, sign = (h & 0x8000) << 16;
  // Scaled by a power of two, a half's exponent and fraction are a float's; subnormal halves become normal floats.
  uint32_t finite = f32_pattern(f32_of(magnitude << 13) * 0x1p112f);
  uint32_t special = 0x7f800000 | magnitude << 13;
  return f32_of(sign | (magnitude >= 0x7c00 ? special : finite));
}

static inline i64 f32_toF16(f32 a)
{
  uint32_t bits = f32_pattern(a), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  // Normal halves: move the exponent, then round at bit 13. Subnormal ones: adding 1/2 rounds at their last bit, 2^-24.
  uint32_t normal = (magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13;
  uint32_t small = f32_pattern(f32_of(magnitude) + 0.5f) - 0x3f000000;
  uint32_t finite = magnitude < 0x38800000 ? small : normal;
  uint32_t half = magnitude >= 0x477ff000 ? 0x7c00 : finite;
  return magnitude > 0x7f800000 ? 0x7e00 : (i64)(sign | half);
}

static inline f32 f32_fromBF16(i64 a) { return f32_of((uint32_t)a << 16); }

static inline i64 f32_toBF16(f32 a)
{
  uint32_t bits = f32_pattern(a);
  return a != a ? 0x7fc0 : (i64)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline i64 int_add(i64 a, i64 b) { return a + b; }
static inline i64 int_sub(i64 a, i64 b) { return a - b; }
static inline i64 int_mul(i64 a, i64 b) { return a * b; }
static inline i64 int_mulHigh(i64 a, i64 b) { return (i64)((__int128)a * b >> 64); }
static inline i64 int_mulHighU(i64 a, i64 b) { return (i64)((unsigned __int128)(uint64_t)a * (uint64_t)b >> 64); }
static inline i64 int_divTrunc(i64 a, i64 b)
{
  // Division by -1: the processor traps on -2^63 / -1.
  return b == 0 ? 0 : b == -1 ? -a : a / b;
}
static inline i64 int_divFloor(i64 a, i64 b)
{
  i64 quotient = int_divTrunc(a, b);
  return quotient - (b != 0 && quotient * b != a && (a ^ b) < 0);
}
static inline i64 int_and(i64 a, i64 b) { return a & b; }
static inline i64 int_or(i64 a, i64 b) { return a | b; }
static inline i64 int_xor(i64 a, i64 b) { return a ^ b; }
static inline i64 int_shl(i64 a, i64 b) { return (i64)((uint64_t)a << (b & 63)); }
static inline i64 int_shr(i64 a, i64 b) { return (i64)((uint64_t)a >> (b & 63)); }
static inline i64 int_sar(i64 a, i64 b) { return a >> (b & 63); }
static inline i64 int_eq(i64 a, i64 b) { return a == b; }
static inline i64 int_lt(i64 a, i64 b) { return a < b; }
static inline i64 int_ltU(i64 a, i64 b) { return (uint64_t)a < (uint64_t)b; }
static inline i64 int_min(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 int_max(i64 a, i64 b) { return a > b ? a : b; }
static inline i64 int_wrap32(i64 a) { return (int32_t)a; }
static inline i64 int_dot4ss(i64 a, i64 b, i64 c)
{
  int32_t sum = 0;
  for (int shift = 0; shift < 32; shift += 8) sum += (int8_t)(a >> shift) * (int8_t)(b >> shift);
  return (int32_t)(c + sum);
}
static inline i64 int_dot4us(i64 a, i64 b, i64 c)
{
  int32_t sum = 0;
  for (int shift = 0; shift < 32; shift += 8) sum += (uint8_t)(a >> shift) * (int8_t)(b >> shift);
  return (int32_t)(c + sum);
}

static inline f32 f32_select(i64 a, f32 b, f32 c) { return a != 0 ? b : c; }
static inline f64 f64_select(i64 a, f64 b, f64 c) { return a != 0 ? b : c; }
static inline i64 i64_select(i64 a, i64 b, i64 c) { return a != 0 ? b : c; }

#endif
