// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {EVERY64, LANE64, Lanes} from "./Lanes.sol";
import {PartialBlock, WrongLength} from "./Lengths.sol";

/// @title The sponge of KECCAK-256, block by block
/// @notice Keccak-f[1600] as in https://keccak.team/files/Keccak-reference-3.0.pdf, with a rate of 136 bytes.
/// @dev A lane of 64 bits is held four times over in a word, so that it rotates by one shift: the shift spoils only the word's
/// edge. Left shifts go up to 41 and right shifts up to 21. With theta's, a round spoils at most 42 bits below and 21 above;
/// after three rounds bits 128 to 191 are still right, and from them the word is made anew.
/// Lanes stand at fixed addresses, as a constant is cheaper than a sum.
library Keccak {
  // Named again for assembly, into which the linter does not look for uses of imports.
  uint256 private constant LANE = LANE64;
  uint256 private constant EVERY = EVERY64;

  uint256 private constant STATE_BYTES = 200;
  uint256 private constant RATE = 136;

  // Memory: 25 lanes (lane x + 5y at 32 · (x + 5y)) and three that stay zero; 25 that every other round writes; the round
  // constants; the answer.
  uint256 private constant LANES = 0x400;
  uint256 private constant OTHERS = 0x780;
  uint256 private constant CONSTANTS = 0xaa0;
  uint256 private constant CONSTANTS_END = 0xda0;
  uint256 private constant RESULT = CONSTANTS_END;

  /// @notice XORs each block into the state and permutes it.
  /// @param state 200 bytes, of the sponge in its standard order: lane x + 5y in little-endian at 8 · (x + 5y).
  /// @param blocks Padded message, n · 136 bytes.
  /// @return result The state after; its first 32 bytes are the digest if the last block was the message's.
  function absorb(bytes calldata state, bytes calldata blocks) internal pure returns (bytes memory result) {
    if (state.length != STATE_BYTES) revert WrongLength(state.length, STATE_BYTES);
    if (blocks.length % RATE != 0) revert PartialBlock(blocks.length, RATE);
    uint256 from;
    uint256 position;
    assembly ("memory-safe") {
      from := state.offset
      position := blocks.offset
    }
    _prepare();
    unchecked {
      _xor(from, STATE_BYTES);
      for (uint256 end = position + blocks.length; position < end; position += RATE) {
        _xor(position, RATE);
        _permute();
      }
    }
    return _result();
  }

  /// @dev Clears the lanes and lays out the round constants.
  function _prepare() private pure {
    assembly ("memory-safe") {
      // SAFETY: all that is used from here on lies beyond allocated memory.
      if gt(mload(0x40), LANES) {
        invalid()
      }
      calldatacopy(LANES, calldatasize(), sub(CONSTANTS, LANES))

      function constantOf(round, lane) {
        mstore(add(CONSTANTS, shl(5, round)), mul(lane, EVERY))
      }
      constantOf(0, 0x0000000000000001)
      constantOf(1, 0x0000000000008082)
      constantOf(2, 0x800000000000808a)
      constantOf(3, 0x8000000080008000)
      constantOf(4, 0x000000000000808b)
      constantOf(5, 0x0000000080000001)
      constantOf(6, 0x8000000080008081)
      constantOf(7, 0x8000000000008009)
      constantOf(8, 0x000000000000008a)
      constantOf(9, 0x0000000000000088)
      constantOf(10, 0x0000000080008009)
      constantOf(11, 0x000000008000000a)
      constantOf(12, 0x000000008000808b)
      constantOf(13, 0x800000000000008b)
      constantOf(14, 0x8000000000008089)
      constantOf(15, 0x8000000000008003)
      constantOf(16, 0x8000000000008002)
      constantOf(17, 0x8000000000000080)
      constantOf(18, 0x000000000000800a)
      constantOf(19, 0x800000008000000a)
      constantOf(20, 0x8000000080008081)
      constantOf(21, 0x8000000000008080)
      constantOf(22, 0x0000000080000001)
      constantOf(23, 0x8000000080008008)
    }
  }

  /// @dev XORs bytes of calldata into the lanes.
  /// @param size 8 more than a multiple of 32: the last word counts for one lane.
  function _xor(uint256 position, uint256 size) private pure {
    unchecked {
      uint256 lanes = LANES;
      uint256 end = position + size - 8;
      for (; position < end; position += 32) {
        uint256 word;
        assembly ("memory-safe") {
          word := calldataload(position)
        }
        word = Lanes.reverse64(word);
        assembly ("memory-safe") {
          function xorLane(lane, value) {
            mstore(lane, xor(mload(lane), mul(value, EVERY)))
          }
          xorLane(lanes, shr(192, word))
          xorLane(add(lanes, 0x20), and(shr(128, word), LANE))
          xorLane(add(lanes, 0x40), and(shr(64, word), LANE))
          xorLane(add(lanes, 0x60), and(word, LANE))
        }
        lanes += 128;
      }
      uint256 last;
      assembly ("memory-safe") {
        last := calldataload(position)
      }
      last = Lanes.reverse64(last);
      assembly ("memory-safe") {
        mstore(lanes, xor(mload(lanes), mul(shr(192, last), EVERY)))
      }
    }
  }

  /// @dev Keccak-f[1600] on the lanes.
  function _permute() private pure {
    assembly ("memory-safe") {
      // Six rounds, and four times: an even number ends where it began, and three are what a word stands.
      for {
        let constants := CONSTANTS
      } lt(constants, CONSTANTS_END) {
        constants := add(constants, 0xc0)
      } {
        round(LANES, OTHERS, mload(constants), 0)
        round(OTHERS, LANES, mload(add(constants, 0x20)), 0)
        round(LANES, OTHERS, mload(add(constants, 0x40)), 1)
        round(OTHERS, LANES, mload(add(constants, 0x60)), 0)
        round(LANES, OTHERS, mload(add(constants, 0x80)), 0)
        round(OTHERS, LANES, mload(add(constants, 0xa0)), 1)
      }

      // The five steps of one round. `iota` is its constant; `renew` makes the words anew. The compiler specialises it for
      // each pair of addresses that it is called with.
      function round(from, to, iota, renew) {
        let d0, d1, d2, d3, d4 := theta(from)
        // rho and pi bring to row y the lanes (x', x) with 2x' + 3x = y, each rotated by its own offset.
        {
          let b0 := xor(mload(from), d0)
          let b1 := shr(20, xor(mload(add(from, 0xc0)), d1)) // left by 44
          let b2 := shr(21, xor(mload(add(from, 0x180)), d2)) // left by 43
          let b3 := shl(21, xor(mload(add(from, 0x240)), d3))
          let b4 := shl(14, xor(mload(add(from, 0x300)), d4))
          put(to, xor(chi(b0, b1, b2), iota), renew)
          put(add(to, 0x20), chi(b1, b2, b3), renew)
          put(add(to, 0x40), chi(b2, b3, b4), renew)
          put(add(to, 0x60), chi(b3, b4, b0), renew)
          put(add(to, 0x80), chi(b4, b0, b1), renew)
        }
        {
          let b0 := shl(28, xor(mload(add(from, 0x60)), d3))
          let b1 := shl(20, xor(mload(add(from, 0x120)), d4))
          let b2 := shl(3, xor(mload(add(from, 0x140)), d0))
          let b3 := shr(19, xor(mload(add(from, 0x200)), d1)) // left by 45
          let b4 := shr(3, xor(mload(add(from, 0x2c0)), d2)) // left by 61
          put(add(to, 0xa0), chi(b0, b1, b2), renew)
          put(add(to, 0xc0), chi(b1, b2, b3), renew)
          put(add(to, 0xe0), chi(b2, b3, b4), renew)
          put(add(to, 0x100), chi(b3, b4, b0), renew)
          put(add(to, 0x120), chi(b4, b0, b1), renew)
        }
        {
          let b0 := shl(1, xor(mload(add(from, 0x20)), d1))
          let b1 := shl(6, xor(mload(add(from, 0xe0)), d2))
          let b2 := shl(25, xor(mload(add(from, 0x1a0)), d3))
          let b3 := shl(8, xor(mload(add(from, 0x260)), d4))
          let b4 := shl(18, xor(mload(add(from, 0x280)), d0))
          put(add(to, 0x140), chi(b0, b1, b2), renew)
          put(add(to, 0x160), chi(b1, b2, b3), renew)
          put(add(to, 0x180), chi(b2, b3, b4), renew)
          put(add(to, 0x1a0), chi(b3, b4, b0), renew)
          put(add(to, 0x1c0), chi(b4, b0, b1), renew)
        }
        {
          let b0 := shl(27, xor(mload(add(from, 0x80)), d4))
          let b1 := shl(36, xor(mload(add(from, 0xa0)), d0))
          let b2 := shl(10, xor(mload(add(from, 0x160)), d1))
          let b3 := shl(15, xor(mload(add(from, 0x220)), d2))
          let b4 := shr(8, xor(mload(add(from, 0x2e0)), d3)) // left by 56
          put(add(to, 0x1e0), chi(b0, b1, b2), renew)
          put(add(to, 0x200), chi(b1, b2, b3), renew)
          put(add(to, 0x220), chi(b2, b3, b4), renew)
          put(add(to, 0x240), chi(b3, b4, b0), renew)
          put(add(to, 0x260), chi(b4, b0, b1), renew)
        }
        {
          let b0 := shr(2, xor(mload(add(from, 0x40)), d2)) // left by 62
          let b1 := shr(9, xor(mload(add(from, 0x100)), d3)) // left by 55
          let b2 := shl(39, xor(mload(add(from, 0x1c0)), d4))
          let b3 := shl(41, xor(mload(add(from, 0x1e0)), d0))
          let b4 := shl(2, xor(mload(add(from, 0x2a0)), d1))
          put(add(to, 0x280), chi(b0, b1, b2), renew)
          put(add(to, 0x2a0), chi(b1, b2, b3), renew)
          put(add(to, 0x2c0), chi(b2, b3, b4), renew)
          put(add(to, 0x2e0), chi(b3, b4, b0), renew)
          put(add(to, 0x300), chi(b4, b0, b1), renew)
        }
      }

      // What each column's lanes are XORed with: the parities of the columns beside it, the right one rotated.
      function theta(from) -> d0, d1, d2, d3, d4 {
        let c0 := parity(from)
        let c1 := parity(add(from, 0x20))
        let c2 := parity(add(from, 0x40))
        let c3 := parity(add(from, 0x60))
        let c4 := parity(add(from, 0x80))
        d0 := xor(c4, shl(1, c1))
        d1 := xor(c0, shl(1, c2))
        d2 := xor(c1, shl(1, c3))
        d3 := xor(c2, shl(1, c4))
        d4 := xor(c3, shl(1, c0))
      }

      function parity(top) -> p {
        p := xor(
          xor(mload(top), mload(add(top, 0xa0))),
          xor(mload(add(top, 0x140)), xor(mload(add(top, 0x1e0)), mload(add(top, 0x280))))
        )
      }

      function chi(b0, b1, b2) -> lane {
        lane := xor(b0, and(not(b1), b2))
      }

      function put(address_, lane, renew) {
        if renew {
          lane := mul(and(shr(128, lane), LANE), EVERY)
        }
        mstore(address_, lane)
      }
    }
  }

  /// @dev The lanes as bytes.
  function _result() private pure returns (bytes memory result) {
    assembly ("memory-safe") {
      result := RESULT
      mstore(result, STATE_BYTES)
      mstore(0x40, add(result, 0x100))
    }
    unchecked {
      // The last of seven words has the 25th lane, and the three that are zero.
      for (uint256 i; i < 7; ++i) {
        uint256 word;
        assembly ("memory-safe") {
          let lanes := add(LANES, shl(7, i))
          word := or(shl(192, mload(lanes)), shl(128, and(mload(add(lanes, 0x20)), LANE)))
          word := or(word, or(shl(64, and(mload(add(lanes, 0x40)), LANE)), and(mload(add(lanes, 0x60)), LANE)))
        }
        word = Lanes.reverse64(word);
        assembly ("memory-safe") {
          mstore(add(add(result, 0x20), shl(5, i)), word)
        }
      }
    }
  }
}
