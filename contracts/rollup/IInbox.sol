// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title The inbox: batches of L2 blocks, in their order
/// @notice What the L2 chain is made of. Batch n is executed after batch n − 1, and nothing else ever is. Batches are bytes
/// (docs/evm-machine.md, "Batches, blocks, transactions"): the inbox does not read them, since no bytes are without a meaning.
/// @dev A batch never changes once it is here, and its root is computed here. So an output that leaves out one of its
/// transactions, or adds one, is a false output, and nothing more is needed against it.
interface IInbox {
  /// @notice The next batch, with all of its bytes: whoever follows L1's logs can execute it.
  /// @param root Of the data tree over the bytes.
  event Appended(uint256 indexed index, bytes32 root, uint256 size, bytes batch);

  error NotSequencer(address caller, address sequencer);
  error TooLarge(uint256 size, uint256 limit);
  error NoSuchBatch(uint256 index, uint256 count);

  /// @notice Appends a batch. Only for the sequencer, where there is one.
  /// @return index The batch's: the first is 0.
  function append(bytes calldata batch) external returns (uint256 index);

  /// @notice Reverts with `NoSuchBatch` where there is none yet.
  /// @return root Of the data tree over its bytes.
  /// @return size In bytes, less than 2^27.
  /// @return blockNumber L1's block that it came with.
  /// @return time Of that block, in seconds since 1970.
  function batchOf(uint256 index) external view returns (bytes32 root, uint256 size, uint256 blockNumber, uint256 time);

  /// @return How many batches there are.
  function count() external view returns (uint256);

  /// @return Who alone may append; zero if anyone may.
  function sequencer() external view returns (address);
}
