// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Address of the account that a sender's creation makes: keccak256(rlp([sender, nonce])) (Yellow Paper, section 7)
library CreatedAddress {
  /// @param nonce Of the sender before the creation, below 2^64.
  function ofCreation(uint256 sender, uint256 nonce) internal pure returns (uint256 created) {
    assembly ("memory-safe") {
      // The nonce's item: its size in bytes, and the bytes.
      let size := 1
      let item := nonce
      if iszero(nonce) {
        item := 0x80
      }
      if gt(nonce, 0x7f) {
        let digits := shr(3, sub(263, clz(nonce)))
        item := or(shl(shl(3, digits), add(0x80, digits)), nonce)
        size := add(digits, 1)
      }
      // List header (1 byte), address with its header (21), nonce.
      let list := or(shl(168, add(0xd5, size)), or(shl(160, 0x94), sender))
      mstore(0, or(shl(80, list), shl(sub(80, shl(3, size)), item)))
      created := shr(96, shl(96, keccak256(0, add(22, size))))
    }
  }
}
