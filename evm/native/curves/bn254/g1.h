/** The first group of alt_bn128: y^2 = x^3 + 3 (EIP-196). All its points have the prime order r, or 1. */
#ifndef ELENCH_BN254_G1_H
#define ELENCH_BN254_G1_H

#include "field.h"

#include "../affine.h"

/** Infinity stands as (0, 0), which is not on the curve. */
static inline int g1_is_infinity(const Affine *point) { return field_is_zero(&point->x) && field_is_zero(&point->y); }

/** Reads x and y, 32 bytes each. @returns 0 if one is not below p, or the point is not on the curve. */
static inline int g1_load(Affine *point, const uint8_t bytes[64])
{
  static const Field b = {{0x7a17caa950ad28d7, 0x1f6ac17ae15521b9, 0x334bea4e696bd284, 0x2a1f6744ce179d8e}};
  if (!field_load(&point->x, bytes) || !field_load(&point->y, bytes + 32)) return 0;
  if (g1_is_infinity(point)) return 1;
  Field left, right;
  field_square(&left, &point->y);
  field_square(&right, &point->x);
  field_multiply(&right, &right, &point->x);
  field_add(&right, &right, &b);
  return field_equal(&left, &right);
}

/** Writes x and y, 32 bytes each. */
static inline void g1_store(uint8_t bytes[64], const Affine *point)
{
  field_store(bytes, &point->x);
  field_store(bytes + 32, &point->y);
}

#endif
