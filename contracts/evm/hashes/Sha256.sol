// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Lanes} from "./Lanes.sol";
import {PartialBlock} from "./Lengths.sol";

/// @title SHA-256, block by block
/// @notice FIPS 180-4, section 6.2.2. A state is the eight words H0 … H7, as the digest prints them.
/// @dev Words are held twice over, so that a word rotates by one shift. Of a sum only the lowest 32 bits count; it is masked and
/// doubled when it becomes a variable or a word of the schedule.
library Sha256 {
  /// State before the first block: FIPS 180-4, section 5.3.3.
  bytes32 internal constant INITIAL = 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19;

  uint256 private constant BLOCK = 64;
  uint256 private constant WORD = 0xffffffff;
  /// A word times this is held twice over.
  uint256 private constant TWICE = 0x100000001;

  /// @param blocks Padded message, n · 64 bytes.
  function absorb(bytes32 state, bytes calldata blocks) internal pure returns (bytes32) {
    if (blocks.length % BLOCK != 0) revert PartialBlock(blocks.length, BLOCK);
    uint256 constants = _constants();
    unchecked {
      uint256 position;
      assembly ("memory-safe") {
        position := blocks.offset
      }
      for (uint256 end = position + blocks.length; position < end; position += BLOCK) {
        uint256 schedule = _schedule(position);
        state = bytes32(Lanes.add32(uint256(state), _rounds(uint256(state), schedule, constants)));
      }
    }
    return state;
  }

  /// @dev The 64 round constants, eight in a word.
  function _constants() private pure returns (uint256 constants) {
    assembly ("memory-safe") {
      constants := mload(0x40)
      mstore(constants, 0x428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5)
      mstore(add(constants, 0x20), 0xd807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174)
      mstore(add(constants, 0x40), 0xe49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da)
      mstore(add(constants, 0x60), 0x983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967)
      mstore(add(constants, 0x80), 0x27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85)
      mstore(add(constants, 0xa0), 0xa2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070)
      mstore(add(constants, 0xc0), 0x19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3)
      mstore(add(constants, 0xe0), 0x748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2)
      mstore(0x40, add(constants, 0x100))
    }
  }

  /// @dev The message schedule of the block at `position` in calldata: 64 words, 32 bytes of memory each, beyond what is
  /// allocated, so that each block's takes the place of the last.
  function _schedule(uint256 position) private pure returns (uint256 schedule) {
    assembly ("memory-safe") {
      schedule := mload(0x40)
      let at := schedule
      for {
        let end := add(position, BLOCK)
      } lt(position, end) {
        position := add(position, 4)
      } {
        mstore(at, doubled(shr(224, calldataload(position))))
        at := add(at, 0x20)
      }
      for {
        let end := add(schedule, 0x800)
      } lt(at, end) {
        at := add(at, 0x20)
      } {
        let w2 := mload(sub(at, 0x40))
        let w15 := mload(sub(at, 0x1e0))
        let sum := add(mload(sub(at, 0xe0)), mload(sub(at, 0x200))) // 7 and 16 words before
        mstore(at, doubled(add(sum, add(sigma0(w15), sigma1(w2)))))
      }

      function sigma0(x) -> y {
        y := xor(xor(shr(7, x), shr(18, x)), shr(3, and(x, WORD)))
      }

      function sigma1(x) -> y {
        y := xor(xor(shr(17, x), shr(19, x)), shr(10, and(x, WORD)))
      }

      function doubled(x) -> y {
        y := mul(and(x, WORD), TWICE)
      }
    }
  }

  /// @dev The working variables after 64 rounds. Eight rounds at a time, so that instead of moving, each takes the next one's name.
  function _rounds(uint256 state, uint256 schedule, uint256 constants) private pure returns (uint256 result) {
    assembly ("memory-safe") {
      let a := doubled(shr(224, state))
      let b := doubled(shr(192, state))
      let c := doubled(shr(160, state))
      let d := doubled(shr(128, state))
      let e := doubled(shr(96, state))
      let f := doubled(shr(64, state))
      let g := doubled(shr(32, state))
      let h := doubled(state)
      for {
        let end := add(constants, 0x100)
      } lt(constants, end) {
        constants := add(constants, 0x20)
        schedule := add(schedule, 0x100)
      } {
        let k := mload(constants)
        h := add(add(h, shr(224, k)), first(e, f, g, mload(schedule)))
        d := doubled(add(d, h))
        h := doubled(add(h, second(a, b, c)))

        g := add(add(g, shr(192, k)), first(d, e, f, mload(add(schedule, 0x20))))
        c := doubled(add(c, g))
        g := doubled(add(g, second(h, a, b)))

        f := add(add(f, shr(160, k)), first(c, d, e, mload(add(schedule, 0x40))))
        b := doubled(add(b, f))
        f := doubled(add(f, second(g, h, a)))

        e := add(add(e, shr(128, k)), first(b, c, d, mload(add(schedule, 0x60))))
        a := doubled(add(a, e))
        e := doubled(add(e, second(f, g, h)))

        d := add(add(d, shr(96, k)), first(a, b, c, mload(add(schedule, 0x80))))
        h := doubled(add(h, d))
        d := doubled(add(d, second(e, f, g)))

        c := add(add(c, shr(64, k)), first(h, a, b, mload(add(schedule, 0xa0))))
        g := doubled(add(g, c))
        c := doubled(add(c, second(d, e, f)))

        b := add(add(b, shr(32, k)), first(g, h, a, mload(add(schedule, 0xc0))))
        f := doubled(add(f, b))
        b := doubled(add(b, second(c, d, e)))

        a := add(add(a, k), first(f, g, h, mload(add(schedule, 0xe0))))
        e := doubled(add(e, a))
        a := doubled(add(a, second(b, c, d)))
      }
      result := or(or(shl(224, a), shl(192, and(b, WORD))), or(shl(160, and(c, WORD)), shl(128, and(d, WORD))))
      result := or(result, or(shl(96, and(e, WORD)), shl(64, and(f, WORD))))
      result := or(result, or(shl(32, and(g, WORD)), and(h, WORD)))

      // T1 but for h and the constant: Σ1(e) + Ch(e, f, g) + W.
      function first(x, y, z, w) -> t {
        t := add(add(sigma1(x), xor(z, and(x, xor(y, z)))), w)
      }

      // T2: Σ0(a) + Maj(a, b, c).
      function second(x, y, z) -> t {
        t := add(sigma0(x), or(and(x, y), and(z, or(x, y))))
      }

      function sigma0(x) -> y {
        y := xor(xor(shr(2, x), shr(13, x)), shr(22, x))
      }

      function sigma1(x) -> y {
        y := xor(xor(shr(6, x), shr(11, x)), shr(25, x))
      }

      function doubled(x) -> y {
        y := mul(and(x, WORD), TWICE)
      }
    }
  }
}
