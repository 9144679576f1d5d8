/** Recovery of public keys on secp256k1: y^2 = x^3 + 7 (SEC 2, 2.4.1). */
#include "../curves.h"

#include "../montgomery.h"
#include "field.h"

/** The cube root of 1 whose endomorphism multiplies by LATTICE's lambda. */
static const Field FIELD_BETA = {{0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}};

#include "../jacobian.h"

#include "generator.h"

/** n, the group's order. */
static const Modulus ORDER = {
  .m = {{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff}},
  .inverse = 0x4b0dff665588b13f,
  .r2 = {{0x896cf21467d7d140, 0x741496c20e7cf878, 0xe697f5e45bcd07c6, 0x9d671cd581c69bc5}},
};

/** lambda = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72 */
static const Lattice LATTICE = {
  .ratio =
    {
      {{0x3daa8a1471e8ca80, 0xe86c90e49284eb15, 0x3086d221a7d46bcd}},
      {{0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828}},
    },
  .a = {{{0xe86c90e49284eb15, 0x3086d221a7d46bcd}}, {{0x57c1108d9d44cfd8, 0x14ca50f7a8e2f3f6, 0x1}}},
  .b = {{{0x90ab8056f5401b3d, 0x1bbc8129fef177d7, 0xffffffffffffffff, 0xffffffffffffffff}},
        {{0xe86c90e49284eb15, 0x3086d221a7d46bcd}}},
};

/** r = a^(2^n) */
static void square_times(Field *r, const Field *a, int n)
{
  *r = *a;
  for (int i = 0; i < n; i++) field_square(r, r);
}

/**
 * r = a^((p + 1)/4), whose square is a if a is a square at all. The exponent's bits are 223 ones, a zero, 22 ones, four
 * zeros, two ones and two zeros; xN is a to the power of N ones.
 */
static void field_root(Field *r, const Field *a)
{
  Field x2, x3, x6, x9, x11, x22, x44, x88, t;
  square_times(&t, a, 1);
  field_multiply(&x2, &t, a);
  square_times(&t, &x2, 1);
  field_multiply(&x3, &t, a);
  square_times(&t, &x3, 3);
  field_multiply(&x6, &t, &x3);
  square_times(&t, &x6, 3);
  field_multiply(&x9, &t, &x3);
  square_times(&t, &x9, 2);
  field_multiply(&x11, &t, &x2);
  square_times(&t, &x11, 11);
  field_multiply(&x22, &t, &x11);
  square_times(&t, &x22, 22);
  field_multiply(&x44, &t, &x22);
  square_times(&t, &x44, 44);
  field_multiply(&x88, &t, &x44);
  square_times(&t, &x88, 88);
  field_multiply(&t, &t, &x88);
  square_times(&t, &t, 44);
  field_multiply(&t, &t, &x44);
  square_times(&t, &t, 3);
  field_multiply(&t, &t, &x3);
  square_times(&t, &t, 23);
  field_multiply(&t, &t, &x22);
  square_times(&t, &t, 6);
  field_multiply(&t, &t, &x2);
  square_times(r, &t, 2);
}

/** @returns 0 if no point has this x < p; else point is the one whose y has this parity. */
static int lift(Affine *point, const U256 *x, int parity)
{
  static const Field b = {{7}};
  Field square, y, check;
  field_square(&square, x);
  field_multiply(&square, &square, x);
  field_add(&square, &square, &b);
  field_root(&y, &square);
  field_square(&check, &y);
  field_subtract(&check, &check, &square);
  if (!field_is_zero(&check)) return 0;
  field_normalize(&y, &y);
  // y is not 0: no point has order 2.
  if ((int)(y.word[0] & 1) != parity) u256_subtract(&y, &FIELD_MODULUS, &y);
  *point = (Affine){*x, y};
  return 1;
}

/** r = a b / R mod n */
static void scalar_multiply(U256 *r, const U256 *a, const U256 *b)
{
  U512 product;
  u256_multiply(&product, a, b);
  montgomery_reduce(&ORDER, r, &product);
}

int secp256k1_recover(const uint8_t digest[32], const uint8_t r_bytes[32], const uint8_t s_bytes[32], int parity,
                      uint8_t key[64])
{
  U256 r, s, message;
  u256_load(&r, r_bytes);
  u256_load(&s, s_bytes);
  u256_load(&message, digest);
  if (u256_is_zero(&r) || !u256_less(&r, &ORDER.m) || u256_is_zero(&s) || !u256_less(&s, &ORDER.m)) return 0;
  Affine point;
  if (!lift(&point, &r, parity)) return 0;

  // key = s/r point - message/r generator
  U256 inverse, point_factor, generator_factor;
  modular_inverse(&inverse, &r, &ORDER.m);
  scalar_multiply(&inverse, &inverse, &ORDER.r2);
  scalar_multiply(&point_factor, &s, &inverse);
  subtract_modulus(&ORDER, &message, &message, 0);
  u256_subtract(&message, &ORDER.m, &message);
  scalar_multiply(&generator_factor, &message, &inverse);

  Affine multiple[ODD_MULTIPLES];
  Field scale;
  odd_multiples(multiple, &scale, &point);
  Summand summand[4];
  make_summands(summand, &LATTICE, &point_factor, POINT_WIDTH, multiple, NULL);
  make_summands(summand + 2, &LATTICE, &generator_factor, GENERATOR_WIDTH, GENERATOR, &scale);
  Jacobian sum;
  add_up(&sum, summand, 4);
  if (field_is_zero(&sum.z)) return 0;

  Affine result;
  jacobian_to_affine(&result, &sum, &scale);
  field_normalize(&result.x, &result.x);
  field_normalize(&result.y, &result.y);
  u256_store(key, &result.x);
  u256_store(key + 32, &result.y);
  return 1;
}
