// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Float32} from "../tensor/scalar/Float32.sol";
import {ScalarOps} from "../tensor/scalar/ScalarOps.sol";
import {ScalarProgram} from "../tensor/scalar/ScalarProgram.sol";
import {ScalarTypes} from "../tensor/scalar/ScalarTypes.sol";

/// A result is not a 64-bit word.
error HighBits(uint256 code, uint256 result);

/// @notice Puts the scalar libraries within reach of tests, many vectors in a call.
contract ScalarHarness {
  /// @notice One operation on many operands.
  /// @param operands Packed triples of 64-bit words.
  /// @return results Packed 64-bit words. A result with more bits reverts.
  /// @return gasUsed What the operations cost, with dispatch and the reading of operands, all together.
  function batch(
    uint256 code,
    bytes calldata operands,
    address float64Ops
  ) external view returns (bytes memory results, uint256 gasUsed) {
    uint256[3] memory registers;
    uint256 first;
    assembly ("memory-safe") {
      first := registers
    }
    uint256 word = (code << 248) | (1 << 232) | (2 << 224);
    uint256 n = operands.length / 24;
    results = new bytes(n * 8);
    for (uint256 i = 0; i < n; i++) {
      for (uint256 j = 0; j < 3; j++) registers[j] = uint64(bytes8(operands[24 * i + 8 * j:]));
      uint256 start = gasleft();
      uint256 result = ScalarOps.execute(word, first, float64Ops);
      gasUsed += start - gasleft();
      if (result >= 1 << 64) revert HighBits(code, result);
      assembly ("memory-safe") {
        mstore(add(add(results, 32), mul(8, i)), shl(192, result))
      }
    }
  }

  /// @notice Runs a program; gives all registers, and the gas of `ScalarProgram.run` itself.
  function run(
    bytes memory code,
    uint256[] memory inputs,
    uint256[] memory variables,
    address float64Ops
  ) external view returns (uint256[] memory registers, uint256 result, uint256 gasUsed) {
    uint256 operations = code.length / 4;
    uint256 filled = inputs.length;
    registers = new uint256[](filled + operations);
    for (uint256 i = 0; i < filled; i++) registers[i] = inputs[i];
    uint256 codeStart;
    uint256 registersStart;
    uint256 variablesStart;
    assembly ("memory-safe") {
      codeStart := add(code, 32)
      registersStart := add(registers, 32)
      variablesStart := add(variables, 32)
    }
    uint256 start = gasleft();
    result = ScalarProgram.run(codeStart, operations, registersStart, filled, variablesStart, float64Ops);
    gasUsed = start - gasleft();
  }

  /// @notice What the arithmetic of Float32 costs by itself, for code that uses the type directly.
  /// @param operation 0 fma, 1 add, 2 mul, 3 div, 4 sqrt; 5 nothing, for the cost of measuring.
  function float32Gas(
    uint256 operation,
    Float32[3][] calldata operands
  ) external view returns (uint256 gasUsed, uint256 sum) {
    for (uint256 i = 0; i < operands.length; i++) {
      Float32 a = operands[i][0];
      Float32 b = operands[i][1];
      Float32 c = operands[i][2];
      Float32 r;
      uint256 start;
      uint256 end;
      if (operation == 0) (start, r, end) = (gasleft(), a.fma(b, c), gasleft());
      else if (operation == 1) (start, r, end) = (gasleft(), a + b, gasleft());
      else if (operation == 2) (start, r, end) = (gasleft(), a * b, gasleft());
      else if (operation == 3) (start, r, end) = (gasleft(), a / b, gasleft());
      else if (operation == 4) (start, r, end) = (gasleft(), a.sqrt(), gasleft());
      else (start, r, end) = (gasleft(), a, gasleft());
      gasUsed += start - end;
      // The results are used, so that none is optimised away.
      unchecked {
        sum += r.bits();
      }
    }
  }

  function signature(uint8 code) external pure returns (bool exists, uint256 arity, uint256 args, uint256 result) {
    return ScalarTypes.signature(code);
  }

  function resultOf(uint8 code, uint256 first, uint256 second, uint256 third) external pure returns (uint256) {
    return ScalarTypes.resultOf(code, first, second, third);
  }
}
