// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Limit} from "../evm/tables/Limits.sol";
import {MerkleRoot} from "../lib/MerkleRoot.sol";
import {IInbox} from "./IInbox.sol";

/// @title The inbox
/// @notice See `IInbox`.
contract Inbox is IInbox {
  /// @dev The EVM machine's limit (docs/evm-machine.md). No L1 transaction can carry as many bytes.
  uint256 private constant SIZE_LIMIT = Limit.BATCH_BYTES;

  struct Entry {
    bytes32 root;
    uint64 size;
    uint64 blockNumber;
    uint64 time;
  }

  /// @inheritdoc IInbox
  address public immutable sequencer;

  Entry[] private _entries;

  /// @param sequencer_ The only account that may append; zero for anyone.
  constructor(address sequencer_) {
    sequencer = sequencer_;
  }

  /// @inheritdoc IInbox
  function append(bytes calldata batch) external returns (uint256 index) {
    if (sequencer != address(0) && msg.sender != sequencer) revert NotSequencer(msg.sender, sequencer);
    uint256 size = batch.length;
    // INVARIANT: the machine does not check the size. The execution of a larger batch may exceed 16^level steps; then no true claim exists.
    if (size >= SIZE_LIMIT) revert TooLarge(size, SIZE_LIMIT);

    uint256 data;
    assembly ("memory-safe") {
      data := batch.offset
    }
    // INVARIANT: the root is computed here, from the bytes that the event holds: everybody can execute every batch.
    bytes32 root = MerkleRoot.ofData(data, size);
    index = _entries.length;
    _entries.push(Entry(root, uint64(size), uint64(block.number), uint64(block.timestamp)));
    emit Appended(index, root, size, batch);
  }

  /// @inheritdoc IInbox
  function batchOf(
    uint256 index
  ) external view returns (bytes32 root, uint256 size, uint256 blockNumber, uint256 time) {
    // INVARIANT: nobody proposes an output for a batch that does not exist yet: its bytes could still be chosen.
    if (index >= _entries.length) revert NoSuchBatch(index, _entries.length);
    Entry storage entry = _entries[index];
    return (entry.root, entry.size, entry.blockNumber, entry.time);
  }

  /// @inheritdoc IInbox
  function count() external view returns (uint256) {
    return _entries.length;
  }
}
