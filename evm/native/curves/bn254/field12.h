/**
 * The extension of degree 12 of alt_bn128's field, as a tower: the sixth by v, with v^3 = xi, and the twelfth by w,
 * with w^2 = v. So w^6 = xi.
 */
#ifndef ELENCH_BN254_FIELD12_H
#define ELENCH_BN254_FIELD12_H

#include "field2.h"

/** The sum of part[i] v^i. */
typedef struct {
  Field2 part[3];
} Field6;

/** even + odd w */
typedef struct {
  Field6 even, odd;
} Field12;

static void field6_add(Field6 *r, const Field6 *a, const Field6 *b)
{
  for (int i = 0; i < 3; i++) field2_add(&r->part[i], &a->part[i], &b->part[i]);
}

static void field6_subtract(Field6 *r, const Field6 *a, const Field6 *b)
{
  for (int i = 0; i < 3; i++) field2_subtract(&r->part[i], &a->part[i], &b->part[i]);
}

static void field6_negate(Field6 *r, const Field6 *a)
{
  for (int i = 0; i < 3; i++) field2_negate(&r->part[i], &a->part[i]);
}

/** r = v a */
static void field6_multiply_v(Field6 *r, const Field6 *a)
{
  Field2 last = a->part[2];
  r->part[2] = a->part[1];
  r->part[1] = a->part[0];
  field2_multiply_xi(&r->part[0], &last);
}

/** r = (a + a')(b + b') - c - d: a b' + a' b, where c = a b and d = a' b'. */
static void wide2_cross(Wide2 *r, const Field2 *a, const Field2 *a1, const Field2 *b, const Field2 *b1, const Wide2 *c,
                        const Wide2 *d)
{
  Field2 a_sum, b_sum;
  field2_sum(&a_sum, a, a1);
  field2_sum(&b_sum, b, b1);
  wide2_multiply(r, &a_sum, &b_sum);
  wide2_subtract(r, r, c);
  wide2_subtract(r, r, d);
}

/** Six products instead of nine (Karatsuba). */
static void field6_multiply(Field6 *r, const Field6 *a, const Field6 *b)
{
  const Field2 *a0 = &a->part[0], *a1 = &a->part[1], *a2 = &a->part[2];
  const Field2 *b0 = &b->part[0], *b1 = &b->part[1], *b2 = &b->part[2];
  Wide2 p00, p11, p22, p01, p02, p12;
  wide2_multiply(&p00, a0, b0);
  wide2_multiply(&p11, a1, b1);
  wide2_multiply(&p22, a2, b2);
  wide2_cross(&p01, a0, a1, b0, b1, &p00, &p11);
  wide2_cross(&p02, a0, a2, b0, b2, &p00, &p22);
  wide2_cross(&p12, a1, a2, b1, b2, &p11, &p22);
  wide2_add_xi(&p00, &p00, &p12);
  wide2_add_xi(&p01, &p01, &p22);
  wide2_add(&p02, &p02, &p11);
  // Its imaginary part is a sum of six products, which may be 1.14 p R.
  u512_subtract(&p02.imaginary, &p02.imaginary, &FIELD_WIDE);
  wide2_reduce(&r->part[0], &p00);
  wide2_reduce(&r->part[1], &p01);
  wide2_reduce(&r->part[2], &p02);
}

/** r = a (b + c v) */
static void field6_multiply_two(Field6 *r, const Field6 *a, const Field2 *b, const Field2 *c)
{
  const Field2 *a0 = &a->part[0], *a1 = &a->part[1], *a2 = &a->part[2];
  Wide2 p0b, p1c, cross, p2b, p2c;
  wide2_multiply(&p0b, a0, b);
  wide2_multiply(&p1c, a1, c);
  wide2_multiply(&p2b, a2, b);
  wide2_multiply(&p2c, a2, c);
  wide2_cross(&cross, a0, a1, b, c, &p0b, &p1c);
  wide2_add_xi(&p0b, &p0b, &p2c);
  wide2_add(&p2b, &p2b, &p1c);
  wide2_reduce(&r->part[0], &p0b);
  wide2_reduce(&r->part[1], &cross);
  wide2_reduce(&r->part[2], &p2b);
}

static void field6_invert(Field6 *r, const Field6 *a)
{
  const Field2 *a0 = &a->part[0], *a1 = &a->part[1], *a2 = &a->part[2];
  Field2 t, norm;
  Field6 cofactor;
  field2_square(&cofactor.part[0], a0);
  field2_multiply(&t, a1, a2);
  field2_multiply_xi(&t, &t);
  field2_subtract(&cofactor.part[0], &cofactor.part[0], &t);
  field2_square(&cofactor.part[1], a2);
  field2_multiply_xi(&cofactor.part[1], &cofactor.part[1]);
  field2_multiply(&t, a0, a1);
  field2_subtract(&cofactor.part[1], &cofactor.part[1], &t);
  field2_square(&cofactor.part[2], a1);
  field2_multiply(&t, a0, a2);
  field2_subtract(&cofactor.part[2], &cofactor.part[2], &t);
  // a times its cofactor is in the quadratic extension.
  Field2 sum;
  field2_multiply(&norm, a1, &cofactor.part[2]);
  field2_multiply(&sum, a2, &cofactor.part[1]);
  field2_add(&sum, &sum, &norm);
  field2_multiply_xi(&sum, &sum);
  field2_multiply(&norm, a0, &cofactor.part[0]);
  field2_add(&norm, &norm, &sum);
  field2_invert(&norm, &norm);
  for (int i = 0; i < 3; i++) field2_multiply(&r->part[i], &cofactor.part[i], &norm);
}

/** r = a^(p^6) */
static void field12_conjugate(Field12 *r, const Field12 *a)
{
  r->even = a->even;
  field6_negate(&r->odd, &a->odd);
}

static void field12_multiply(Field12 *r, const Field12 *a, const Field12 *b)
{
  Field6 evens, odds, a_sum, b_sum;
  field6_multiply(&evens, &a->even, &b->even);
  field6_multiply(&odds, &a->odd, &b->odd);
  field6_add(&a_sum, &a->even, &a->odd);
  field6_add(&b_sum, &b->even, &b->odd);
  field6_multiply(&r->odd, &a_sum, &b_sum);
  field6_subtract(&r->odd, &r->odd, &evens);
  field6_subtract(&r->odd, &r->odd, &odds);
  field6_multiply_v(&odds, &odds);
  field6_add(&r->even, &evens, &odds);
}

/** (a + a' w)^2 = (a + a')(a + a' v) - a a' - a a' v + 2 a a' w */
static void field12_square(Field12 *r, const Field12 *a)
{
  Field6 product, sum, other;
  field6_multiply(&product, &a->even, &a->odd);
  field6_add(&sum, &a->even, &a->odd);
  field6_multiply_v(&other, &a->odd);
  field6_add(&other, &other, &a->even);
  field6_multiply(&r->even, &sum, &other);
  field6_subtract(&r->even, &r->even, &product);
  field6_multiply_v(&other, &product);
  field6_subtract(&r->even, &r->even, &other);
  field6_add(&r->odd, &product, &product);
}

/** r = a (b + c w + d w^3), as lines are. */
static void field12_multiply_line(Field12 *r, const Field12 *a, const Field2 *b, const Field2 *c, const Field2 *d)
{
  Field6 evens, odds, sum;
  for (int i = 0; i < 3; i++) field2_multiply(&evens.part[i], &a->even.part[i], b);
  field6_multiply_two(&odds, &a->odd, c, d);
  field6_add(&sum, &a->even, &a->odd);
  Field2 both;
  field2_add(&both, b, c);
  field6_multiply_two(&r->odd, &sum, &both, d);
  field6_subtract(&r->odd, &r->odd, &evens);
  field6_subtract(&r->odd, &r->odd, &odds);
  field6_multiply_v(&odds, &odds);
  field6_add(&r->even, &evens, &odds);
}

static void field12_invert(Field12 *r, const Field12 *a)
{
  Field6 norm, t;
  field6_multiply(&norm, &a->even, &a->even);
  field6_multiply(&t, &a->odd, &a->odd);
  field6_multiply_v(&t, &t);
  field6_subtract(&norm, &norm, &t);
  field6_invert(&norm, &norm);
  field6_multiply(&r->even, &a->even, &norm);
  field6_negate(&norm, &norm);
  field6_multiply(&r->odd, &a->odd, &norm);
}

/** xi^(i (p - 1)/6), for i from 1 to 5: w^(i p) is that times w^i. */
static const Field2 FROBENIUS[6] = {
  [1] = {{{0xaf9ba69633144907, 0xca6b1d7387afb78a, 0x11bded5ef08a2087, 0x02f34d751a1f3a7c}},
         {{0xa222ae234c492d72, 0xd00f02a4565de15b, 0xdc2ff3a253dfc926, 0x10a75716b3899551}}},
  {{{0xb5773b104563ab30, 0x347f91c8a9aa6454, 0x7a007127242e0991, 0x1956bcd8118214ec}},
   {{0x6e849f1ea0aa4757, 0xaa1c7b6d89f89141, 0xb6e713cdfae0ca3a, 0x26694fbb4e82ebc3}}},
  {{{0xe4bbdd0c2936b629, 0xbb30f162e133bacb, 0x31a9d1b6f9645366, 0x253570bea500f8dd}},
   {{0xa1d77ce45ffe77c7, 0x07affd117826d1db, 0x6d16bd27bb7edc6b, 0x2c87200285defecc}}},
  {{{0x7361d77f843abe92, 0xa5bb2bd3273411fb, 0x9c941f314b3e2399, 0x15df9cddbb9fd3ec}},
   {{0x5dddfd154bd8c949, 0x62cb29a5a4445b60, 0x37bc870a0c7dd2b9, 0x24830a9d3171f0fd}}},
  {{{0xc970692f41690fe7, 0xe240342127694b0b, 0x32bee66b83c459e8, 0x12aabced0ab08841}},
   {{0x0d485d2340aebfa9, 0x05193418ab2fcc57, 0xd3b0a40b8a4910f5, 0x2f21ebb535d2925a}}},
};

/** r = a^p */
static void field12_frobenius(Field12 *r, const Field12 *a)
{
  for (int i = 0; i < 3; i++) {
    field2_conjugate(&r->even.part[i], &a->even.part[i]);
    field2_conjugate(&r->odd.part[i], &a->odd.part[i]);
    if (i > 0) field2_multiply(&r->even.part[i], &r->even.part[i], &FROBENIUS[2 * i]);
    field2_multiply(&r->odd.part[i], &r->odd.part[i], &FROBENIUS[2 * i + 1]);
  }
}

static const Field12 FIELD12_ONE = {
  .even.part[0].real = {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}},
};

static int field12_equal(const Field12 *a, const Field12 *b)
{
  for (int i = 0; i < 3; i++) {
    if (!field2_equal(&a->even.part[i], &b->even.part[i]) || !field2_equal(&a->odd.part[i], &b->odd.part[i])) return 0;
  }
  return 1;
}

#endif
