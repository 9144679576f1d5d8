// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @title What a chain knows of a model, in one word
/// @notice From the most significant bit: level of a game about one run (8 bits), depth of its table of tensors (8), bytes of its input (48),
/// bytes of its output (48), gas of one run (144). Zero is no model.
type ModelEntry is uint256;

using {exists, level, tableDepth, inputBytes, outputBytes, price} for ModelEntry global;

/// @notice Whether the precompile takes it: a level that no game has, or too deep a table, is no model.
function exists(ModelEntry entry) pure returns (bool) {
  return level(entry) >= 1 && level(entry) <= 15 && tableDepth(entry) <= 32;
}

function level(ModelEntry entry) pure returns (uint8) {
  return uint8(ModelEntry.unwrap(entry) >> 248);
}

function tableDepth(ModelEntry entry) pure returns (uint8) {
  return uint8(ModelEntry.unwrap(entry) >> 240);
}

/// @notice Bytes of the model's one input tensor.
function inputBytes(ModelEntry entry) pure returns (uint48) {
  return uint48(ModelEntry.unwrap(entry) >> 192);
}

/// @notice Bytes of the model's one output tensor.
function outputBytes(ModelEntry entry) pure returns (uint48) {
  return uint48(ModelEntry.unwrap(entry) >> 144);
}

/// @notice Gas of one run.
function price(ModelEntry entry) pure returns (uint144) {
  return uint144(ModelEntry.unwrap(entry));
}
