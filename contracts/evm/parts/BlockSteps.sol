// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteRange} from "../ByteRange.sol";
import {Batch, Block, Layout, Tx} from "../Layout.sol";
import {MerklePath} from "../../lib/MerklePath.sol";
import {CONFIG_WORDS, Config, RECORD_WORDS, Record} from "../../rollup/Record.sol";
import {Machine, Tape, UnusedTape, WrongOpening, WrongPhase} from "../Tape.sol";
import {Boundary} from "./Boundary.sol";
import {Phase} from "../tables/Phases.sol";
import {Limit} from "../tables/Limits.sol";

/// @title START, NEXT, IDLE: a batch's blocks, and its end (docs/evm-machine.md, "Between transactions")
/// @dev As evm/machine/phases/blocks.ts and evm/batch/turn.ts, in the same order.
contract BlockSteps {
  using Boundary for Machine;
  using ByteRange for Machine;

  // generated: SIZES (npm run generate)
  uint256 private constant HEADER_BYTES = 136;
  /// A transaction's length precedes it.
  uint256 private constant LENGTH_BYTES = 4;
  // end of SIZES

  uint256 private constant LAST_OF_SLOT = Limit.SLOT_STEPS - 1;

  /// @notice Takes one step from a state of these phases.
  /// @param witness Opens the state, and what the step reads.
  function step(bytes32 pre, bytes calldata witness) external pure returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    if (phase == Phase.IDLE) {
      if (m.state.clock & LAST_OF_SLOT == LAST_OF_SLOT) m.state.phase = Phase.NEXT;
    } else if (phase == Phase.NEXT) _next(m);
    else if (phase == Phase.START) _start(m);
    else revert WrongPhase(phase);
    return m.finish();
  }

  /// @dev Opens the context: the batch's record, with its config, and the output that the batch builds on.
  function _start(Machine memory m) private pure {
    Batch memory batch;
    Block memory header;
    batch.context = m.state.task;
    uint256[] memory context = m.task(2);
    Record memory record = _record(m, bytes32(context[0]));
    batch.chainId = _config(m, record.config).chainId;
    batch.gasLeft = record.gas;
    batch.root = record.root;
    batch.size = record.size;
    batch.transactions = Limit.BATCH_TRANSACTIONS;
    header.number = m.word();
    header.stateRoot = bytes32(m.word());
    batch.history = bytes32(m.word());
    bytes32 output = Layout.hash(header.number, uint256(header.stateRoot), uint256(batch.history));
    // INVARIANT: a batch starts from the output that its claim names. Otherwise the prover could choose the state.
    if (output != bytes32(context[1])) revert WrongOpening(bytes32(context[1]), output);
    _reset(m, header, batch);
  }

  function _record(Machine memory m, bytes32 hash) private pure returns (Record memory record) {
    uint256 pointer = m.opened(hash, RECORD_WORDS);
    assembly ("memory-safe") {
      record := pointer
    }
  }

  function _config(Machine memory m, bytes32 hash) private pure returns (Config memory config) {
    uint256 pointer = m.opened(hash, CONFIG_WORDS);
    assembly ("memory-safe") {
      config := pointer
    }
  }

  /// @dev One step between two transactions.
  function _next(Machine memory m) private pure {
    Tx memory transaction = m.tx_();
    Block memory header = m.block_(transaction);
    Batch memory batch = m.batch(header);
    if (header.remaining > 0) _nextTransaction(m, header, batch);
    else if (header.open != 0) _endBlock(m, header, batch);
    else _nextBlock(m, header, batch);
  }

  /// @dev Ignores a truncated transaction, or one beyond the limit of transactions, and everything after it.
  function _nextTransaction(Machine memory m, Block memory header, Batch memory batch) private pure {
    uint256 size = batch.size;
    uint256 start = batch.position + LENGTH_BYTES;
    uint256 end = size + 1;
    if (batch.transactions > 0 && start <= size) {
      end = start + _field(m.read(batch.root, size, batch.position, LENGTH_BYTES), 0, LENGTH_BYTES);
    }
    if (end > size) {
      header.remaining = 0;
      batch.position = size;
      _reset(m, header, batch);
      return;
    }
    // INVARIANT: every transaction of the batch is read, in its order. Otherwise the prover could omit one.
    header.remaining -= 1;
    batch.transactions -= 1;
    batch.position = end;
    _reset(m, header, batch);
    m.state.phase = Phase.DECODE;
    m.state.task = Layout.hash(start, end);
  }

  /// @dev The block's hash becomes history. The tape holds the entry that it replaces and the siblings.
  function _endBlock(Machine memory m, Block memory header, Batch memory batch) private pure {
    bytes32 former = bytes32(m.word());
    (bytes32 actual, bytes32 history) = MerklePath.climbBoth(
      former,
      _blockHash(header),
      header.number % Limit.HISTORY_LENGTH,
      m.cursor,
      Limit.HISTORY_DEPTH
    );
    // INVARIANT: the other block hashes do not change. Otherwise the prover could rewrite the history.
    if (actual != batch.history) revert WrongOpening(batch.history, actual);
    m.cursor += 32 * Limit.HISTORY_DEPTH;
    batch.history = history;
    header.open = 0;
    _reset(m, header, batch);
  }

  function _blockHash(Block memory header) private pure returns (bytes32) {
    // generated: BLOCK HASH (npm run generate)
    uint256[] memory words = new uint256[](10);
    words[0] = header.number;
    words[1] = header.timestamp;
    words[2] = header.gasLimit;
    words[3] = header.baseFee;
    words[4] = header.blobBaseFee;
    words[5] = header.coinbase;
    words[6] = header.prevRandao;
    words[7] = header.gasUsed;
    words[8] = uint256(header.receipts);
    words[9] = uint256(header.stateRoot);
    // end of BLOCK HASH
    return Layout.hash(words);
  }

  /// @dev Reads the next header. If there is none, the batch ends.
  function _nextBlock(Machine memory m, Block memory header, Batch memory batch) private pure {
    uint256 start = batch.position + HEADER_BYTES;
    if (start > batch.size || batch.transactions == 0) {
      bytes32 output = Layout.hash(header.number, uint256(header.stateRoot), uint256(batch.history));
      _halt(m, batch.context, output);
    }
    bytes memory bytes_ = m.read(batch.root, batch.size, batch.position, HEADER_BYTES);
    batch.position = start;
    header.number += 1;
    // generated: HEADER (npm run generate)
    header.timestamp = _field(bytes_, 0, 8);
    header.gasLimit = _field(bytes_, 8, 8);
    header.baseFee = _field(bytes_, 16, 32);
    header.blobBaseFee = _field(bytes_, 48, 32);
    header.coinbase = _field(bytes_, 80, 20);
    header.prevRandao = _field(bytes_, 100, 32);
    header.remaining = _field(bytes_, 132, 4);
    // end of HEADER
    header.gasUsed = 0;
    header.open = 1;
    header.receipts = 0;
    _reset(m, header, batch);
  }

  /// @dev Ends the step and the call in the halted state.
  function _halt(Machine memory m, bytes32 context, bytes32 output) private pure {
    if (m.cursor != m.end) revert UnusedTape(m.cursor - m.start, m.end - m.start);
    bytes32 halted = Layout.hash(uint256(context), uint256(output));
    assembly ("memory-safe") {
      mstore(0, halted)
      return(0, 32)
    }
  }

  function _reset(Machine memory m, Block memory header, Batch memory batch) private pure {
    header.batch = batch.hash();
    m.reset(Phase.NEXT, header.hash());
  }

  function _field(bytes memory data, uint256 offset, uint256 size) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := shr(sub(256, shl(3, size)), mload(add(add(data, 32), offset)))
    }
  }
}
