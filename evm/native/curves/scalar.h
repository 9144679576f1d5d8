/** Factors of points, cut in halves by the curve's endomorphism and written in signed digits. */
#ifndef ELENCH_CURVES_SCALAR_H
#define ELENCH_CURVES_SCALAR_H

#include "words.h"

/**
 * A basis of the lattice that cuts factors in halves (Gallant, Lambert and Vanstone, "Faster point multiplication on
 * elliptic curves with efficient endomorphisms", 2001). The endomorphism multiplies by lambda; n is the group's order;
 * for both i, a[i] + b[i] lambda = 0 mod n, where a[i] and b[i] have at most 129 bits.
 */
typedef struct {
  /** b[1] 2^320/n and -b[0] 2^320/n, rounded. */
  U256 ratio[2];
  /** Modulo 2^256 where negative. */
  U256 a[2], b[2];
} Lattice;

/** Signed digits of a half. */
enum { HALF_DIGITS = 131 };

/** r -= a b, modulo 2^256 */
static inline void subtract_product(U256 *r, const U256 *a, const U256 *b)
{
  U512 product;
  u256_multiply(&product, a, b);
  U256 low = {{product.word[0], product.word[1], product.word[2], product.word[3]}};
  u256_subtract(r, r, &low);
}

/**
 * Finds k = half[0] + half[1] lambda mod n.
 * @param half gets numbers between -2^128 and 2^128, modulo 2^256 where negative.
 * @param k below n.
 */
static inline void split_scalar(const Lattice *lattice, U256 half[2], const U256 *k)
{
  half[0] = *k;
  half[1] = (U256){{0}};
  // What is left of (k, 0) without the lattice's vector nearest to it.
  for (int i = 0; i < 2; i++) {
    U512 scaled;
    u256_multiply(&scaled, k, &lattice->ratio[i]);
    U256 rounded = {{scaled.word[5], scaled.word[6], scaled.word[7]}}, up = {{scaled.word[4] >> 63}};
    u256_add(&rounded, &rounded, &up);
    subtract_product(&half[0], &rounded, &lattice->a[i]);
    subtract_product(&half[1], &rounded, &lattice->b[i]);
  }
}

/** @returns the `width` bits of k from bit `at` < 192 on. */
static inline int bits_at(const U256 *k, int at, int width)
{
  int word = at / 64, shift = at % 64;
  uint64_t bits = k->word[word] >> shift;
  if (shift + width > 64) bits |= k->word[word + 1] << (64 - shift);
  return (int)(bits & ((UINT64_C(1) << width) - 1));
}

/**
 * Writes k in signed digits, the lowest first: each is 0, or odd and below 2^(width - 1) in size, and of any `width` in
 * a row at most one is not 0.
 * @param k modulo 2^256 where negative; below 2^(count - 2) in size, count ≤ 192.
 * @param width from 2 to 8.
 */
static inline void signed_digits(int8_t *digits, int count, const U256 *k, int width)
{
  U256 size = *k, zero = {{0}};
  int sign = 1;
  if (k->word[3] >> 63) {
    u256_subtract(&size, &zero, k);
    sign = -1;
  }
  memset(digits, 0, (size_t)count);
  int carry = 0;
  for (int at = 0; at < count;) {
    if (bits_at(&size, at, 1) == carry) {
      at++;
      continue;
    }
    int value = bits_at(&size, at, width) + carry;
    carry = value >> (width - 1);
    digits[at] = (int8_t)(sign * (value - (carry << width)));
    at += width;
  }
}

#endif
