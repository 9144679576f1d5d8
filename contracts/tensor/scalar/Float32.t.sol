// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Float32} from "./Float32.sol";
import {SoftFloat} from "./SoftFloat.sol";

/// A law does not hold.
error Broken(string law);

/// @notice Laws of binary32 arithmetic, on any patterns, and rounding against exact integers.
contract Float32Test {
  uint256 private constant SIGN = 0x80000000;
  uint256 private constant INF = 0x7f800000;
  uint256 private constant NAN = 0x7fc00000;
  Float32 private constant ONE = Float32.wrap(0x3f800000);
  Float32 private constant ZERO = Float32.wrap(0);
  Float32 private constant MINUS_ZERO = Float32.wrap(0x80000000);

  /// The scale of exact values: 2^-120.
  int256 private constant SCALE = 120;

  // Laws, on any two patterns. A uniform exponent makes most sums trivial, so that of b is often brought near that of a.

  function testFuzzSumsCommute(Float32 a, Float32 b, uint8 gap) public pure {
    b = _near(a, b, gap);
    _same(a + b, b + a);
  }

  function testFuzzProductsCommute(Float32 a, Float32 b, Float32 c) public pure {
    _same(a * b, b * a);
    _same(a.fma(b, c), b.fma(a, c));
  }

  function testFuzzMinusZeroAndOneAreNeutral(Float32 a) public pure {
    Float32 same = Float32.wrap(uint32(_canonical(a)));
    _same(a + MINUS_ZERO, same);
    _same(a * ONE, same);
    _same(a / ONE, same);
  }

  function testFuzzDifferenceIsSumWithTheNegative(Float32 a, Float32 b, uint8 gap) public pure {
    b = _near(a, b, gap);
    _same(a - b, a + _flipped(b));
  }

  function testFuzzANumberLessItselfIsPlusZero(Float32 a) public pure {
    _same(a - a, _isFinite(a) ? ZERO : Float32.wrap(uint32(NAN)));
  }

  function testFuzzSignsFactorOut(Float32 a, Float32 b, uint8 gap) public pure {
    b = _near(a, b, gap);
    _same(a.neg() * b, (a * b).neg());
    _same(a / b.neg(), (a / b).neg());
    Float32 sum = a + b;
    // An exact zero is +0 on both sides.
    if (sum.abs().bits() != 0) _same(a.neg() + b.neg(), sum.neg());
  }

  function testFuzzFmaHasSumAndProductAsCases(Float32 a, Float32 b, uint8 gap) public pure {
    b = _near(a, b, gap);
    _same(a.fma(ONE, b), a + b);
    _same(a.fma(b, MINUS_ZERO), a * b);
  }

  function testFuzzFastPathsAgreeWithSoftFloat(Float32 a, Float32 b, Float32 c, uint8 gap) public pure {
    b = _near(a, b, gap);
    (uint256 x, uint256 y, uint256 z) = (a.bits(), b.bits(), c.bits());
    _same(a + b, Float32.wrap(uint32(SoftFloat.add(23, INF, x, y))));
    _same(a * c, Float32.wrap(uint32(SoftFloat.mul(23, INF, x, z))));
    _same(a / c, Float32.wrap(uint32(SoftFloat.div(23, INF, x, z))));
    _same(a.sqrt(), Float32.wrap(uint32(SoftFloat.sqrt(23, INF, x))));
    c = _near(a * b, c, gap);
    _same(a.fma(b, c), Float32.wrap(uint32(SoftFloat.fma(23, INF, x, y, c.bits()))));
  }

  function testFuzzNumbersAreBelowEqualAboveOrUnordered(Float32 a, Float32 b) public pure {
    uint256 cases = (a.lt(b) ? 1 : 0) + (b.lt(a) ? 1 : 0) + (a.eq(b) ? 1 : 0) + (_isNaN(a) || _isNaN(b) ? 1 : 0);
    _check(cases == 1, "not exactly one holds");
    _check(a.le(b) == (a.lt(b) || a.eq(b)), "le is lt or eq");
  }

  function testFuzzMinAndMaxShareOut(Float32 a, Float32 b) public pure {
    Float32 least = a.min(b);
    Float32 most = a.max(b);
    if (_isNaN(a) || _isNaN(b)) {
      _check(least.bits() == NAN && most.bits() == NAN, "NaN is not passed on");
      return;
    }
    _check(least.le(most), "min above max");
    _check(least.bits() ^ most.bits() == a.bits() ^ b.bits(), "min and max are not the two operands");
    _check(least.bits() == a.bits() || least.bits() == b.bits(), "min is not an operand");
  }

  function testMinAndMaxTellZerosApart() public pure {
    _same(ZERO.min(MINUS_ZERO), MINUS_ZERO);
    _same(MINUS_ZERO.max(ZERO), ZERO);
  }

  function testFuzzRemainderIsAtMostHalf(Float32 a, Float32 b) public pure {
    Float32 r = a.rem(b);
    if (!_isFinite(a) || _isNaN(b) || b.abs().bits() == 0) {
      _check(r.bits() == NAN, "a remainder without a quotient");
      return;
    }
    if (!_isFinite(b)) return _same(r, a);
    // Twice a number under half the largest is exact.
    if (r.abs().bits() < 0x7f000000) _check((r.abs() + r.abs()).le(b.abs()), "more than half");
    _same(r.rem(b), r);
    _same(a.rem(b.neg()), r);
    _same(a.neg().rem(b), r.neg());
  }

  function testFuzzIntegersAreNextToTheNumber(Float32 a) public pure {
    if (!_isFinite(a)) return _same(a.floor(), Float32.wrap(uint32(_canonical(a))));
    Float32 low = a.floor();
    Float32 high = a.ceil();
    _check(low.le(a) && a.le(high), "out of order");
    _check(low.eq(high) ? low.eq(a) : (high - low).eq(ONE), "not next to it");
    _same(a.neg().floor(), high.neg());
    _same(a.trunc(), a.bits() & SIGN == 0 ? low : high);
    Float32 nearest = a.rint();
    _check(nearest.eq(low) || nearest.eq(high), "rint is neither");
    _check((a - nearest).abs().le(Float32.wrap(0x3f000000)), "more than a half away");
    _check(nearest.bits() & SIGN == a.bits() & SIGN, "the sign is lost");
    _same(nearest.floor(), nearest);
  }

  function testFuzzNoOtherNaN(Float32 a, Float32 b, Float32 c) public pure {
    // A NaN among the operands as often as not.
    if (c.bits() % 2 == 0) a = Float32.wrap(uint32(a.bits() | INF | 1));
    Float32[14] memory results = [
      a + b,
      a - b,
      a * b,
      a / b,
      a.fma(b, c),
      c.fma(b, a),
      a.sqrt(),
      a.rem(b),
      a.min(b),
      a.max(b),
      a.neg(),
      a.abs(),
      a.rint(),
      a.floor()
    ];
    for (uint256 i = 0; i < results.length; i++) {
      _check(!_isNaN(results[i]) || results[i].bits() == NAN, "another NaN");
    }
  }

  // Rounding: for operands whose exact results fit a word, the result is no further from it than its neighbours are, and
  // even if one of them is as near.

  function testFuzzFmaRoundsToNearestEven(uint32 x, uint32 y, uint32 z, uint8 closeness) public pure {
    Float32 a = _moderate(x);
    Float32 b = _moderate(y);
    Float32 c = _moderate(z);
    // Half of the time a sum that cancels or nearly so.
    if (closeness < 128) c = Float32.wrap(uint32((a * b).bits() ^ SIGN ^ (closeness & 3)));
    if (!_isModerate(c)) return;
    int256 product = _fixed(a, SCALE / 2) * _fixed(b, SCALE / 2);
    _isNearest(a.fma(b, c), product + _fixed(c, SCALE));
    _isNearest(a * b, product);
  }

  function testFuzzSumsRoundToNearestEven(uint32 x, uint32 y) public pure {
    Float32 a = _moderate(x);
    Float32 b = _moderate(y);
    _isNearest(a + b, _fixed(a, SCALE) + _fixed(b, SCALE));
    _isNearest(a - b, _fixed(a, SCALE) - _fixed(b, SCALE));
  }

  function testFuzzQuotientsRoundToNearest(uint32 x, uint32 y) public pure {
    Float32 a = _moderate(x);
    Float32 b = _moderate(y);
    Float32 q = a / b;
    int256 wanted = _fixed(a, SCALE);
    int256 divisor = _fixed(b, SCALE / 2);
    int256 off = _distance(_fixed(q, SCALE / 2) * divisor, wanted);
    _check(off < _distance(_fixed(_next(q), SCALE / 2) * divisor, wanted), "the next float is as near");
    _check(off < _distance(_fixed(_previous(q), SCALE / 2) * divisor, wanted), "the previous float is as near");
  }

  function testFuzzRootsRoundToNearest(uint32 x) public pure {
    Float32 a = _moderate(x).abs();
    Float32 root = a.sqrt();
    // The midpoints to both neighbours, squared, enclose the number: (r + r')² / 4.
    int256 four = 4 * _fixed(a, SCALE);
    int256 r = _fixed(root, SCALE / 2);
    int256 above = r + _fixed(_next(root), SCALE / 2);
    int256 below = r + _fixed(_previous(root), SCALE / 2);
    _check(below * below < four && four < above * above, "not the nearest root");
  }

  function testFuzzRootsOfSquaresAreExact(uint16 n, uint8 exponent) public pure {
    // An integer below 2^12, so that its square is a float, times a power of two.
    Float32 a = Float32.wrap(uint32(0x3f800000 + (uint256(n % 4096) << 11) + (uint256(exponent % 50) << 23)));
    _same((a * a).sqrt(), a);
  }

  // What the tests are made of.

  function _check(bool holds, string memory law) private pure {
    if (!holds) revert Broken(law);
  }

  function _same(Float32 a, Float32 b) private pure {
    _check(a.bits() == b.bits(), "bits differ");
  }

  function _isNaN(Float32 a) private pure returns (bool) {
    return a.bits() & ~SIGN > INF;
  }

  function _isFinite(Float32 a) private pure returns (bool) {
    return a.bits() & ~SIGN < INF;
  }

  function _canonical(Float32 a) private pure returns (uint256) {
    return _isNaN(a) ? NAN : a.bits();
  }

  function _flipped(Float32 a) private pure returns (Float32) {
    return Float32.wrap(uint32(a.bits() ^ SIGN));
  }

  /// @dev b with an exponent within 32 of that of a, for three gaps in four.
  function _near(Float32 a, Float32 b, uint8 gap) private pure returns (Float32) {
    if (gap % 4 == 0) return b;
    uint256 exponent = ((a.bits() >> 23) + uint256(gap >> 2)) & 0xff;
    exponent = (exponent + 224) & 0xff;
    return Float32.wrap(uint32((b.bits() & 0x807fffff) | (exponent << 23)));
  }

  /// @dev A number of magnitude 2^-16…2^16, with a sparse fraction every other time, so that results tie.
  function _moderate(uint32 x) private pure returns (Float32) {
    uint256 exponent = 111 + ((x >> 23) & 31);
    uint256 fraction = x & 0x7fffff;
    if (x % 2 == 0) fraction &= 0x7ff000;
    return Float32.wrap(uint32((x & SIGN) | (exponent << 23) | fraction));
  }

  /// @dev Of magnitude under 2^40, with all bits above 2^-60.
  function _isModerate(Float32 a) private pure returns (bool) {
    uint256 exponent = (a.bits() >> 23) & 0xff;
    return exponent > 90 && exponent < 167;
  }

  /// @dev A normal number or zero, exactly, in units of 2^-scale.
  function _fixed(Float32 a, int256 scale) private pure returns (int256) {
    uint256 exponent = (a.bits() >> 23) & 0xff;
    if (a.bits() & ~SIGN == 0) return 0;
    int256 shift = int256(exponent) - 150 + scale;
    int256 significand = int256((a.bits() & 0x7fffff) | 0x800000);
    _check(exponent != 0 && exponent != 255, "not a normal number");
    int256 value = shift >= 0 ? significand << uint256(shift) : significand >> uint256(-shift);
    _check(shift >= 0 || value << uint256(-shift) == significand, "not representable at this scale");
    return a.bits() & SIGN == 0 ? value : -value;
  }

  function _next(Float32 a) private pure returns (Float32) {
    return Float32.wrap(uint32(a.bits() + 1));
  }

  function _previous(Float32 a) private pure returns (Float32) {
    return Float32.wrap(uint32(a.bits() - 1));
  }

  function _distance(int256 a, int256 b) private pure returns (int256) {
    return a < b ? b - a : a - b;
  }

  /// @param exact The true result in units of 2^-120.
  function _isNearest(Float32 r, int256 exact) private pure {
    if (exact == 0) return _same(r, ZERO);
    int256 off = _distance(_fixed(r, SCALE), exact);
    int256 above = _distance(_fixed(_next(r), SCALE), exact);
    int256 below = _distance(_fixed(_previous(r), SCALE), exact);
    bool even = r.bits() % 2 == 0;
    _check(off < above || (off == above && even), "the next float is nearer");
    _check(off < below || (off == below && even), "the previous float is nearer");
  }
}
