// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Operation} from "./Operation.sol";

/// @title Types of the scalar operations
/// @notice For the validator of programs: which operation codes exist, and what they take and give.
library ScalarTypes {
  // generated: TYPES (npm run generate)
  uint256 internal constant NONE = 0;
  uint256 internal constant F32 = 1;
  uint256 internal constant F64 = 2;
  uint256 internal constant INT = 3;
  /// @dev Any one type, the same wherever it occurs in a signature. Only in that of `select`.
  uint256 internal constant ANY = 4;

  // Patterns of +infinity, and of the one NaN that a register may hold.
  uint256 internal constant F32_INFINITY = 0x7f800000;
  uint256 internal constant F32_NAN = 0x7fc00000;
  uint256 internal constant F64_INFINITY = 0x7ff0000000000000;
  uint256 internal constant F64_NAN = 0x7ff8000000000000;
  // end of TYPES

  // One byte for each code: result | first << 2 | second << 4 | third << 6, two bits each. 0 if there is no such operation;
  // `select`, the one polymorphic operation, is not in the table.
  // generated: SIGNATURES (npm run generate)
  bytes32 private constant CODES_00 = 0x0300000000000000000000000000000015151555150515151505051717170505;
  bytes32 private constant CODES_20 = 0x050500000000000000000000000000002a2a2aaa2a0a2a2a2a0a0a2b2b2b0a0a;
  bytes32 private constant CODES_40 = 0x0a0a0000000000000000000000000000070d0b0e06090d070d07070d0b0e0000;
  bytes32 private constant CODES_60 = 0x3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f0fffff0000000000000000000000;
  // end of SIGNATURES

  /// @return exists Whether an operation has this code.
  /// @return arity How many register operands it has, 0…3.
  /// @return args Their types, four bits each, the first in the lowest.
  /// @return result The type of its result.
  function signature(uint8 code) internal pure returns (bool exists, uint256 arity, uint256 args, uint256 result) {
    if (code == Operation.SELECT) return (true, 3, INT | (ANY << 4) | (ANY << 8), ANY);
    uint256 packed = _packed(code);
    result = packed & 3;
    exists = result != NONE;
    for (packed >>= 2; packed != 0; packed >>= 2) {
      args |= (packed & 3) << (4 * arity);
      arity++;
    }
  }

  /// @notice The type of the result for operands of the given types, NONE where the operation has no operand.
  /// @return NONE if there is no such operation, or it does not take these operands.
  function resultOf(uint8 code, uint256 first, uint256 second, uint256 third) internal pure returns (uint256) {
    if (code == Operation.SELECT) return first == INT && second == third && second <= INT ? second : NONE;
    uint256 packed = _packed(code);
    return packed >> 2 == first | (second << 2) | (third << 4) ? packed & 3 : NONE;
  }

  function _packed(uint8 code) private pure returns (uint256) {
    if (code >= 0x80) return 0;
    bytes32 row = code < 0x40 ? (code < 0x20 ? CODES_00 : CODES_20) : (code < 0x60 ? CODES_40 : CODES_60);
    return uint8(row[code & 31]);
  }
}
