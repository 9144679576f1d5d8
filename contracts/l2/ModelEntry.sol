// SPDX-License-Identifier: MIT
pragma solidity ^0.8.31;

/// @title What a chain knows of a model, in one word
/// @notice The fields below, packed from the most significant bit. Zero is no model.
type ModelEntry is uint256;

// generated: LIMITS (npm run generate)
/// @dev The highest level of a game.
uint256 constant MAX_LEVEL = 15;
/// @dev The deepest table whose root the verifier makes.
uint256 constant MAX_TABLE_DEPTH = 32;
// end of LIMITS

using {exists, level, tableDepth, inputBytes, outputBytes, price} for ModelEntry global;

/// @notice Whether the precompile takes it: a level that no game has, or too deep a table, is no model.
function exists(ModelEntry entry) pure returns (bool) {
  return level(entry) >= 1 && level(entry) <= MAX_LEVEL && tableDepth(entry) <= MAX_TABLE_DEPTH;
}

// generated: FIELDS (npm run generate)
/// @notice Level of a game about one run (8 bits).
function level(ModelEntry entry) pure returns (uint8) {
  return uint8(ModelEntry.unwrap(entry) >> 248);
}

/// @notice Depth of the model's table of tensors (8 bits).
function tableDepth(ModelEntry entry) pure returns (uint8) {
  return uint8(ModelEntry.unwrap(entry) >> 240);
}

/// @notice Bytes of the one input tensor (48 bits).
function inputBytes(ModelEntry entry) pure returns (uint48) {
  return uint48(ModelEntry.unwrap(entry) >> 192);
}

/// @notice Bytes of the one output tensor (48 bits).
function outputBytes(ModelEntry entry) pure returns (uint48) {
  return uint48(ModelEntry.unwrap(entry) >> 144);
}

/// @notice Gas of one run (144 bits).
function price(ModelEntry entry) pure returns (uint144) {
  return uint144(ModelEntry.unwrap(entry));
}
// end of FIELDS
