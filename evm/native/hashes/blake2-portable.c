#include "blake2-rounds.h"

/** @param n 1 to 63. */
static inline uint64_t rotate_right(uint64_t a, int n) { return a >> n | a << (64 - n); }

/** Section 3.1: G on one column or diagonal. @param x, y words of the message. */
static inline void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x, uint64_t y)
{
  *a += *b + x;
  *d = rotate_right(*d ^ *a, 32);
  *c += *d;
  *b = rotate_right(*b ^ *c, 24);
  *a += *b + y;
  *d = rotate_right(*d ^ *a, 16);
  *c += *d;
  *b = rotate_right(*b ^ *c, 63);
}

static inline void one_round(uint64_t v[16], const Blake2Words *words)
{
  const uint64_t(*m)[4] = words->word;
  mix(&v[0], &v[4], &v[8], &v[12], m[0][0], m[1][0]);
  mix(&v[1], &v[5], &v[9], &v[13], m[0][1], m[1][1]);
  mix(&v[2], &v[6], &v[10], &v[14], m[0][2], m[1][2]);
  mix(&v[3], &v[7], &v[11], &v[15], m[0][3], m[1][3]);
  mix(&v[3], &v[4], &v[9], &v[14], m[2][0], m[3][0]);
  mix(&v[0], &v[5], &v[10], &v[15], m[2][1], m[3][1]);
  mix(&v[1], &v[6], &v[11], &v[12], m[2][2], m[3][2]);
  mix(&v[2], &v[7], &v[8], &v[13], m[2][3], m[3][3]);
}

void blake2_rounds_portable(uint64_t v[16], const Blake2Words words[BLAKE2_PERIOD], uint32_t rounds)
{
  uint64_t rows[16];
  for (int i = 0; i < 16; i++) rows[i] = v[i];
  for (; rounds >= BLAKE2_PERIOD; rounds -= BLAKE2_PERIOD) {
    for (int i = 0; i < BLAKE2_PERIOD; i++) one_round(rows, &words[i]);
  }
  for (uint32_t i = 0; i < rounds; i++) one_round(rows, &words[i]);
  for (int i = 0; i < 16; i++) v[i] = rows[i];
}
