// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Padding} from "../evm/hashes/Padding.sol";

/// @title `Padding`, callable by tests
contract PaddingHarness {
  function keccakPad(bytes calldata tail) external pure returns (bytes memory) {
    return Padding.keccakPad(tail);
  }

  function sha256Pad(bytes calldata tail, uint256 totalLength) external pure returns (bytes memory) {
    return Padding.sha256Pad(tail, totalLength);
  }

  function ripemd160Pad(bytes calldata tail, uint256 totalLength) external pure returns (bytes memory) {
    return Padding.ripemd160Pad(tail, totalLength);
  }
}
