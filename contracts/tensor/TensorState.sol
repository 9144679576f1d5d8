// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Names that only assembly uses are imported too.
/* solhint-disable no-unused-import */

import * as StateLayout from "./StateLayout.sol";
import {FETCH_PREIMAGE_BYTES, HALTED_PREIMAGE_BYTES, STATE_TAG_SHIFT, TAG_HALTED} from "./StateLayout.sol";

/// The witness does not open the state: its preimages hash to `computed`.
error WrongPreimage(bytes32 expected, bytes32 computed);

/// A Merkle path or leaf does not match the root that the state holds.
error WrongPath(bytes32 expected, bytes32 computed);

/// The witness does not have exactly the bytes that the step needs.
error WrongLength(uint256 expected, uint256 given);

/// No state begins with this tag, or the witness is for another kind of state than its preimage.
error WrongTag(uint256 tag);

/// @title Preimages of states (docs/tensor-machine.md, "States")
/// @notice The first byte is a tag, so that no kind of state passes for another.
library TensorState {
  /// @notice Context of an inference, as the game names it.
  function contextOf(bytes32 modelId, bytes32 inputRoot) internal pure returns (bytes32 context) {
    assembly ("memory-safe") {
      mstore(0, modelId)
      mstore(32, inputRoot)
      context := keccak256(0, 64)
    }
  }

  function halted(bytes32 context, bytes32 outputRoot) internal pure returns (bytes32 state) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, shl(STATE_TAG_SHIFT, TAG_HALTED))
      mstore(add(free, 32), context)
      mstore(add(free, 64), outputRoot)
      state := keccak256(free, HALTED_PREIMAGE_BYTES)
    }
  }

  /// @param word Tag, pc and counters: see `fetchWord`.
  function fetch(
    uint256 word,
    bytes32 modelId,
    bytes32 inputRoot,
    bytes32 tableRoot
  ) internal pure returns (bytes32 state) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, word)
      mstore(add(free, 32), modelId)
      mstore(add(free, 64), inputRoot)
      mstore(add(free, 96), tableRoot)
      state := keccak256(free, FETCH_PREIMAGE_BYTES)
    }
  }

  // The word of a fetch state: tag, 11 zero bytes, pc u32, counters 3 × u32, 4 zero bytes.

  function pcOf(uint256 word) internal pure returns (uint256) {
    return uint32(word >> StateLayout.FETCH_PC_SHIFT);
  }

  function withPc(uint256 word, uint256 pc) internal pure returns (uint256) {
    return (word & ~(uint256(type(uint32).max) << StateLayout.FETCH_PC_SHIFT)) | (pc << StateLayout.FETCH_PC_SHIFT);
  }

  function counterOf(uint256 word, uint256 depth) internal pure returns (uint256) {
    return uint32(word >> (StateLayout.FETCH_COUNTERS_SHIFT - 32 * depth));
  }

  function withCounter(uint256 word, uint256 depth, uint256 count) internal pure returns (uint256) {
    uint256 shift = StateLayout.FETCH_COUNTERS_SHIFT - 32 * depth;
    return (word & ~(uint256(type(uint32).max) << shift)) | (count << shift);
  }

  /// @notice The word of a running state: tag, stage u8, 6 zero bytes, element u64, term u64, inner term u64.
  function runningWord(
    uint256 stage,
    uint256 element,
    uint256 term,
    uint256 innerTerm
  ) internal pure returns (uint256) {
    return
      (StateLayout.TAG_RUNNING << StateLayout.STATE_TAG_SHIFT) |
      (stage << StateLayout.RUNNING_STAGE_SHIFT) |
      (element << StateLayout.RUNNING_ELEMENT_SHIFT) |
      (term << StateLayout.RUNNING_TERM_SHIFT) |
      innerTerm;
  }
}
