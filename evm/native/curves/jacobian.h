/**
 * Sums of multiples of points on a curve y^2 = x^3 + b of prime order.
 *
 * A template: include it after the header of the curve's field (Field, FIELD_ONE and the field_ functions) and
 * FIELD_BETA, the cube root of 1 in the endomorphism (x, y) -> (beta x, y).
 *
 * No formula contains b. So all hold on the curves y^2 = x^3 + b s^6 too, to which (x, y) -> (x s^2, y s^3) leads. On
 * such a curve, "that of s", the multiples of a point are affine without an inversion.
 */
#ifndef ELENCH_CURVES_JACOBIAN_H
#define ELENCH_CURVES_JACOBIAN_H

#include <stddef.h>

#include "affine.h"
#include "scalar.h"

/** The point (x/z^2, y/z^3); with z = 0 the point at infinity. */
typedef struct {
  Field x, y, z;
} Jacobian;

/** r = 2 p. No point has order 2. */
static void jacobian_double(Jacobian *r, const Jacobian *p)
{
  // l = 3 x^2/2, t = x y^2: the new x is l^2 - 2 t, y is l (t - the new x) - y^4, and z is y z.
  Field l, square, t, x, y;
  field_square(&l, &p->x);
  field_add(&t, &l, &l);
  field_add(&l, &l, &t);
  field_half(&l, &l);
  field_square(&square, &p->y);
  field_multiply(&t, &p->x, &square);
  field_multiply(&r->z, &p->y, &p->z);
  field_square(&x, &l);
  field_subtract(&x, &x, &t);
  field_subtract(&r->x, &x, &t);
  field_subtract(&t, &t, &r->x);
  field_multiply(&y, &l, &t);
  field_square(&square, &square);
  field_subtract(&r->y, &y, &square);
}

/**
 * p += q
 * @param scale NULL if both are on one curve; else q is on the curve itself, and p on that of s = scale.
 * @param ratio unless NULL, gets the new z over the old one, if q is neither p nor -p.
 */
static void jacobian_add(Jacobian *p, const Affine *q, const Field *scale, Field *ratio)
{
  Field z2, h, h2, slope, t;
  if (field_is_zero(&p->z)) {
    *p = (Jacobian){q->x, q->y, FIELD_ONE};
    if (!scale) return;
    field_square(&z2, scale);
    field_multiply(&p->x, &p->x, &z2);
    field_multiply(&z2, &z2, scale);
    field_multiply(&p->y, &p->y, &z2);
    return;
  }
  Field z = p->z;
  if (scale) field_multiply(&z, &z, scale);
  field_square(&z2, &z);
  field_multiply(&h, &q->x, &z2);
  field_subtract(&h, &h, &p->x);
  field_multiply(&z2, &z2, &z);
  field_multiply(&slope, &q->y, &z2);
  field_subtract(&slope, &slope, &p->y);
  if (field_is_zero(&h)) {
    if (field_is_zero(&slope)) jacobian_double(p, p);
    else p->z = (Field){{0}};
    return;
  }
  if (ratio) *ratio = h;
  field_multiply(&p->z, &p->z, &h);
  field_square(&h2, &h);
  field_multiply(&t, &p->x, &h2);
  field_multiply(&h, &h, &h2);
  field_square(&p->x, &slope);
  field_subtract(&p->x, &p->x, &h);
  field_subtract(&p->x, &p->x, &t);
  field_subtract(&p->x, &p->x, &t);
  field_subtract(&t, &t, &p->x);
  field_multiply(&t, &slope, &t);
  field_multiply(&h, &p->y, &h);
  field_subtract(&p->y, &t, &h);
}

/** r = p, on the curve itself. p is on that of s = scale, and not infinity. */
static void jacobian_to_affine(Affine *r, const Jacobian *p, const Field *scale)
{
  Field z, inverse, square;
  field_multiply(&z, &p->z, scale);
  field_invert(&inverse, &z);
  field_square(&square, &inverse);
  field_multiply(&r->x, &p->x, &square);
  field_multiply(&square, &square, &inverse);
  field_multiply(&r->y, &p->y, &square);
}

enum {
  /** Of the signed digits that a point is multiplied by. */
  POINT_WIDTH = 5,
  /** p, 3 p, ... 15 p */
  ODD_MULTIPLES = 1 << (POINT_WIDTH - 2),
};

/** Makes the odd multiples of p, on the curve of s = scale. @param scale gets that s. */
static void odd_multiples(Affine multiple[ODD_MULTIPLES], Field *scale, const Affine *p)
{
  Jacobian twice, sum = {p->x, p->y, FIELD_ONE};
  jacobian_double(&twice, &sum);
  // On the curve of s = twice.z, 2 p is affine.
  Affine step = {twice.x, twice.y};
  Field s2, s3;
  field_square(&s2, &twice.z);
  field_multiply(&s3, &s2, &twice.z);
  field_multiply(&sum.x, &sum.x, &s2);
  field_multiply(&sum.y, &sum.y, &s3);
  Field ratio[ODD_MULTIPLES];
  multiple[0] = (Affine){sum.x, sum.y};
  for (int i = 1; i < ODD_MULTIPLES; i++) {
    jacobian_add(&sum, &step, NULL, &ratio[i]);
    multiple[i] = (Affine){sum.x, sum.y};
  }
  // From the curve where its z is 1 each goes to that where the last one's is.
  Field rest = ratio[ODD_MULTIPLES - 1];
  for (int i = ODD_MULTIPLES - 2; i >= 0; i--) {
    field_square(&s2, &rest);
    field_multiply(&s3, &s2, &rest);
    field_multiply(&multiple[i].x, &multiple[i].x, &s2);
    field_multiply(&multiple[i].y, &multiple[i].y, &s3);
    if (i > 0) field_multiply(&rest, &rest, &ratio[i]);
  }
  field_multiply(scale, &sum.z, &twice.z);
}

/** A point, or its image under the endomorphism, times half a factor. */
typedef struct {
  int8_t digit[HALF_DIGITS];
  /** The point's odd multiples that the digits need. */
  const Affine *multiple;
  /** Whether the endomorphism applies. */
  int image;
  /** As for jacobian_add. */
  const Field *scale;
} Summand;

/** Makes the two summands of k times a point, with digits of `width` bits. */
static void make_summands(Summand summand[2], const Lattice *lattice, const U256 *k, int width, const Affine *multiple,
                          const Field *scale)
{
  U256 half[2];
  split_scalar(lattice, half, k);
  for (int i = 0; i < 2; i++) {
    signed_digits(summand[i].digit, HALF_DIGITS, &half[i], width);
    summand[i].multiple = multiple;
    summand[i].image = i;
    summand[i].scale = scale;
  }
}

/** Adds the summands, which share the doublings (Strauss 1964). The sum is on the curve of those without a scale. */
static void add_up(Jacobian *sum, const Summand *summand, int count)
{
  *sum = (Jacobian){{{0}}, {{0}}, {{0}}};
  for (int at = HALF_DIGITS - 1; at >= 0; at--) {
    if (!field_is_zero(&sum->z)) jacobian_double(sum, sum);
    for (int i = 0; i < count; i++) {
      int digit = summand[i].digit[at];
      if (digit == 0) continue;
      Affine term = summand[i].multiple[(digit < 0 ? -digit : digit) / 2];
      Field negative;
      field_negate(&negative, &term.y);
      u256_select(&term.y, digit < 0, &negative, &term.y);
      if (summand[i].image) field_multiply(&term.x, &term.x, &FIELD_BETA);
      jacobian_add(sum, &term, summand[i].scale, NULL);
    }
  }
}

#endif
