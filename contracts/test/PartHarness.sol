// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title A part of the EVM verifier that says which one it is, whatever the call
contract PartHarness {
  bytes32 private immutable _NUMBER;

  constructor(bytes32 number) {
    _NUMBER = number;
  }

  // solhint-disable-next-line payable-fallback
  fallback(bytes calldata) external returns (bytes memory) {
    return abi.encode(_NUMBER, uint256(0), uint256(0), uint256(0));
  }
}
