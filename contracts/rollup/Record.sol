// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What the inbox keeps of a batch: all that a machine reads of it. Seven words.
struct Record {
  /// @dev Hash of the chain's `Config`.
  bytes32 config;
  /// @dev 0: an ordinary batch.
  uint256 kind;
  /// @dev Gas that the batch may use: at most 2^27.
  uint256 gas;
  /// @dev Seconds since 1970 that the batch was declared for; 0: not declared.
  uint256 time;
  /// @dev Where its bytes are: 0 for calldata.
  uint256 source;
  /// @dev Root of the data tree over its bytes.
  bytes32 root;
  /// @dev Number of its bytes: less than 2^27.
  uint256 size;
}

/// @notice The rules of a chain that its batches are executed by. Nine words.
struct Config {
  uint256 version;
  uint256 chainId;
  uint256 blockGas;
  /// @dev The lowest base fee, the gas target a second, the base fee's inertia, the gas of a transaction and of a block's head, and
  /// the account that fees go to: 0 in version 1, which has none of these rules.
  uint256 minimumFee;
  uint256 target;
  uint256 inertia;
  uint256 transactionGas;
  uint256 headGas;
  address vault;
}

/// @title Hashes of records and configs
library Records {
  function hash(Record memory record) internal pure returns (bytes32) {
    return keccak256(abi.encode(record));
  }

  function hash(Config memory config) internal pure returns (bytes32) {
    return keccak256(abi.encode(config));
  }
}
