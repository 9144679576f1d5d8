// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Limit} from "../evm/tables/Limits.sol";
import {MerkleRoot} from "../lib/MerkleRoot.sol";
import {IInbox} from "./IInbox.sol";
import {Config, Record, Records} from "./Record.sol";

/// @title The inbox
/// @notice See `IInbox`.
contract Inbox is IInbox {
  using Records for Config;
  using Records for Record;

  /// @dev Of the tree: room for 2^32 batches.
  uint256 private constant DEPTH = 32;
  /// @dev Places of the ring.
  uint256 private constant RING = 8_192;

  struct Head {
    /// Batches.
    uint32 count;
    /// Batches under the newest root of the ring.
    uint32 keptCount;
    /// Roots that were ever put into the ring.
    uint64 checkpoints;
    /// L1's block of the newest one.
    uint64 blockNumber;
  }

  /// @inheritdoc IInbox
  address public immutable sequencer;
  /// @inheritdoc IInbox
  bytes32 public immutable config;

  Head private _head;
  /// @dev By level: the left sibling on the path of the next leaf, where the path is a right child there; else of no meaning.
  bytes32[DEPTH] private _frontier;
  /// @dev One slot each, see `_kept`.
  uint256[RING] private _ring;

  /// @param sequencer_ The only account that may append; zero for anyone.
  constructor(address sequencer_, Config memory config_) {
    // INVARIANT: the machine does not check a config (docs/evm-machine.md); beyond it, a batch's execution need not fit the level.
    if (config_.version != 1) revert BadConfig("version: 1");
    if (config_.chainId == 0 || config_.chainId > type(uint64).max) revert BadConfig("chainId: 1 to 2^64 - 1");
    if (config_.blockGas == 0 || config_.blockGas > Limit.BATCH_GAS) revert BadConfig("blockGas: 1 to 2^27");
    uint256 feeRules = config_.minimumFee | config_.target | config_.inertia | config_.transactionGas | config_.headGas;
    if (feeRules != 0 || config_.vault != address(0)) revert BadConfig("version 1 has no fee rules: 0");
    sequencer = sequencer_;
    config = config_.hash();
  }

  /// @inheritdoc IInbox
  function append(bytes calldata batch) external returns (uint256 index) {
    if (sequencer != address(0) && msg.sender != sequencer) revert NotSequencer(msg.sender, sequencer);
    // INVARIANT: the machine does not check the size. The execution of a larger batch may exceed 16^level steps; then no true claim exists.
    if (batch.length >= Limit.BATCH_BYTES) revert TooLarge(batch.length, Limit.BATCH_BYTES);
    index = _head.count;
    if (index == type(uint32).max) revert Full();

    uint256 data;
    assembly ("memory-safe") {
      data := batch.offset
    }
    // INVARIANT: the root is computed here, from the bytes that the event holds: everybody can execute every batch.
    Record memory record = Record({
      config: config,
      kind: 0,
      gas: Limit.BATCH_GAS,
      time: 0,
      source: 0,
      root: MerkleRoot.ofData(data, batch.length),
      size: batch.length
    });
    _insert(record.hash(), index);
    _head.count = uint32(index + 1);
    emit Appended(index, record.root, record.kind, record.gas, record.time, batch);
  }

  /// @inheritdoc IInbox
  function checkpoint() external returns (uint256 number) {
    Head memory head = _head;
    number = head.checkpoints;
    if (number > 0 && (head.count == head.keptCount || head.blockNumber == block.number)) return number - 1;

    bytes32 root_ = _root(head.count);
    _ring[number % RING] = _kept(head.count, root_, block.number);
    _head = Head(head.count, head.count, uint64(number + 1), uint64(block.number));
    emit Checkpointed(number, head.count, root_);
  }

  /// @inheritdoc IInbox
  function isKept(uint256 number, uint256 count_, bytes32 root_) external view returns (bool) {
    uint256 kept = _ring[number % RING];
    uint256 made = uint16(kept);
    // INVARIANT: since an earlier block. Else one transaction appends a batch and proposes on it, before anybody else could see it.
    return made != uint16(block.number) && kept == _kept(count_, root_, made);
  }

  /// @inheritdoc IInbox
  function count() external view returns (uint256) {
    return _head.count;
  }

  /// @inheritdoc IInbox
  function checkpoints() external view returns (uint256) {
    return _head.checkpoints;
  }

  /// @inheritdoc IInbox
  function root() external view returns (bytes32) {
    return _root(_head.count);
  }

  /// @dev What the ring keeps of a root: 240 bits of keccak256(root ‖ count) ‖ the low bits of L1's block number (16). An entry of an age
  /// of 65,536 blocks, or a multiple, counts as one of the current block, and serves in the next.
  /// INVARIANT: both words go through a hash whole. Bits of a root that a caller names bind nothing but themselves: under a root with other
  /// bits no record opens, and whoever is to refute an output needs one.
  function _kept(uint256 count_, bytes32 root_, uint256 blockNumber) private pure returns (uint256) {
    uint256 hash = uint256(Hashes.efficientKeccak256(root_, bytes32(count_)));
    return (hash & ~uint256(type(uint16).max)) | uint16(blockNumber);
  }

  /// @dev Adds leaf `index`. Each leaf writes one slot: that of the level on which it completes a left subtree.
  function _insert(bytes32 node, uint256 index) private {
    uint256 level = 0;
    for (; index & 1 == 1; index >>= 1) node = Hashes.efficientKeccak256(_frontier[level++], node);
    _frontier[level] = node;
  }

  /// @dev Root of the tree of the first `index` leaves: the path of the next leaf, which is still zero.
  function _root(uint256 index) private view returns (bytes32 node) {
    bytes32 zero = 0;
    for (uint256 level = 0; level < DEPTH; ++level) {
      node = index & 1 == 1 ? Hashes.efficientKeccak256(_frontier[level], node) : Hashes.efficientKeccak256(node, zero);
      zero = Hashes.efficientKeccak256(zero, zero);
      index >>= 1;
    }
  }
}
