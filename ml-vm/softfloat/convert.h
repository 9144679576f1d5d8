/** Rounding to an integer and conversions (IEEE-754 5.3.1, 5.4.1, 5.4.2, 5.8), over any format. */
#ifndef ELENCH_CONVERT_H
#define ELENCH_CONVERT_H

#include "format.h"

typedef enum { NEAR_EVEN, TOWARD_ZERO, DOWN, UP } Rounding;

/** `a` rounded to an integer, as a float; a zero keeps the sign of `a`. */
static inline uint64_t float_roundToInt(Format f, uint64_t a, Rounding rounding)
{
  if (is_nan(f, a)) return nan_of(f);
  if (is_infinite(f, a) || is_zero(f, a)) return a;
  Number x = unpack(f, a);
  if (x.scale >= 0) return a;
  int count = -x.scale;  // fraction bits
  uint64_t whole = count < 64 ? x.significand >> count : 0;
  // The fraction: 0, less than half, half, or more.
  uint64_t part = shift_right_jam(count < 64 ? x.significand << (64 - count) : 1, 62);
  int more;
  switch (rounding) {
  case NEAR_EVEN: more = part > 2 || (part == 2 && (whole & 1)); break;
  case DOWN: more = part != 0 && x.sign; break;
  case UP: more = part != 0 && !x.sign; break;
  default: more = 0;
  }
  whole += more;
  return whole == 0 ? with_sign(f, x.sign, 0) : pack(f, (Number){x.sign, 0, whole});
}

/** `a` rounded to an integer and clamped to least...greatest, least <= 0 < greatest; NaN gives the greatest. */
static inline int64_t float_to_integer(Format f, uint64_t a, Rounding rounding, int64_t least, int64_t greatest)
{
  if (is_nan(f, a)) return greatest;
  int64_t limit = sign_of(f, a) ? least : greatest;
  if (is_infinite(f, a)) return limit;
  Number x = unpack(f, float_roundToInt(f, a, rounding));
  uint64_t size = 0;
  if (x.scale <= 0) {
    size = x.scale > -64 ? x.significand >> -x.scale : 0;
  } else {
    if (x.scale > leading_zeros(x.significand)) return limit;
    size = x.significand << x.scale;
  }
  uint64_t bound = x.sign ? 0 - (uint64_t)least : (uint64_t)greatest;
  if (size >= bound) return limit;
  return x.sign ? -(int64_t)size : (int64_t)size;
}

static inline int32_t float_to_i32(Format f, uint64_t a, Rounding rounding)
{
  return (int32_t)float_to_integer(f, a, rounding, INT32_MIN, INT32_MAX);
}

static inline uint32_t float_to_ui32(Format f, uint64_t a, Rounding rounding)
{
  return (uint32_t)float_to_integer(f, a, rounding, 0, UINT32_MAX);
}

static inline int64_t float_to_i64(Format f, uint64_t a, Rounding rounding)
{
  return float_to_integer(f, a, rounding, INT64_MIN, INT64_MAX);
}

/** An integer rounded to the nearest float, ties to even. */
static inline uint64_t float_from_i64(Format f, int64_t a)
{
  if (a == 0) return 0;
  return pack(f, (Number){a < 0, 0, a < 0 ? 0 - (uint64_t)a : (uint64_t)a});
}

/** A float converted to another format, rounded to nearest, ties to even. */
static inline uint64_t float_to_float(Format from, Format to, uint64_t a)
{
  if (is_nan(from, a)) return nan_of(to);
  int sign = sign_of(from, a);
  if (is_infinite(from, a)) return with_sign(to, sign, infinity(to));
  if (is_zero(from, a)) return with_sign(to, sign, 0);
  return pack(to, unpack(from, a));
}

#endif
