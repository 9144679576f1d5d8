#include "blake2f.h"

#include "blake2-rounds.h"
#include "words.h"

/** Section 2.6. */
static const uint64_t IV[8] = {
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/** Section 2.7: SIGMA. In every pair, the first word is for a column's or diagonal's first half. */
static const uint8_t PERMUTATIONS[BLAKE2_PERIOD][16] = {
  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
  {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
  {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
  {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
  {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static Blake2Words arrange(const uint64_t message[16], const uint8_t permutation[16])
{
  Blake2Words words;
  for (int column = 0; column < 4; column++) {
    const int diagonal = (column + 3) % 4;
    words.word[0][column] = message[permutation[2 * column]];
    words.word[1][column] = message[permutation[2 * column + 1]];
    words.word[2][column] = message[permutation[8 + 2 * diagonal]];
    words.word[3][column] = message[permutation[8 + 2 * diagonal + 1]];
  }
  return words;
}

static void run(uint64_t v[16], const Blake2Words words[BLAKE2_PERIOD], uint32_t rounds)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    blake2_rounds_avx2(v, words, rounds);
    return;
  }
#endif
  blake2_rounds_portable(v, words, rounds);
}

void blake2f(uint32_t rounds, uint8_t state[64], const uint8_t message[128], const uint8_t counters[16], int is_final)
{
  uint64_t m[16], v[16];
  for (int i = 0; i < 16; i++) m[i] = load64_le(message + 8 * i);
  for (int i = 0; i < 8; i++) {
    v[i] = load64_le(state + 8 * i);
    v[8 + i] = IV[i];
  }
  v[12] ^= load64_le(counters);
  v[13] ^= load64_le(counters + 8);
  if (is_final) v[14] = ~v[14];

  Blake2Words words[BLAKE2_PERIOD];
  for (int i = 0; i < BLAKE2_PERIOD; i++) words[i] = arrange(m, PERMUTATIONS[i]);
  run(v, words, rounds);
  for (int i = 0; i < 8; i++) store64_le(state + 8 * i, load64_le(state + 8 * i) ^ v[i] ^ v[8 + i]);
}
