#include "ripemd160.h"

#include "last-blocks.h"
#include "words.h"

/** One of the two lines of computation through a block: its five variables. */
typedef struct {
  uint32_t a, b, c, d, e;
} Line;

enum { GROUPS = 5, STEPS = 16 };

/** What a line does in its five groups of 16 steps: the words that it adds, and its rotations in bits. */
typedef struct {
  uint8_t word[GROUPS][STEPS], shift[GROUPS][STEPS];
  uint32_t constant[GROUPS];
} Plan;

static const Plan LEFT = {
  {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8},
    {3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12},
    {1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2},
    {4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13},
  },
  {
    {11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8},
    {7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12},
    {11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5},
    {11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12},
    {9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6},
  },
  {0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
};

static const Plan RIGHT = {
  {
    {5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12},
    {6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2},
    {15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13},
    {8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14},
    {12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11},
  },
  {
    {8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6},
    {9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11},
    {9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5},
    {15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8},
    {8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11},
  },
  {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0},
};

/** @param n 1 to 31. */
static inline uint32_t rotate(uint32_t a, int n) { return a << n | a >> (32 - n); }

/** The left line's function in a group; the right line has them in the opposite order. */
static inline uint32_t mix(int group, uint32_t b, uint32_t c, uint32_t d)
{
  switch (group) {
  case 0: return b ^ c ^ d;
  case 1: return (b & c) | (~b & d);
  case 2: return (b | ~c) ^ d;
  case 3: return (b & d) | (c & ~d);
  default: return b ^ (c | ~d);
  }
}

static inline Line step(Line v, const Plan *plan, int group, int i, uint32_t mixed, const uint32_t words[16])
{
  const uint32_t sum = v.a + mixed + words[plan->word[group][i]] + plan->constant[group];
  return (Line){v.e, rotate(sum, plan->shift[group][i]) + v.e, v.b, rotate(v.c, 10), v.d};
}

/** A group of both lines, step by step beside each other: a processor works on both at once. */
static inline __attribute__((always_inline)) void steps(int group, Line *left, Line *right, const uint32_t words[16])
{
  for (int i = 0; i < STEPS; i++) {
    *left = step(*left, &LEFT, group, i, mix(group, left->b, left->c, left->d), words);
    *right = step(*right, &RIGHT, group, i, mix(GROUPS - 1 - group, right->b, right->c, right->d), words);
  }
}

static void compress(uint32_t state[5], const uint8_t block[HASH_BLOCK_BYTES])
{
  uint32_t words[16];
  for (int i = 0; i < 16; i++) words[i] = load32_le(block + 4 * i);
  Line left = {state[0], state[1], state[2], state[3], state[4]}, right = left;
  steps(0, &left, &right, words);
  steps(1, &left, &right, words);
  steps(2, &left, &right, words);
  steps(3, &left, &right, words);
  steps(4, &left, &right, words);
  const uint32_t first = state[1] + left.c + right.d;
  state[1] = state[2] + left.d + right.e;
  state[2] = state[3] + left.e + right.a;
  state[3] = state[4] + left.a + right.b;
  state[4] = state[0] + left.b + right.c;
  state[0] = first;
}

void ripemd160(const uint8_t *message, size_t length, uint8_t digest[20])
{
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  LastBlocks last = last_blocks(message, length);
  store64_le(length_at(&last), (uint64_t)length * 8);
  for (; length >= HASH_BLOCK_BYTES; length -= HASH_BLOCK_BYTES, message += HASH_BLOCK_BYTES) compress(state, message);
  for (size_t i = 0; i < last.count; i++) compress(state, last.bytes + HASH_BLOCK_BYTES * i);
  for (int i = 0; i < 5; i++) store32_le(digest + 4 * i, state[i]);
}
