/**
 * Numbers of 256 and 512 bits as 64-bit words, the lowest first: what both curves' arithmetic is made of. Results may
 * overwrite operands.
 */
#ifndef ELENCH_CURVES_WORDS_H
#define ELENCH_CURVES_WORDS_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Else GCC moves words in pairs through vector registers, and an addition takes twice as long.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

typedef unsigned __int128 U128;

typedef struct {
  uint64_t word[4];
} U256;

typedef struct {
  uint64_t word[8];
} U512;

/** 0 or 1, between the words of a sum or a difference. */
typedef unsigned char Carry;

/**
 * @returns a + b + carry without its bit 64, which is the new carry. GCC makes chains of ADC from the intrinsic alone:
 * an addition modulo p takes 2.1 ns, and 5.4 ns with U128.
 */
static inline uint64_t add_carry(uint64_t a, uint64_t b, Carry *carry)
{
#if defined(__x86_64__)
  unsigned long long sum;
  *carry = _addcarry_u64(*carry, a, b, &sum);
  return sum;
#else
  U128 sum = (U128)a + b + *carry;
  *carry = (Carry)(sum >> 64);
  return (uint64_t)sum;
#endif
}

/** @returns a - b - borrow, plus 2^64 if that is negative: the new borrow. */
static inline uint64_t subtract_borrow(uint64_t a, uint64_t b, Carry *borrow)
{
#if defined(__x86_64__)
  unsigned long long difference;
  *borrow = _subborrow_u64(*borrow, a, b, &difference);
  return difference;
#else
  U128 difference = (U128)a - b - *borrow;
  *borrow = (Carry)(difference >> 64 & 1);
  return (uint64_t)difference;
#endif
}

/** low + high 2^64 */
typedef struct {
  uint64_t low, high;
} Product;

static inline Product product(uint64_t a, uint64_t b)
{
#if defined(__x86_64__)
  // GCC spills the words of a U128 to memory, and a product modulo p takes up to 15 % longer.
  Product r;
  __asm__("mulq %3" : "=a"(r.low), "=d"(r.high) : "%0"(a), "rm"(b) : "cc");
  return r;
#elif defined(__wasm__)
  // No instruction gives the high word, and for a U128 the compiler calls a function that multiplies two of them.
  uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32), middle = a0 * b1 + (uint32_t)cross;
  return (Product){middle << 32 | (uint32_t)low, a1 * b1 + (cross >> 32) + (middle >> 32)};
#else
  U128 r = (U128)a * b;
  return (Product){(uint64_t)r, (uint64_t)(r >> 64)};
#endif
}

/** @returns the carry out of r = a + b. */
static inline Carry u256_add(U256 *r, const U256 *a, const U256 *b)
{
  Carry carry = 0;
  uint64_t r0 = add_carry(a->word[0], b->word[0], &carry);
  uint64_t r1 = add_carry(a->word[1], b->word[1], &carry);
  uint64_t r2 = add_carry(a->word[2], b->word[2], &carry);
  uint64_t r3 = add_carry(a->word[3], b->word[3], &carry);
  *r = (U256){{r0, r1, r2, r3}};
  return carry;
}

/** @returns the borrow out of r = a - b: 1 if a < b. */
static inline Carry u256_subtract(U256 *r, const U256 *a, const U256 *b)
{
  Carry borrow = 0;
  uint64_t r0 = subtract_borrow(a->word[0], b->word[0], &borrow);
  uint64_t r1 = subtract_borrow(a->word[1], b->word[1], &borrow);
  uint64_t r2 = subtract_borrow(a->word[2], b->word[2], &borrow);
  uint64_t r3 = subtract_borrow(a->word[3], b->word[3], &borrow);
  *r = (U256){{r0, r1, r2, r3}};
  return borrow;
}

static inline int u256_less(const U256 *a, const U256 *b)
{
  U256 difference;
  return u256_subtract(&difference, a, b);
}

static inline int u256_equal(const U256 *a, const U256 *b)
{
  return ((a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1]) | (a->word[2] ^ b->word[2]) |
          (a->word[3] ^ b->word[3])) == 0;
}

static inline int u256_is_zero(const U256 *a) { return (a->word[0] | a->word[1] | a->word[2] | a->word[3]) == 0; }

/** r = condition ? a : b, without a branch. */
static inline void u256_select(U256 *r, int condition, const U256 *a, const U256 *b)
{
  uint64_t r0 = condition ? a->word[0] : b->word[0];
  uint64_t r1 = condition ? a->word[1] : b->word[1];
  uint64_t r2 = condition ? a->word[2] : b->word[2];
  uint64_t r3 = condition ? a->word[3] : b->word[3];
  *r = (U256){{r0, r1, r2, r3}};
}

/** Adds a b to the four words at `to`, and makes the fifth. */
static inline void add_product(uint64_t to[5], const U256 *a, uint64_t b)
{
#if defined(__x86_64__)
  // Two chains of carries take 8 % less time than the one below.
  Product p0 = product(a->word[0], b), p1 = product(a->word[1], b);
  Product p2 = product(a->word[2], b), p3 = product(a->word[3], b);
  Carry carry = 0;
  uint64_t r1 = add_carry(p0.high, p1.low, &carry);
  uint64_t r2 = add_carry(p1.high, p2.low, &carry);
  uint64_t r3 = add_carry(p2.high, p3.low, &carry);
  uint64_t r4 = p3.high + carry;
  carry = 0;
  to[0] = add_carry(to[0], p0.low, &carry);
  to[1] = add_carry(to[1], r1, &carry);
  to[2] = add_carry(to[2], r2, &carry);
  to[3] = add_carry(to[3], r3, &carry);
  to[4] = r4 + carry;
#else
  uint64_t carry = 0;
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    Product p = product(a->word[i], b);
    uint64_t low = p.low + to[i];
    to[i] = low + carry;
    carry = p.high + (low < p.low) + (to[i] < low);
  }
  to[4] = carry;
#endif
}

static inline void u256_multiply(U512 *r, const U256 *a, const U256 *b)
{
  uint64_t sum[8] = {0};
  add_product(sum, a, b->word[0]);
  add_product(sum + 1, a, b->word[1]);
  add_product(sum + 2, a, b->word[2]);
  add_product(sum + 3, a, b->word[3]);
  *r = (U512){{sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7]}};
}

/** Ten products instead of sixteen: those of different words count twice. */
static inline void u256_square(U512 *r, const U256 *a)
{
  uint64_t a0 = a->word[0], a1 = a->word[1], a2 = a->word[2], a3 = a->word[3];
  Product p01 = product(a0, a1), p02 = product(a0, a2), p03 = product(a0, a3);
  Product p12 = product(a1, a2), p13 = product(a1, a3), p23 = product(a2, a3);
  Carry carry = 0;
  uint64_t s1 = p01.low;
  uint64_t s2 = add_carry(p01.high, p02.low, &carry);
  uint64_t s3 = add_carry(p02.high, p03.low, &carry);
  uint64_t s4 = add_carry(p03.high, p13.low, &carry);
  uint64_t s5 = add_carry(p13.high, p23.low, &carry);
  uint64_t s6 = p23.high + carry;
  carry = 0;
  s3 = add_carry(s3, p12.low, &carry);
  s4 = add_carry(s4, p12.high, &carry);
  s5 = add_carry(s5, 0, &carry);
  s6 += carry;
  Product p00 = product(a0, a0), p11 = product(a1, a1), p22 = product(a2, a2), p33 = product(a3, a3);
  carry = 0;
  s1 = add_carry(s1, s1, &carry);
  s2 = add_carry(s2, s2, &carry);
  s3 = add_carry(s3, s3, &carry);
  s4 = add_carry(s4, s4, &carry);
  s5 = add_carry(s5, s5, &carry);
  s6 = add_carry(s6, s6, &carry);
  uint64_t s7 = carry;
  carry = 0;
  s1 = add_carry(s1, p00.high, &carry);
  s2 = add_carry(s2, p11.low, &carry);
  s3 = add_carry(s3, p11.high, &carry);
  s4 = add_carry(s4, p22.low, &carry);
  s5 = add_carry(s5, p22.high, &carry);
  s6 = add_carry(s6, p33.low, &carry);
  s7 += p33.high + carry;
  *r = (U512){{p00.low, s1, s2, s3, s4, s5, s6, s7}};
}

/** r = a + b, modulo 2^512 */
static inline void u512_add(U512 *r, const U512 *a, const U512 *b)
{
  Carry carry = 0;
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) r->word[i] = add_carry(a->word[i], b->word[i], &carry);
}

/** r = a - b, modulo 2^512 */
static inline void u512_subtract(U512 *r, const U512 *a, const U512 *b)
{
  Carry borrow = 0;
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) r->word[i] = subtract_borrow(a->word[i], b->word[i], &borrow);
}

/** r = 8 a, modulo 2^512 */
static inline void u512_multiply_8(U512 *r, const U512 *a)
{
#pragma GCC unroll 8
  for (int i = 7; i > 0; i--) r->word[i] = a->word[i] << 3 | a->word[i - 1] >> 61;
  r->word[0] = a->word[0] << 3;
}

/** From 32 bytes, big-endian. */
static inline void u256_load(U256 *r, const uint8_t bytes[32])
{
  for (int i = 0; i < 4; i++) {
    uint64_t word;
    memcpy(&word, bytes + 24 - 8 * i, 8);
    r->word[i] = __builtin_bswap64(word);
  }
}

/** To 32 bytes, big-endian. */
static inline void u256_store(uint8_t bytes[32], const U256 *a)
{
  for (int i = 0; i < 4; i++) {
    uint64_t word = __builtin_bswap64(a->word[i]);
    memcpy(bytes + 24 - 8 * i, &word, 8);
  }
}

#endif
