// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FirstState} from "../evm/FirstState.sol";
import {Config, Record, Records} from "../rollup/Record.sol";
import {Span, Spans} from "../rollup/Span.sol";

/// @notice The formats of records and spans, for tests.
contract SpanHarness {
  function hashOfRecord(Record calldata record) external pure returns (bytes32) {
    return Records.hash(record);
  }

  function hashOfConfig(Config calldata config) external pure returns (bytes32) {
    return Records.hash(config);
  }

  function context(Span calldata span, uint256 chainId) external pure returns (bytes32) {
    return Spans.context(span, chainId);
  }

  function running(bytes32 context_, uint256 executed, bytes32 output) external pure returns (bytes32) {
    return Spans.running(context_, executed, output);
  }

  function level(uint256 length) external pure returns (uint256) {
    return Spans.level(length);
  }

  function firstState(bytes32 context_) external pure returns (bytes32) {
    return FirstState.hash(context_);
  }
}
