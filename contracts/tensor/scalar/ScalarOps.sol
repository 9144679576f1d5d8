// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Float32} from "./Float32.sol";
import {Float64} from "./Float64.sol";
import {FloatConversions} from "./FloatConversions.sol";
import {Int64} from "./Int64.sol";
import {Operation} from "./Operation.sol";

/// No operation has this code: registration lets no program have it.
error UnknownOperation(uint256 code);

/// The contract for binary64 did not answer.
error Float64Unavailable(address float64Ops);

/// @title One scalar operation of the tensor machine, by its code
/// @notice Every operation is total: it has a result for all 64-bit operands, and does not depend on anything else.
/// An operand of type f32 is read in its low 32 bits. A NaN result is the canonical one.
/// @dev Nested ranges keep the way to any of them short; within a range
/// the hottest comes first.
library ScalarOps {
  /// @notice Executes one operation of a program, any but `index`, which the program itself resolves.
  /// @param word The operation in its upper four bytes, {code, a, b, c}, with a, b, c the numbers of the operands' registers;
  /// those that the operation does not have, and the rest of the word, are ignored.
  /// @param registers Memory address of register 0.
  /// @param float64Ops The `Float64Ops` contract, used for operations on f64 only.
  /// @return r The result, below 2^64.
  function execute(uint256 word, uint256 registers, address float64Ops) internal view returns (uint256 r) {
    uint256 code = word >> 248;
    if (code < Operation.F64_ADD) {
      if (code >= Operation.F32_ADD) r = _float32(code, word, registers);
      else if (code == Operation.SELECT) r = _register(_register(1, word, registers) != 0 ? 2 : 3, word, registers);
      else revert UnknownOperation(code);
    } else if (code >= Operation.INT_ADD) {
      r = _int(code, word, registers);
    } else if (code >= Operation.F32_TO_INT) {
      r = _conversion(code, _register(1, word, registers));
    } else {
      r = _float64(code, word, registers, float64Ops);
    }
  }

  /// @return value The i-th operand: operands are read where they are needed, since a short stack is a cheap one.
  function _register(uint256 i, uint256 word, uint256 registers) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := mload(add(registers, shl(5, byte(i, word))))
    }
  }

  /// @dev The conversion to uint32 drops high bits.
  function _float(uint256 i, uint256 word, uint256 registers) private pure returns (Float32) {
    return Float32.wrap(uint32(_register(i, word, registers)));
  }

  function _float32(uint256 code, uint256 word, uint256 registers) private pure returns (uint256 r) {
    Float32 a = _float(1, word, registers);
    Float32 b = _float(2, word, registers);
    if (code < Operation.F32_DIV) {
      if (code == Operation.F32_FMA) r = a.fma(b, _float(3, word, registers)).bits();
      else if (code == Operation.F32_MUL) r = (a * b).bits();
      else r = (code == Operation.F32_ADD ? a + b : a - b).bits();
    } else if (code < Operation.F32_NEG) {
      if (code == Operation.F32_DIV) r = (a / b).bits();
      else if (code == Operation.F32_SQRT) r = a.sqrt().bits();
      else if (code == Operation.F32_MAX) r = a.max(b).bits();
      else if (code == Operation.F32_MIN) r = a.min(b).bits();
      else r = a.rem(b).bits();
    } else if (code < Operation.F32_FLOOR) {
      if (code == Operation.F32_NEG) r = a.neg().bits();
      else if (code == Operation.F32_ABS) r = a.abs().bits();
      else if (code == Operation.F32_EQ) r = _word(a.eq(b));
      else if (code == Operation.F32_LT) r = _word(a.lt(b));
      else r = _word(a.le(b));
    } else {
      if (code == Operation.F32_FLOOR) r = a.floor().bits();
      else if (code == Operation.F32_CEIL) r = a.ceil().bits();
      else if (code == Operation.F32_TRUNC) r = a.trunc().bits();
      else if (code == Operation.F32_RINT) r = a.rint().bits();
      else revert UnknownOperation(code);
    }
  }

  function _conversion(uint256 code, uint256 a) private pure returns (uint256 r) {
    if (code < Operation.F32_FROM_F16) {
      if (code == Operation.F32_TO_INT) r = FloatConversions.toInt(Float32.wrap(uint32(a)));
      else if (code == Operation.F32_FROM_INT) r = FloatConversions.fromInt32(a).bits();
      else if (code == Operation.F64_TO_INT) r = FloatConversions.toInt(Float64.wrap(uint64(a)));
      else if (code == Operation.F64_FROM_INT) r = FloatConversions.fromInt64(a).bits();
      else if (code == Operation.F64_FROM_F32) r = FloatConversions.widen(Float32.wrap(uint32(a))).bits();
      else r = FloatConversions.narrow(Float64.wrap(uint64(a))).bits();
    } else if (code < Operation.F32_BITS) {
      if (code == Operation.F32_FROM_F16) r = FloatConversions.fromF16(a).bits();
      else if (code == Operation.F32_TO_F16) r = FloatConversions.toF16(Float32.wrap(uint32(a)));
      else if (code == Operation.F32_FROM_BF16) r = FloatConversions.fromBF16(a).bits();
      else r = FloatConversions.toBF16(Float32.wrap(uint32(a)));
    } else {
      if (code < Operation.F64_BITS) r = FloatConversions.canonical32(a);
      else if (code < Operation.F64_FROM_BITS + 1) r = FloatConversions.canonical64(a);
      else revert UnknownOperation(code);
    }
  }

  function _int(uint256 code, uint256 word, uint256 registers) private pure returns (uint256 r) {
    uint256 a = _register(1, word, registers);
    uint256 b = _register(2, word, registers);
    if (code < Operation.INT_AND) {
      if (code == Operation.INT_ADD) r = Int64.add(a, b);
      else if (code == Operation.INT_SUB) r = Int64.sub(a, b);
      else if (code == Operation.INT_MUL) r = Int64.mul(a, b);
      else if (code == Operation.INT_MUL_HIGH) r = Int64.mulHigh(a, b);
      else if (code == Operation.INT_MUL_HIGH_U) r = Int64.mulHighU(a, b);
      else if (code == Operation.INT_DIV_TRUNC) r = Int64.divTrunc(a, b);
      else r = Int64.divFloor(a, b);
    } else if (code < Operation.INT_EQ) {
      if (code == Operation.INT_AND) r = a & b;
      else if (code == Operation.INT_OR) r = a | b;
      else if (code == Operation.INT_XOR) r = a ^ b;
      else if (code == Operation.INT_SHL) r = Int64.shl(a, b);
      else if (code == Operation.INT_SHR) r = Int64.shr(a, b);
      else r = Int64.sar(a, b);
    } else {
      if (code == Operation.INT_DOT4SS) r = Int64.dot4ss(a, b, _register(3, word, registers));
      else if (code == Operation.INT_DOT4US) r = Int64.dot4us(a, b, _register(3, word, registers));
      else if (code == Operation.INT_EQ) r = _word(a == b);
      else if (code == Operation.INT_LT) r = Int64.lt(a, b);
      else if (code == Operation.INT_LT_U) r = _word(a < b);
      else if (code == Operation.INT_MIN) r = Int64.min(a, b);
      else if (code == Operation.INT_MAX) r = Int64.max(a, b);
      else if (code == Operation.INT_WRAP32) r = Int64.wrap32(a);
      else revert UnknownOperation(code);
    }
  }

  /// @dev One word each way, in scratch space: (a, b, c, code), 64 bits each, and the result.
  function _float64(
    uint256 code,
    uint256 word,
    uint256 registers,
    address float64Ops
  ) private view returns (uint256 r) {
    if (code > Operation.F64_RINT) revert UnknownOperation(code);
    uint256 input = (_register(1, word, registers) << 192) | (_register(2, word, registers) << 128);
    input |= (_register(3, word, registers) << 64) | code;
    bool answered;
    assembly ("memory-safe") {
      mstore(0, input)
      answered := staticcall(gas(), float64Ops, 0, 32, 0, 32)
      // INVARIANT: a failed call (out of gas, or no code) reverts. Otherwise the prover could forge a result by withholding gas.
      answered := and(answered, eq(returndatasize(), 32))
      r := mload(0)
    }
    if (!answered) revert Float64Unavailable(float64Ops);
  }

  function _word(bool condition) private pure returns (uint256 r) {
    assembly ("memory-safe") {
      r := condition
    }
  }
}
