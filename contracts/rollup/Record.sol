// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// generated: RECORDS (npm run generate)
/// @notice What the inbox keeps of a batch: all that a machine reads of it.
struct Record {
  /// @dev Hash of the chain's Config.
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

/// @notice The rules of a chain that its batches are executed by.
struct Config {
  /// @dev Of these rules: 1, which reads the chain id alone.
  uint256 version;
  /// @dev 1 to 2^64 − 1.
  uint256 chainId;
  /// @dev Gas limit of a block.
  uint256 blockGas;
  /// @dev The lowest base fee, in wei.
  uint256 minimumFee;
  /// @dev Gas a second at which the base fee stays.
  uint256 target;
  /// @dev Gas over the target that multiplies the base fee by e.
  uint256 inertia;
  /// @dev Gas that a transaction takes from its batch, valid or not.
  uint256 transactionGas;
  /// @dev Gas that a block takes from its batch.
  uint256 headGas;
  /// @dev The account that fees go to.
  address vault;
}

uint256 constant RECORD_WORDS = 7;
uint256 constant CONFIG_WORDS = 9;
// end of RECORDS

/// @title Hashes of records and configs
library Records {
  function hash(Record memory record) internal pure returns (bytes32) {
    return keccak256(abi.encode(record));
  }

  function hash(Config memory config) internal pure returns (bytes32) {
    return keccak256(abi.encode(config));
  }
}
