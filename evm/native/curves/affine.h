/** A point of a curve. A template: include it after the header of the curve's field, which gives Field. */
#ifndef ELENCH_CURVES_AFFINE_H
#define ELENCH_CURVES_AFFINE_H

typedef struct {
  Field x, y;
} Affine;

#endif
