// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title The inbox: the ordered batches of L2 blocks
/// @notice The L2 chain consists of these batches and of nothing else; batch n is executed after batch n − 1. The inbox does not
/// parse the bytes: every byte string is a valid batch, and malformed content is skipped during execution
/// (docs/evm-machine.md, "Batches, blocks, transactions").
/// @dev A stored batch never changes, and the inbox computes its root. An output that omits one of the batch's transactions, or
/// adds one, is therefore a false output, and falls in its game.
interface IInbox {
  /// @notice A batch was appended. The event holds all of its bytes, so that everybody who reads L1's logs can execute it.
  /// @param root Of the data tree over the bytes.
  event Appended(uint256 indexed index, bytes32 root, uint256 size, bytes batch);

  /// @notice Only the sequencer may append batches.
  error NotSequencer(address caller, address sequencer);
  /// @notice A batch must have fewer than `limit` bytes.
  error TooLarge(uint256 size, uint256 limit);
  /// @notice The inbox has `count` batches, numbered from 0.
  error NoSuchBatch(uint256 index, uint256 count);

  /// @notice Appends a batch. If there is a sequencer, only it may call.
  /// @return index Of the batch; the first is 0.
  function append(bytes calldata batch) external returns (uint256 index);

  /// @notice A batch's record. Reverts with `NoSuchBatch` if it has not been appended.
  /// @return root Of the data tree over its bytes.
  /// @return size In bytes, less than 2^27.
  /// @return blockNumber Of the L1 block that includes it.
  /// @return time Of that block, in seconds since 1970.
  function batchOf(uint256 index) external view returns (bytes32 root, uint256 size, uint256 blockNumber, uint256 time);

  /// @return The number of batches.
  function count() external view returns (uint256);

  /// @return The only account that may append; zero if anyone may.
  function sequencer() external view returns (address);
}
