/**
 * Rounds of BLAKE2b's compression function (RFC 7693, section 3.2). Words are little-endian, as WebAssembly's memory is.
 */
#include <stdint.h>

/** The working vector, and the message. */
static struct {
  uint64_t v[16], m[16];
} block;

static const uint8_t SIGMA[10][16] = {
  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
  {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
  {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
  {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
  {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t rotate(uint64_t word, unsigned n) { return word >> n | word << (64 - n); }

#define MIX(a, b, c, d, x, y)                                                                                          \
  do {                                                                                                                 \
    v[a] += v[b] + block.m[x];                                                                                         \
    v[d] = rotate(v[d] ^ v[a], 32);                                                                                    \
    v[c] += v[d];                                                                                                      \
    v[b] = rotate(v[b] ^ v[c], 24);                                                                                    \
    v[a] += v[b] + block.m[y];                                                                                         \
    v[d] = rotate(v[d] ^ v[a], 16);                                                                                    \
    v[c] += v[d];                                                                                                      \
    v[b] = rotate(v[b] ^ v[c], 63);                                                                                    \
  } while (0)

static inline __attribute__((always_inline)) void mix(uint64_t v[16], const uint8_t s[16])
{
  MIX(0, 4, 8, 12, s[0], s[1]);
  MIX(1, 5, 9, 13, s[2], s[3]);
  MIX(2, 6, 10, 14, s[4], s[5]);
  MIX(3, 7, 11, 15, s[6], s[7]);
  MIX(0, 5, 10, 15, s[8], s[9]);
  MIX(1, 6, 11, 12, s[10], s[11]);
  MIX(2, 7, 8, 13, s[12], s[13]);
  MIX(3, 4, 9, 14, s[14], s[15]);
}

/** Address of the working vector (128 bytes), followed by the message (128 bytes). The result replaces the vector. */
void *blake2_block(void) { return &block; }

/** Rounds, starting at number `first` of ten. */
void blake2_rounds(uint32_t first, uint32_t rounds)
{
  uint64_t v[16];
  for (int i = 0; i < 16; i++) v[i] = block.v[i];
  for (; first % 10 != 0 && rounds > 0; rounds--) mix(v, SIGMA[first++ % 10]);
  for (; rounds >= 10; rounds -= 10) {
    // The orders of the words are compile-time constants.
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++) mix(v, SIGMA[round]);
  }
  for (uint32_t round = 0; round < rounds; round++) mix(v, SIGMA[round]);
  for (int i = 0; i < 16; i++) block.v[i] = v[i];
}
