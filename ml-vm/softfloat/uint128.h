/** Unsigned 128-bit integers in two halves, so that no compiler extension is needed. */
#ifndef ELENCH_UINT128_H
#define ELENCH_UINT128_H

#include <stdint.h>

typedef struct {
  uint64_t high, low;
} Uint128;

/** The full product of two 64-bit integers, from four 32-bit products. */
static inline Uint128 multiply_wide(uint64_t a, uint64_t b)
{
  uint64_t aHigh = a >> 32, aLow = (uint32_t)a, bHigh = b >> 32, bLow = (uint32_t)b;
  uint64_t low = aLow * bLow;
  uint64_t middle = aHigh * bLow + (low >> 32);      // cannot overflow: (2^32-1)^2 + 2^32-1 < 2^64
  uint64_t cross = aLow * bHigh + (uint32_t)middle;  // nor can this
  return (Uint128){aHigh * bHigh + (middle >> 32) + (cross >> 32), cross << 32 | (uint32_t)low};
}

static inline Uint128 add_wide(Uint128 a, Uint128 b)
{
  uint64_t low = a.low + b.low;
  return (Uint128){a.high + b.high + (low < a.low), low};
}

static inline Uint128 subtract_wide(Uint128 a, Uint128 b)
{
  return (Uint128){a.high - b.high - (a.low < b.low), a.low - b.low};
}

static inline int less_wide(Uint128 a, Uint128 b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

/** `a` shifted left by 0 to 127 bits. */
static inline Uint128 shift_left_wide(Uint128 a, int count)
{
  if (count == 0) return a;
  if (count >= 64) return (Uint128){a.low << (count - 64), 0};
  return (Uint128){a.high << count | a.low >> (64 - count), a.low << count};
}

/** `a` shifted right by any count, the last bit set if any bit shifted out was set. */
static inline Uint128 shift_right_jam_wide(Uint128 a, int count)
{
  if (count == 0) return a;
  if (count >= 128) return (Uint128){0, (a.high | a.low) != 0};
  if (count == 64) return (Uint128){0, a.high | (a.low != 0)};
  if (count > 64) return (Uint128){0, a.high >> (count - 64) | (a.high << (128 - count) != 0 || a.low != 0)};
  return (Uint128){a.high >> count, a.high << (64 - count) | a.low >> count | (a.low << (64 - count) != 0)};
}

#endif
