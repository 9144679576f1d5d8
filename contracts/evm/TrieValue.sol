// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT} from "./Layout.sol";

/// @dev The state trie's value is not an account.
error MalformedAccount(bytes rlp);

/// @title What the tries hold, as RLP: accounts in the state trie, integers in storage tries (Yellow Paper, 4.1)
/// @dev As evm/machine/account.ts. SAFETY: the tries hold canonical values only, because after genesis only `ofAccount` and `ofSlot`
/// write to them. So reading checks an account's structure, but not its integers for leading zeros.
library TrieValue {
  uint256 private constant INTEGER = 0x80;
  uint256 private constant WORD = 0xa0;
  /// @dev A list of 56 to 255 bytes: nonce and balance, 1 to 33 bytes each, and two hashes.
  uint256 private constant LIST = 0xf8;

  /// @notice The journal's record of an account that was just brought in.
  /// @param rlp No bytes if the trie has no entry.
  function account(bytes memory rlp) internal pure returns (Account memory a) {
    a.codeHash = EMPTY_CODE_HASH;
    a.storageRoot = EMPTY_TRIE_ROOT;
    if (rlp.length == 0) return a;
    bool wellFormed;
    assembly ("memory-safe") {
      let start := add(rlp, 34)
      let at := start
      for {
        let member := a
        let end := add(a, 64)
      } lt(member, end) {
        member := add(member, 32)
      } {
        let head := byte(0, mload(at))
        let size := 0
        switch lt(head, INTEGER)
        case 1 {
          mstore(member, head)
        }
        default {
          size := sub(head, INTEGER)
          mstore(member, shr(sub(256, shl(3, size)), mload(add(at, 1))))
        }
        at := add(add(at, 1), size)
      }
      mstore(add(a, 96), mload(add(at, 1)))
      mstore(add(a, 64), mload(add(at, 34)))
      let shape := or(shl(8, byte(0, mload(at))), byte(0, mload(add(at, 33))))
      let heads := shr(240, mload(add(rlp, 32)))
      let size := mload(rlp)
      wellFormed := and(
        eq(shape, or(shl(8, WORD), WORD)),
        and(eq(heads, or(shl(8, LIST), sub(size, 2))), eq(add(at, 66), add(add(rlp, 32), size)))
      )
    }
    if (!wellFormed) revert MalformedAccount(rlp);
  }

  /// @notice RLP of [nonce, balance, storage root, code hash].
  function ofAccount(Account memory a) internal pure returns (bytes memory rlp) {
    assembly ("memory-safe") {
      rlp := mload(0x40)
      let at := add(rlp, 34)
      for {
        let member := a
        let end := add(a, 64)
      } lt(member, end) {
        member := add(member, 32)
      } {
        let value := mload(member)
        switch and(gt(value, 0), lt(value, INTEGER))
        case 1 {
          mstore8(at, value)
          at := add(at, 1)
        }
        default {
          let size := shr(3, sub(263, clz(value)))
          mstore8(at, add(INTEGER, size))
          mstore(add(at, 1), shl(sub(256, shl(3, size)), value))
          at := add(add(at, 1), size)
        }
      }
      mstore8(at, WORD)
      mstore(add(at, 1), mload(add(a, 96)))
      mstore8(add(at, 33), WORD)
      mstore(add(at, 34), mload(add(a, 64)))
      let size := sub(add(at, 34), rlp)
      mstore(rlp, size)
      mstore8(add(rlp, 32), LIST)
      mstore8(add(rlp, 33), sub(size, 2))
      mstore(0x40, and(add(add(rlp, size), 63), not(31)))
    }
  }

  /// @notice A slot's value.
  /// @param rlp No bytes if the trie has no entry: the value is 0.
  function slot(bytes memory rlp) internal pure returns (uint256 value) {
    if (rlp.length == 0) return 0;
    assembly ("memory-safe") {
      value := byte(0, mload(add(rlp, 32)))
      if iszero(lt(value, INTEGER)) {
        value := shr(sub(256, shl(3, sub(value, INTEGER))), mload(add(rlp, 33)))
      }
    }
  }

  /// @notice RLP of a slot's value: no bytes for 0, which the trie does not hold.
  function ofSlot(uint256 value) internal pure returns (bytes memory rlp) {
    if (value == 0) return rlp;
    assembly ("memory-safe") {
      rlp := mload(0x40)
      mstore(0x40, add(rlp, 96))
      switch lt(value, INTEGER)
      case 1 {
        mstore(rlp, 1)
        mstore8(add(rlp, 32), value)
      }
      default {
        let size := shr(3, sub(263, clz(value)))
        mstore(rlp, add(size, 1))
        mstore8(add(rlp, 32), add(INTEGER, size))
        mstore(add(rlp, 33), shl(sub(256, shl(3, size)), value))
      }
    }
  }
}
