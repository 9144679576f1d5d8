/**
 * BLAKE2b's compression function with a number of rounds of the caller's (RFC 7693, section 3.2; EIP-152).
 * Words are little-endian, as WebAssembly's memory is.
 */
#include <stdint.h>

/** As BLAKE2F's input has them: the state, the message, the offset counters. */
static struct {
  uint64_t h[8], m[16], t[2];
} input;

static const uint64_t IV[8] = {
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint8_t SIGMA[10][16] = {
  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
  {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
  {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
  {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
  {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t rotate(uint64_t word, unsigned n)
{
  return word >> n | word << (64 - n);
}

#define MIX(a, b, c, d, x, y)        \
  do {                               \
    v[a] += v[b] + input.m[x];       \
    v[d] = rotate(v[d] ^ v[a], 32);  \
    v[c] += v[d];                    \
    v[b] = rotate(v[b] ^ v[c], 24);  \
    v[a] += v[b] + input.m[y];       \
    v[d] = rotate(v[d] ^ v[a], 16);  \
    v[c] += v[d];                    \
    v[b] = rotate(v[b] ^ v[c], 63);  \
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

/** Where the 208 bytes of state, message and counters are put; the first 64 are then the result. */
void *blake2_input(void)
{
  return &input;
}

/** The working vector, between calls. */
static uint64_t vector[16];

void blake2_begin(uint32_t final)
{
  for (int i = 0; i < 8; i++) {
    vector[i] = input.h[i];
    vector[i + 8] = IV[i];
  }
  vector[12] ^= input.t[0];
  vector[13] ^= input.t[1];
  if (final) vector[14] = ~vector[14];
}

/** `tens` times ten rounds, and then `ones` from the first of ten. */
void blake2_rounds(uint32_t tens, uint32_t ones)
{
  uint64_t v[16];
  for (int i = 0; i < 16; i++) v[i] = vector[i];
  for (; tens > 0; tens--) {
    // The orders of the words are known when this is compiled.
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++) mix(v, SIGMA[round]);
  }
  for (uint32_t round = 0; round < ones; round++) mix(v, SIGMA[round]);
  for (int i = 0; i < 16; i++) vector[i] = v[i];
}

void blake2_end(void)
{
  for (int i = 0; i < 8; i++) input.h[i] ^= vector[i] ^ vector[i + 8];
}
