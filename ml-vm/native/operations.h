/** Scalar operations. Generated from spec/tensor/operations.ts by `npm run generate`: edit that, not this file. */
#ifndef ELENCH_NATIVE_OPERATIONS_H
#define ELENCH_NATIVE_OPERATIONS_H

/** Codes. */
enum {
  OP_INDEX = 0x00,
  OP_SELECT = 0x01,
  OP_F32_ADD = 0x10,
  OP_F32_SUB = 0x11,
  OP_F32_MUL = 0x12,
  OP_F32_FMA = 0x13,
  OP_F32_DIV = 0x14,
  OP_F32_SQRT = 0x15,
  OP_F32_REM = 0x16,
  OP_F32_MIN = 0x17,
  OP_F32_MAX = 0x18,
  OP_F32_NEG = 0x19,
  OP_F32_ABS = 0x1a,
  OP_F32_EQ = 0x1b,
  OP_F32_LT = 0x1c,
  OP_F32_LE = 0x1d,
  OP_F32_FLOOR = 0x1e,
  OP_F32_CEIL = 0x1f,
  OP_F32_TRUNC = 0x20,
  OP_F32_RINT = 0x21,
  OP_F64_ADD = 0x30,
  OP_F64_SUB = 0x31,
  OP_F64_MUL = 0x32,
  OP_F64_FMA = 0x33,
  OP_F64_DIV = 0x34,
  OP_F64_SQRT = 0x35,
  OP_F64_REM = 0x36,
  OP_F64_MIN = 0x37,
  OP_F64_MAX = 0x38,
  OP_F64_NEG = 0x39,
  OP_F64_ABS = 0x3a,
  OP_F64_EQ = 0x3b,
  OP_F64_LT = 0x3c,
  OP_F64_LE = 0x3d,
  OP_F64_FLOOR = 0x3e,
  OP_F64_CEIL = 0x3f,
  OP_F64_TRUNC = 0x40,
  OP_F64_RINT = 0x41,
  OP_F32_TO_INT = 0x50,
  OP_F32_FROM_INT = 0x51,
  OP_F64_TO_INT = 0x52,
  OP_F64_FROM_INT = 0x53,
  OP_F64_FROM_F32 = 0x54,
  OP_F32_FROM_F64 = 0x55,
  OP_F32_FROM_F16 = 0x56,
  OP_F32_TO_F16 = 0x57,
  OP_F32_FROM_BF16 = 0x58,
  OP_F32_TO_BF16 = 0x59,
  OP_F32_BITS = 0x5a,
  OP_F32_FROM_BITS = 0x5b,
  OP_F64_BITS = 0x5c,
  OP_F64_FROM_BITS = 0x5d,
  OP_INT_ADD = 0x60,
  OP_INT_SUB = 0x61,
  OP_INT_MUL = 0x62,
  OP_INT_MUL_HIGH = 0x63,
  OP_INT_MUL_HIGH_U = 0x64,
  OP_INT_DIV_TRUNC = 0x65,
  OP_INT_DIV_FLOOR = 0x66,
  OP_INT_AND = 0x67,
  OP_INT_OR = 0x68,
  OP_INT_XOR = 0x69,
  OP_INT_SHL = 0x6a,
  OP_INT_SHR = 0x6b,
  OP_INT_SAR = 0x6c,
  OP_INT_EQ = 0x6d,
  OP_INT_LT = 0x6e,
  OP_INT_LT_U = 0x6f,
  OP_INT_MIN = 0x70,
  OP_INT_MAX = 0x71,
  OP_INT_WRAP32 = 0x72,
  OP_INT_DOT4SS = 0x73,
  OP_INT_DOT4US = 0x74,
};

/** Of each but `index` and `select`: code, function in scalar.h, types of the result and of the operands. */
#define OPERATIONS(UNARY, BINARY, TERNARY)                                                                             \
  BINARY(OP_F32_ADD, f32_add, f32, f32, f32)                                                                           \
  BINARY(OP_F32_SUB, f32_sub, f32, f32, f32)                                                                           \
  BINARY(OP_F32_MUL, f32_mul, f32, f32, f32)                                                                           \
  TERNARY(OP_F32_FMA, f32_fma, f32, f32, f32, f32)                                                                     \
  BINARY(OP_F32_DIV, f32_div, f32, f32, f32)                                                                           \
  UNARY(OP_F32_SQRT, f32_sqrt, f32, f32)                                                                               \
  BINARY(OP_F32_REM, f32_rem, f32, f32, f32)                                                                           \
  BINARY(OP_F32_MIN, f32_min, f32, f32, f32)                                                                           \
  BINARY(OP_F32_MAX, f32_max, f32, f32, f32)                                                                           \
  UNARY(OP_F32_NEG, f32_neg, f32, f32)                                                                                 \
  UNARY(OP_F32_ABS, f32_abs, f32, f32)                                                                                 \
  BINARY(OP_F32_EQ, f32_eq, i64, f32, f32)                                                                             \
  BINARY(OP_F32_LT, f32_lt, i64, f32, f32)                                                                             \
  BINARY(OP_F32_LE, f32_le, i64, f32, f32)                                                                             \
  UNARY(OP_F32_FLOOR, f32_floor, f32, f32)                                                                             \
  UNARY(OP_F32_CEIL, f32_ceil, f32, f32)                                                                               \
  UNARY(OP_F32_TRUNC, f32_trunc, f32, f32)                                                                             \
  UNARY(OP_F32_RINT, f32_rint, f32, f32)                                                                               \
  BINARY(OP_F64_ADD, f64_add, f64, f64, f64)                                                                           \
  BINARY(OP_F64_SUB, f64_sub, f64, f64, f64)                                                                           \
  BINARY(OP_F64_MUL, f64_mul, f64, f64, f64)                                                                           \
  TERNARY(OP_F64_FMA, f64_fma, f64, f64, f64, f64)                                                                     \
  BINARY(OP_F64_DIV, f64_div, f64, f64, f64)                                                                           \
  UNARY(OP_F64_SQRT, f64_sqrt, f64, f64)                                                                               \
  BINARY(OP_F64_REM, f64_rem, f64, f64, f64)                                                                           \
  BINARY(OP_F64_MIN, f64_min, f64, f64, f64)                                                                           \
  BINARY(OP_F64_MAX, f64_max, f64, f64, f64)                                                                           \
  UNARY(OP_F64_NEG, f64_neg, f64, f64)                                                                                 \
  UNARY(OP_F64_ABS, f64_abs, f64, f64)                                                                                 \
  BINARY(OP_F64_EQ, f64_eq, i64, f64, f64)                                                                             \
  BINARY(OP_F64_LT, f64_lt, i64, f64, f64)                                                                             \
  BINARY(OP_F64_LE, f64_le, i64, f64, f64)                                                                             \
  UNARY(OP_F64_FLOOR, f64_floor, f64, f64)                                                                             \
  UNARY(OP_F64_CEIL, f64_ceil, f64, f64)                                                                               \
  UNARY(OP_F64_TRUNC, f64_trunc, f64, f64)                                                                             \
  UNARY(OP_F64_RINT, f64_rint, f64, f64)                                                                               \
  UNARY(OP_F32_TO_INT, f32_toInt, i64, f32)                                                                            \
  UNARY(OP_F32_FROM_INT, f32_fromInt, f32, i64)                                                                        \
  UNARY(OP_F64_TO_INT, f64_toInt, i64, f64)                                                                            \
  UNARY(OP_F64_FROM_INT, f64_fromInt, f64, i64)                                                                        \
  UNARY(OP_F64_FROM_F32, f64_fromF32, f64, f32)                                                                        \
  UNARY(OP_F32_FROM_F64, f32_fromF64, f32, f64)                                                                        \
  UNARY(OP_F32_FROM_F16, f32_fromF16, f32, i64)                                                                        \
  UNARY(OP_F32_TO_F16, f32_toF16, i64, f32)                                                                            \
  UNARY(OP_F32_FROM_BF16, f32_fromBF16, f32, i64)                                                                      \
  UNARY(OP_F32_TO_BF16, f32_toBF16, i64, f32)                                                                          \
  UNARY(OP_F32_BITS, f32_bits, i64, f32)                                                                               \
  UNARY(OP_F32_FROM_BITS, f32_fromBits, f32, i64)                                                                      \
  UNARY(OP_F64_BITS, f64_bits, i64, f64)                                                                               \
  UNARY(OP_F64_FROM_BITS, f64_fromBits, f64, i64)                                                                      \
  BINARY(OP_INT_ADD, int_add, i64, i64, i64)                                                                           \
  BINARY(OP_INT_SUB, int_sub, i64, i64, i64)                                                                           \
  BINARY(OP_INT_MUL, int_mul, i64, i64, i64)                                                                           \
  BINARY(OP_INT_MUL_HIGH, int_mulHigh, i64, i64, i64)                                                                  \
  BINARY(OP_INT_MUL_HIGH_U, int_mulHighU, i64, i64, i64)                                                               \
  BINARY(OP_INT_DIV_TRUNC, int_divTrunc, i64, i64, i64)                                                                \
  BINARY(OP_INT_DIV_FLOOR, int_divFloor, i64, i64, i64)                                                                \
  BINARY(OP_INT_AND, int_and, i64, i64, i64)                                                                           \
  BINARY(OP_INT_OR, int_or, i64, i64, i64)                                                                             \
  BINARY(OP_INT_XOR, int_xor, i64, i64, i64)                                                                           \
  BINARY(OP_INT_SHL, int_shl, i64, i64, i64)                                                                           \
  BINARY(OP_INT_SHR, int_shr, i64, i64, i64)                                                                           \
  BINARY(OP_INT_SAR, int_sar, i64, i64, i64)                                                                           \
  BINARY(OP_INT_EQ, int_eq, i64, i64, i64)                                                                             \
  BINARY(OP_INT_LT, int_lt, i64, i64, i64)                                                                             \
  BINARY(OP_INT_LT_U, int_ltU, i64, i64, i64)                                                                          \
  BINARY(OP_INT_MIN, int_min, i64, i64, i64)                                                                           \
  BINARY(OP_INT_MAX, int_max, i64, i64, i64)                                                                           \
  UNARY(OP_INT_WRAP32, int_wrap32, i64, i64)                                                                           \
  TERNARY(OP_INT_DOT4SS, int_dot4ss, i64, i64, i64, i64)                                                               \
  TERNARY(OP_INT_DOT4US, int_dot4us, i64, i64, i64, i64)

#endif
