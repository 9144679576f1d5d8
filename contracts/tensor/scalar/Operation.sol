// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

// Generated from spec/tensor/operations.ts by `npm run generate`: edit that, not this file.

/// @title Codes of the scalar operations
library Operation {
  /// @dev value of loop variable a: an immediate, not a register
  uint256 internal constant INDEX = 0x00;
  /// @dev b if a ≠ 0, else c
  uint256 internal constant SELECT = 0x01;
  /// @dev a + b
  uint256 internal constant F32_ADD = 0x10;
  /// @dev a − b
  uint256 internal constant F32_SUB = 0x11;
  /// @dev a × b
  uint256 internal constant F32_MUL = 0x12;
  /// @dev a × b + c, rounded once
  uint256 internal constant F32_FMA = 0x13;
  /// @dev a / b
  uint256 internal constant F32_DIV = 0x14;
  /// @dev √a
  uint256 internal constant F32_SQRT = 0x15;
  /// @dev IEEE-754 remainder: a − n × b, n the integer nearest a / b, ties to even
  uint256 internal constant F32_REM = 0x16;
  /// @dev IEEE-754-2019 minimum: NaN if either is, −0 < +0
  uint256 internal constant F32_MIN = 0x17;
  /// @dev IEEE-754-2019 maximum: NaN if either is, −0 < +0
  uint256 internal constant F32_MAX = 0x18;
  /// @dev −a
  uint256 internal constant F32_NEG = 0x19;
  /// @dev the magnitude of a
  uint256 internal constant F32_ABS = 0x1a;
  /// @dev a = b; 0 for NaN
  uint256 internal constant F32_EQ = 0x1b;
  /// @dev a < b; 0 for NaN
  uint256 internal constant F32_LT = 0x1c;
  /// @dev a ≤ b; 0 for NaN
  uint256 internal constant F32_LE = 0x1d;
  /// @dev the greatest integer ≤ a
  uint256 internal constant F32_FLOOR = 0x1e;
  /// @dev the least integer ≥ a
  uint256 internal constant F32_CEIL = 0x1f;
  /// @dev a without its fraction
  uint256 internal constant F32_TRUNC = 0x20;
  /// @dev the integer nearest a, ties to even
  uint256 internal constant F32_RINT = 0x21;
  /// @dev a + b
  uint256 internal constant F64_ADD = 0x30;
  /// @dev a − b
  uint256 internal constant F64_SUB = 0x31;
  /// @dev a × b
  uint256 internal constant F64_MUL = 0x32;
  /// @dev a × b + c, rounded once
  uint256 internal constant F64_FMA = 0x33;
  /// @dev a / b
  uint256 internal constant F64_DIV = 0x34;
  /// @dev √a
  uint256 internal constant F64_SQRT = 0x35;
  /// @dev IEEE-754 remainder: a − n × b, n the integer nearest a / b, ties to even
  uint256 internal constant F64_REM = 0x36;
  /// @dev IEEE-754-2019 minimum: NaN if either is, −0 < +0
  uint256 internal constant F64_MIN = 0x37;
  /// @dev IEEE-754-2019 maximum: NaN if either is, −0 < +0
  uint256 internal constant F64_MAX = 0x38;
  /// @dev −a
  uint256 internal constant F64_NEG = 0x39;
  /// @dev the magnitude of a
  uint256 internal constant F64_ABS = 0x3a;
  /// @dev a = b; 0 for NaN
  uint256 internal constant F64_EQ = 0x3b;
  /// @dev a < b; 0 for NaN
  uint256 internal constant F64_LT = 0x3c;
  /// @dev a ≤ b; 0 for NaN
  uint256 internal constant F64_LE = 0x3d;
  /// @dev the greatest integer ≤ a
  uint256 internal constant F64_FLOOR = 0x3e;
  /// @dev the least integer ≥ a
  uint256 internal constant F64_CEIL = 0x3f;
  /// @dev a without its fraction
  uint256 internal constant F64_TRUNC = 0x40;
  /// @dev the integer nearest a, ties to even
  uint256 internal constant F64_RINT = 0x41;
  /// @dev truncates, saturates to 64 bits; 0 for NaN
  uint256 internal constant F32_TO_INT = 0x50;
  /// @dev rounds
  uint256 internal constant F32_FROM_INT = 0x51;
  /// @dev truncates, saturates to 64 bits; 0 for NaN
  uint256 internal constant F64_TO_INT = 0x52;
  /// @dev rounds
  uint256 internal constant F64_FROM_INT = 0x53;
  /// @dev exact
  uint256 internal constant F64_FROM_F32 = 0x54;
  /// @dev rounds
  uint256 internal constant F32_FROM_F64 = 0x55;
  /// @dev exact; reads the low 16 bits as binary16
  uint256 internal constant F32_FROM_F16 = 0x56;
  /// @dev rounds to binary16: its pattern, 0 … 65535
  uint256 internal constant F32_TO_F16 = 0x57;
  /// @dev exact; reads the low 16 bits as bfloat16
  uint256 internal constant F32_FROM_BF16 = 0x58;
  /// @dev rounds to bfloat16: its pattern, 0 … 65535
  uint256 internal constant F32_TO_BF16 = 0x59;
  /// @dev the pattern, zero-extended
  uint256 internal constant F32_BITS = 0x5a;
  /// @dev the low 32 bits as a float; any NaN becomes the canonical one
  uint256 internal constant F32_FROM_BITS = 0x5b;
  /// @dev the pattern
  uint256 internal constant F64_BITS = 0x5c;
  /// @dev the bits as a float; any NaN becomes the canonical one
  uint256 internal constant F64_FROM_BITS = 0x5d;
  /// @dev a + b modulo 2^64
  uint256 internal constant INT_ADD = 0x60;
  /// @dev a − b modulo 2^64
  uint256 internal constant INT_SUB = 0x61;
  /// @dev a × b modulo 2^64
  uint256 internal constant INT_MUL = 0x62;
  /// @dev high 64 bits of the signed 128-bit product
  uint256 internal constant INT_MUL_HIGH = 0x63;
  /// @dev high 64 bits of the unsigned 128-bit product
  uint256 internal constant INT_MUL_HIGH_U = 0x64;
  /// @dev a / b towards zero; 0 for b = 0; −2^63 / −1 is −2^63
  uint256 internal constant INT_DIV_TRUNC = 0x65;
  /// @dev a / b towards −∞; 0 for b = 0; −2^63 / −1 is −2^63
  uint256 internal constant INT_DIV_FLOOR = 0x66;
  /// @dev bitwise and
  uint256 internal constant INT_AND = 0x67;
  /// @dev bitwise or
  uint256 internal constant INT_OR = 0x68;
  /// @dev bitwise exclusive or
  uint256 internal constant INT_XOR = 0x69;
  /// @dev a shifted left by b modulo 64
  uint256 internal constant INT_SHL = 0x6a;
  /// @dev a shifted right by b modulo 64, logically
  uint256 internal constant INT_SHR = 0x6b;
  /// @dev a shifted right by b modulo 64, arithmetically
  uint256 internal constant INT_SAR = 0x6c;
  /// @dev a = b
  uint256 internal constant INT_EQ = 0x6d;
  /// @dev a < b, signed
  uint256 internal constant INT_LT = 0x6e;
  /// @dev a < b, unsigned
  uint256 internal constant INT_LT_U = 0x6f;
  /// @dev the lesser, signed
  uint256 internal constant INT_MIN = 0x70;
  /// @dev the greater, signed
  uint256 internal constant INT_MAX = 0x71;
  /// @dev sign-extends the low 32 bits
  uint256 internal constant INT_WRAP32 = 0x72;
  /// @dev wrap32(c + Σ aᵢ × bᵢ) over the four low bytes of a and b, both signed
  uint256 internal constant INT_DOT4SS = 0x73;
  /// @dev wrap32(c + Σ aᵢ × bᵢ) over the four low bytes of a, unsigned, and of b, signed
  uint256 internal constant INT_DOT4US = 0x74;

  // What an operation counts for in a program's cost.
  uint8 internal constant FLOPS_OF_FMA = 2;
  uint8 internal constant FLOPS_OF_DOT4 = 8;
  uint8 internal constant FLOPS_OF_OTHER = 1;
}
