/** 256-bit words of the EVM: four limbs of 64 bits, the least significant first. All arithmetic is modulo 2^256. */
#ifndef ELENCH_EVM_WORD_H
#define ELENCH_EVM_WORD_H

#include <stdint.h>
#include <string.h>

typedef struct {
  uint64_t limb[4];
} Word;

typedef unsigned __int128 Wide;

static const Word WORD_ZERO = {{0, 0, 0, 0}};

static inline Word word_of(uint64_t value) { return (Word){{value, 0, 0, 0}}; }

static inline int word_is_zero(const Word *a) { return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0; }

static inline int word_is_equal(const Word *a, const Word *b)
{
  return ((a->limb[0] ^ b->limb[0]) | (a->limb[1] ^ b->limb[1]) | (a->limb[2] ^ b->limb[2]) |
          (a->limb[3] ^ b->limb[3])) == 0;
}

/** Whether a word is below 2^64. */
static inline int word_is_short(const Word *a) { return (a->limb[1] | a->limb[2] | a->limb[3]) == 0; }

static inline int word_is_negative(const Word *a) { return (int)(a->limb[3] >> 63); }

static inline uint64_t load_big_endian(const uint8_t *bytes)
{
  uint64_t value;
  memcpy(&value, bytes, 8);
  return __builtin_bswap64(value);
}

static inline void store_big_endian(uint8_t *bytes, uint64_t value)
{
  value = __builtin_bswap64(value);
  memcpy(bytes, &value, 8);
}

static inline Word word_from_bytes(const uint8_t bytes[32])
{
  return (Word){
    {load_big_endian(bytes + 24), load_big_endian(bytes + 16), load_big_endian(bytes + 8), load_big_endian(bytes)}};
}

static inline void word_to_bytes(const Word *a, uint8_t bytes[32])
{
  store_big_endian(bytes, a->limb[3]);
  store_big_endian(bytes + 8, a->limb[2]);
  store_big_endian(bytes + 16, a->limb[1]);
  store_big_endian(bytes + 24, a->limb[0]);
}

/** A big-endian number of at most 32 bytes. */
static inline Word word_from_short(const uint8_t *bytes, size_t length)
{
  uint8_t whole[32] = {0};
  memcpy(whole + 32 - length, bytes, length);
  return word_from_bytes(whole);
}

/** Bytes of a number without its leading zeros: 0 to 32. */
static inline unsigned word_byte_length(const Word *a)
{
  for (int i = 3; i >= 0; i--)
    if (a->limb[i] != 0) return (unsigned)(8 * i + 8 - __builtin_clzll(a->limb[i]) / 8);
  return 0;
}

static inline uint64_t add_carry(uint64_t a, uint64_t b, uint64_t *carry)
{
  const Wide sum = (Wide)a + b + *carry;
  *carry = (uint64_t)(sum >> 64);
  return (uint64_t)sum;
}

static inline uint64_t subtract_borrow(uint64_t a, uint64_t b, uint64_t *borrow)
{
  const Wide difference = (Wide)a - b - *borrow;
  *borrow = (uint64_t)(difference >> 64) & 1;
  return (uint64_t)difference;
}

/** @returns the carry. */
static inline uint64_t word_add_to(Word *sum, const Word *a, const Word *b)
{
  uint64_t carry = 0;
  for (int i = 0; i < 4; i++) sum->limb[i] = add_carry(a->limb[i], b->limb[i], &carry);
  return carry;
}

/** @returns the borrow: whether a < b. */
static inline uint64_t word_subtract_to(Word *difference, const Word *a, const Word *b)
{
  uint64_t borrow = 0;
  for (int i = 0; i < 4; i++) difference->limb[i] = subtract_borrow(a->limb[i], b->limb[i], &borrow);
  return borrow;
}

static inline Word word_add(const Word *a, const Word *b)
{
  Word sum;
  word_add_to(&sum, a, b);
  return sum;
}

static inline Word word_subtract(const Word *a, const Word *b)
{
  Word difference;
  word_subtract_to(&difference, a, b);
  return difference;
}

static inline Word word_negate(const Word *a) { return word_subtract(&WORD_ZERO, a); }

static inline int word_is_less(const Word *a, const Word *b)
{
  Word difference;
  return (int)word_subtract_to(&difference, a, b);
}

/** As two's complement. */
static inline int word_is_less_signed(const Word *a, const Word *b)
{
  const int negative = word_is_negative(a);
  return negative != word_is_negative(b) ? negative : word_is_less(a, b);
}

static inline Word word_multiply(const Word *a, const Word *b)
{
  const uint64_t *x = a->limb, *y = b->limb;
  const Wide p00 = (Wide)x[0] * y[0], p01 = (Wide)x[0] * y[1], p10 = (Wide)x[1] * y[0];
  const Wide p02 = (Wide)x[0] * y[2], p11 = (Wide)x[1] * y[1], p20 = (Wide)x[2] * y[0];
  const uint64_t top = x[0] * y[3] + x[1] * y[2] + x[2] * y[1] + x[3] * y[0];
  const Wide c1 = (p00 >> 64) + (uint64_t)p01 + (uint64_t)p10;
  const Wide c2 = (c1 >> 64) + (p01 >> 64) + (p10 >> 64) + (uint64_t)p02 + (uint64_t)p11 + (uint64_t)p20;
  const uint64_t c3 =
    (uint64_t)(c2 >> 64) + (uint64_t)(p02 >> 64) + (uint64_t)(p11 >> 64) + (uint64_t)(p20 >> 64) + top;
  return (Word){{(uint64_t)p00, (uint64_t)c1, (uint64_t)c2, c3}};
}

/** The whole product: eight limbs. */
static inline void word_multiply_wide(const Word *a, const Word *b, uint64_t product[8])
{
  memset(product, 0, 8 * sizeof *product);
  for (int i = 0; i < 4; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 4; j++) {
      const Wide sum = (Wide)a->limb[i] * b->limb[j] + product[i + j] + carry;
      product[i + j] = (uint64_t)sum;
      carry = (uint64_t)(sum >> 64);
    }
    product[i + 4] = carry;
  }
}

static inline Word word_shift_left(const Word *a, unsigned n)
{
  Word shifted = WORD_ZERO;
  const unsigned limbs = n / 64, bits = n % 64;
  for (unsigned i = limbs; i < 4; i++) {
    shifted.limb[i] = a->limb[i - limbs] << bits;
    if (bits > 0 && i > limbs) shifted.limb[i] |= a->limb[i - limbs - 1] >> (64 - bits);
  }
  return shifted;
}

static inline Word word_shift_right(const Word *a, unsigned n)
{
  Word shifted = WORD_ZERO;
  const unsigned limbs = n / 64, bits = n % 64;
  for (unsigned i = 0; i + limbs < 4; i++) {
    shifted.limb[i] = a->limb[i + limbs] >> bits;
    if (bits > 0 && i + limbs < 3) shifted.limb[i] |= a->limb[i + limbs + 1] << (64 - bits);
  }
  return shifted;
}

/** Arithmetic: the sign fills what becomes free. @param n below 256. */
static inline Word word_shift_right_signed(const Word *a, unsigned n)
{
  Word shifted = word_shift_right(a, n);
  if (n > 0 && word_is_negative(a)) {
    const Word ones = {{~0ull, ~0ull, ~0ull, ~0ull}};
    const Word fill = word_shift_left(&ones, 256 - n);
    for (int i = 0; i < 4; i++) shifted.limb[i] |= fill.limb[i];
  }
  return shifted;
}

/** a / b and a % b; both 0 if b is 0. `quotient` may be NULL. */
void word_divide(const Word *a, const Word *b, Word *quotient, Word *remainder);

/** Eight limbs modulo a word; 0 if that is 0. */
Word word_reduce(const uint64_t number[8], const Word *modulus);

/** a^exponent. */
Word word_power(Word base, const Word *exponent);

#endif
