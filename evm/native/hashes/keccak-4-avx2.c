/** Keccak-f[1600] of four sponges, in vectors of AVX2. */
#if defined(__x86_64__)
#include <immintrin.h>

enum { LANES = 4 };
typedef __m256i Lane;
#define TARGET __attribute__((target("avx2")))
#define XOR(a, b) _mm256_xor_si256(a, b)
#define ROTATE(a, n) _mm256_or_si256(_mm256_slli_epi64(a, n), _mm256_srli_epi64(a, 64 - (n)))
#define CHI(a, b, c) XOR(a, _mm256_andnot_si256(b, c))
#define SPREAD(word) _mm256_set1_epi64x((int64_t)(word))
#define LOAD(words) _mm256_loadu_si256((const __m256i *)(words))
#define STORE(words, lane) _mm256_storeu_si256((__m256i *)(words), lane)

#include "keccak-permutation.h"

TARGET void keccak_permute_4_avx2(uint64_t state[25 * 4]) { permute(state); }
#endif
