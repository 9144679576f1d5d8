// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Execution} from "./Execution.sol";
import {Machine, WrongPhase} from "./Tape.sol";
import {Gas} from "./tables/GasCosts.sol";
import {Opcode} from "./tables/Opcodes.sol";

/// @title Arithmetic, comparison and bits: 0x01 … 0x0b and 0x10 … 0x1d (Yellow Paper, H.2, sections 0s and 10s)
/// @dev The EVM that runs this contract has the same instructions, with the same operands in the same order.
contract ArithmeticOps is Execution {
  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    uint256 a = _pop(m);
    uint256 result;
    bool known;
    if (opcode < Opcode.LT) {
      // A two-operand instruction ignores c, which is whatever lies after its operands.
      (result, known) = _arithmetic(m, opcode, a, _pop(m), _peek(m, 0));
    } else {
      (result, known) = _bits(opcode, a, _peek(m, 0));
    }
    if (!known) revert WrongPhase(opcode);
    _push(m, result);
    return m.finish();
  }

  function _arithmetic(
    Machine memory m,
    uint256 opcode,
    uint256 a,
    uint256 b,
    uint256 c
  ) private pure returns (uint256 result, bool known) {
    if (opcode == Opcode.EXP) _charge(m, Gas.EXP_BYTE * _byteLength(b));
    assembly ("memory-safe") {
      known := 1
      switch opcode
      // generated: ARITHMETIC (npm run generate)
      case 0x01 {
        result := add(a, b)
      }
      case 0x02 {
        result := mul(a, b)
      }
      case 0x03 {
        result := sub(a, b)
      }
      case 0x04 {
        result := div(a, b)
      }
      case 0x05 {
        result := sdiv(a, b)
      }
      case 0x06 {
        result := mod(a, b)
      }
      case 0x07 {
        result := smod(a, b)
      }
      case 0x08 {
        result := addmod(a, b, c)
      }
      case 0x09 {
        result := mulmod(a, b, c)
      }
      case 0x0a {
        result := exp(a, b)
      }
      case 0x0b {
        result := signextend(a, b)
      }
      // end of ARITHMETIC
      default {
        known := 0
      }
    }
  }

  function _bits(uint256 opcode, uint256 a, uint256 b) private pure returns (uint256 result, bool known) {
    assembly ("memory-safe") {
      known := 1
      switch opcode
      // generated: BITS (npm run generate)
      case 0x10 {
        result := lt(a, b)
      }
      case 0x11 {
        result := gt(a, b)
      }
      case 0x12 {
        result := slt(a, b)
      }
      case 0x13 {
        result := sgt(a, b)
      }
      case 0x14 {
        result := eq(a, b)
      }
      case 0x15 {
        result := iszero(a)
      }
      case 0x16 {
        result := and(a, b)
      }
      case 0x17 {
        result := or(a, b)
      }
      case 0x18 {
        result := xor(a, b)
      }
      case 0x19 {
        result := not(a)
      }
      case 0x1a {
        result := byte(a, b)
      }
      case 0x1b {
        result := shl(a, b)
      }
      case 0x1c {
        result := shr(a, b)
      }
      case 0x1d {
        result := sar(a, b)
      }
      // end of BITS
      default {
        known := 0
      }
    }
  }

  /// @dev Bytes of an integer without leading zeros: none for 0.
  function _byteLength(uint256 value) private pure returns (uint256 length) {
    assembly ("memory-safe") {
      length := shr(3, sub(263, clz(value)))
    }
  }
}
