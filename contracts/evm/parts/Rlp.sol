// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {TransactionWindow} from "../tables/Limits.sol";

/// @dev Reads items in order. Malformed RLP sets `valid` to false; it stays false.
struct Reader {
  bytes window;
  uint256 place;
  bool valid;
}

using Rlp for Reader global;

/// @title Strict RLP (Yellow Paper, appendix B) in a window on a transaction
/// @dev An item that exceeds the window is malformed: a window is as long as the longest valid content, and ends at the latest with
/// the transaction. Mirrors evm/batch/rlp.ts.
library Rlp {
  function reader(bytes memory window, uint256 place) internal pure returns (Reader memory r) {
    r.window = window;
    r.place = place;
    r.valid = true;
  }

  /// @notice Steps over the header of a string or list.
  /// @return length Of its content, which may go on beyond the window.
  function header(Reader memory r, bool list) internal pure returns (uint256 length) {
    (bool valid, bool isList, uint256 start, uint256 size) = _item(r.window, r.place);
    if (!valid || isList != list) {
      r.valid = false;
      return 0;
    }
    r.place = start;
    return size;
  }

  /// @notice A string's content of at most `limit` ≤ 32 bytes, as an integer.
  function string_(Reader memory r, uint256 limit) internal pure returns (uint256 value, uint256 length) {
    bytes memory window = r.window;
    (bool valid, bool isList, uint256 start, uint256 size) = _item(window, r.place);
    unchecked {
      if (!valid || isList || size > limit || start + size > window.length) {
        r.valid = false;
        return (0, 0);
      }
      r.place = start + size;
      return (_number(window, start, size), size);
    }
  }

  /// @notice An integer without leading zeros, of at most `limit` ≤ 32 bytes.
  function integer(Reader memory r, uint256 limit) internal pure returns (uint256 value) {
    uint256 length;
    (value, length) = string_(r, limit);
    unchecked {
      if (length > 0 && value >> (8 * (length - 1)) == 0) r.valid = false;
    }
  }

  /// @notice The header of a list whose content has `length` < 2^32 bytes, after a byte that is left out if it is 0.
  /// @return prefix Its bytes, filled up with zeros on the right.
  /// @return size How many.
  function listHeader(uint256 first, uint256 length) internal pure returns (bytes32 prefix, uint256 size) {
    uint256 value;
    unchecked {
      if (length < 56) {
        value = 0xc0 + length;
        size = 1;
      } else {
        uint256 digits = _digits(length);
        value = ((0xf7 + digits) << (8 * digits)) | length;
        size = 1 + digits;
      }
      if (first > 0) {
        value |= first << (8 * size);
        ++size;
      }
      prefix = bytes32(value << (256 - 8 * size));
    }
  }

  /// @notice The encoding of an integer of at most 29 bytes, and 0x80, 0x80: what ends the signed fields by EIP-155.
  /// @return suffix Its bytes, filled up with zeros on the right.
  /// @return size How many.
  function chainSuffix(uint256 chainId) internal pure returns (bytes32 suffix, uint256 size) {
    unchecked {
      uint256 value = chainId;
      size = 1;
      if (chainId == 0 || chainId > 0x7f) {
        uint256 digits = _digits(chainId);
        value = ((0x80 + digits) << (8 * digits)) | chainId;
        size = 1 + digits;
      }
      size += 2;
      suffix = bytes32(((value << 16) | 0x8080) << (256 - 8 * size));
    }
  }

  /// @dev The header of the item at a place; malformed if there is none, or if its encoding is not canonical.
  function _item(
    bytes memory window,
    uint256 place
  ) private pure returns (bool valid, bool isList, uint256 start, uint256 length) {
    unchecked {
      uint256 end = window.length;
      if (place >= end) return (false, false, 0, 0);
      uint256 first = _number(window, place, 1);
      if (first < 0x80) return (true, false, place, 1);
      isList = first > 0xbf;
      length = first - (isList ? 0xc0 : 0x80);
      start = place + 1;
      if (length < 56) {
        // A single byte under 0x80 is its own encoding.
        valid = isList || length != 1 || (start < end && _number(window, start, 1) > 0x7f);
        return (valid, isList, start, length);
      }
      uint256 digits = length - 55;
      if (digits >= TransactionWindow.HEADER_BYTES || start + digits > end) return (false, false, 0, 0);
      length = _number(window, start, digits);
      valid = length > 55 && length >> (8 * (digits - 1)) != 0;
      start += digits;
    }
  }

  /// @dev The big-endian integer of `size` ≤ 32 bytes of the window.
  function _number(bytes memory window, uint256 start, uint256 size) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      if size {
        value := shr(sub(256, shl(3, size)), mload(add(add(window, 32), start)))
      }
    }
  }

  function _digits(uint256 value) private pure returns (uint256 digits) {
    assembly ("memory-safe") {
      digits := shr(3, sub(263, clz(value)))
    }
  }
}
