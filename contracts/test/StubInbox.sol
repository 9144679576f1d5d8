// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title An inbox that keeps every root
/// @dev Stands in for the inbox where a test needs more batches than it can append.
contract StubInbox {
  uint256 public count;

  function setCount(uint256 count_) external {
    count = count_;
  }

  function isKept(uint256, uint256, bytes32) external pure returns (bool) {
    return true;
  }
}
