/** The rounds of BLAKE2b with a row of the working vector in each vector of AVX2. */
#if defined(__x86_64__)
#include <immintrin.h>

#include "blake2-rounds.h"

#define TARGET __attribute__((target("avx2")))

typedef struct {
  __m256i a, b, c, d;
} Rows;

static inline TARGET __m256i rotate_right_32(__m256i row) { return _mm256_shuffle_epi32(row, 0xb1); }

static inline TARGET __m256i rotate_right_24(__m256i row)
{
  const __m256i places =
    _mm256_set_epi64x(0x0a09080f0e0d0c0b, 0x0201000706050403, 0x0a09080f0e0d0c0b, 0x0201000706050403);
  return _mm256_shuffle_epi8(row, places);
}

static inline TARGET __m256i rotate_right_16(__m256i row)
{
  const __m256i places =
    _mm256_set_epi64x(0x09080f0e0d0c0b0a, 0x0100070605040302, 0x09080f0e0d0c0b0a, 0x0100070605040302);
  return _mm256_shuffle_epi8(row, places);
}

static inline TARGET __m256i rotate_right_63(__m256i row)
{
  return _mm256_or_si256(_mm256_add_epi64(row, row), _mm256_srli_epi64(row, 63));
}

/**
 * a + words + b, in this order, which compilers must not change: a is known long before b, and everything waits for b.
 */
static inline TARGET __m256i add_early(__m256i a, const uint64_t words[4], __m256i b)
{
  __m256i sum = _mm256_add_epi64(a, _mm256_loadu_si256((const __m256i *)words));
  __asm__("" : "+x"(sum));
  return _mm256_add_epi64(sum, b);
}

/** Section 3.1: G on all four columns. @param first, second words of the message. */
static inline TARGET Rows mix(Rows v, const uint64_t first[4], const uint64_t second[4])
{
  v.a = add_early(v.a, first, v.b);
  v.d = rotate_right_32(_mm256_xor_si256(v.d, v.a));
  v.c = _mm256_add_epi64(v.c, v.d);
  v.b = rotate_right_24(_mm256_xor_si256(v.b, v.c));
  v.a = add_early(v.a, second, v.b);
  v.d = rotate_right_16(_mm256_xor_si256(v.d, v.a));
  v.c = _mm256_add_epi64(v.c, v.d);
  v.b = rotate_right_63(_mm256_xor_si256(v.b, v.c));
  return v;
}

static inline TARGET Rows diagonals_to_columns(Rows v)
{
  return (Rows){_mm256_permute4x64_epi64(v.a, 0x93), v.b, _mm256_permute4x64_epi64(v.c, 0x39),
                _mm256_permute4x64_epi64(v.d, 0x4e)};
}

static inline TARGET Rows columns_to_diagonals(Rows v)
{
  return (Rows){_mm256_permute4x64_epi64(v.a, 0x39), v.b, _mm256_permute4x64_epi64(v.c, 0x93),
                _mm256_permute4x64_epi64(v.d, 0x4e)};
}

static inline TARGET Rows one_round(Rows v, const Blake2Words *words)
{
  v = diagonals_to_columns(mix(v, words->word[0], words->word[1]));
  return columns_to_diagonals(mix(v, words->word[2], words->word[3]));
}

TARGET void blake2_rounds_avx2(uint64_t v[16], const Blake2Words words[BLAKE2_PERIOD], uint32_t rounds)
{
  __m256i *at = (__m256i *)v;
  Rows rows = {_mm256_loadu_si256(at), _mm256_loadu_si256(at + 1), _mm256_loadu_si256(at + 2),
               _mm256_loadu_si256(at + 3)};
  for (; rounds >= BLAKE2_PERIOD; rounds -= BLAKE2_PERIOD) {
    for (int i = 0; i < BLAKE2_PERIOD; i++) rows = one_round(rows, &words[i]);
  }
  for (uint32_t i = 0; i < rounds; i++) rows = one_round(rows, &words[i]);
  _mm256_storeu_si256(at, rows.a);
  _mm256_storeu_si256(at + 1, rows.b);
  _mm256_storeu_si256(at + 2, rows.c);
  _mm256_storeu_si256(at + 3, rows.d);
}
#endif
