// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Used in assembly.
// solhint-disable-next-line no-unused-import
import {OP_PUSH0} from "./tables/Opcodes.sol";

/// @title Leaves of a code's tree (docs/evm-machine.md, "Code")
library CodeChunks {
  uint256 internal constant CHUNK_BYTES = 128;

  /// @notice Hashes code by chunks: keccak256(carry ‖ 128 bytes), the last one padded with zeros.
  /// @param code A code, or a piece of it that begins with a chunk.
  /// @param carry How many of its first bytes are still data of a PUSH before it.
  /// @return chunks In their order.
  /// @return next Carry of the chunk after the last one; meaningless if that one was padded with zeros.
  function hash(bytes memory code, uint256 carry) internal pure returns (bytes32[] memory chunks, uint256 next) {
    unchecked {
      chunks = new bytes32[]((code.length + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }
    assembly ("memory-safe") {
      // One chunk, with its carry before it, in free memory.
      let leaf := mload(0x40)
      let at := add(add(code, 32), carry)
      let chunk := add(code, 32)
      let codeEnd := add(chunk, mload(code))
      let to := add(chunks, 32)
      for {} lt(chunk, codeEnd) {} {
        mstore8(leaf, sub(at, chunk))
        mcopy(add(leaf, 1), chunk, CHUNK_BYTES)
        chunk := add(chunk, CHUNK_BYTES)
        if gt(chunk, codeEnd) {
          let missing := sub(chunk, codeEnd)
          calldatacopy(sub(add(leaf, 129), missing), calldatasize(), missing)
        }
        mstore(to, keccak256(leaf, 129))
        to := add(to, 32)
        for {} lt(at, chunk) {} {
          // 1 … 32 for PUSH1 … PUSH32: that many bytes are data.
          let data := sub(byte(0, mload(at)), OP_PUSH0)
          at := add(add(at, 1), mul(data, lt(sub(data, 1), 32)))
        }
      }
      next := sub(at, chunk)
    }
  }
}
