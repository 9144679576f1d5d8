// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Lanes} from "./Lanes.sol";
import {PartialBlock} from "./Lengths.sol";

/// @title RIPEMD-160, block by block
/// @notice ISO/IEC 10118-3; https://homes.esat.kuleuven.be/~bosselae/ripemd160.html. A state is its five words as the digest
/// prints them, in little-endian, and twelve zero bytes.
/// @dev A word is rotated by shifting it with a copy of itself above it. What lies above 32 bits is masked off only before that.
library Ripemd160 {
  /// State before the first block.
  bytes32 internal constant INITIAL = 0x0123456789abcdeffedcba9876543210f0e1d2c3000000000000000000000000;

  uint256 private constant BLOCK = 64;
  uint256 private constant WORD = 0xffffffff;
  /// A word times this has a copy of itself above it.
  uint256 private constant TWICE = 0x100000001;
  uint256 private constant FIVE_WORDS = 0xffffffffffffffffffffffffffffffffffffffff000000000000000000000000;

  /// @param state Its last twelve bytes do not count.
  /// @param blocks Padded message, n · 64 bytes.
  function absorb(bytes32 state, bytes calldata blocks) internal pure returns (bytes32) {
    if (blocks.length % BLOCK != 0) revert PartialBlock(blocks.length, BLOCK);
    uint256 words = Lanes.reverse32(uint256(state)) & FIVE_WORDS;
    unchecked {
      uint256 position;
      assembly ("memory-safe") {
        position := blocks.offset
      }
      for (uint256 end = position + blocks.length; position < end; position += BLOCK) {
        uint256 message = _message(position);
        uint256 sum = Lanes.add32(_left(words, message), _right(words, message));
        // The state's words, each the next one's place: h1 h2 h3 h4 h0.
        words = Lanes.add32(sum, ((words << 32) | (words >> 128)) & FIVE_WORDS);
      }
    }
    return bytes32(Lanes.reverse32(words));
  }

  /// @dev The 16 words of the block at `position` in calldata, 4 bytes of memory each, beyond what is allocated.
  function _message(uint256 position) private pure returns (uint256 message) {
    uint256 first;
    uint256 second;
    assembly ("memory-safe") {
      first := calldataload(position)
      second := calldataload(add(position, 0x20))
    }
    (first, second) = (Lanes.reverse32(first), Lanes.reverse32(second));
    assembly ("memory-safe") {
      message := mload(0x40)
      mstore(message, first)
      mstore(add(message, 0x20), second)
    }
  }

  /// @dev The left line's variables after 80 rounds, in the order in which they add to h1 h2 h3 h4 h0.
  function _left(uint256 words, uint256 message) private pure returns (uint256) {
    (uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) = _variables(words);
    (a, b, c, d, e) = _rounds(0, 0x0b1e2f3c455867798b9daebfc6d7e9f8, 0, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(1, 0x7746d81dab69f73fc70c9f592be7bd8c, 0x5a827999, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(2, 0x3bade6479ef98d1f2e780d66d5bc57c5, 0x6ed9eba1, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(3, 0x1b9cbeaf0e8fc948d93e75f6e856652c, 0x8f1bbcdc, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(4, 0x490f559b76c82dace51c3d8ebb68f5d6, 0xa953fd4e, message, a, b, c, d, e);
    return _packed(c, d, e, a, b);
  }

  /// @dev The right line's: the functions in the opposite order.
  function _right(uint256 words, uint256 message) private pure returns (uint256) {
    (uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) = _variables(words);
    (a, b, c, d, e) = _rounds(4, 0x58e9790b9d2fbf45d767f88b1eae3cc6, 0x50a28be6, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(3, 0x69bd3f770cd859abe7f78cc7469f1d2b, 0x5c4dd124, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(2, 0xf9571f3b78e6669ebc8dc52ead0d47d5, 0x6d703ef3, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(1, 0x8f65481b3ebef60e56c92cd99c75afe8, 0x7a6d76e9, message, a, b, c, d, e);
    (a, b, c, d, e) = _rounds(0, 0xc8f5ac491c558e76682dd6e50f3d9bbb, 0, message, a, b, c, d, e);
    return _packed(d, e, a, b, c);
  }

  /// @dev Sixteen rounds of a line.
  /// @param kind Which of the five functions of b, c, d.
  /// @param order A byte for each round: in its high half which word of the message, in its low half by how much to rotate.
  function _rounds(
    uint256 kind,
    uint256 order,
    uint256 constant_,
    uint256 message,
    uint256 a,
    uint256 b,
    uint256 c,
    uint256 d,
    uint256 e
  ) private pure returns (uint256, uint256, uint256, uint256, uint256) {
    assembly ("memory-safe") {
      // No byte is zero, so that nothing is left of the order when it has been shifted out, and no sooner.
      for {
        order := shl(128, order)
      } order {
        order := shl(8, order)
      } {
        let mixed
        switch kind
        case 0 {
          mixed := xor(xor(b, c), d)
        }
        case 1 {
          mixed := xor(d, and(b, xor(c, d)))
        }
        case 2 {
          mixed := xor(or(b, not(c)), d)
        }
        case 3 {
          mixed := xor(c, and(d, xor(b, c)))
        }
        case 4 {
          mixed := xor(b, or(c, not(d)))
        }
        let now_ := byte(0, order)
        let word := shr(224, mload(add(message, and(shr(2, now_), 0x3c))))
        let sum := and(add(add(a, mixed), add(word, constant_)), WORD)
        a := e
        e := d
        d := shr(22, mul(and(c, WORD), TWICE)) // left by 10
        c := b
        b := add(shr(sub(32, and(now_, 0xf)), mul(sum, TWICE)), a)
      }
    }
    return (a, b, c, d, e);
  }

  function _variables(uint256 words) private pure returns (uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) {
    return (words >> 224, words >> 192, words >> 160, words >> 128, words >> 96);
  }

  function _packed(uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) private pure returns (uint256) {
    return (a << 224) | ((b & WORD) << 192) | ((c & WORD) << 160) | ((d & WORD) << 128) | ((e & WORD) << 96);
  }
}
