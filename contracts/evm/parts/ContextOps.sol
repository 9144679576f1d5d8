// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../../lib/MerklePath.sol";
import {Execution} from "../Execution.sol";
import {Batch, Block, Frame} from "../Layout.sol";
import {Machine, WrongOpening, WrongPhase} from "../Tape.sol";

/// @title What a frame knows of itself, of its transaction, and of its block (Yellow Paper, H.2, sections 30s and 40s; EIP-1344,
/// 3198, 4399, 4844, 7516)
/// @dev As evm/machine/ops/context.ts, in the same order.
contract ContextOps is Execution {
  /// How many blocks back BLOCKHASH looks, and the depth of the tree of their hashes.
  uint256 private constant HISTORY_LENGTH = 256;
  uint256 private constant HISTORY_DEPTH = 8;

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    uint256 value;
    if (opcode == 0x38) value = m.state.codeSize;
    else if (opcode == 0x3d) value = m.view_(m.state.returned).length;
    else if (opcode == 0x32) value = m.tx_().origin;
    else if (opcode == 0x3a)
      value = m.tx_().gasPrice;
      // No transaction carries blobs, so BLOBHASH is 0.
    else if (opcode < 0x40) value = _ofFrame(m, m.frame(), opcode);
    else if (opcode != 0x49) value = _ofBlock(m, m.block_(m.tx_()), opcode);
    _push(m, value);
    return m.finish();
  }

  function _ofFrame(Machine memory m, Frame memory frame, uint256 opcode) private pure returns (uint256) {
    if (opcode == 0x30) return frame.self;
    if (opcode == 0x33) return frame.caller;
    if (opcode == 0x34) return frame.value;
    if (opcode == 0x36) return m.view_(frame.data).length;
    revert WrongPhase(opcode);
  }

  function _ofBlock(Machine memory m, Block memory header, uint256 opcode) private pure returns (uint256) {
    if (opcode == 0x40) return _blockHash(m, header, _pop(m));
    if (opcode == 0x41) return header.coinbase;
    if (opcode == 0x42) return header.timestamp;
    if (opcode == 0x43) return header.number;
    if (opcode == 0x44) return header.prevRandao;
    if (opcode == 0x45) return header.gasLimit;
    if (opcode == 0x46) return m.batch(header).chainId;
    if (opcode == 0x48) return header.baseFee;
    if (opcode == 0x4a) return header.blobBaseFee;
    revert WrongPhase(opcode);
  }

  /// @dev The hash of one of the last 256 blocks: it, and its siblings in the history, are opened. 0 for any other.
  function _blockHash(Machine memory m, Block memory header, uint256 number) private pure returns (uint256) {
    unchecked {
      if (number >= header.number || header.number - number > HISTORY_LENGTH) return 0;
      Batch memory batch = m.batch(header);
      uint256 hash = m.word();
      uint256 path = m.cursor;
      bytes32 root = MerklePath.climb(bytes32(hash), number % HISTORY_LENGTH, path, HISTORY_DEPTH);
      // INVARIANT: no hash but that of the block.
      if (root != batch.history) revert WrongOpening(batch.history, root);
      m.cursor = path + 32 * HISTORY_DEPTH;
      return hash;
    }
  }
}
