/** Keccak-f[1600] of eight sponges, in vectors of AVX-512. */
#if defined(__x86_64__)
#include <immintrin.h>

enum { LANES = 8 };
typedef __m512i Lane;
#define TARGET __attribute__((target("avx512f")))
#define XOR(a, b) _mm512_xor_si512(a, b)
#define ROTATE(a, n) _mm512_rol_epi64(a, n)
#define CHI(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0xd2)
#define SPREAD(word) _mm512_set1_epi64((int64_t)(word))
#define LOAD(words) _mm512_loadu_si512(words)
#define STORE(words, lane) _mm512_storeu_si512(words, lane)

#include "keccak-permutation.h"

TARGET void keccak_permute_8_avx512(uint64_t state[25 * 8]) { permute(state); }
#endif
