/** Keccak-f[1600] for several instruction sets. Word i of sponge l, of n, is state[i * n + l]. */
#ifndef ELENCH_EVM_KECCAK_VARIANTS_H
#define ELENCH_EVM_KECCAK_VARIANTS_H

#include <stdint.h>

void keccak_permute_portable(uint64_t state[25]);

#if defined(__x86_64__)
/** Needs BMI2. */
void keccak_permute_bmi2(uint64_t state[25]);
/** Needs AVX-512VL. */
void keccak_permute_avx512(uint64_t state[25]);
/** Four sponges. Needs AVX2. */
void keccak_permute_4_avx2(uint64_t state[25 * 4]);
/** Eight sponges. Needs AVX-512F. */
void keccak_permute_8_avx512(uint64_t state[25 * 8]);
#endif

#endif
