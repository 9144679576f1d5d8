#ifndef ELENCH_CURVES_INVERSE_H
#define ELENCH_CURVES_INVERSE_H

#include "words.h"

/**
 * r = 1/a modulo the odd prime m; 0 for a = 0.
 * @param a below m.
 */
void modular_inverse(U256 *r, const U256 *a, const U256 *m);

#endif
