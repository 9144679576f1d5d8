/** SHA-256's compression function by the processor's own instructions (Intel's SHA extensions, 2013). */
#if defined(__x86_64__)
#include <immintrin.h>

#include "sha256-compress.h"

#define TARGET __attribute__((target("sha,sse4.1,ssse3")))

/** Four words of a block. */
static inline TARGET __m128i load_words(const uint8_t *at)
{
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)at), swap);
}

/** The schedule's next four words, from its last sixteen. */
static inline TARGET __m128i next_words(__m128i w0, __m128i w4, __m128i w8, __m128i w12)
{
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), _mm_alignr_epi8(w12, w8, 4));
  return _mm_sha256msg2_epu32(sum, w12);
}

/** The instructions keep the variables as (f, e, b, a) and (h, g, d, c), from the lowest lane. */
typedef struct {
  __m128i abef, cdgh;
} Variables;

/** Rounds t to t + 3. */
static inline TARGET Variables four_rounds(Variables v, __m128i words, int t)
{
  const __m128i constants = _mm_loadu_si128((const __m128i *)(SHA256_CONSTANTS + t));
  const __m128i sum = _mm_add_epi32(words, constants);
  const __m128i cdgh = _mm_sha256rnds2_epu32(v.cdgh, v.abef, sum);
  return (Variables){_mm_sha256rnds2_epu32(v.abef, cdgh, _mm_shuffle_epi32(sum, 0x0e)), cdgh};
}

static inline TARGET Variables compress(const Variables before, const uint8_t block[64])
{
  __m128i w0 = load_words(block), w4 = load_words(block + 16);
  __m128i w8 = load_words(block + 32), w12 = load_words(block + 48);
  Variables v = before;
  for (int t = 0; t < 64; t += 16) {
    v = four_rounds(v, w0, t);
    v = four_rounds(v, w4, t + 4);
    v = four_rounds(v, w8, t + 8);
    v = four_rounds(v, w12, t + 12);
    w0 = next_words(w0, w4, w8, w12);
    w4 = next_words(w4, w8, w12, w0);
    w8 = next_words(w8, w12, w0, w4);
    w12 = next_words(w12, w0, w4, w8);
  }
  return (Variables){_mm_add_epi32(v.abef, before.abef), _mm_add_epi32(v.cdgh, before.cdgh)};
}

TARGET void sha256_compress_sha_ni(uint32_t state[8], const uint8_t *blocks, size_t count)
{
  Variables v = {
    _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]),
    _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]),
  };
  for (size_t i = 0; i < count; i++) v = compress(v, blocks + 64 * i);
  state[0] = (uint32_t)_mm_extract_epi32(v.abef, 3);
  state[1] = (uint32_t)_mm_extract_epi32(v.abef, 2);
  state[2] = (uint32_t)_mm_extract_epi32(v.cdgh, 3);
  state[3] = (uint32_t)_mm_extract_epi32(v.cdgh, 2);
  state[4] = (uint32_t)_mm_extract_epi32(v.abef, 1);
  state[5] = (uint32_t)_mm_extract_epi32(v.abef, 0);
  state[6] = (uint32_t)_mm_extract_epi32(v.cdgh, 1);
  state[7] = (uint32_t)_mm_extract_epi32(v.cdgh, 0);
}
#endif
