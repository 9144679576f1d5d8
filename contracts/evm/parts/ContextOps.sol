// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../../lib/MerklePath.sol";
import {Execution} from "../Execution.sol";
import {Batch, Block, Frame} from "../Layout.sol";
import {Machine, WrongOpening, WrongPhase} from "../Tape.sol";
import {Limit} from "../tables/Limits.sol";
import {Opcode} from "../tables/Opcodes.sol";

/// @title Environment of a frame: its call, its transaction and its block (Yellow Paper, H.2, sections 30s and 40s; EIP-1344,
/// 3198, 4399, 4844, 7516)
/// @dev As evm/machine/ops/context.ts, in the same order.
contract ContextOps is Execution {
  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    uint256 value;
    if (opcode == Opcode.CODESIZE) value = m.state.codeSize;
    else if (opcode == Opcode.RETURNDATASIZE) value = m.slice_(m.state.returned).length;
    else if (opcode == Opcode.ORIGIN) value = m.tx_().origin;
    else if (opcode == Opcode.GASPRICE)
      value = m.tx_().gasPrice;
      // No transaction carries blobs, so BLOBHASH is 0.
    else if (opcode < Opcode.BLOCKHASH) value = _ofFrame(m, m.frame(), opcode);
    else if (opcode != Opcode.BLOBHASH) value = _ofBlock(m, m.block_(m.tx_()), opcode);
    _push(m, value);
    return m.finish();
  }

  function _ofFrame(Machine memory m, Frame memory frame, uint256 opcode) private pure returns (uint256) {
    if (opcode == Opcode.ADDRESS) return frame.self;
    if (opcode == Opcode.CALLER) return frame.caller;
    if (opcode == Opcode.CALLVALUE) return frame.value;
    if (opcode == Opcode.CALLDATASIZE) return m.slice_(frame.data).length;
    revert WrongPhase(opcode);
  }

  function _ofBlock(Machine memory m, Block memory header, uint256 opcode) private pure returns (uint256) {
    if (opcode == Opcode.BLOCKHASH) return _blockHash(m, header, _pop(m));
    if (opcode == Opcode.COINBASE) return header.coinbase;
    if (opcode == Opcode.TIMESTAMP) return header.timestamp;
    if (opcode == Opcode.NUMBER) return header.number;
    if (opcode == Opcode.PREVRANDAO) return header.prevRandao;
    if (opcode == Opcode.GASLIMIT) return header.gasLimit;
    if (opcode == Opcode.CHAINID) return m.batch(header).chainId;
    if (opcode == Opcode.BASEFEE) return header.baseFee;
    if (opcode == Opcode.BLOBBASEFEE) return header.blobBaseFee;
    revert WrongPhase(opcode);
  }

  /// @dev The hash of one of the last 256 blocks: it, and its siblings in the history, are opened. 0 for any other.
  function _blockHash(Machine memory m, Block memory header, uint256 number) private pure returns (uint256) {
    unchecked {
      if (number >= header.number || header.number - number > Limit.HISTORY_LENGTH) return 0;
      Batch memory batch = m.batch(header);
      uint256 hash = m.word();
      uint256 path = m.cursor;
      bytes32 root = MerklePath.climb(bytes32(hash), number % Limit.HISTORY_LENGTH, path, Limit.HISTORY_DEPTH);
      // INVARIANT: the hash is that of the requested block. Otherwise the prover could choose it.
      if (root != batch.history) revert WrongOpening(batch.history, root);
      m.cursor = path + 32 * Limit.HISTORY_DEPTH;
      return hash;
    }
  }
}
