// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

import {Float64} from "./Float64.sol";
import {UnknownOperation} from "./ScalarOps.sol";

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
    if (code == 0x30) return (a + b).bits();
    if (code == 0x31) return (a - b).bits();
    if (code == 0x32) return (a * b).bits();
    if (code == 0x33) return a.fma(b, c).bits();
    if (code == 0x34) return (a / b).bits();
    if (code == 0x35) return a.sqrt().bits();
    if (code == 0x36) return a.rem(b).bits();
    if (code == 0x37) return a.min(b).bits();
    if (code == 0x38) return a.max(b).bits();
    if (code == 0x39) return a.neg().bits();
    if (code == 0x3a) return a.abs().bits();
    if (code == 0x3b) return a.eq(b) ? 1 : 0;
    if (code == 0x3c) return a.lt(b) ? 1 : 0;
    if (code == 0x3d) return a.le(b) ? 1 : 0;
    if (code == 0x3e) return a.floor().bits();
    if (code == 0x3f) return a.ceil().bits();
    if (code == 0x40) return a.trunc().bits();
    if (code == 0x41) return a.rint().bits();
    revert UnknownOperation(code);
  }
}
