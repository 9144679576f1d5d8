/** Multiplication in the first group of alt_bn128 (EIP-196). */
#include "../curves.h"

#include "g1.h"

/**
 * The cube root of 1 whose endomorphism multiplies by LATTICE's lambda:
 * 0x59e26bcea0d48bacd4f263f1acdb5c4f5763473177fffffe.
 */
static const Field FIELD_BETA = {{0x71930c11d782e155, 0xa6bb947cffbe3323, 0xaa303344d4741444, 0x2c3b3f0d26594943}};

#include "../jacobian.h"

/** r, the group's order. */
static const U256 ORDER = {{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};

/** lambda = 0xb3c4d79d41a917585bfc41088d8daaa78b17ea66b99c90dd */
static const Lattice LATTICE = {
  .ratio =
    {
      {{0x6eb9c714773a6ef3, 0xd91d232ec7e0b3d7, 0x2}},
      {{0xa5e38cfb5eaa26da, 0x7a7bd9d4391eb18d, 0x4ccef014a773d2cf, 0x2}},
    },
  .a = {{{0x89d3256894d213e3}}, {{0x0be4e1541221250b, 0x6f4d8248eeb859fd}}},
  .b = {{{0x7dee441482b0eed8, 0x90b27db71147a603, UINT64_MAX, UINT64_MAX}}, {{0x89d3256894d213e3}}},
};

/** r = k p; p is not infinity. */
static void g1_multiply(Affine *r, const Affine *p, const U256 *k)
{
  U256 factor = *k;
  while (!u256_less(&factor, &ORDER)) u256_subtract(&factor, &factor, &ORDER);
  Affine multiple[ODD_MULTIPLES];
  Field scale;
  odd_multiples(multiple, &scale, p);
  Summand summand[2];
  make_summands(summand, &LATTICE, &factor, POINT_WIDTH, multiple, NULL);
  Jacobian product;
  add_up(&product, summand, 2);
  if (field_is_zero(&product.z)) *r = (Affine){{{0}}, {{0}}};
  else jacobian_to_affine(r, &product, &scale);
}

int bn254_multiply(const uint8_t in[96], uint8_t out[64])
{
  Affine point;
  if (!g1_load(&point, in)) return 0;
  U256 factor;
  u256_load(&factor, in + 64);
  if (!g1_is_infinity(&point)) g1_multiply(&point, &point, &factor);
  g1_store(out, &point);
  return 1;
}
