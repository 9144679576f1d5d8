// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/tensor/states.ts by `npm run generate`: edit that, not this file.

// The first byte of a state's preimage, and of a witness.

uint256 constant TAG_FETCH = 1;
uint256 constant TAG_RUNNING = 2;
uint256 constant TAG_HALTED = 3;

// Stages of a running instruction, in their order.

uint256 constant STAGE_INNER = 0;
uint256 constant STAGE_BODY = 1;
uint256 constant STAGE_FINISH = 2;
uint256 constant STAGE_COMMIT = 3;

// How far a field of a state's first word, or of a header's, is shifted down. Of the counters it is the first one: each next is 32 bits lower.

uint256 constant STATE_TAG_SHIFT = 248;
uint256 constant FETCH_PC_SHIFT = 128;
uint256 constant FETCH_COUNTERS_SHIFT = 96;
uint256 constant RUNNING_STAGE_SHIFT = 240;
uint256 constant RUNNING_ELEMENT_SHIFT = 128;
uint256 constant RUNNING_TERM_SHIFT = 64;
uint256 constant HEADER_VERSION_SHIFT = 240;
uint256 constant HEADER_INPUTS_SHIFT = 224;
uint256 constant HEADER_WEIGHTS_SHIFT = 208;
uint256 constant HEADER_TENSORS_SHIFT = 192;
uint256 constant HEADER_OUTPUTS_SHIFT = 176;
uint256 constant HEADER_INSTRUCTIONS_SHIFT = 144;

// Bytes of preimages: words, then, in a running state, registers.

/// @dev word, model id, input root, table root
uint256 constant FETCH_PREIMAGE_BYTES = 128;
/// @dev word, bound, target root
uint256 constant RUNNING_HEAD_BYTES = 96;
/// @dev word, context, output root
uint256 constant HALTED_PREIMAGE_BYTES = 96;
/// @dev word, program root, weights root, hash of the types
uint256 constant HEADER_BYTES = 128;
uint256 constant REGISTER_BYTES = 8;
/// @dev The first field of a header.
uint256 constant FORMAT_VERSION = 1;
