// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Float64} from "./Float64.sol";
import {UnknownOperation} from "./ScalarOps.sol";
import {Operation} from "./Operation.sol";

/// @title The binary64 operations, as a contract of its own
/// @notice Apart from the verifier so that both stay under the limit on a contract's size. Stateless.
/// @dev Calldata is one word, (a, b, c, code) of 64 bits each; the answer is one word, the result. No selector: the word is all.
contract Float64Ops {
  fallback() external {
    uint256 input;
    assembly ("memory-safe") {
      input := calldataload(0)
    }
    uint256 result = _execute(
      uint64(input),
      Float64.wrap(uint64(input >> 192)),
      Float64.wrap(uint64(input >> 128)),
      Float64.wrap(uint64(input >> 64))
    );
    assembly ("memory-safe") {
      mstore(0, result)
      return(0, 32)
    }
  }

  function _execute(uint256 code, Float64 a, Float64 b, Float64 c) private pure returns (uint256) {
    if (code == Operation.F64_ADD) return (a + b).bits();
    if (code == Operation.F64_SUB) return (a - b).bits();
    if (code == Operation.F64_MUL) return (a * b).bits();
    if (code == Operation.F64_FMA) return a.fma(b, c).bits();
    if (code == Operation.F64_DIV) return (a / b).bits();
    if (code == Operation.F64_SQRT) return a.sqrt().bits();
    if (code == Operation.F64_REM) return a.rem(b).bits();
    if (code == Operation.F64_MIN) return a.min(b).bits();
    if (code == Operation.F64_MAX) return a.max(b).bits();
    if (code == Operation.F64_NEG) return a.neg().bits();
    if (code == Operation.F64_ABS) return a.abs().bits();
    if (code == Operation.F64_EQ) return a.eq(b) ? 1 : 0;
    if (code == Operation.F64_LT) return a.lt(b) ? 1 : 0;
    if (code == Operation.F64_LE) return a.le(b) ? 1 : 0;
    if (code == Operation.F64_FLOOR) return a.floor().bits();
    if (code == Operation.F64_CEIL) return a.ceil().bits();
    if (code == Operation.F64_TRUNC) return a.trunc().bits();
    if (code == Operation.F64_RINT) return a.rint().bits();
    revert UnknownOperation(code);
  }
}
