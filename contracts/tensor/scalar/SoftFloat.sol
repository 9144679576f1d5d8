// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title IEEE 754-2019 arithmetic on any binary interchange format of up to 64 bits
/// @notice Correct and total for every bit pattern, rounding to nearest, ties to even. A format is given by two numbers:
/// `p`, the width of its fraction, and `inf`, the pattern of +infinity (all exponent bits):
///
///     binary16 (10, 0x7c00)   bfloat16 (7, 0x7f80)   binary32 (23, 0x7f800000)   binary64 (52, 0x7ff0000000000000)
///
/// Everything else follows: the sign bit is `inf + 2^p`, the exponent bias `inf >> (p + 1)`, the canonical NaN
/// `inf | 2^(p-1)`. Every NaN result is the canonical one.
/// @dev Operands have no bits above the format's sign bit. `Float32` puts fast paths for normal numbers in front of these.
/// Unchecked throughout: intermediate values stay below 2^255 as shown at each place, and exponents are small.
library SoftFloat {
  /// How the magnitude of a number is rounded to an integer.
  uint256 internal constant TOWARD_ZERO = 0;
  uint256 internal constant AWAY_FROM_ZERO = 1;
  uint256 internal constant NEAREST_EVEN = 2;

  uint256 private constant MASK64 = 0xffffffffffffffff;
  uint256 private constant INT_MIN = 0x8000000000000000;

  function signBit(uint256 p, uint256 inf) internal pure returns (uint256) {
    unchecked {
      return inf + (1 << p);
    }
  }

  function nan(uint256 p, uint256 inf) internal pure returns (uint256) {
    unchecked {
      return inf | (1 << (p - 1));
    }
  }

  function magnitude(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    unchecked {
      return a & (signBit(p, inf) - 1);
    }
  }

  /// @return a, or the canonical NaN if a is any NaN.
  function canonical(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    return magnitude(p, inf, a) > inf ? nan(p, inf) : a;
  }

  function neg(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    return canonical(p, inf, a ^ signBit(p, inf));
  }

  function abs(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    return canonical(p, inf, magnitude(p, inf, a));
  }

  /// @notice The finite number of magnitude x is m·2^e, with m below 2^(p+1).
  function unpack(uint256 p, uint256 inf, uint256 x) internal pure returns (uint256 m, int256 e) {
    unchecked {
      uint256 biased = x >> p;
      m = x & ((1 << p) - 1);
      // A zero exponent field means subnormal: no hidden bit, and the exponent of the smallest normal number.
      if (biased == 0) biased = 1;
      else m |= 1 << p;
      e = int256(biased) - int256((inf >> (p + 1)) + p);
    }
  }

  /// @notice The float nearest to m·2^e, with the given sign bit; infinity beyond the range, subnormal or zero below it.
  /// @dev m < 2^255. The lowest bit of m may be a sticky bit if m has at least p + 3 bits.
  function round(uint256 p, uint256 inf, uint256 sign, uint256 m, int256 e) internal pure returns (uint256 r) {
    unchecked {
      if (m == 0) return sign;
      uint256 lead;
      assembly ("memory-safe") {
        lead := sub(clz(m), 1)
      }
      // Put the leading bit at 254, so that adding half a unit in the last place cannot leave the word.
      m <<= lead;
      e -= int256(lead);
      // Exponent of the last place of a subnormal number: no result has a finer one.
      int256 finest = 1 - int256((inf >> (p + 1)) + p);
      int256 shift = int256(254 - p);
      if (finest - e > shift) shift = finest - e;
      uint256 s = uint256(shift);
      // Just under half, plus one if the result would be odd: exactly half rounds to even. Where s > 256 the
      // shifted one vanishes, but then so does the whole sum: the value is under a quarter of the finest unit.
      r = (m + ((1 << (s - 1)) - 1) + ((m >> s) & 1)) >> s;
      // The hidden bit, or a carry out of rounding, adds one to the exponent field by itself.
      r += uint256(e + shift - finest) << p;
      if (r > inf) r = inf;
      r |= sign;
    }
  }

  /// @notice a·b + c, rounded once.
  function fma(uint256 p, uint256 inf, uint256 a, uint256 b, uint256 c) internal pure returns (uint256) {
    unchecked {
      uint256 sign = (a ^ b) & signBit(p, inf);
      uint256 x = magnitude(p, inf, a);
      uint256 y = magnitude(p, inf, b);
      uint256 z = magnitude(p, inf, c);
      if (x > inf || y > inf || z > inf) return nan(p, inf);
      if (x == inf || y == inf) {
        // 0·∞, and ∞ − ∞, have no value.
        if (x == 0 || y == 0 || (z == inf && c != (sign | inf))) return nan(p, inf);
        return sign | inf;
      }
      if (z == inf) return c;
      // A zero sum of zeros is negative only if both are.
      if (x == 0 || y == 0) return z == 0 ? c & sign : c;
      (uint256 m, int256 e) = unpack(p, inf, x);
      {
        (uint256 n, int256 f) = unpack(p, inf, y);
        m *= n;
        e += f;
      }
      return _addTo(p, inf, sign, m, e, c);
    }
  }

  /// @dev ±m·2^e + c for an exact product m·2^e, m < 2^(2p+2), and a finite c. At most 2p + 8 bits of alignment either
  /// way: sums stay under 2^(4p+10) ≤ 2^218.
  function _addTo(uint256 p, uint256 inf, uint256 sign, uint256 m, int256 e, uint256 c) private pure returns (uint256) {
    unchecked {
      (uint256 n, int256 f) = unpack(p, inf, magnitude(p, inf, c));
      if (n == 0) return round(p, inf, sign, m, e);
      int256 limit = int256(2 * p + 8);
      if (e >= f) {
        // Beyond the limit all of c lies far below the last place of the product: one sticky bit stands for it.
        if (e - f > limit) {
          f = e - limit;
          n = 1;
        }
        m <<= uint256(e - f);
        e = f;
      } else {
        // Beyond the limit the product is under a quarter of c's last place, and cannot move it.
        if (f - e > limit) return c;
        n <<= uint256(f - e);
      }
      if (sign == (c & signBit(p, inf))) {
        m += n;
      } else if (m >= n) {
        m -= n;
        // An exact cancellation is +0.
        if (m == 0) return 0;
      } else {
        m = n - m;
        sign = c & signBit(p, inf);
      }
      return round(p, inf, sign, m, e);
    }
  }

  /// @dev a·1 + b, where 1.0 has the exponent field that equals the bias.
  function add(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    unchecked {
      return fma(p, inf, a, (inf >> (p + 1)) << p, b);
    }
  }

  function sub(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    return add(p, inf, a, b ^ signBit(p, inf));
  }

  /// @dev Adding −0 changes no number, nor the sign of a zero.
  function mul(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    return fma(p, inf, a, b, signBit(p, inf));
  }

  function div(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    unchecked {
      uint256 sign = (a ^ b) & signBit(p, inf);
      uint256 x = magnitude(p, inf, a);
      uint256 y = magnitude(p, inf, b);
      if (x > inf || y > inf) return nan(p, inf);
      // ∞/∞ and 0/0 have no value.
      if (x == inf) return y == inf ? nan(p, inf) : sign | inf;
      if (y == inf) return sign;
      if (y == 0) return x == 0 ? nan(p, inf) : sign | inf;
      (uint256 m, int256 e) = unpack(p, inf, x);
      (uint256 n, int256 f) = unpack(p, inf, y);
      // The quotient of a nonzero m has at least p + 5 bits, enough for a sticky bit in the place of the remainder.
      m <<= 2 * p + 6;
      uint256 quotient = m / n;
      if (quotient * n != m) quotient |= 1;
      return round(p, inf, sign, quotient, e - f - int256(2 * p + 6));
    }
  }

  function sqrt(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    unchecked {
      uint256 x = magnitude(p, inf, a);
      if (x == 0) return a;
      if (a > inf) return nan(p, inf);
      if (a == inf) return a;
      (uint256 m, int256 e) = unpack(p, inf, x);
      // Fill the word, so that the root has 127 bits or more; the exponent must stay even.
      uint256 lead;
      assembly ("memory-safe") {
        lead := clz(m)
        lead := sub(lead, and(sub(e, lead), 1))
      }
      m <<= lead;
      uint256 root = Math.sqrt(m);
      root <<= 1;
      if ((root >> 1) * (root >> 1) != m) root |= 1;
      return round(p, inf, 0, root, (e - int256(lead)) / 2 - 1);
    }
  }

  /// @notice IEEE remainder a − n·b, n the integer nearest to a/b, ties to even. Exact.
  function rem(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    unchecked {
      uint256 sign = a & signBit(p, inf);
      uint256 x = magnitude(p, inf, a);
      uint256 y = magnitude(p, inf, b);
      if (x >= inf || y > inf || y == 0) return nan(p, inf);
      if (y == inf || x == 0) return a;
      (uint256 m, int256 e) = unpack(p, inf, x);
      (uint256 n, int256 f) = unpack(p, inf, y);
      if (e < f) {
        // b is normal here, so a lower exponent by two or more makes a smaller than half of b.
        if (f - e > 1) return a;
        n <<= 1;
        f = e;
      }
      // m·2^(e−f) modulo 2n keeps the parity of the quotient. 2^255 at a time: at most 9 rounds in binary64.
      uint256 modulus = 2 * n;
      uint256 distance = uint256(e - f);
      while (distance > 255) {
        m = mulmod(m, 1 << 255, modulus);
        distance -= 255;
      }
      m = mulmod(m, 1 << distance, modulus);
      uint256 odd;
      if (m >= n) {
        m -= n;
        odd = 1;
      }
      if (2 * m + odd > n) {
        m = n - m;
        sign ^= signBit(p, inf);
      }
      return round(p, inf, sign, m, f);
    }
  }

  /// @dev Orders all patterns but NaN, −0 below +0, as signed integers.
  function _order(uint256 p, uint256 inf, uint256 a) private pure returns (int256) {
    unchecked {
      int256 x = int256(magnitude(p, inf, a));
      return uint256(x) == a ? x : -1 - x;
    }
  }

  /// @notice IEEE 754-2019 minimum: NaN if either is, −0 < +0.
  function min(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    if (unordered(p, inf, a, b)) return nan(p, inf);
    return _order(p, inf, a) < _order(p, inf, b) ? a : b;
  }

  /// @notice IEEE 754-2019 maximum: NaN if either is, −0 < +0.
  function max(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (uint256) {
    if (unordered(p, inf, a, b)) return nan(p, inf);
    return _order(p, inf, a) < _order(p, inf, b) ? b : a;
  }

  function unordered(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (bool) {
    return magnitude(p, inf, a) > inf || magnitude(p, inf, b) > inf;
  }

  function eq(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (bool) {
    if (unordered(p, inf, a, b)) return false;
    return a == b || magnitude(p, inf, a | b) == 0;
  }

  function lt(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (bool) {
    if (unordered(p, inf, a, b) || magnitude(p, inf, a | b) == 0) return false;
    return _order(p, inf, a) < _order(p, inf, b);
  }

  function le(uint256 p, uint256 inf, uint256 a, uint256 b) internal pure returns (bool) {
    return lt(p, inf, a, b) || eq(p, inf, a, b);
  }

  function floor(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    return roundToIntegral(p, inf, a, magnitude(p, inf, a) == a ? TOWARD_ZERO : AWAY_FROM_ZERO);
  }

  function ceil(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    return roundToIntegral(p, inf, a, magnitude(p, inf, a) == a ? AWAY_FROM_ZERO : TOWARD_ZERO);
  }

  /// @notice The integer next to a in the given direction, as a float; keeps the sign, of zero too.
  function roundToIntegral(uint256 p, uint256 inf, uint256 a, uint256 mode) internal pure returns (uint256) {
    unchecked {
      uint256 x = magnitude(p, inf, a);
      uint256 sign = a ^ x;
      uint256 one = (inf >> (p + 1)) << p;
      if (x >= one + (p << p)) return canonical(p, inf, a);
      if (x < one) {
        // Half has the exponent below that of one.
        bool up = mode == NEAREST_EVEN ? x > one - (1 << p) : mode == AWAY_FROM_ZERO && x != 0;
        return up ? sign | one : sign;
      }
      // Weight, in the pattern, of the number's units place.
      uint256 unit = 1 << (p - ((x - one) >> p));
      uint256 step = unit - 1;
      if (mode == TOWARD_ZERO) step = 0;
      else if (mode == NEAREST_EVEN) step = (unit >> 1) - 1 + (x & unit == 0 ? 0 : 1);
      // A carry out of the fraction raises the exponent, as it should.
      return sign | ((x + step) & ~(unit - 1));
    }
  }

  /// @notice Truncates to a 64-bit two's complement integer; saturates; NaN gives 0.
  function toInt(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    unchecked {
      uint256 x = magnitude(p, inf, a);
      if (x > inf) return 0;
      // −2^63, the one number this large that is in range, saturates to itself.
      if (x >= ((inf >> (p + 1)) + 63) << p) return x == a ? INT_MIN - 1 : INT_MIN;
      (uint256 m, int256 e) = unpack(p, inf, x);
      m = e < 0 ? m >> uint256(-e) : m << uint256(e);
      return x == a ? m : (0 - m) & MASK64;
    }
  }

  /// @param a 64-bit two's complement integer.
  function fromInt(uint256 p, uint256 inf, uint256 a) internal pure returns (uint256) {
    unchecked {
      return a < INT_MIN ? round(p, inf, 0, a, 0) : round(p, inf, signBit(p, inf), (1 << 64) - a, 0);
    }
  }

  /// @notice The float of format (p, inf) nearest to a, a float of format (q, from).
  function convert(uint256 p, uint256 inf, uint256 q, uint256 from, uint256 a) internal pure returns (uint256) {
    uint256 x = magnitude(q, from, a);
    if (x > from) return nan(p, inf);
    uint256 sign = x == a ? 0 : signBit(p, inf);
    if (x == from) return sign | inf;
    (uint256 m, int256 e) = unpack(q, from, x);
    return round(p, inf, sign, m, e);
  }
}
