/** The field of alt_bn128 (EIP-196): integers below p, in Montgomery's form. */
#ifndef ELENCH_BN254_FIELD_H
#define ELENCH_BN254_FIELD_H

#include "../inverse.h"
#include "../montgomery.h"

typedef U256 Field;

/** p = 36 u^4 + 36 u^3 + 24 u^2 + 6 u + 1, for u = 4965661367192848881. 4 p is below 2^256. */
static const Modulus FIELD = {
  .m = {{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}},
  .inverse = 0x87d20782e4866389,
  .r2 = {{0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f}},
};

static const Field FIELD_ONE = {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}};

static inline void field_add(Field *r, const Field *a, const Field *b)
{
  U256 sum;
  u256_add(&sum, a, b);
  subtract_modulus(&FIELD, r, &sum, 0);
}

static inline void field_subtract(Field *r, const Field *a, const Field *b)
{
  U256 difference, back = {{0}};
  Carry borrow = u256_subtract(&difference, a, b);
  u256_select(&back, borrow, &FIELD.m, &back);
  u256_add(r, &difference, &back);
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
  u256_select(&odd, a->word[0] & 1, &FIELD.m, &odd);
  u256_add(&sum, a, &odd);
  *r = (U256){{sum.word[0] >> 1 | sum.word[1] << 63, sum.word[1] >> 1 | sum.word[2] << 63,
               sum.word[2] >> 1 | sum.word[3] << 63, sum.word[3] >> 1}};
}

static inline void field_multiply(Field *r, const Field *a, const Field *b) { montgomery_multiply(&FIELD, r, a, b); }

static inline void field_square(Field *r, const Field *a) { montgomery_square(&FIELD, r, a); }

static inline int field_is_zero(const Field *a) { return u256_is_zero(a); }

static inline int field_equal(const Field *a, const Field *b) { return u256_equal(a, b); }

/** r = 1/a, and 0 for a = 0. */
static inline void field_invert(Field *r, const Field *a)
{
  // The inverse of a R is 1/(a R), of which 1/a R is R^3/R times as much.
  static const U256 r3 = {{0xb1cd6dafda1530df, 0x62f210e6a7283db6, 0xef7f0b0c0ada0afb, 0x20fd6e902d592544}};
  modular_inverse(r, a, &FIELD.m);
  montgomery_multiply(&FIELD, r, r, &r3);
}

/** Reads 32 bytes. @returns 0 if they are not below p. */
static inline int field_load(Field *r, const uint8_t bytes[32])
{
  U256 number;
  u256_load(&number, bytes);
  if (!u256_less(&number, &FIELD.m)) return 0;
  montgomery_multiply(&FIELD, r, &number, &FIELD.r2);
  return 1;
}

/** Writes 32 bytes. */
static inline void field_store(uint8_t bytes[32], const Field *a)
{
  U512 wide = {{a->word[0], a->word[1], a->word[2], a->word[3]}};
  U256 number;
  montgomery_reduce(&FIELD, &number, &wide);
  u256_store(bytes, &number);
}

#endif
