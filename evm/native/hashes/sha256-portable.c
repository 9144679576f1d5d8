#include "sha256-compress.h"
#include "words.h"

const uint32_t SHA256_CONSTANTS[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/** @param n 1 to 31. */
static inline uint32_t rotate_right(uint32_t a, int n) { return a >> n | a << (32 - n); }

/** The message schedule's functions σ0 and σ1, the round's Σ0 and Σ1, Ch and Maj: section 4.1.2. */
static inline uint32_t small0(uint32_t a) { return rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3; }
static inline uint32_t small1(uint32_t a) { return rotate_right(a, 17) ^ rotate_right(a, 19) ^ a >> 10; }
static inline uint32_t big0(uint32_t a) { return rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22); }
static inline uint32_t big1(uint32_t a) { return rotate_right(a, 6) ^ rotate_right(a, 11) ^ rotate_right(a, 25); }
static inline uint32_t choose(uint32_t a, uint32_t b, uint32_t c) { return c ^ (a & (b ^ c)); }
static inline uint32_t majority(uint32_t a, uint32_t b, uint32_t c) { return (a & b) | (c & (a | b)); }

/** One round, t: only d and h change; for the next round the variables turn by one place. */
static inline void step(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
                        uint32_t *h, const uint32_t schedule[64], int t)
{
  const uint32_t sum = *h + big1(e) + choose(e, f, g) + SHA256_CONSTANTS[t] + schedule[t];
  *d += sum;
  *h = sum + big0(a) + majority(a, b, c);
}

static inline void compress(uint32_t state[8], const uint8_t block[64])
{
  uint32_t w[64];
  for (int t = 0; t < 16; t++) w[t] = load32_be(block + 4 * t);
  for (int t = 16; t < 64; t++) w[t] = small1(w[t - 2]) + w[t - 7] + small0(w[t - 15]) + w[t - 16];
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t += 8) {
    step(a, b, c, &d, e, f, g, &h, w, t);
    step(h, a, b, &c, d, e, f, &g, w, t + 1);
    step(g, h, a, &b, c, d, e, &f, w, t + 2);
    step(f, g, h, &a, b, c, d, &e, w, t + 3);
    step(e, f, g, &h, a, b, c, &d, w, t + 4);
    step(d, e, f, &g, h, a, b, &c, w, t + 5);
    step(c, d, e, &f, g, h, a, &b, w, t + 6);
    step(b, c, d, &e, f, g, h, &a, w, t + 7);
  }
  const uint32_t result[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; i++) state[i] += result[i];
}

void sha256_compress_portable(uint32_t state[8], const uint8_t *blocks, size_t count)
{
  for (size_t i = 0; i < count; i++) compress(state, blocks + 64 * i);
}
