/**
 * Division of words: Knuth's algorithm D with the reciprocals of N. Möller and T. Granlund, "Improved division by invariant integers" (2011),
 * so that a division of two limbs by one is two multiplications.
 */
#include "word.h"

/** floor((2^128 − 1) / d) − 2^64. @param d with its top bit set. */
static uint64_t reciprocal(uint64_t d) { return (uint64_t)((((Wide)~d << 64) | ~0ull) / d); }

/** (high, low) / d. @param high below d. @param v d's reciprocal. */
static inline uint64_t divide_two(uint64_t high, uint64_t low, uint64_t d, uint64_t v, uint64_t *remainder)
{
  const Wide q = (Wide)v * high + (((Wide)high << 64) | low);
  uint64_t quotient = (uint64_t)(q >> 64) + 1;
  uint64_t rest = low - quotient * d;
  if (rest > (uint64_t)q) {
    quotient--;
    rest += d;
  }
  if (rest >= d) {
    quotient++;
    rest -= d;
  }
  *remainder = rest;
  return quotient;
}

/** floor((2^192 − 1) / d) − 2^64 of the two limbs d, of which the upper has its top bit set. */
static uint64_t reciprocal_of_two(uint64_t upper, uint64_t lower)
{
  uint64_t v = reciprocal(upper);
  uint64_t p = upper * v + lower;
  if (p < lower) {
    v--;
    if (p >= upper) {
      v--;
      p -= upper;
    }
    p -= upper;
  }
  const Wide t = (Wide)v * lower;
  p += (uint64_t)(t >> 64);
  if (p < (uint64_t)(t >> 64)) {
    v--;
    if (p > upper || (p == upper && (uint64_t)t >= lower)) v--;
  }
  return v;
}

/** The quotient's limb of three limbs by two: exact for these. @param v the reciprocal of the two. */
static inline uint64_t divide_three(uint64_t u2, uint64_t u1, uint64_t u0, uint64_t upper, uint64_t lower, uint64_t v,
                                    Wide *remainder)
{
  const Wide d = ((Wide)upper << 64) | lower;
  const Wide q = (Wide)v * u2 + (((Wide)u2 << 64) | u1);
  uint64_t quotient = (uint64_t)(q >> 64);
  Wide rest = (((Wide)(u1 - quotient * upper)) << 64 | u0) - (Wide)lower * quotient - d;
  quotient++;
  if ((uint64_t)(rest >> 64) >= (uint64_t)q) {
    quotient--;
    rest += d;
  }
  if (rest >= d) {
    quotient++;
    rest -= d;
  }
  *remainder = rest;
  return quotient;
}

static int length_of(const uint64_t *limbs, int length)
{
  while (length > 0 && limbs[length - 1] == 0) length--;
  return length;
}

/** u shifted left by less than 64 bits: one limb more. */
static void shift_limbs(uint64_t *shifted, const uint64_t *u, int length, int bits)
{
  uint64_t above = 0;
  for (int i = length; i > 0; i--) {
    const uint64_t limb = u[i - 1];
    shifted[i] = bits > 0 ? above << bits | limb >> (64 - bits) : above;
    above = limb;
  }
  shifted[0] = above << bits;
}

/** u −= q·d over d's limbs and one more. @returns whether the result is negative. */
static uint64_t subtract_multiple(uint64_t *u, const uint64_t *d, int length, uint64_t q)
{
  uint64_t carry = 0, borrow = 0;
  for (int i = 0; i < length; i++) {
    const Wide product = (Wide)q * d[i] + carry;
    carry = (uint64_t)(product >> 64);
    u[i] = subtract_borrow(u[i], (uint64_t)product, &borrow);
  }
  u[length] = subtract_borrow(u[length], carry, &borrow);
  return borrow;
}

static void add_back(uint64_t *u, const uint64_t *d, int length)
{
  uint64_t carry = 0;
  for (int i = 0; i < length; i++) u[i] = add_carry(u[i], d[i], &carry);
  u[length] += carry;
}

/** u / d. @param u up to 8 limbs. @param d up to 4, not 0. @param quotient as many limbs as u; NULL if it is not wanted. */
static void divide_limbs(const uint64_t *u, int u_length, const Word *d, uint64_t *quotient, Word *remainder)
{
  const int n = length_of(d->limb, 4), m = length_of(u, u_length);
  *remainder = WORD_ZERO;
  if (m < n) {
    memcpy(remainder->limb, u, (size_t)m * sizeof *u);
    return;
  }
  const int bits = __builtin_clzll(d->limb[n - 1]);
  uint64_t divisor[5], rest[9];
  shift_limbs(divisor, d->limb, n, bits);
  shift_limbs(rest, u, m, bits);
  const uint64_t upper = divisor[n - 1];
  if (n == 1) {
    const uint64_t v = reciprocal(upper);
    uint64_t r = rest[m];
    for (int i = m - 1; i >= 0; i--) {
      const uint64_t q = divide_two(r, rest[i], upper, v, &r);
      if (quotient != NULL) quotient[i] = q;
    }
    remainder->limb[0] = r >> bits;
    return;
  }
  const uint64_t lower = divisor[n - 2], v = reciprocal_of_two(upper, lower);
  for (int i = m - n; i >= 0; i--) {
    uint64_t *const part = rest + i;
    uint64_t q;
    // The estimate of the two upper limbs would not fit.
    if (part[n] == upper && part[n - 1] == lower) {
      q = ~0ull;
      if (subtract_multiple(part, divisor, n, q)) {
        add_back(part, divisor, n);
        q--;
      }
    } else {
      Wide r;
      q = divide_three(part[n], part[n - 1], part[n - 2], upper, lower, v, &r);
      if (n == 2) {
        part[2] = 0;
        part[1] = (uint64_t)(r >> 64);
        part[0] = (uint64_t)r;
      } else if (q > 0 && subtract_multiple(part, divisor, n, q)) {
        add_back(part, divisor, n);
        q--;
      }
    }
    if (quotient != NULL) quotient[i] = q;
  }
  for (int i = 0; i < n; i++) remainder->limb[i] = bits > 0 ? rest[i] >> bits | rest[i + 1] << (64 - bits) : rest[i];
}

void word_divide(const Word *a, const Word *b, Word *quotient, Word *remainder)
{
  uint64_t q[4] = {0};
  if (word_is_zero(b)) *remainder = WORD_ZERO;
  else if (word_is_short(a) && word_is_short(b)) {
    q[0] = a->limb[0] / b->limb[0];
    *remainder = word_of(a->limb[0] % b->limb[0]);
  } else {
    const Word number = *a;
    divide_limbs(number.limb, 4, b, q, remainder);
  }
  if (quotient != NULL) memcpy(quotient->limb, q, sizeof q);
}

Word word_reduce(const uint64_t number[8], const Word *modulus)
{
  Word remainder = WORD_ZERO;
  if (!word_is_zero(modulus)) divide_limbs(number, 8, modulus, NULL, &remainder);
  return remainder;
}

Word word_power(Word base, const Word *exponent)
{
  Word result = word_of(1);
  int started = 0;
  for (int i = 3; i >= 0; i--) {
    const uint64_t limb = exponent->limb[i];
    if (!started && limb == 0) continue;
    for (int bit = started ? 63 : 63 - __builtin_clzll(limb); bit >= 0; bit--) {
      if (started) result = word_multiply(&result, &result);
      if (limb >> bit & 1) result = word_multiply(&result, &base);
      started = 1;
    }
  }
  return result;
}
