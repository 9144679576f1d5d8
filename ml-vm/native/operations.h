/**
 * The table of scalar operations (ml-vm/program/ops.ts) as macros: code, function in scalar.h, types of result and
 * operands. `index` and `select`, which are not of one type, stand outside it.
 */
#ifndef ELENCH_NATIVE_OPERATIONS_H
#define ELENCH_NATIVE_OPERATIONS_H

enum { OP_INDEX = 0x00, OP_SELECT = 0x01, OP_ADD = 0x10, OP_FMA = 0x13, OP_MIN = 0x17, OP_MAX = 0x18 };

#define FLOAT_OPERATIONS_OF(T, BASE, UNARY, BINARY, TERNARY)                                                           \
  BINARY(BASE + 0x00, T##_add, T, T, T)                                                                                \
  BINARY(BASE + 0x01, T##_sub, T, T, T)                                                                                \
  BINARY(BASE + 0x02, T##_mul, T, T, T)                                                                                \
  TERNARY(BASE + 0x03, T##_fma, T, T, T, T)                                                                            \
  BINARY(BASE + 0x04, T##_div, T, T, T)                                                                                \
  UNARY(BASE + 0x05, T##_sqrt, T, T)                                                                                   \
  BINARY(BASE + 0x06, T##_rem, T, T, T)                                                                                \
  BINARY(BASE + 0x07, T##_min, T, T, T)                                                                                \
  BINARY(BASE + 0x08, T##_max, T, T, T)                                                                                \
  UNARY(BASE + 0x09, T##_neg, T, T)                                                                                    \
  UNARY(BASE + 0x0a, T##_abs, T, T)                                                                                    \
  BINARY(BASE + 0x0b, T##_eq, i64, T, T)                                                                               \
  BINARY(BASE + 0x0c, T##_lt, i64, T, T)                                                                               \
  BINARY(BASE + 0x0d, T##_le, i64, T, T)                                                                               \
  UNARY(BASE + 0x0e, T##_floor, T, T)                                                                                  \
  UNARY(BASE + 0x0f, T##_ceil, T, T)                                                                                   \
  UNARY(BASE + 0x10, T##_trunc, T, T)                                                                                  \
  UNARY(BASE + 0x11, T##_rint, T, T)

#define OPERATIONS(UNARY, BINARY, TERNARY)                                                                             \
  FLOAT_OPERATIONS_OF(f32, 0x10, UNARY, BINARY, TERNARY)                                                               \
  FLOAT_OPERATIONS_OF(f64, 0x30, UNARY, BINARY, TERNARY)                                                               \
  UNARY(0x50, f32_toInt, i64, f32)                                                                                     \
  UNARY(0x51, f32_fromInt, f32, i64)                                                                                   \
  UNARY(0x52, f64_toInt, i64, f64)                                                                                     \
  UNARY(0x53, f64_fromInt, f64, i64)                                                                                   \
  UNARY(0x54, f64_fromF32, f64, f32)                                                                                   \
  UNARY(0x55, f32_fromF64, f32, f64)                                                                                   \
  UNARY(0x56, f32_fromF16, f32, i64)                                                                                   \
  UNARY(0x57, f32_toF16, i64, f32)                                                                                     \
  UNARY(0x58, f32_fromBF16, f32, i64)                                                                                  \
  UNARY(0x59, f32_toBF16, i64, f32)                                                                                    \
  UNARY(0x5a, f32_bits, i64, f32)                                                                                      \
  UNARY(0x5b, f32_fromBits, f32, i64)                                                                                  \
  UNARY(0x5c, f64_bits, i64, f64)                                                                                      \
  UNARY(0x5d, f64_fromBits, f64, i64)                                                                                  \
  BINARY(0x60, int_add, i64, i64, i64)                                                                                 \
  BINARY(0x61, int_sub, i64, i64, i64)                                                                                 \
  BINARY(0x62, int_mul, i64, i64, i64)                                                                                 \
  BINARY(0x63, int_mulHigh, i64, i64, i64)                                                                             \
  BINARY(0x64, int_mulHighU, i64, i64, i64)                                                                            \
  BINARY(0x65, int_divTrunc, i64, i64, i64)                                                                            \
  BINARY(0x66, int_divFloor, i64, i64, i64)                                                                            \
  BINARY(0x67, int_and, i64, i64, i64)                                                                                 \
  BINARY(0x68, int_or, i64, i64, i64)                                                                                  \
  BINARY(0x69, int_xor, i64, i64, i64)                                                                                 \
  BINARY(0x6a, int_shl, i64, i64, i64)                                                                                 \
  BINARY(0x6b, int_shr, i64, i64, i64)                                                                                 \
  BINARY(0x6c, int_sar, i64, i64, i64)                                                                                 \
  BINARY(0x6d, int_eq, i64, i64, i64)                                                                                  \
  BINARY(0x6e, int_lt, i64, i64, i64)                                                                                  \
  BINARY(0x6f, int_ltU, i64, i64, i64)                                                                                 \
  BINARY(0x70, int_min, i64, i64, i64)                                                                                 \
  BINARY(0x71, int_max, i64, i64, i64)                                                                                 \
  UNARY(0x72, int_wrap32, i64, i64)                                                                                    \
  TERNARY(0x73, int_dot4ss, i64, i64, i64, i64)                                                                        \
  TERNARY(0x74, int_dot4us, i64, i64, i64, i64)

#endif
