/** The quadratic extension of alt_bn128's field: a + b i, with i^2 = -1 (EIP-197). */
#ifndef ELENCH_BN254_FIELD2_H
#define ELENCH_BN254_FIELD2_H

#include "field.h"

typedef struct {
  Field real, imaginary;
} Field2;

/**
 * A sum of products before Montgomery's reduction. Each part is congruent modulo p to what it stands for, between -2.6
 * and 2.6 times p R, and modulo 2^512 where negative. A product of two field elements is below 0.19 p R.
 */
typedef struct {
  U512 real, imaginary;
} Wide2;

/** p R */
static const U512 FIELD_WIDE = {
  {0, 0, 0, 0, 0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029},
};

static inline void field2_add(Field2 *r, const Field2 *a, const Field2 *b)
{
  field_add(&r->real, &a->real, &b->real);
  field_add(&r->imaginary, &a->imaginary, &b->imaginary);
}

static inline void field2_subtract(Field2 *r, const Field2 *a, const Field2 *b)
{
  field_subtract(&r->real, &a->real, &b->real);
  field_subtract(&r->imaginary, &a->imaginary, &b->imaginary);
}

static inline void field2_negate(Field2 *r, const Field2 *a)
{
  field_negate(&r->real, &a->real);
  field_negate(&r->imaginary, &a->imaginary);
}

static inline void field2_conjugate(Field2 *r, const Field2 *a)
{
  r->real = a->real;
  field_negate(&r->imaginary, &a->imaginary);
}

/** r = a/2 */
static inline void field2_half(Field2 *r, const Field2 *a)
{
  field_half(&r->real, &a->real);
  field_half(&r->imaginary, &a->imaginary);
}

/** r = a b, of b in the field. */
static inline void field2_scale(Field2 *r, const Field2 *a, const Field *b)
{
  field_multiply(&r->real, &a->real, b);
  field_multiply(&r->imaginary, &a->imaginary, b);
}

static inline int field2_is_zero(const Field2 *a) { return field_is_zero(&a->real) && field_is_zero(&a->imaginary); }

static inline int field2_equal(const Field2 *a, const Field2 *b)
{
  return field_equal(&a->real, &b->real) && field_equal(&a->imaginary, &b->imaginary);
}

/** Reads 64 bytes, the imaginary part first. @returns 0 if a part is not below p. */
static inline int field2_load(Field2 *r, const uint8_t bytes[64])
{
  return field_load(&r->imaginary, bytes) && field_load(&r->real, bytes + 32);
}

static inline void wide2_add(Wide2 *r, const Wide2 *a, const Wide2 *b)
{
  u512_add(&r->real, &a->real, &b->real);
  u512_add(&r->imaginary, &a->imaginary, &b->imaginary);
}

static inline void wide2_subtract(Wide2 *r, const Wide2 *a, const Wide2 *b)
{
  u512_subtract(&r->real, &a->real, &b->real);
  u512_subtract(&r->imaginary, &a->imaginary, &b->imaginary);
}

/** r = a + b, left above p: for products only. */
static inline void field2_sum(Field2 *r, const Field2 *a, const Field2 *b)
{
  u256_add(&r->real, &a->real, &b->real);
  u256_add(&r->imaginary, &a->imaginary, &b->imaginary);
}

/**
 * (a + a' i)(b + b' i) by three products instead of four (Karatsuba). The parts may be sums of two field elements.
 * Those of the result are a b - a' b' and a b' + a' b themselves, not numbers congruent to them.
 */
static void wide2_multiply(Wide2 *r, const Field2 *a, const Field2 *b)
{
  U256 a_sum, b_sum;
  u256_add(&a_sum, &a->real, &a->imaginary);
  u256_add(&b_sum, &b->real, &b->imaginary);
  U512 imaginaries;
  u256_multiply(&r->real, &a->real, &b->real);
  u256_multiply(&imaginaries, &a->imaginary, &b->imaginary);
  u256_multiply(&r->imaginary, &a_sum, &b_sum);
  u512_subtract(&r->imaginary, &r->imaginary, &r->real);
  u512_subtract(&r->imaginary, &r->imaginary, &imaginaries);
  u512_subtract(&r->real, &r->real, &imaginaries);
}

/** (a + a' i)^2 = (a + a')(a - a') + 2 a a' i. The real part is from 0 to 0.76 p R, the imaginary one to 0.38 p R. */
static void wide2_square(Wide2 *r, const Field2 *a)
{
  U256 sum, difference, twice;
  u256_add(&sum, &a->real, &a->imaginary);
  u256_add(&difference, &a->real, &FIELD.m);
  u256_subtract(&difference, &difference, &a->imaginary);
  u256_add(&twice, &a->real, &a->real);
  u256_multiply(&r->real, &sum, &difference);
  u256_multiply(&r->imaginary, &twice, &a->imaginary);
}

/** r = a + 9 b, from -15.5 to 15.5 times p R, less the nearest multiple of p R: from -0.51 to 0.51 times p R. */
static inline void wide_add_nine(U512 *r, const U512 *a, const U512 *b)
{
  // The quotient by p R, from the highest 20 bits of a and b; the highest 18 of p R are 198212, and 2^32/198212 is
  // 21668.
  int64_t high = ((int64_t)a->word[7] >> 44) + 9 * ((int64_t)b->word[7] >> 44);
  int64_t quotient = (high * 21668 + (INT64_C(1) << 31)) >> 32;
  U512 sum;
  u512_multiply_8(&sum, b);
  u512_add(&sum, &sum, b);
  u512_add(&sum, &sum, a);
  // Modulo 2^512, as the result fits: 16 p R more, and 16 + quotient times p R less.
  static const U256 p16 = {{0xc208c16d87cfd470, 0x7816a916871ca8d3, 0x85045b68181585d9, 0x0644e72e131a029b}};
  U256 rest = {{sum.word[4], sum.word[5], sum.word[6], sum.word[7]}};
  u256_add(&rest, &rest, &p16);
  uint64_t multiple[5] = {0};
  add_product(multiple, &FIELD.m, (uint64_t)(16 + quotient));
  u256_subtract(&rest, &rest, &(U256){{multiple[0], multiple[1], multiple[2], multiple[3]}});
  *r = (U512){
    {sum.word[0], sum.word[1], sum.word[2], sum.word[3], rest.word[0], rest.word[1], rest.word[2], rest.word[3]}};
}

/** r = a + xi b, with xi = 9 + i, which is neither a square nor a cube; from -0.51 to 0.51 times p R. */
static void wide2_add_xi(Wide2 *r, const Wide2 *a, const Wide2 *b)
{
  Wide2 rest;
  u512_subtract(&rest.real, &a->real, &b->imaginary);
  u512_add(&rest.imaginary, &a->imaginary, &b->real);
  wide_add_nine(&r->real, &rest.real, &b->real);
  wide_add_nine(&r->imaginary, &rest.imaginary, &b->imaginary);
}

/** r = a/R mod p, of an a between -p R and p R. */
static inline void wide_reduce(Field *r, const U512 *a)
{
  U256 back = {{0}}, high = {{a->word[4], a->word[5], a->word[6], a->word[7]}};
  u256_select(&back, a->word[7] >> 63, &FIELD.m, &back);
  u256_add(&high, &high, &back);
  U512 t = {{a->word[0], a->word[1], a->word[2], a->word[3], high.word[0], high.word[1], high.word[2], high.word[3]}};
  montgomery_reduce(&FIELD, r, &t);
}

static void wide2_reduce(Field2 *r, const Wide2 *a)
{
  wide_reduce(&r->real, &a->real);
  wide_reduce(&r->imaginary, &a->imaginary);
}

static void field2_multiply(Field2 *r, const Field2 *a, const Field2 *b)
{
  Wide2 product;
  wide2_multiply(&product, a, b);
  wide2_reduce(r, &product);
}

/** r = a b - c d, by one reduction for each part. */
static void field2_multiply_subtract(Field2 *r, const Field2 *a, const Field2 *b, const Field2 *c, const Field2 *d)
{
  Wide2 first, second;
  wide2_multiply(&first, a, b);
  wide2_multiply(&second, c, d);
  wide2_subtract(&first, &first, &second);
  wide2_reduce(r, &first);
}

static void field2_square(Field2 *r, const Field2 *a)
{
  Wide2 square;
  wide2_square(&square, a);
  wide2_reduce(r, &square);
}

/** r = xi a */
static void field2_multiply_xi(Field2 *r, const Field2 *a)
{
  Field2 nine;
  field2_add(&nine, a, a);
  field2_add(&nine, &nine, &nine);
  field2_add(&nine, &nine, &nine);
  field2_add(&nine, &nine, a);
  Field imaginary = a->imaginary;
  field_add(&r->imaginary, &nine.imaginary, &a->real);
  field_subtract(&r->real, &nine.real, &imaginary);
}

static void field2_invert(Field2 *r, const Field2 *a)
{
  Field norm, square;
  field_square(&norm, &a->real);
  field_square(&square, &a->imaginary);
  field_add(&norm, &norm, &square);
  field_invert(&norm, &norm);
  field2_conjugate(r, a);
  field2_scale(r, r, &norm);
}

#endif
