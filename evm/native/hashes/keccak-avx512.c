/**
 * Keccak-f[1600] of one sponge, in the low halves of the 32 vector registers of AVX-512: the whole state fits, and chi
 * is one instruction. The high halves are idle.
 */
#if defined(__x86_64__)
#include <immintrin.h>

enum { LANES = 1 };
typedef __m128i Lane;
#define TARGET __attribute__((target("avx512f,avx512vl")))
#define XOR(a, b) _mm_xor_si128(a, b)
#define ROTATE(a, n) _mm_rol_epi64(a, n)
#define CHI(a, b, c) _mm_ternarylogic_epi64(a, b, c, 0xd2)
#define SPREAD(word) _mm_set1_epi64x((int64_t)(word))
#define LOAD(words) _mm_loadl_epi64((const __m128i *)(words))
#define STORE(words, lane) _mm_storel_epi64((__m128i *)(words), lane)

#include "keccak-permutation.h"

TARGET void keccak_permute_avx512(uint64_t state[25]) { permute(state); }
#endif
