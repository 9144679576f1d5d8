/**
 * Software floating point: IEEE-754 binary16, bfloat16, binary32 and binary64 in integer arithmetic alone.
 *
 * Written from IEEE Std 754-2019; the names follow Berkeley SoftFloat, so that readers of one can read the other.
 * A float is its bit pattern in an unsigned integer. Everything rounds to nearest, ties to even, unless its name says
 * otherwise (`_r_minMag`: toward zero); subnormals are kept; every NaN result is the canonical one (0x7e00,
 * 0x7fc0, 0x7fc00000, 0x7ff8000000000000); there are no flags and no state.
 */
#ifndef ELENCH_SOFTFLOAT_H
#define ELENCH_SOFTFLOAT_H

#include <stdint.h>

#define DECLARE_FORMAT(fX, uintX_t)                                                                                    \
  uintX_t fX##_add(uintX_t a, uintX_t b);                                                                              \
  uintX_t fX##_sub(uintX_t a, uintX_t b);                                                                              \
  uintX_t fX##_mul(uintX_t a, uintX_t b);                                                                              \
  /* a*b + c with one rounding. */                                                                                     \
  uintX_t fX##_mulAdd(uintX_t a, uintX_t b, uintX_t c);                                                                \
  uintX_t fX##_div(uintX_t a, uintX_t b);                                                                              \
  uintX_t fX##_sqrt(uintX_t a);                                                                                        \
  /* IEEE-754 remainder: a - n*b, n the integer nearest to a/b, ties to even. */                                       \
  uintX_t fX##_rem(uintX_t a, uintX_t b);                                                                              \
  uintX_t fX##_neg(uintX_t a);                                                                                         \
  uintX_t fX##_abs(uintX_t a);                                                                                         \
  /* IEEE-754-2019 minimum and maximum: NaN if either is, -0 < +0. */                                                  \
  uintX_t fX##_min(uintX_t a, uintX_t b);                                                                              \
  uintX_t fX##_max(uintX_t a, uintX_t b);                                                                              \
  /* 0 or 1; 0 if either is NaN. */                                                                                    \
  int fX##_eq(uintX_t a, uintX_t b);                                                                                   \
  int fX##_lt(uintX_t a, uintX_t b);                                                                                   \
  int fX##_le(uintX_t a, uintX_t b);                                                                                   \
  uintX_t fX##_roundToInt(uintX_t a);                                                                                  \
  uintX_t fX##_trunc(uintX_t a);                                                                                       \
  uintX_t fX##_floor(uintX_t a);                                                                                       \
  uintX_t fX##_ceil(uintX_t a);                                                                                        \
  /* To an integer, clamped to its range; NaN gives the greatest. */                                                   \
  int32_t fX##_to_i32(uintX_t a);                                                                                      \
  uint32_t fX##_to_ui32(uintX_t a);                                                                                    \
  int64_t fX##_to_i64(uintX_t a);                                                                                      \
  int32_t fX##_to_i32_r_minMag(uintX_t a);                                                                             \
  uint32_t fX##_to_ui32_r_minMag(uintX_t a);                                                                           \
  int64_t fX##_to_i64_r_minMag(uintX_t a);                                                                             \
  uintX_t i32_to_##fX(int32_t a);                                                                                      \
  uintX_t ui32_to_##fX(uint32_t a);                                                                                    \
  uintX_t i64_to_##fX(int64_t a);                                                                                      \
  uint16_t fX##_to_f16(uintX_t a);                                                                                     \
  uint16_t fX##_to_bf16(uintX_t a);                                                                                    \
  uint32_t fX##_to_f32(uintX_t a);                                                                                     \
  uint64_t fX##_to_f64(uintX_t a);

/* A conversion of a format to itself makes a NaN canonical. */
DECLARE_FORMAT(f16, uint16_t)
DECLARE_FORMAT(bf16, uint16_t)
DECLARE_FORMAT(f32, uint32_t)
DECLARE_FORMAT(f64, uint64_t)

#undef DECLARE_FORMAT

#endif
