/**
 * The field of secp256k1 (SEC 2, 2.4.1): integers modulo p = 2^256 - 2^32 - 977.
 *
 * An element may stand as any number below 2^256 that is congruent to it: 2^256 = FOLD mod p, so carries out of 256
 * bits come back as FOLD. Only normalising makes it less than p.
 */
#ifndef ELENCH_SECP256K1_FIELD_H
#define ELENCH_SECP256K1_FIELD_H

#include "../inverse.h"
#include "../words.h"

typedef U256 Field;

static const uint64_t FOLD = 0x1000003d1;

/** p */
static const U256 FIELD_MODULUS = {{0xfffffffefffffc2f, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

static const Field FIELD_ONE = {{1}};

static inline void field_add(Field *r, const Field *a, const Field *b)
{
  U256 fold = {{u256_add(r, a, b) ? FOLD : 0}};
  // A second carry is rare, and leaves less than FOLD.
  if (__builtin_expect(u256_add(r, r, &fold), 0)) r->word[0] += FOLD;
}

static inline void field_subtract(Field *r, const Field *a, const Field *b)
{
  U256 fold = {{u256_subtract(r, a, b) ? FOLD : 0}};
  if (__builtin_expect(u256_subtract(r, r, &fold), 0)) r->word[0] -= FOLD;
}

static inline void field_negate(Field *r, const Field *a)
{
  Field zero = {{0}};
  field_subtract(r, &zero, a);
}

/** r = a/2 */
static inline void field_half(Field *r, const Field *a)
{
  U256 odd = {{0}}, sum;
  u256_select(&odd, a->word[0] & 1, &FIELD_MODULUS, &odd);
  uint64_t top = u256_add(&sum, a, &odd);
  *r = (U256){{sum.word[0] >> 1 | sum.word[1] << 63, sum.word[1] >> 1 | sum.word[2] << 63,
               sum.word[2] >> 1 | sum.word[3] << 63, sum.word[3] >> 1 | top << 63}};
}

/** r = t mod p */
static inline void field_reduce(Field *r, const U512 *t)
{
  uint64_t low[5] = {t->word[0], t->word[1], t->word[2], t->word[3]};
  U256 high = {{t->word[4], t->word[5], t->word[6], t->word[7]}};
  add_product(low, &high, FOLD);
  Product top = product(low[4], FOLD);
  U256 sum = {{low[0], low[1], low[2], low[3]}}, fold = {{top.low, top.high}};
  // Another carry is rare, and leaves less than 2^68.
  if (__builtin_expect(u256_add(&sum, &sum, &fold), 0)) {
    fold = (U256){{FOLD}};
    u256_add(&sum, &sum, &fold);
  }
  *r = sum;
}

static inline void field_multiply(Field *r, const Field *a, const Field *b)
{
  U512 product;
  u256_multiply(&product, a, b);
  field_reduce(r, &product);
}

static inline void field_square(Field *r, const Field *a)
{
  U512 square;
  u256_square(&square, a);
  field_reduce(r, &square);
}

/** r = a as a number below p. */
static inline void field_normalize(Field *r, const Field *a)
{
  U256 less;
  Carry borrow = u256_subtract(&less, a, &FIELD_MODULUS);
  u256_select(r, borrow, a, &less);
}

static inline int field_is_zero(const Field *a) { return u256_is_zero(a) || u256_equal(a, &FIELD_MODULUS); }

/** r = 1/a, and 0 for a = 0. */
static inline void field_invert(Field *r, const Field *a)
{
  Field normal;
  field_normalize(&normal, a);
  modular_inverse(r, &normal, &FIELD_MODULUS);
}

#endif
