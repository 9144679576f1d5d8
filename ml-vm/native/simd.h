/** The vector of f32 that kernels are written with, and the tile of registers that fits the instruction set. */
#ifndef ELENCH_NATIVE_SIMD_H
#define ELENCH_NATIVE_SIMD_H

#include "scalar.h"

#if defined(__AVX512F__)
#include <immintrin.h>
typedef __m512 Vec;
enum { WIDTH = 16, TILE_ROWS = 8, TILE_VECS = 3 };
static inline Vec vec_load(const f32 *from) { return _mm512_loadu_ps(from); }
static inline void vec_store(f32 *to, Vec a) { _mm512_storeu_ps(to, a); }
static inline Vec vec_spread(f32 a) { return _mm512_set1_ps(a); }
static inline Vec vec_fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }

#elif defined(__AVX2__)
#include <immintrin.h>
typedef __m256 Vec;
enum { WIDTH = 8, TILE_ROWS = 4, TILE_VECS = 3 };
static inline Vec vec_load(const f32 *from) { return _mm256_loadu_ps(from); }
static inline void vec_store(f32 *to, Vec a) { _mm256_storeu_ps(to, a); }
static inline Vec vec_spread(f32 a) { return _mm256_set1_ps(a); }
static inline Vec vec_fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }

#else
typedef f32 Vec __attribute__((vector_size(16)));
enum { WIDTH = 4, TILE_ROWS = 4, TILE_VECS = 2 };
static inline Vec vec_load(const f32 *from)
{
  Vec a;
  memcpy(&a, from, 16);
  return a;
}
static inline void vec_store(f32 *to, Vec a) { memcpy(to, &a, 16); }
static inline Vec vec_spread(f32 a) { return (Vec){a, a, a, a}; }

#if defined(__wasm_relaxed_simd__)
/** Fused if the start-up probe has shown it (wasm.c). */
static inline Vec vec_fma(Vec a, Vec b, Vec c) { return __builtin_wasm_fma_f32x4(a, b, c); }
#elif defined(__FP_FAST_FMAF) && !defined(__wasm__)
static inline Vec vec_fma(Vec a, Vec b, Vec c)
{
  for (int i = 0; i < 4; i++) c[i] = f32_fma(a[i], b[i], c[i]);
  return c;
}
#else
typedef f64 Wide __attribute__((vector_size(32)));
typedef i64 WideInt __attribute__((vector_size(32)));
/** f32_fma of scalar.h, four at a time. */
static inline Vec vec_fma(Vec a, Vec b, Vec c)
{
  Wide product = __builtin_convertvector(a, Wide) * __builtin_convertvector(b, Wide),
       addend = __builtin_convertvector(c, Wide);
  Wide sum = product + addend;
  Wide part = sum - product;
  Wide error = (product - (sum - part)) + (addend - part);
  WideInt bits = (WideInt)sum;
  // Comparisons give 0 or -1: +1 away from zero, -1 towards it, 0 if the sum is exact or already odd.
  WideInt positive = error > 0, inexact = positive | (error < 0), away = ~(positive ^ (sum > 0));
  bits += ((bits & 1) - 1) & inexact & (1 - 2 * (away + 1));
  return __builtin_convertvector((Wide)bits, Vec);
}
#endif
#endif

#endif
