// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title The inbox: the ordered batches of L2 blocks
/// @notice The L2 chain consists of these batches and of nothing else; batch n is executed after batch n − 1. The inbox does not
/// parse the bytes: every byte string is a valid batch, and malformed content is skipped during execution
/// (docs/evm-machine.md, "Batches, blocks, transactions").
///
/// The records of all batches (see `Record`) are the leaves of an append-only Merkle tree of depth 32: leaf i is batch i's record
/// hash, a missing leaf is zero, a node is keccak256(left ‖ right). A record under one root is under every later one too. The contract
/// keeps the tree's frontier, and the roots that `checkpoint` put into a ring of 8,192 places. A root lives there for 8,192 L1 blocks
/// at least, and the newest one always serves, however old the batches are that one wants to open.
/// @dev A stored batch never changes, and the inbox computes its root. An output that omits one of the batch's transactions, or
/// adds one, is therefore a false output, and falls in its game.
interface IInbox {
  /// @notice A batch was appended. The event holds all of its bytes, so that everybody who reads L1's logs can execute it, and with
  /// `config()` and the size all of its record; its source is 0.
  /// @param root Of the data tree over the bytes.
  event Appended(uint256 indexed index, bytes32 root, uint256 kind, uint256 gas, uint256 time, bytes batch);

  /// @notice The ring keeps the tree's root after `count` batches, under this number.
  event Checkpointed(uint256 indexed number, uint256 count, bytes32 root);

  /// @notice A field of the chain's config is out of range: `reason` says which, and its range.
  error BadConfig(string reason);
  /// @notice Only the sequencer may append batches.
  error NotSequencer(address caller, address sequencer);
  /// @notice A batch must have fewer than `limit` bytes.
  error TooLarge(uint256 size, uint256 limit);
  /// @notice The inbox has 2^32 − 1 batches, and takes no more.
  error Full();

  /// @notice Appends a batch. If there is a sequencer, only it may call.
  /// @return index Of the batch; the first is 0.
  function append(bytes calldata batch) external returns (uint256 index);

  /// @notice Puts the current root into the ring. Anyone may call it. It does nothing if no batch was appended since the newest
  /// checkpoint, or if that was made in this L1 block: a caller that comes first cannot make a later one fail.
  /// @return number Of the checkpoint that holds the newest kept root.
  function checkpoint() external returns (uint256 number);

  /// @notice Whether the ring keeps `root`, the root after `count` batches, under `number`, since an earlier L1 block. Numbers that
  /// differ by 8,192 name the same place.
  function isKept(uint256 number, uint256 count, bytes32 root) external view returns (bool);

  /// @return The number of batches.
  function count() external view returns (uint256);

  /// @return The number of checkpoints made.
  function checkpoints() external view returns (uint256);

  /// @notice The tree's root now.
  function root() external view returns (bytes32);

  /// @return The only account that may append; zero if anyone may.
  function sequencer() external view returns (address);

  /// @return Hash of the chain's config, which is in every record.
  function config() external view returns (bytes32);
}
