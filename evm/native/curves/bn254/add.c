/** Addition in the first group of alt_bn128 (EIP-196). */
#include "../curves.h"

#include "g1.h"

/** The slope of the line through a and b, or of the tangent if they are one. @returns 0 if it is vertical. */
static int slope_through(Field *slope, const Affine *a, const Affine *b)
{
  Field rise, run;
  if (field_equal(&a->x, &b->x)) {
    if (!field_equal(&a->y, &b->y)) return 0;
    field_square(&run, &a->x);
    field_add(&rise, &run, &run);
    field_add(&rise, &rise, &run);
    field_add(&run, &a->y, &a->y);
  } else {
    field_subtract(&rise, &b->y, &a->y);
    field_subtract(&run, &b->x, &a->x);
  }
  field_invert(&run, &run);
  field_multiply(slope, &rise, &run);
  return 1;
}

static Affine g1_add(const Affine *a, const Affine *b)
{
  if (g1_is_infinity(a)) return *b;
  if (g1_is_infinity(b)) return *a;
  Affine sum = {{{0}}, {{0}}};
  Field slope;
  if (!slope_through(&slope, a, b)) return sum;
  field_square(&sum.x, &slope);
  field_subtract(&sum.x, &sum.x, &a->x);
  field_subtract(&sum.x, &sum.x, &b->x);
  field_subtract(&sum.y, &a->x, &sum.x);
  field_multiply(&sum.y, &sum.y, &slope);
  field_subtract(&sum.y, &sum.y, &a->y);
  return sum;
}

int bn254_add(const uint8_t in[128], uint8_t out[64])
{
  Affine a, b;
  if (!g1_load(&a, in) || !g1_load(&b, in + 64)) return 0;
  Affine sum = g1_add(&a, &b);
  g1_store(out, &sum);
  return 1;
}
