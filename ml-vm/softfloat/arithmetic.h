/** Arithmetic of IEEE-754 5.4.1 and 5.3.1 (remainder), over any format; NaN operands give the canonical NaN. */
#ifndef ELENCH_ARITHMETIC_H
#define ELENCH_ARITHMETIC_H

#include "format.h"
#include "uint128.h"

static inline uint64_t float_neg(Format f, uint64_t a) { return is_nan(f, a) ? nan_of(f) : a ^ sign_mask(f); }
static inline uint64_t float_abs(Format f, uint64_t a) { return is_nan(f, a) ? nan_of(f) : magnitude(f, a); }

/** A sum in which at least one operand is not finite. */
static inline uint64_t add_special(Format f, uint64_t a, uint64_t b)
{
  if (is_nan(f, a) || is_nan(f, b)) return nan_of(f);
  if (is_infinite(f, a) && is_infinite(f, b)) return a == b ? a : nan_of(f);
  return is_infinite(f, a) ? a : b;
}

static inline uint64_t float_add(Format f, uint64_t a, uint64_t b)
{
  if (!is_finite(f, a) || !is_finite(f, b)) return add_special(f, a, b);
  Number x = unpack(f, a), y = unpack(f, b);
  if (x.scale < y.scale) {
    Number swap = x;
    x = y;
    y = swap;
  }
  // x is normal if the shift is two or more, so that then at most one leading bit cancels, and the sticky bit stays
  // far below the rounding position; a shift of one loses nothing.
  int guard = 62 - f.fractionBits;
  uint64_t large = x.significand << guard;
  uint64_t small = shift_right_jam(y.significand << guard, x.scale - y.scale);
  Number sum = {x.sign, x.scale - guard, large + small};
  if (x.sign != y.sign) {
    if (large == small) return 0;
    sum.sign = large > small ? x.sign : y.sign;
    sum.significand = large > small ? large - small : small - large;
  }
  return sum.significand == 0 ? with_sign(f, sum.sign, 0) : pack(f, sum);
}

static inline uint64_t float_sub(Format f, uint64_t a, uint64_t b) { return float_add(f, a, b ^ sign_mask(f)); }

/** A product in which at least one factor is not finite. */
static inline uint64_t mul_special(Format f, uint64_t a, uint64_t b)
{
  if (is_nan(f, a) || is_nan(f, b) || is_zero(f, a) || is_zero(f, b)) return nan_of(f);
  return with_sign(f, sign_of(f, a) != sign_of(f, b), infinity(f));
}

/** Whether the product of two significands fits 64 bits. */
static inline int is_narrow(Format f) { return f.fractionBits < 32; }

static inline uint64_t float_mul(Format f, uint64_t a, uint64_t b)
{
  if (!is_finite(f, a) || !is_finite(f, b)) return mul_special(f, a, b);
  int sign = sign_of(f, a) != sign_of(f, b);
  if (is_zero(f, a) || is_zero(f, b)) return with_sign(f, sign, 0);
  Number x = unpack(f, a), y = unpack(f, b);
  if (is_narrow(f)) return pack(f, (Number){sign, x.scale + y.scale, x.significand * y.significand});
  x = normalise(x, 63);
  y = normalise(y, 63);
  Uint128 product = multiply_wide(x.significand, y.significand);
  return pack(f, (Number){sign, x.scale + y.scale + 64, product.high | (product.low != 0)});
}

/** x*y + z for numbers that are not zero, x*y within 64 bits. */
static inline uint64_t mul_add_narrow(Format f, Number x, Number y, Number z)
{
  Number large = normalise((Number){x.sign ^ y.sign, x.scale + y.scale, x.significand * y.significand}, 62);
  Number small = normalise(z, 62);
  if (large.scale < small.scale) {
    Number swap = large;
    large = small;
    small = swap;
  }
  // Both are normalised: as in float_add, the sticky bit is harmless.
  small.significand = shift_right_jam(small.significand, large.scale - small.scale);
  if (large.sign == small.sign) {
    large.significand += small.significand;
    return pack(f, large);
  }
  if (large.significand == small.significand) return 0;
  if (large.significand > small.significand) {
    large.significand -= small.significand;
    return pack(f, large);
  }
  small.significand -= large.significand;
  return pack(f, (Number){small.sign, large.scale, small.significand});
}

/** x*y + z for numbers that are not zero, over 128 bits. */
static inline uint64_t mul_add_wide(Format f, Number x, Number y, Number z)
{
  x = normalise(x, 63);
  y = normalise(y, 63);
  z = normalise(z, 62);
  // The leading bits stand at 126 in both.
  Uint128 large = multiply_wide(x.significand, y.significand);
  int top = (int)(large.high >> 63);
  large = top ? shift_right_jam_wide(large, 1) : large;  // loses nothing: the last 22 bits are zero
  int largeScale = x.scale + y.scale + top, largeSign = x.sign ^ y.sign;
  Uint128 small = {z.significand, 0};
  int smallScale = z.scale - 64, smallSign = z.sign;
  if (largeScale < smallScale) {
    Uint128 swap = large;
    large = small;
    small = swap;
    int scale = largeScale, sign = largeSign;
    largeScale = smallScale, smallScale = scale;
    largeSign = smallSign, smallSign = sign;
  }
  small = shift_right_jam_wide(small, largeScale - smallScale);
  int sign = largeSign;
  Uint128 sum;
  if (largeSign == smallSign) {
    sum = add_wide(large, small);
  } else if (less_wide(large, small)) {
    sum = subtract_wide(small, large);
    sign = smallSign;
  } else {
    sum = subtract_wide(large, small);
  }
  if ((sum.high | sum.low) == 0) return 0;
  int shift = sum.high != 0 ? leading_zeros(sum.high) : 64 + leading_zeros(sum.low);
  sum = shift_left_wide(sum, shift);
  return pack(f, (Number){sign, largeScale + 64 - shift, sum.high | (sum.low != 0)});
}

/** a*b + c with one rounding. */
static inline uint64_t float_mulAdd(Format f, uint64_t a, uint64_t b, uint64_t c)
{
  if (!is_finite(f, a) || !is_finite(f, b)) {
    uint64_t product = mul_special(f, a, b);
    return add_special(f, product, c);
  }
  if (!is_finite(f, c)) return is_nan(f, c) ? nan_of(f) : c;
  int sign = sign_of(f, a) != sign_of(f, b);
  // One term is zero: the rest rounds once as it is.
  if (is_zero(f, a) || is_zero(f, b)) return float_add(f, with_sign(f, sign, 0), c);
  if (is_zero(f, c)) return float_mul(f, a, b);
  Number x = unpack(f, a), y = unpack(f, b), z = unpack(f, c);
  return is_narrow(f) ? mul_add_narrow(f, x, y, z) : mul_add_wide(f, x, y, z);
}

static inline uint64_t float_div(Format f, uint64_t a, uint64_t b)
{
  if (is_nan(f, a) || is_nan(f, b)) return nan_of(f);
  int sign = sign_of(f, a) != sign_of(f, b);
  if (is_infinite(f, a)) return is_infinite(f, b) ? nan_of(f) : with_sign(f, sign, infinity(f));
  if (is_infinite(f, b)) return with_sign(f, sign, 0);
  if (is_zero(f, b)) return is_zero(f, a) ? nan_of(f) : with_sign(f, sign, infinity(f));
  if (is_zero(f, a)) return with_sign(f, sign, 0);
  Number x = normalise(unpack(f, a), f.fractionBits), y = normalise(unpack(f, b), f.fractionBits);
  // Long division, as many bits at a time as a remainder leaves room for in 64.
  int step = 63 - f.fractionBits;
  uint64_t quotient = x.significand / y.significand, remainder = x.significand % y.significand;
  int scale = x.scale - y.scale;
  for (int bits = 0; bits < f.fractionBits + 3; bits += step) {
    remainder <<= step;
    quotient = quotient << step | remainder / y.significand;
    remainder %= y.significand;
    scale -= step;
  }
  return pack(f, (Number){sign, scale, quotient | (remainder != 0)});
}

static inline uint64_t float_sqrt(Format f, uint64_t a)
{
  if (is_nan(f, a)) return nan_of(f);
  if (is_zero(f, a)) return a;
  if (sign_of(f, a)) return nan_of(f);
  if (is_infinite(f, a)) return a;
  Number x = normalise(unpack(f, a), 63);
  if (x.scale & 1) {
    x.significand >>= 1;  // an even scale; the last bit of the significand is zero
    x.scale += 1;
  }
  // Digit by digit: two bits of the radicand bring one bit of the root.
  int bits = f.fractionBits + 3;
  uint64_t root = 0, remainder = 0;
  for (int i = 0; i < bits; i++) {
    remainder = remainder << 2 | x.significand >> 62;
    x.significand <<= 2;
    uint64_t trial = root << 2 | 1;
    root <<= 1;
    if (remainder >= trial) {
      remainder -= trial;
      root |= 1;
    }
  }
  return pack(f, (Number){0, x.scale / 2 + 32 - bits, root | (remainder != 0)});
}

/** a - n*b, exact, n the integer nearest to a/b, ties to even; a zero has the sign of a. */
static inline uint64_t float_rem(Format f, uint64_t a, uint64_t b)
{
  if (is_nan(f, a) || is_nan(f, b) || is_infinite(f, a) || is_zero(f, b)) return nan_of(f);
  if (is_infinite(f, b) || is_zero(f, a)) return a;
  Number x = normalise(unpack(f, a), f.fractionBits), y = normalise(unpack(f, b), f.fractionBits);
  int distance = x.scale - y.scale;
  if (distance < -1) return a;  // |a| < |b|/2
  if (distance == -1) {
    y.significand <<= 1;
    y.scale -= 1;
    distance = 0;
  }
  uint64_t quotient = x.significand / y.significand, remainder = x.significand % y.significand;
  while (distance > 0) {
    int step = distance < 63 - f.fractionBits ? distance : 63 - f.fractionBits;
    remainder <<= step;
    quotient = remainder / y.significand;  // only its last bit matters
    remainder %= y.significand;
    distance -= step;
  }
  if (remainder == 0) return with_sign(f, x.sign, 0);
  uint64_t twice = remainder << 1;
  if (twice > y.significand || (twice == y.significand && (quotient & 1))) {
    remainder = y.significand - remainder;
    x.sign ^= 1;
  }
  return pack(f, (Number){x.sign, y.scale, remainder});
}

#endif
