// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Lanes} from "./Lanes.sol";
import {WrongLength} from "./Lengths.sol";

/// A tail has a whole block, which must be absorbed first.
error TailTooLong(uint256 length, uint256 most);

/// @title Padding of a message's last block
/// @notice A tail is what of the message comes after its last whole block.
library Padding {
  uint256 private constant KECCAK_RATE = 136;

  /// @notice Keccak's padding, 1 0* 1 from the lowest bit upwards.
  /// @param tail Less than 136 bytes.
  /// @return padded The last block, 136 bytes.
  function keccakPad(bytes memory tail) internal pure returns (bytes memory padded) {
    if (tail.length >= KECCAK_RATE) revert TailTooLong(tail.length, KECCAK_RATE - 1);
    padded = _extended(tail, KECCAK_RATE, 0x01);
    // The same byte, if only one is left.
    padded[KECCAK_RATE - 1] |= 0x80;
  }

  /// @notice FIPS 180-4, section 5.1.1.
  /// @param tail The last `totalLength` mod 64 bytes.
  /// @param totalLength Bytes of the whole message, less than 2^61.
  /// @return The last block or the last two, 64 bytes each.
  function sha256Pad(bytes memory tail, uint256 totalLength) internal pure returns (bytes memory) {
    return _withLength(tail, totalLength, totalLength << 3);
  }

  /// @notice As `sha256Pad`, but with the length in little-endian.
  function ripemd160Pad(bytes memory tail, uint256 totalLength) internal pure returns (bytes memory) {
    return _withLength(tail, totalLength, Lanes.reverse64(totalLength << 3));
  }

  /// @dev The tail, a bit 1, zeros, and the message's length.
  /// @param bits The length as it is to be written: 8 bytes.
  function _withLength(
    bytes memory tail,
    uint256 totalLength,
    uint256 bits
  ) private pure returns (bytes memory padded) {
    if (tail.length != totalLength % 64) revert WrongLength(tail.length, totalLength % 64);
    uint256 size = tail.length < 56 ? 64 : 128;
    padded = _extended(tail, size, 0x80);
    assembly ("memory-safe") {
      // The last word of the padding: before the length it may hold bytes of the tail.
      let last := add(padded, size)
      mstore(last, or(mload(last), and(bits, 0xffffffffffffffff)))
    }
  }

  /// @dev The tail, then `marker`, then zeros up to `size`.
  function _extended(bytes memory tail, uint256 size, bytes1 marker) private pure returns (bytes memory padded) {
    padded = new bytes(size);
    assembly ("memory-safe") {
      mcopy(add(padded, 0x20), add(tail, 0x20), mload(tail))
    }
    padded[tail.length] = marker;
  }
}
