// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Names that only assembly uses are imported too.
/* solhint-disable no-unused-import */

import {Element} from "../tensor/Element.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {Rule} from "./Rule.sol";
import * as Encoding from "../tensor/Encoding.sol";
import {DIMENSION_BYTES, TYPE_HEAD_BYTES, TYPE_RANK_AT} from "../tensor/Encoding.sol";
import * as Limits from "../tensor/Limits.sol";
import * as StateLayout from "../tensor/StateLayout.sol";

/// @title What a program declares: how many inputs, weights and tensors there are, and their types
library ProgramTypes {
  /// @dev `sizes` and `dtypes` are of all inputs, then weights, then table tensors.
  struct Types {
    uint256 inputs;
    uint256 weights;
    uint256 tensors;
    uint256 outputs;
    uint256 instructions;
    uint256[] dtypes;
    /// Bytes of each.
    uint256[] sizes;
  }

  /// @notice Reads the header and the types that belong to it, and checks the rules about them.
  /// @param header 128 bytes: the caller knows that they are the model's.
  /// @param encoded dtype u8, rank u8, dimensions u32 of each type.
  function read(bytes calldata header, bytes calldata encoded) internal pure returns (Types memory types) {
    // INVARIANT: the header commits to these types. Otherwise each call could check against other types.
    if (header.length != StateLayout.HEADER_BYTES || keccak256(encoded) != bytes32(header[96:128])) {
      revert IModelRegistry.IllFormedProgram(Rule.Encoding);
    }
    uint256 counts = uint256(bytes32(header[0:32]));
    // version, inputs, weights, tensors, outputs: u16 each; instructions u32; 18 zero bytes.
    if (counts >> StateLayout.HEADER_VERSION_SHIFT != StateLayout.FORMAT_VERSION || uint144(counts) != 0)
      revert IModelRegistry.IllFormedProgram(Rule.Encoding);
    types.inputs = uint16(counts >> StateLayout.HEADER_INPUTS_SHIFT);
    types.weights = uint16(counts >> StateLayout.HEADER_WEIGHTS_SHIFT);
    types.tensors = uint16(counts >> StateLayout.HEADER_TENSORS_SHIFT);
    types.outputs = uint16(counts >> StateLayout.HEADER_OUTPUTS_SHIFT);
    types.instructions = uint32(counts >> StateLayout.HEADER_INSTRUCTIONS_SHIFT);
    if (types.outputs == 0 || types.outputs > Limits.MAX_OUTPUTS || types.outputs > types.tensors) {
      revert IModelRegistry.IllFormedProgram(Rule.Counts);
    }
    uint256 count = types.inputs + types.weights + types.tensors;
    types.dtypes = new uint256[](count);
    types.sizes = new uint256[](count);
    uint256 position;
    for (uint256 i; i < count; ++i) {
      (types.dtypes[i], types.sizes[i], position) = _type(encoded, position);
    }
    if (position != encoded.length) revert IModelRegistry.IllFormedProgram(Rule.Encoding);
  }

  function _type(
    bytes calldata encoded,
    uint256 position
  ) private pure returns (uint256 dtype, uint256 size, uint256 next) {
    uint256 rank;
    uint256 dimensions;
    assembly ("memory-safe") {
      dimensions := add(encoded.offset, position)
      dtype := byte(0, calldataload(dimensions))
      rank := byte(TYPE_RANK_AT, calldataload(dimensions))
      dimensions := add(dimensions, TYPE_HEAD_BYTES)
    }
    next = position + Encoding.TYPE_HEAD_BYTES + Encoding.DIMENSION_BYTES * rank;
    if (next > encoded.length || dtype == 0 || dtype > Element.DTYPES)
      revert IModelRegistry.IllFormedProgram(Rule.Encoding);
    size = 1;
    for (uint256 i; i < rank; ++i) {
      uint256 dimension;
      assembly ("memory-safe") {
        dimension := shr(224, calldataload(add(dimensions, mul(DIMENSION_BYTES, i))))
      }
      size *= dimension;
      if (dimension == 0 || dimension > Limits.MAX_COUNT || size >= Limits.ELEMENT_BOUND)
        revert IModelRegistry.IllFormedProgram(Rule.Type);
    }
    size <<= Element.logSize(dtype);
  }
}
