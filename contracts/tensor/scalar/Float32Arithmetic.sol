// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {SoftFloat} from "./SoftFloat.sol";
import {Float32} from "./Float32.sol";

// The arithmetic of binary32: a fast path in assembly if all operands and the result are normal numbers, SoftFloat for the
// rest (gas of both: test/snapshots/scalar-gas.json, where binary64 has no fast path).
//
// The techniques, used in each function:
//  - `mul(and(add(a, HIDDEN), NOT_SPECIAL), …)` is nonzero if and only if the operands are normal. Adding one to the exponent
//    field turns 0 (zero, subnormal) into 1 and 255 (infinity, NaN) into 0 with a carry into the sign: those alone have the
//    upper seven bits of the field clear.
//  - Exponents stay in their place, bits 23 to 30, with the sum's carries above.
//  - A result is `exponent + significand`, where `exponent` is one too low and the significand has its hidden bit: adding
//    them mends it, and a carry out of rounding flows into the exponent, up to infinity. So the result is in range
//    if `exponent` is, as an unsigned number, under MAX_EXPONENT.
//  - Sums are brought to bit 254 by CLZ, and rounded there.
//
// SAFETY: variables of type Float32 have clean upper bits here: code generated through the IR cleans a value
// whenever it makes one, and the assembly below leaves no dirt in a result.

uint256 constant SIGN = 0x80000000;
uint256 constant EXPONENT = 0x7f800000;
uint256 constant FRACTION = 0x007fffff;
/// @dev The bit above the fraction: hidden one of the significand, lowest bit of the exponent.
uint256 constant HIDDEN = 0x00800000;
/// @dev The upper seven bits of the exponent field.
uint256 constant NOT_SPECIAL = 0x7f000000;
/// @dev 254 in the exponent field: the largest exponent field of a finite number, so one too many before the hidden bit comes in.
uint256 constant MAX_EXPONENT = 0x7f000000;
/// @dev 127 and 126 in the exponent field.
uint256 constant BIAS = 0x3f800000;
uint256 constant BIAS_LESS_ONE = 0x3f000000;
/// @dev One less than half of the last place, 2^231, of a significand whose leading bit is at 254.
uint256 constant UNDER_HALF = 0x3fffffffffffffffffffffffffffffffffffffffffffffffffffffffff;

/// @notice a · b
function mul(Float32 a, Float32 b) pure returns (Float32 r) {
  uint256 fast;
  assembly ("memory-safe") {
    // The product of significands is in [2^46, 2^48): move its leading bit to 47.
    let product := mul(or(and(a, FRACTION), HIDDEN), or(and(b, FRACTION), HIDDEN))
    let low := lt(product, 0x800000000000)
    product := shl(low, product)
    let exponent := sub(sub(add(and(a, EXPONENT), and(b, EXPONENT)), BIAS), shl(23, low))
    fast := mul(and(add(a, HIDDEN), NOT_SPECIAL), and(add(b, HIDDEN), NOT_SPECIAL))
    fast := mul(fast, lt(exponent, MAX_EXPONENT))
    // 24 of 48 bits remain: 0x7fffff is one less than half of the last place.
    let significand := shr(24, add(product, add(0x7fffff, and(shr(24, product), 1))))
    r := or(add(exponent, significand), and(xor(a, b), SIGN))
  }
  if (fast == 0) r = _float(SoftFloat.mul(23, EXPONENT, Float32.unwrap(a), Float32.unwrap(b)));
}

/// @notice a + b
function add(Float32 a, Float32 b) pure returns (Float32 r) {
  uint256 normal;
  assembly ("memory-safe") {
    normal := mul(and(add(a, HIDDEN), NOT_SPECIAL), and(add(b, HIDDEN), NOT_SPECIAL))
  }
  if (normal == 0) return _float(SoftFloat.add(23, EXPONENT, Float32.unwrap(a), Float32.unwrap(b)));

  // The significand of a goes to bit 32 and up, that of b to `place`, by the difference of exponents.
  uint256 place;
  uint256 negligible;
  assembly ("memory-safe") {
    place := sub(32, sar(23, sub(and(a, EXPONENT), and(b, EXPONENT))))
    // Under place 6, b is under 2^29, a quarter of half of a's last place; above 58 it is a that does not count.
    negligible := gt(sub(place, 6), 52)
  }
  if (negligible != 0) return int256(place) < 6 ? a : b;

  uint256 sum;
  uint256 scale;
  uint256 exponent;
  assembly ("memory-safe") {
    let addend := shl(place, or(and(b, FRACTION), HIDDEN))
    sum := shl(32, or(and(a, FRACTION), HIDDEN))
    scale := and(a, EXPONENT)
    switch shr(31, xor(a, b))
    case 0 {
      sum := add(sum, addend)
    }
    default {
      sum := sub(sum, addend)
      if slt(sum, 1) {
        // An exact zero takes the slow path, because its exponent is negative.
        if iszero(sum) {
          scale := 0
        }
        sum := sub(0, sum)
        a := b
      }
    }
    // A leading bit at 55 = 255 - 200 leaves the exponent of a: 0x63800000 is 199 in the exponent field, one too low.
    let lead := clz(sum)
    exponent := sub(add(scale, 0x63800000), shl(23, lead))
    let top := shl(sub(lead, 1), sum)
    r := or(add(exponent, shr(231, add(top, add(UNDER_HALF, and(shr(231, top), 1))))), and(a, SIGN))
  }
  // The slow path: results that are too large, too small, or zero.
  // 182: the exponent bias and the width of the fraction, and the 32 places that a was moved up.
  if (exponent >= MAX_EXPONENT) r = _round(a, sum, int256(scale >> 23) - 182);
}

/// @notice a − b
function sub(Float32 a, Float32 b) pure returns (Float32) {
  return add(a, Float32.wrap(uint32(Float32.unwrap(b) ^ SIGN)));
}

/// @notice a·b + c, rounded once
function fma(Float32 a, Float32 b, Float32 c) pure returns (Float32 r) {
  uint256 normal;
  assembly ("memory-safe") {
    normal := mul(and(add(a, HIDDEN), NOT_SPECIAL), and(add(b, HIDDEN), NOT_SPECIAL))
    normal := mul(normal, and(add(c, HIDDEN), NOT_SPECIAL))
  }
  if (normal == 0) {
    return _float(SoftFloat.fma(23, EXPONENT, Float32.unwrap(a), Float32.unwrap(b), Float32.unwrap(c)));
  }

  // The product goes to bit 100 and up: it is in [2^146, 2^148). `place` is where the significand of c belongs then:
  // 250 = 100 + 150, as the product counts the bias and the width of the fraction twice, and c once.
  uint256 scale;
  uint256 place;
  uint256 addend;
  assembly ("memory-safe") {
    scale := add(and(a, EXPONENT), and(b, EXPONENT))
    place := sub(250, sar(23, sub(scale, and(c, EXPONENT))))
    addend := or(and(c, FRACTION), HIDDEN)
  }
  if (place > 151) {
    // Above 151 the product is under a sixteenth of the last place of c. Below 0 (a huge unsigned number) c is
    // under 2^24, which one sticky bit stands for: the last place of the product is 2^123 or more.
    if (int256(place) > 0) return c;
    place = 0;
    addend = 1;
  }

  uint256 sum;
  uint256 exponent;
  assembly ("memory-safe") {
    addend := shl(place, addend)
    sum := shl(100, mul(or(and(a, FRACTION), HIDDEN), or(and(b, FRACTION), HIDDEN)))
    a := xor(a, b)
    switch shr(31, xor(a, c))
    case 0 {
      sum := add(sum, addend)
    }
    default {
      sum := sub(sum, addend)
      if slt(sum, 1) {
        // An exact zero takes the slow path, because its exponent is negative.
        if iszero(sum) {
          scale := 0
        }
        sum := sub(0, sum)
        a := c
      }
    }
    // A sum with its leading bit at 146 has the exponent field ea + eb - 127, one less before the hidden bit comes in:
    // 19 = 128 - (255 - 146).
    let lead := clz(sum)
    exponent := sub(scale, shl(23, add(lead, 19)))
    let top := shl(sub(lead, 1), sum)
    r := or(add(exponent, shr(231, add(top, add(UNDER_HALF, and(shr(231, top), 1))))), and(a, SIGN))
  }
  // 400: twice the exponent bias and the width of the fraction, and the 100 places that the product was moved up.
  if (exponent >= MAX_EXPONENT) r = _round(a, sum, int256(scale >> 23) - 400);
}

/// @notice a / b
function div(Float32 a, Float32 b) pure returns (Float32 r) {
  uint256 fast;
  assembly ("memory-safe") {
    let m := or(and(a, FRACTION), HIDDEN)
    let n := or(and(b, FRACTION), HIDDEN)
    let low := lt(m, n)
    let exponent := sub(sub(add(and(a, EXPONENT), BIAS_LESS_ONE), and(b, EXPONENT)), shl(23, low))
    fast := mul(and(add(a, HIDDEN), NOT_SPECIAL), and(add(b, HIDDEN), NOT_SPECIAL))
    fast := mul(fast, lt(exponent, MAX_EXPONENT))
    // The quotient in [2^24, 2^25) has one bit more than the result, and that bit alone rounds: a quotient of two 24-bit
    // numbers is never halfway between two others (halfway times n would need 25 significant bits of m).
    r := or(add(exponent, shr(1, add(div(shl(add(24, low), m), n), 1))), and(xor(a, b), SIGN))
  }
  if (fast == 0) r = _float(SoftFloat.div(23, EXPONENT, Float32.unwrap(a), Float32.unwrap(b)));
}

/// @notice The square root; NaN below zero, and √−0 = −0.
function sqrt(Float32 a) pure returns (Float32 r) {
  uint256 fast;
  assembly ("memory-safe") {
    // Positive and normal: the exponent field in 1…254 and the sign clear.
    fast := lt(sub(a, HIDDEN), 0x7f000000)
    let odd := and(shr(23, a), 1)
    // First guess: byte i is 128·√x at the middle x of a sixteenth. An odd exponent field is an even exponent and x in
    // [1, 2), the upper half of the table; an even one leaves x in [2, 4).
    let i := or(and(shr(19, a), 15), shl(4, odd))
    let x := shl(57, byte(i, 0xb8bdc3c8cdd2d7dbe0e5e9edf2f6fafe82868a8d9194989b9ea2a5a8abaeb1b4))
    // Radicand in [2^128, 2^130), root in [2^64, 2^65). Newton squares the relative error, 2^-7: three steps are exact to
    // 2^-60. The root of a 24-bit number stays 2^-51 clear of halfway between two floats, so rounding it is right.
    let m := shl(sub(106, odd), or(and(a, FRACTION), HIDDEN))
    x := shr(1, add(x, div(m, x)))
    x := shr(1, add(x, div(m, x)))
    x := shr(1, add(x, div(m, x)))
    // Exponent field (e + 127) / 2, less one for the hidden bit; 2^40 is half of the last of 24 places.
    r := add(shl(23, shr(1, add(shr(23, a), 125))), shr(41, add(x, 0x10000000000)))
  }
  if (fast == 0) r = _float(SoftFloat.sqrt(23, EXPONENT, Float32.unwrap(a)));
}

/// @dev `pattern` is a result of SoftFloat: at most 32 bits.
function _float(uint256 pattern) pure returns (Float32) {
  return Float32.wrap(uint32(pattern));
}

/// @dev ±sum·2^e with the sign of `a`; an exact cancellation is +0.
function _round(Float32 a, uint256 sum, int256 e) pure returns (Float32) {
  return _float(sum == 0 ? 0 : SoftFloat.round(23, EXPONENT, Float32.unwrap(a) & SIGN, sum, e));
}
