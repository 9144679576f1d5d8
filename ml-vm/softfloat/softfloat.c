#include "softfloat.h"

#include "arithmetic.h"
#include "compare.h"
#include "convert.h"

/** The functions of one format: the generic operations with a constant format. */
#define DEFINE_FORMAT(fX, uintX_t, FX)                                                                                 \
  uintX_t fX##_add(uintX_t a, uintX_t b) { return (uintX_t)float_add(FX, a, b); }                                      \
  uintX_t fX##_sub(uintX_t a, uintX_t b) { return (uintX_t)float_sub(FX, a, b); }                                      \
  uintX_t fX##_mul(uintX_t a, uintX_t b) { return (uintX_t)float_mul(FX, a, b); }                                      \
  uintX_t fX##_mulAdd(uintX_t a, uintX_t b, uintX_t c) { return (uintX_t)float_mulAdd(FX, a, b, c); }                  \
  uintX_t fX##_div(uintX_t a, uintX_t b) { return (uintX_t)float_div(FX, a, b); }                                      \
  uintX_t fX##_sqrt(uintX_t a) { return (uintX_t)float_sqrt(FX, a); }                                                  \
  uintX_t fX##_rem(uintX_t a, uintX_t b) { return (uintX_t)float_rem(FX, a, b); }                                      \
  uintX_t fX##_neg(uintX_t a) { return (uintX_t)float_neg(FX, a); }                                                    \
  uintX_t fX##_abs(uintX_t a) { return (uintX_t)float_abs(FX, a); }                                                    \
  uintX_t fX##_min(uintX_t a, uintX_t b) { return (uintX_t)float_min(FX, a, b); }                                      \
  uintX_t fX##_max(uintX_t a, uintX_t b) { return (uintX_t)float_max(FX, a, b); }                                      \
  int fX##_eq(uintX_t a, uintX_t b) { return float_eq(FX, a, b); }                                                     \
  int fX##_lt(uintX_t a, uintX_t b) { return float_lt(FX, a, b); }                                                     \
  int fX##_le(uintX_t a, uintX_t b) { return float_le(FX, a, b); }                                                     \
  uintX_t fX##_roundToInt(uintX_t a) { return (uintX_t)float_roundToInt(FX, a, NEAR_EVEN); }                           \
  uintX_t fX##_trunc(uintX_t a) { return (uintX_t)float_roundToInt(FX, a, TOWARD_ZERO); }                              \
  uintX_t fX##_floor(uintX_t a) { return (uintX_t)float_roundToInt(FX, a, DOWN); }                                     \
  uintX_t fX##_ceil(uintX_t a) { return (uintX_t)float_roundToInt(FX, a, UP); }                                        \
  int32_t fX##_to_i32(uintX_t a) { return float_to_i32(FX, a, NEAR_EVEN); }                                            \
  uint32_t fX##_to_ui32(uintX_t a) { return float_to_ui32(FX, a, NEAR_EVEN); }                                         \
  int64_t fX##_to_i64(uintX_t a) { return float_to_i64(FX, a, NEAR_EVEN); }                                            \
  int32_t fX##_to_i32_r_minMag(uintX_t a) { return float_to_i32(FX, a, TOWARD_ZERO); }                                 \
  uint32_t fX##_to_ui32_r_minMag(uintX_t a) { return float_to_ui32(FX, a, TOWARD_ZERO); }                              \
  int64_t fX##_to_i64_r_minMag(uintX_t a) { return float_to_i64(FX, a, TOWARD_ZERO); }                                 \
  uintX_t i32_to_##fX(int32_t a) { return (uintX_t)float_from_i64(FX, a); }                                            \
  uintX_t ui32_to_##fX(uint32_t a) { return (uintX_t)float_from_i64(FX, a); }                                          \
  uintX_t i64_to_##fX(int64_t a) { return (uintX_t)float_from_i64(FX, a); }                                            \
  uint16_t fX##_to_f16(uintX_t a) { return (uint16_t)float_to_float(FX, F16, a); }                                     \
  uint16_t fX##_to_bf16(uintX_t a) { return (uint16_t)float_to_float(FX, BF16, a); }                                   \
  uint32_t fX##_to_f32(uintX_t a) { return (uint32_t)float_to_float(FX, F32, a); }                                     \
  uint64_t fX##_to_f64(uintX_t a) { return float_to_float(FX, F64, a); }

DEFINE_FORMAT(f16, uint16_t, F16)
DEFINE_FORMAT(bf16, uint16_t, BF16)
DEFINE_FORMAT(f32, uint32_t, F32)
DEFINE_FORMAT(f64, uint64_t, F64)
