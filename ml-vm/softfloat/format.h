/**
 * Binary floating-point formats of IEEE-754: unpacking and packing.
 *
 * Every operation is written once, over a `Format` that is a compile-time constant, so that each format gets its own code.
 * A pattern of any format is in the low bits of a `uint64_t`. An operation unpacks its finite operands into
 * integers, computes the exact result, or that result with its tail replaced by one sticky bit, and passes it to
 * `pack`, the only place that rounds.
 */
#ifndef ELENCH_FORMAT_H
#define ELENCH_FORMAT_H

#include <stdint.h>

typedef struct {
  int exponentBits, fractionBits;
} Format;

static const Format F16 = {5, 10}, BF16 = {8, 7}, F32 = {8, 23}, F64 = {11, 52};

/** The finite value (-1)^sign * significand * 2^scale. */
typedef struct {
  int sign;
  int scale;
  uint64_t significand;
} Number;

static inline uint64_t sign_mask(Format f) { return (uint64_t)1 << (f.exponentBits + f.fractionBits); }
static inline uint64_t infinity(Format f) { return (((uint64_t)1 << f.exponentBits) - 1) << f.fractionBits; }
/** The canonical NaN: quiet, positive, no payload. */
static inline uint64_t nan_of(Format f) { return infinity(f) | (uint64_t)1 << (f.fractionBits - 1); }
/** Scale of the least significant bit of subnormal numbers. */
static inline int least_scale(Format f) { return 2 - (1 << (f.exponentBits - 1)) - f.fractionBits; }

static inline uint64_t magnitude(Format f, uint64_t a) { return a & (sign_mask(f) - 1); }
static inline int sign_of(Format f, uint64_t a) { return (a & sign_mask(f)) != 0; }
static inline uint64_t with_sign(Format f, int sign, uint64_t pattern) { return pattern | (sign ? sign_mask(f) : 0); }
static inline int is_nan(Format f, uint64_t a) { return magnitude(f, a) > infinity(f); }
static inline int is_infinite(Format f, uint64_t a) { return magnitude(f, a) == infinity(f); }
static inline int is_finite(Format f, uint64_t a) { return magnitude(f, a) < infinity(f); }
static inline int is_zero(Format f, uint64_t a) { return magnitude(f, a) == 0; }

/** `a` shifted right by any count >= 0, the last bit set if any bit that fell off was ("sticky"). */
static inline uint64_t shift_right_jam(uint64_t a, int count)
{
  if (count == 0) return a;
  if (count >= 64) return a != 0;
  return a >> count | (a << (64 - count) != 0);
}

/** Leading zero bits of `a` != 0. */
static inline int leading_zeros(uint64_t a)
{
#if defined(__GNUC__)
  return __builtin_clzll(a);
#else
  int count = 0;
  for (int width = 32; width > 0; width >>= 1) {
    if (a >> (64 - width) == 0) {
      count += width;
      a <<= width;
    }
  }
  return count;
#endif
}

/** A finite pattern as a number; subnormals have a short significand, zero has 0. */
static inline Number unpack(Format f, uint64_t a)
{
  int field = (int)(magnitude(f, a) >> f.fractionBits);
  uint64_t fraction = a & (((uint64_t)1 << f.fractionBits) - 1);
  int normal = field != 0;
  return (Number){sign_of(f, a), least_scale(f) + field - normal, fraction | (uint64_t)normal << f.fractionBits};
}

/** The same value, not zero, with the leading bit of its significand moved up to `bit`. */
static inline Number normalise(Number n, int bit)
{
  int shift = leading_zeros(n.significand) - (63 - bit);
  return (Number){n.sign, n.scale - shift, n.significand << shift};
}

/**
 * Rounds a number, not zero, to the nearest of the format, ties to even (IEEE-754 4.3.1). Its significand may end in a
 * sticky bit if it has at least fractionBits + 3 bits.
 */
static inline uint64_t pack(Format f, Number n)
{
  n = normalise(n, 63);
  int tail = 63 - f.fractionBits;  // bits to round off
  int below = least_scale(f) - (n.scale + tail);
  uint64_t significand = below > 0 ? shift_right_jam(n.significand, below) : n.significand;
  uint64_t field = below > 0 ? 0 : (uint64_t)-below;

  uint64_t half = (uint64_t)1 << (tail - 1);
  uint64_t rest = significand & (2 * half - 1);
  uint64_t kept = significand >> tail;
  kept += rest > half || (rest == half && (kept & 1));
  // The leading bit of a normal number, and a carry out of rounding, increment the exponent field when added.
  if (field + 1 >= infinity(f) >> f.fractionBits) return with_sign(f, n.sign, infinity(f));
  return with_sign(f, n.sign, (field << f.fractionBits) + kept);
}

#endif
