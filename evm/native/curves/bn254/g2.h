/**
 * The second group of alt_bn128 (EIP-197): the points of order r, or 1, on the twist y^2 = x^3 + 3/xi over the
 * quadratic extension. (x, y) stands for the point (x w^2, y w^3) of y^2 = x^3 + 3.
 */
#ifndef ELENCH_BN254_G2_H
#define ELENCH_BN254_G2_H

#include "field12.h"

/** Infinity stands as (0, 0), which is not on the twist. */
typedef struct {
  Field2 x, y;
} TwistPoint;

/** (x/z, y/z), or infinity for z = 0. */
typedef struct {
  Field2 x, y, z;
} TwistSum;

/** The line a y + b x w + c w^3 = 0 through points of the curve, where a, b and c may have any common factor. */
typedef struct {
  Field2 a, b, c;
} Line;

/** 3/xi */
static const Field2 TWIST_B = {
  {{0x3bf938e377b802a8, 0x020b1b273633535d, 0x26b7edf049755260, 0x2514c6324384a86d}},
  {{0x38e7ecccd1dcff67, 0x65f0b37d93ce0d3e, 0xd749d0dd22ac00aa, 0x0141b9ce4a688d4d}},
};

static int g2_is_infinity(const TwistPoint *point) { return field2_is_zero(&point->x) && field2_is_zero(&point->y); }

/** Reads x and y, 64 bytes each. @returns 0 if a part is not below p, or the point is not on the twist. */
static int g2_load(TwistPoint *point, const uint8_t bytes[128])
{
  if (!field2_load(&point->x, bytes) || !field2_load(&point->y, bytes + 64)) return 0;
  if (g2_is_infinity(point)) return 1;
  Field2 left, right;
  field2_square(&left, &point->y);
  field2_square(&right, &point->x);
  field2_multiply(&right, &right, &point->x);
  field2_add(&right, &right, &TWIST_B);
  return field2_equal(&left, &right);
}

/** The image under Frobenius's (x, y) -> (x^p, y^p), which multiplies points of order r by p. */
static void g2_frobenius(TwistPoint *r, const TwistPoint *point)
{
  field2_conjugate(&r->x, &point->x);
  field2_conjugate(&r->y, &point->y);
  field2_multiply(&r->x, &r->x, &FROBENIUS[2]);
  field2_multiply(&r->y, &r->y, &FROBENIUS[3]);
}

/** r = 3 a */
static void field2_triple(Field2 *r, const Field2 *a)
{
  Field2 twice;
  field2_add(&twice, a, a);
  field2_add(r, &twice, a);
}

/**
 * sum = 2 sum, and the tangent, by the formulas of Costello, Lange and Naehrig ("Faster pairing computations on curves
 * with high-degree twists", 2010) as Aranha et al. have them ("Faster explicit formulas for computing pairings over
 * ordinary curves", 2011). The new z is 0 if the old one is.
 */
static void g2_double(TwistSum *sum, Line *line)
{
  Field2 xy, y2, z2, e, f, t;
  field2_multiply(&xy, &sum->x, &sum->y);
  field2_half(&xy, &xy);
  field2_square(&y2, &sum->y);
  field2_square(&z2, &sum->z);
  // e = 3 b z^2, f = 3 e
  field2_multiply(&e, &z2, &TWIST_B);
  field2_triple(&e, &e);
  field2_triple(&f, &e);
  // 2 y z Y - 3 x^2 X w + (y^2 - e) w^3
  field2_multiply(&line->a, &sum->y, &sum->z);
  field2_add(&line->a, &line->a, &line->a);
  field2_square(&line->b, &sum->x);
  field2_triple(&line->b, &line->b);
  field2_negate(&line->b, &line->b);
  field2_subtract(&line->c, &y2, &e);
  // (x y (y^2 - f)/2, ((y^2 + f)/2)^2 - 3 e^2, 2 y^3 z)
  field2_multiply(&sum->z, &y2, &line->a);
  field2_subtract(&t, &y2, &f);
  field2_multiply(&sum->x, &xy, &t);
  field2_add(&t, &y2, &f);
  field2_half(&t, &t);
  field2_multiply_subtract(&sum->y, &t, &t, &e, &f);
}

/**
 * sum += point, and the line through both. The new z is 0 if the old one is, or if both have the same x.
 * @param point is not infinity.
 */
static void g2_add(TwistSum *sum, const TwistPoint *point, Line *line)
{
  // Of the points (x/z, y/z) and (X, Y): y - Y z and x - X z, whose quotient is the slope.
  Field2 rise, run, t;
  field2_multiply(&t, &point->y, &sum->z);
  field2_subtract(&rise, &sum->y, &t);
  field2_multiply(&t, &point->x, &sum->z);
  field2_subtract(&run, &sum->x, &t);
  line->a = run;
  field2_negate(&line->b, &rise);
  field2_multiply_subtract(&line->c, &rise, &point->x, &run, &point->y);

  Field2 square, cube, g, h;
  field2_square(&square, &run);
  field2_multiply(&cube, &square, &run);
  field2_multiply(&g, &sum->x, &square);
  field2_square(&square, &rise);
  field2_multiply(&h, &sum->z, &square);
  field2_add(&h, &h, &cube);
  field2_subtract(&h, &h, &g);
  field2_subtract(&h, &h, &g);
  field2_multiply(&sum->x, &run, &h);
  field2_subtract(&g, &g, &h);
  field2_multiply_subtract(&sum->y, &rise, &g, &cube, &sum->y);
  field2_multiply(&sum->z, &sum->z, &cube);
}

#endif
