// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Lanes} from "./Lanes.sol";
import {WrongLength} from "./Lengths.sol";

/// The last byte of BLAKE2F's input, which says whether the block is the last one, is neither 0 nor 1.
error WrongFinalFlag(uint256 flag);

/// @title BLAKE2F, round by round
/// @notice BLAKE2b's compression function, RFC 7693, section 3.2, with any number of rounds, as in EIP-152. A working vector is
/// 16 words of 64 bits, little-endian: 128 bytes.
/// @dev A row of the vector, seen as 4 × 4, is one word of ours. So the four columns are mixed at once, and then, with the rows
/// turned, the four diagonals.
library Blake2 {
  uint256 private constant INPUT_BYTES = 213;
  uint256 private constant VECTOR_BYTES = 128;
  uint256 private constant STATE_BYTES = 64;
  /// After so many rounds the order of the message's words is the first again.
  uint256 private constant PERIOD = 10;

  /// Words of the schedule for one round: four.
  uint256 private constant ROUND_BYTES = 4 * 32;

  /// BLAKE2b's initial vector, that of SHA-512, in little-endian.
  uint256 private constant IV_0_TO_3 = 0x08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5;
  uint256 private constant IV_4_TO_7 = 0xd182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b;

  /// @notice The working vector before the first round.
  /// @param input BLAKE2F's: rounds (4, big-endian) ‖ h (64) ‖ m (128) ‖ t (16) ‖ f (1).
  function start(bytes calldata input) internal pure returns (bytes memory) {
    if (input.length != INPUT_BYTES) revert WrongLength(input.length, INPUT_BYTES);
    uint256 flag = uint8(input[212]);
    if (flag > 1) revert WrongFinalFlag(flag);
    uint256 counter = uint256(uint128(bytes16(input[196:212]))) << 128;
    uint256 finality = flag == 1 ? uint256(type(uint64).max) << 64 : 0;
    return bytes.concat(input[4:68], bytes32(IV_0_TO_3), bytes32(IV_4_TO_7 ^ counter ^ finality));
  }

  /// @notice The vector after `rounds` more rounds.
  /// @param v Working vector.
  /// @param m Block of the message, 128 bytes.
  /// @param firstRound How many rounds there were before.
  function run(
    bytes calldata v,
    bytes calldata m,
    uint256 firstRound,
    uint256 rounds
  ) internal pure returns (bytes memory) {
    if (v.length != VECTOR_BYTES) revert WrongLength(v.length, VECTOR_BYTES);
    if (m.length != VECTOR_BYTES) revert WrongLength(m.length, VECTOR_BYTES);
    uint256 schedule = _schedule(m);
    uint256 a = _row(v, 0);
    uint256 b = _row(v, 1);
    uint256 c = _row(v, 2);
    uint256 d = _row(v, 3);
    unchecked {
      uint256 next = ROUND_BYTES * (firstRound % PERIOD);
      for (; rounds != 0; --rounds) {
        (a, b, c, d) = _mix(a, b, c, d, _word(schedule, next), _word(schedule, next + 0x20));
        (b, c, d) = (_turn(b, 1), _turn(c, 2), _turn(d, 3));
        (a, b, c, d) = _mix(a, b, c, d, _word(schedule, next + 0x40), _word(schedule, next + 0x60));
        (b, c, d) = (_turn(b, 3), _turn(c, 2), _turn(d, 1));
        next += ROUND_BYTES;
        if (next == ROUND_BYTES * PERIOD) next = 0;
      }
    }
    return abi.encode(Lanes.reverse64(a), Lanes.reverse64(b), Lanes.reverse64(c), Lanes.reverse64(d));
  }

  /// @notice BLAKE2F's output, 64 bytes.
  /// @param h The state from its input, 64 bytes.
  /// @param v Working vector after the last round.
  function finish(bytes calldata h, bytes calldata v) internal pure returns (bytes memory) {
    if (h.length != STATE_BYTES) revert WrongLength(h.length, STATE_BYTES);
    if (v.length != VECTOR_BYTES) revert WrongLength(v.length, VECTOR_BYTES);
    return
      abi.encode(
        bytes32(h[:32]) ^ bytes32(v[:32]) ^ bytes32(v[64:96]),
        bytes32(h[32:]) ^ bytes32(v[32:64]) ^ bytes32(v[96:])
      );
  }

  function _row(bytes calldata rows, uint256 index) private pure returns (uint256) {
    return Lanes.reverse64(uint256(bytes32(rows[32 * index:])));
  }

  /// @dev RFC 7693's G, on four columns.
  function _mix(
    uint256 a,
    uint256 b,
    uint256 c,
    uint256 d,
    uint256 x,
    uint256 y
  ) private pure returns (uint256, uint256, uint256, uint256) {
    a = Lanes.add64(Lanes.add64(a, b), x);
    d = Lanes.rotate64(d ^ a, 32);
    c = Lanes.add64(c, d);
    b = Lanes.rotate64(b ^ c, 24);
    a = Lanes.add64(Lanes.add64(a, b), y);
    d = Lanes.rotate64(d ^ a, 16);
    c = Lanes.add64(c, d);
    b = Lanes.rotate64(b ^ c, 63);
    return (a, b, c, d);
  }

  /// @dev The row with its lanes moved up by so many places, the topmost coming round.
  function _turn(uint256 row, uint256 places) private pure returns (uint256) {
    unchecked {
      return (row << (64 * places)) | (row >> (256 - 64 * places));
    }
  }

  /// @dev The message's words as the ten rounds take them, four words of ours for each: the first and the second words of the
  /// columns, then of the diagonals.
  /// @return schedule Their address.
  function _schedule(bytes calldata m) private pure returns (uint256 schedule) {
    uint256[16] memory words;
    unchecked {
      for (uint256 i; i < 16; ++i) words[i] = Lanes.reverse64(uint256(bytes32(m[8 * i:]))) >> 192;
    }
    // RFC 7693, section 2.7: a digit for each place.
    uint64[PERIOD] memory orders = [
      0x0123456789abcdef,
      0xea489fd61c02b753,
      0xb8c052fdae367194,
      0x7931dcbe265a40f8,
      0x905724afe1bc683d,
      0x2c6a0b834d75fe19,
      0xc51fed4a0763928b,
      0xdb7ec13950f4862a,
      0x6fe9b308c2d714a5,
      0xa2847615fb9e3cd0
    ];
    assembly ("memory-safe") {
      schedule := mload(0x40)
      let to := schedule
      for {
        let end := add(orders, mul(PERIOD, 0x20))
      } lt(orders, end) {
        orders := add(orders, 0x20)
      } {
        let places := shl(5, mload(orders))
        mstore(to, everyOther(words, shr(36, places)))
        mstore(add(to, 0x20), everyOther(words, shr(32, places)))
        mstore(add(to, 0x40), everyOther(words, shr(4, places)))
        mstore(add(to, 0x60), everyOther(words, places))
        to := add(to, ROUND_BYTES)
      }
      mstore(0x40, to)

      // The words that the last, the third last, the fifth and the seventh last digit name; places are digits times 32.
      function everyOther(from, places) -> row {
        row := or(mload(add(from, and(places, 0x1e0))), shl(64, mload(add(from, and(shr(8, places), 0x1e0)))))
        row := or(row, shl(128, mload(add(from, and(shr(16, places), 0x1e0)))))
        row := or(row, shl(192, mload(add(from, and(shr(24, places), 0x1e0)))))
      }
    }
  }

  function _word(uint256 base, uint256 offset) private pure returns (uint256 word) {
    assembly ("memory-safe") {
      word := mload(add(base, offset))
    }
  }
}
