/**
 * Operations on blocks of registers: a block is an array of one register type, an entry (lane) for each of up to
 * MAX_LANES output elements. Plain loops, which the compiler turns into the vectors of the instruction set.
 */
#ifndef ELENCH_NATIVE_LANES_H
#define ELENCH_NATIVE_LANES_H

#include "element.h"
#include "operations.h"
#include "simd.h"

enum { MAX_LANES = 256, LANE_GROUP = 16 };

/**
 * Operations run on whole groups of lanes. Lanes after the last one hold arbitrary values and are ignored. So loops have
 * no remainder, whose branches would cost more than the extra lanes.
 */
static inline int whole_lanes(int n) { return (n + LANE_GROUP - 1) & -LANE_GROUP; }

typedef void (*LaneOperation)(void *restrict result, const void *a, const void *b, const void *c, int n);

#define UNARY(CODE, NAME, R, A)                                                                                        \
  static void lanes_##NAME(void *restrict result, const void *pa, const void *pb, const void *pc, int n)               \
  {                                                                                                                    \
    R *restrict r = result;                                                                                            \
    const A *a = pa;                                                                                                   \
    (void)pb, (void)pc;                                                                                                \
    for (int i = 0; i < whole_lanes(n); i++) r[i] = NAME(a[i]);                                                        \
  }
#define BINARY(CODE, NAME, R, A, B)                                                                                    \
  static void lanes_##NAME(void *restrict result, const void *pa, const void *pb, const void *pc, int n)               \
  {                                                                                                                    \
    R *restrict r = result;                                                                                            \
    const A *a = pa;                                                                                                   \
    const B *b = pb;                                                                                                   \
    (void)pc;                                                                                                          \
    for (int i = 0; i < whole_lanes(n); i++) r[i] = NAME(a[i], b[i]);                                                  \
  }
#define TERNARY(CODE, NAME, R, A, B, C)                                                                                \
  static void lanes_##NAME(void *restrict result, const void *pa, const void *pb, const void *pc, int n)               \
  {                                                                                                                    \
    R *restrict r = result;                                                                                            \
    const A *a = pa;                                                                                                   \
    const B *b = pb;                                                                                                   \
    const C *c = pc;                                                                                                   \
    for (int i = 0; i < whole_lanes(n); i++) r[i] = NAME(a[i], b[i], c[i]);                                            \
  }
OPERATIONS(UNARY, BINARY, TERNARY)
TERNARY(0, f32_select, f32, i64, f32, f32)
TERNARY(0, f64_select, f64, i64, f64, f64)
TERNARY(0, i64_select, i64, i64, i64, i64)
#undef UNARY
#undef BINARY
#undef TERNARY

static const LaneOperation LANE_OPERATIONS[256] = {
#define ENTRY(CODE, NAME, ...) [CODE] = lanes_##NAME,
  OPERATIONS(ENTRY, ENTRY, ENTRY)
#undef ENTRY
};

/** f32.fma with vectors, fused or emulated: compilers do not vectorise f32_fma if the processor lacks fma. */
static void lanes_fused(void *restrict result, const void *a, const void *b, const void *c, int n)
{
  for (int i = 0; i < whole_lanes(n); i += WIDTH) {
    vec_store((f32 *)result + i,
              vec_fma(vec_load((const f32 *)a + i), vec_load((const f32 *)b + i), vec_load((const f32 *)c + i)));
  }
}

/** result = fma(x, w, acc), with one w for all lanes. */
static void lanes_scaled(f32 *restrict result, const f32 *x, f32 w, const f32 *acc, i64 n)
{
  i64 i = 0;
  for (; i + WIDTH <= n; i += WIDTH) vec_store(result + i, vec_fma(vec_load(x + i), vec_spread(w), vec_load(acc + i)));
  for (; i < n; i++) result[i] = f32_fma(x[i], w, acc[i]);
}

/** The operation with this code, on results of this type. */
static inline LaneOperation lane_operation(uint8_t code, uint8_t type)
{
  if (code == OP_F32_FMA) return lanes_fused;
  if (code != OP_SELECT) return LANE_OPERATIONS[code];
  return type == TYPE_F32 ? lanes_f32_select : type == TYPE_F64 ? lanes_f64_select : lanes_i64_select;
}

static inline int register_size(uint8_t type) { return type == TYPE_F32 ? 4 : 8; }

/** The same register in every lane. */
static void fill_lanes(void *lanes, uint8_t type, uint64_t bits, int n)
{
  if (type == TYPE_F32) {
    uint32_t *r = lanes;
    for (int i = 0; i < n; i++) r[i] = (uint32_t)bits;
  } else {
    uint64_t *r = lanes;
    for (int i = 0; i < n; i++) r[i] = bits;
  }
}

#define SAME(a) (a)
/** For each dtype: its type in memory, its register's, load, store. */
#define STORAGE(X)                                                                                                     \
  X(DTYPE_F32, f32, f32, SAME, f32_canonical)                                                                          \
  X(DTYPE_F64, f64, f64, SAME, f64_canonical)                                                                          \
  X(DTYPE_F16, uint16_t, f32, f32_fromF16, f32_toF16)                                                                  \
  X(DTYPE_BF16, uint16_t, f32, f32_fromBF16, f32_toBF16)                                                               \
  X(DTYPE_I8, int8_t, i64, SAME, SAME)                                                                                 \
  X(DTYPE_U8, uint8_t, i64, SAME, SAME)                                                                                \
  X(DTYPE_I16, int16_t, i64, SAME, SAME)                                                                               \
  X(DTYPE_U16, uint16_t, i64, SAME, SAME)                                                                              \
  X(DTYPE_I32, int32_t, i64, SAME, SAME)                                                                               \
  X(DTYPE_U32, uint32_t, i64, SAME, SAME)                                                                              \
  X(DTYPE_I64, i64, i64, SAME, SAME)                                                                                   \
  X(DTYPE_U64, i64, i64, SAME, SAME)                                                                                   \
  X(DTYPE_BOOL, uint8_t, i64, SAME, SAME)

/** Elements start, start + step, ... */
static void load_lanes(void *restrict lanes, const uint8_t *data, uint8_t dtype, i64 start, i64 step, int n)
{
  switch (dtype) {
#define LOAD(DTYPE, T, R, FROM, TO)                                                                                    \
  case DTYPE: {                                                                                                        \
    R *restrict r = lanes;                                                                                             \
    const T *from = (const T *)(const void *)data + start;                                                             \
    if (step == 1)                                                                                                     \
      for (int i = 0; i < n; i++) r[i] = (R)FROM(from[i]);                                                             \
    else if (step == 2)                                                                                                \
      for (i64 i = 0; i < n; i++) r[i] = (R)FROM(from[2 * i]);                                                         \
    else                                                                                                               \
      for (i64 i = 0; i < n; i++) r[i] = (R)FROM(from[i * step]);                                                      \
    return;                                                                                                            \
  }
    STORAGE(LOAD)
  }
}

/**
 * `n` lanes, of which [lo, hi) are elements element + step * lane, as f32 registers, and the others `pad`. Memory outside
 * these elements is not accessed.
 */
static inline void load_padded(f32 *to, const uint8_t *data, uint8_t dtype, i64 element, i64 step, int lo, int hi,
                               int n, f32 pad)
{
#if defined(__AVX512F__)
  if (dtype == DTYPE_F32 && (step == 1 || step == 2)) {
    const f32 *from = (const f32 *)(const void *)data;
    const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    __m512 padding = _mm512_set1_ps(pad);
    for (int l = 0; l < n; l += 16) {
      uint32_t all = n - l >= 16 ? 0xffff : (1u << (n - l)) - 1;
      uint32_t below = lo <= l ? 0 : lo - l >= 16 ? 0xffff : (1u << (lo - l)) - 1;
      uint32_t inside = (hi <= l ? 0 : hi - l >= 16 ? 0xffff : (1u << (hi - l)) - 1) & ~below;
      const f32 *at = from + (element + step * l);
      __m512 lanes;
      if (step == 1) {
        lanes = _mm512_mask_loadu_ps(padding, (__mmask16)inside, at);
      } else {
        __m512 low = _mm512_maskz_loadu_ps((__mmask16)_pdep_u32(inside & 0xff, 0x5555), at);
        __m512 high = _mm512_maskz_loadu_ps((__mmask16)_pdep_u32(inside >> 8, 0x5555), at + 16);
        lanes = _mm512_mask_mov_ps(padding, (__mmask16)inside, _mm512_permutex2var_ps(low, evens, high));
      }
      _mm512_mask_storeu_ps(to + l, (__mmask16)all, lanes);
    }
    return;
  }
#endif
  for (int l = 0; l < lo; l++) to[l] = pad;
  if (hi > lo) load_lanes(to + lo, data, dtype, element + step * lo, step, hi - lo);
  for (int l = hi; l < n; l++) to[l] = pad;
}

/** Elements at places[0], places[1], ... */
static void gather_lanes(void *restrict lanes, const uint8_t *data, uint8_t dtype, const i64 *restrict places,
                         i64 offset, int n)
{
  switch (dtype) {
#define GATHER(DTYPE, T, R, FROM, TO)                                                                                  \
  case DTYPE: {                                                                                                        \
    R *restrict r = lanes;                                                                                             \
    const T *from = (const T *)(const void *)data + offset;                                                            \
    for (int i = 0; i < n; i++) r[i] = (R)FROM(from[places[i]]);                                                       \
    return;                                                                                                            \
  }
    STORAGE(GATHER)
  }
}

static void store_lanes(uint8_t *data, uint8_t dtype, const void *lanes, i64 start, i64 step, int n)
{
  switch (dtype) {
#define STORE(DTYPE, T, R, FROM, TO)                                                                                   \
  case DTYPE: {                                                                                                        \
    const R *r = lanes;                                                                                                \
    T *to = (T *)(void *)data + start;                                                                                 \
    if (step == 1)                                                                                                     \
      for (int i = 0; i < n; i++) to[i] = (T)TO(r[i]);                                                                 \
    else                                                                                                               \
      for (int i = 0; i < n; i++) to[i * step] = (T)TO(r[i]);                                                          \
    return;                                                                                                            \
  }
    STORAGE(STORE)
  }
}

/** Lane i to places[i], unless outside[i]; in order. */
static void scatter_lanes(uint8_t *data, uint8_t dtype, const void *lanes, const i64 *places, const uint8_t *outside,
                          int n)
{
  switch (dtype) {
#define SCATTER(DTYPE, T, R, FROM, TO)                                                                                 \
  case DTYPE: {                                                                                                        \
    const R *r = lanes;                                                                                                \
    T *to = (T *)(void *)data;                                                                                         \
    for (int i = 0; i < n; i++)                                                                                        \
      if (!outside[i]) to[places[i]] = (T)TO(r[i]);                                                                    \
    return;                                                                                                            \
  }
    STORAGE(SCATTER)
  }
}

#endif
