/**
 * Multiplication modulo an odd number of 256 bits by Montgomery's reduction ("Modular multiplication without trial
 * division", 1985). A number a stands as a R mod m, with R = 2^256.
 *
 * With a constant Modulus every function compiles to code for that modulus.
 */
#ifndef ELENCH_CURVES_MONTGOMERY_H
#define ELENCH_CURVES_MONTGOMERY_H

#include "words.h"

typedef struct {
  U256 m;
  /** -1/m mod 2^64 */
  uint64_t inverse;
  /** R^2 mod m */
  U256 r2;
} Modulus;

/** r = a, or a - m if a ≥ m; a = carry 2^256 + the words of `a`, below 2 m. */
static inline void subtract_modulus(const Modulus *modulus, U256 *r, const U256 *a, Carry carry)
{
  U256 less;
  Carry borrow = u256_subtract(&less, a, &modulus->m);
  u256_select(r, borrow > carry, a, &less);
}

/** r = t / R mod m, below m, of t < m R. */
static inline void montgomery_reduce(const Modulus *modulus, U256 *r, const U512 *t)
{
  uint64_t low[8] = {t->word[0], t->word[1], t->word[2], t->word[3]};
  // Each line makes the lowest word left 0, by the multiple of m that does so.
  add_product(low, &modulus->m, low[0] * modulus->inverse);
  add_product(low + 1, &modulus->m, low[1] * modulus->inverse);
  add_product(low + 2, &modulus->m, low[2] * modulus->inverse);
  add_product(low + 3, &modulus->m, low[3] * modulus->inverse);
  U256 quotient = {{low[4], low[5], low[6], low[7]}};
  U256 high = {{t->word[4], t->word[5], t->word[6], t->word[7]}};
  Carry carry = u256_add(&high, &high, &quotient);
  subtract_modulus(modulus, r, &high, carry);
}

/**
 * r = a b / R mod m, below m, of a and b below an m < 2^255. In turns of multiplying and reducing, which need less
 * room.
 */
static inline void montgomery_multiply(const Modulus *modulus, U256 *r, const U256 *a, const U256 *b)
{
  uint64_t sum[8] = {0};
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    add_product(sum + i, a, b->word[i]);
    uint64_t top = sum[i + 4];
    add_product(sum + i, &modulus->m, sum[i] * modulus->inverse);
    sum[i + 4] += top;
  }
  U256 quotient = {{sum[4], sum[5], sum[6], sum[7]}};
  subtract_modulus(modulus, r, &quotient, 0);
}

/** r = a^2 / R mod m, below m, of a below m. */
static inline void montgomery_square(const Modulus *modulus, U256 *r, const U256 *a)
{
  U512 square;
  u256_square(&square, a);
  montgomery_reduce(modulus, r, &square);
}

#endif
