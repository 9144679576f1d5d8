// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// An argument must have exactly `expected` bytes.
error WrongLength(uint256 length, uint256 expected);

/// Blocks must be whole: of `block_` bytes each.
error PartialBlock(uint256 length, uint256 block_);
