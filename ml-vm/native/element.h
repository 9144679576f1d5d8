/** Elements in memory: loads into registers and stores from them (docs/tensor-machine.md, "Scalars"). */
#ifndef ELENCH_NATIVE_ELEMENT_H
#define ELENCH_NATIVE_ELEMENT_H

#include "instruction.h"

/** A register of any type. An f32 has its upper half zero. */
static inline uint64_t f32_register(f32 a) { return f32_pattern(a); }
static inline uint64_t f64_register(f64 a) { return f64_pattern(a); }
static inline uint64_t i64_register(i64 a) { return (uint64_t)a; }
static inline f32 register_f32(uint64_t r) { return f32_of((uint32_t)r); }
static inline f64 register_f64(uint64_t r) { return f64_of(r); }
static inline i64 register_i64(uint64_t r) { return (i64)r; }

#define LOAD_INT(T)                                                                                                    \
  do {                                                                                                                 \
    T value;                                                                                                           \
    memcpy(&value, at, sizeof value);                                                                                  \
    return (uint64_t)(i64)value;                                                                                       \
  } while (0)

static inline uint64_t load_element(const uint8_t *data, uint8_t dtype, i64 index)
{
  const uint8_t *at = data + index * dtype_size(dtype);
  switch (dtype) {
  case DTYPE_F32: LOAD_INT(uint32_t);
  case DTYPE_F16: {
    uint16_t half;
    memcpy(&half, at, 2);
    return f32_register(f32_fromF16(half));
  }
  case DTYPE_BF16: {
    uint16_t half;
    memcpy(&half, at, 2);
    return f32_register(f32_fromBF16(half));
  }
  case DTYPE_I8: LOAD_INT(int8_t);
  case DTYPE_U8:
  case DTYPE_BOOL: LOAD_INT(uint8_t);
  case DTYPE_I16: LOAD_INT(int16_t);
  case DTYPE_U16: LOAD_INT(uint16_t);
  case DTYPE_I32: LOAD_INT(int32_t);
  case DTYPE_U32: LOAD_INT(uint32_t);
  default: LOAD_INT(uint64_t);
  }
}

static inline void store_element(uint8_t *data, uint8_t dtype, i64 index, uint64_t value)
{
  int size = dtype_size(dtype);
  switch (dtype) {
  case DTYPE_F32: value = f32_register(f32_canonical(register_f32(value))); break;
  case DTYPE_F64: value = f64_register(f64_canonical(register_f64(value))); break;
  case DTYPE_F16: value = (uint64_t)f32_toF16(register_f32(value)); break;
  case DTYPE_BF16: value = (uint64_t)f32_toBF16(register_f32(value)); break;
  }
  // Little-endian hosts only: the low bytes come first.
  memcpy(data + index * size, &value, (size_t)size);
}

#endif
