// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Blake2} from "./Blake2.sol";
import {Keccak} from "./Keccak.sol";
import {Ripemd160} from "./Ripemd160.sol";
import {Sha256} from "./Sha256.sol";

/// @title Parts of hashes, as a contract of its own
/// @notice L1's own hash functions show no state between two blocks, and the EVM machine hashes a long message in many steps.
/// Messages are padded by `Padding`. The same functions, with the same arguments, are in `evm/crypto/hashes/`.
/// @dev Stateless. Checks lengths. The caller must prove the bytes.
contract Hashes {
  /// @notice See `Keccak.absorb`.
  function keccakAbsorb(bytes calldata state, bytes calldata blocks) external pure returns (bytes memory) {
    return Keccak.absorb(state, blocks);
  }

  /// @notice See `Sha256.absorb`.
  function sha256Absorb(bytes32 state, bytes calldata blocks) external pure returns (bytes32) {
    return Sha256.absorb(state, blocks);
  }

  /// @notice See `Ripemd160.absorb`.
  function ripemd160Absorb(bytes32 state, bytes calldata blocks) external pure returns (bytes32) {
    return Ripemd160.absorb(state, blocks);
  }

  /// @notice See `Blake2.start`.
  function blake2Start(bytes calldata input) external pure returns (bytes memory) {
    return Blake2.start(input);
  }

  /// @notice See `Blake2.run`.
  function blake2Run(
    bytes calldata v,
    bytes calldata m,
    uint256 firstRound,
    uint256 rounds
  ) external pure returns (bytes memory) {
    return Blake2.run(v, m, firstRound, rounds);
  }

  /// @notice See `Blake2.finish`.
  function blake2Finish(bytes calldata h, bytes calldata v) external pure returns (bytes memory) {
    return Blake2.finish(h, v);
  }
}
