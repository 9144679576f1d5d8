// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Calls of L1's precompiles whose answers are known
/// @notice Each has the shape of the call that it stands for, and operands of full size, so that it costs at least as much gas. The
/// tests check every answer against other implementations.
library Control {
  // alt_bn128 (EIP-196, EIP-197)

  /// The field's order.
  uint256 private constant P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
  /// 2·(1, 2).
  uint256 private constant DOUBLE_X = 0x030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3;
  uint256 private constant DOUBLE_Y = 0x15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4;
  /// (2^256 − 1)·2·(1, 2).
  uint256 private constant PRODUCT_X = 0x2fa739d4cde056d8fd75427345cbb34159856e06a4ffad64159c4773f23fbf4b;
  uint256 private constant PRODUCT_Y = 0x1176f11fbb6e80611a7b04154401f4a4158681bca8f923dcb1e7e614db7e53cc;
  /// The generator of the second group, as the precompile orders its coordinates.
  uint256 private constant G2_X1 = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
  uint256 private constant G2_X0 = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
  uint256 private constant G2_Y1 = 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b;
  uint256 private constant G2_Y0 = 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa;

  // secp256k1

  /// The key keccak256("control") signs keccak256("elench").
  bytes32 private constant DIGEST = 0x5627f5757b3115e87f8a52b052580bbd82eff09b13c0b9defaad867ad8b76148;
  bytes32 private constant R = 0x8468336b111ff7a6b4922894269bf94d2213ab5d0cb7aac35e1563069adf9870;
  bytes32 private constant S = 0x481fdda3c36b35e61a570cd68683084582b69dbdfa0d7febcfed8fb2b50e357b;
  address private constant SIGNER = 0xd88B73B31959320F7157dE0887F9fa34036076e6;

  // BLS12-381 (EIP-4844)

  /// The order of its groups.
  uint256 private constant ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;
  uint256 private constant FIELD_ELEMENTS_PER_BLOB = 4096;
  /// [τ]₁ of the KZG ceremony, the commitment to the polynomial X, and the versioned hash.
  bytes private constant TAU =
    hex"ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81";
  bytes32 private constant TAU_HASH = 0x014fa3bb4018340ca2fa8eb239e23af6ba465f6d5bc31db78988445da078db76;
  /// [1]₁: (X − z)/(X − z) is 1.
  bytes private constant ONE =
    hex"97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";

  function ecrecover_() internal pure returns (bytes memory input, bytes memory answer) {
    return (abi.encode(DIGEST, uint256(27), R, S), abi.encode(SIGNER));
  }

  /// @notice 2·(1, 2) and −(1, 2) are (1, 2).
  function ecadd() internal pure returns (bytes memory input, bytes memory answer) {
    return (abi.encode(DOUBLE_X, DOUBLE_Y, uint256(1), P - 2), abi.encode(uint256(1), uint256(2)));
  }

  function ecmul() internal pure returns (bytes memory input, bytes memory answer) {
    return (abi.encode(DOUBLE_X, DOUBLE_Y, type(uint256).max), abi.encode(PRODUCT_X, PRODUCT_Y));
  }

  /// @notice The generators, the first with alternating signs. Their product is 1 if the number of pairs is even.
  function ecpairing(uint256 pairs) internal pure returns (bytes memory input, bytes memory answer) {
    bytes memory pair = abi.encode(uint256(1), uint256(2), G2_X1, G2_X0, G2_Y1, G2_Y0);
    bytes memory negative = abi.encode(uint256(1), P - 2, G2_X1, G2_X0, G2_Y1, G2_Y0);
    input = new bytes(192 * pairs);
    for (uint256 i = 0; i < pairs; ++i) {
      bytes memory next = i & 1 == 0 ? pair : negative;
      assembly ("memory-safe") {
        mcopy(add(add(input, 32), mul(192, i)), add(next, 32), 192)
      }
    }
    answer = abi.encode(pairs & 1 == 0);
  }

  /// @notice X is −1 at −1.
  function pointEvaluation() internal pure returns (bytes memory input, bytes memory answer) {
    return (abi.encodePacked(TAU_HASH, ORDER - 1, ORDER - 1, TAU, ONE), abi.encode(FIELD_ELEMENTS_PER_BLOB, ORDER));
  }

  /// @notice 2^(8·base − 1) to the call's own exponent, modulo 2^(8·modulus) − 1, where 2^n is 2^(n mod 8·modulus).
  /// @param base Bytes of the base.
  /// @param exponent The exponent of the call, because the price depends on it.
  /// @param modulus Bytes of the modulus, not 0.
  function modexp(
    uint256 base,
    bytes memory exponent,
    uint256 modulus
  ) internal pure returns (bytes memory input, bytes memory answer) {
    bytes memory power = new bytes(base);
    if (base > 0) power[0] = 0x80;
    input = bytes.concat(abi.encode(base, exponent.length, modulus), power, exponent, _ones(modulus));
    answer = new bytes(modulus);
    (uint256 rest, bool zero) = _modulo(exponent, 8 * modulus);
    // An empty base is 0, and so is its power, unless the exponent is 0 too.
    if (base == 0 && !zero) return (input, answer);
    uint256 bit = base == 0 ? 0 : mulmod(8 * base - 1, rest, 8 * modulus);
    answer[modulus - 1 - bit / 8] = bytes1(uint8(1 << (bit % 8)));
  }

  /// @return rest The big-endian `integer` modulo `divisor`.
  /// @return zero Whether it is 0.
  function _modulo(bytes memory integer, uint256 divisor) private pure returns (uint256 rest, bool zero) {
    zero = true;
    uint256 length = integer.length;
    for (uint256 from = 0; from < length; from += 32) {
      uint256 taken = length - from < 32 ? length - from : 32;
      uint256 word;
      assembly ("memory-safe") {
        word := shr(sub(256, shl(3, taken)), mload(add(add(integer, 32), from)))
      }
      if (word != 0) zero = false;
      // 2^(8·taken) may not fit a word, its root does.
      uint256 root = 1 << (4 * taken);
      rest = addmod(mulmod(mulmod(rest, root, divisor), root, divisor), word, divisor);
    }
  }

  function _ones(uint256 length) private pure returns (bytes memory data) {
    data = new bytes(length);
    assembly ("memory-safe") {
      let end := add(add(data, 32), and(add(length, 31), not(31)))
      for {
        let at := add(data, 32)
      } lt(at, end) {
        at := add(at, 32)
      } {
        mstore(at, not(0))
      }
    }
  }
}
