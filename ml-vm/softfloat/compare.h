/** Comparisons (IEEE-754 5.11) and minimum, maximum (IEEE-754-2019 9.6), over any format. */
#ifndef ELENCH_COMPARE_H
#define ELENCH_COMPARE_H

#include "format.h"

/** Orders the patterns that are not NaN as their values, the two zeros equal. */
static inline int64_t rank(Format f, uint64_t a)
{
  int64_t size = (int64_t)magnitude(f, a);
  return sign_of(f, a) ? -size : size;
}

static inline int are_ordered(Format f, uint64_t a, uint64_t b) { return !is_nan(f, a) && !is_nan(f, b); }
static inline int float_eq(Format f, uint64_t a, uint64_t b)
{
  return are_ordered(f, a, b) && rank(f, a) == rank(f, b);
}
static inline int float_lt(Format f, uint64_t a, uint64_t b) { return are_ordered(f, a, b) && rank(f, a) < rank(f, b); }
static inline int float_le(Format f, uint64_t a, uint64_t b)
{
  return are_ordered(f, a, b) && rank(f, a) <= rank(f, b);
}

/** The lesser; NaN if either is; -0 < +0. */
static inline uint64_t float_min(Format f, uint64_t a, uint64_t b)
{
  if (!are_ordered(f, a, b)) return nan_of(f);
  if (rank(f, a) == rank(f, b)) return a | b;  // they differ, if at all, in the sign of zero
  return rank(f, a) < rank(f, b) ? a : b;
}

/** The greater; NaN if either is; -0 < +0. */
static inline uint64_t float_max(Format f, uint64_t a, uint64_t b)
{
  if (!are_ordered(f, a, b)) return nan_of(f);
  if (rank(f, a) == rank(f, b)) return a & b;
  return rank(f, a) > rank(f, b) ? a : b;
}

#endif
