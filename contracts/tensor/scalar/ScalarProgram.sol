// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {ScalarOps} from "./ScalarOps.sol";
import {Operation} from "./Operation.sol";

/// @title Runs a straight-line scalar program
/// @notice A program is a list of operations of 4 bytes, {code, a, b, c}. The operands are register numbers; the result of each
/// operation goes to the next register. For `index` (code 0) `a` is the number of a loop variable.
/// @dev Memory layout: registers and loop variables are arrays of 32-byte words without a length, each a 64-bit
/// pattern with high bits zero. The code is packed bytes.
library ScalarProgram {
  /// @param code Memory address of the first operation. Up to 28 bytes beyond the last are read, and ignored.
  /// @param operations How many operations to execute.
  /// @param registers Memory address of register 0.
  /// @param filled How many registers have values before. The caller owns memory for `filled + operations` words.
  /// @param variables Memory address of loop variable 0.
  /// @param float64Ops The `Float64Ops` contract.
  /// @return result The value of the last operation; 0 if there is none.
  // SAFETY: register numbers are not checked here. Registration admits no program that names a register before it has a
  // value, or a variable that does not exist.
  function run(
    uint256 code,
    uint256 operations,
    uint256 registers,
    uint256 filled,
    uint256 variables,
    address float64Ops
  ) internal view returns (uint256 result) {
    uint256 end;
    uint256 next;
    assembly ("memory-safe") {
      end := add(code, shl(2, operations))
      next := add(registers, shl(5, filled))
    }
    while (code < end) {
      assembly ("memory-safe") {
        result := mload(code)
      }
      if (result >> 248 == Operation.INDEX) {
        assembly ("memory-safe") {
          result := mload(add(variables, shl(5, byte(1, result))))
        }
      } else {
        result = ScalarOps.execute(result, registers, float64Ops);
      }
      assembly ("memory-safe") {
        mstore(next, result)
        next := add(next, 32)
        code := add(code, 4)
      }
    }
  }
}
