// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {EMPTY, Frame, Layout, State} from "./Layout.sol";
import {Machine} from "./Tape.sol";
import {Phase} from "./tables/Phases.sol";

/// @title What lies between a call and the callee's first instruction: the task of ENTER
struct Entry {
  /// Whose code runs; of a creation, the new address.
  uint256 codeAddress;
  /// Whether the frame's value moves, and its account is touched: all but DELEGATECALL.
  uint256 transfers;
  uint256 creates;
  /// Hash of the Slice of the initcode; EMPTY for calls.
  bytes32 initcode;
}

/// @title Handing the machine to a new frame (docs/evm-machine.md, "Calls")
library NewFrame {
  /// @notice Hash of the State that waits for a frame to end. It resumes from there, with the frame's results.
  function wait(Machine memory m) internal pure returns (bytes32 parent) {
    State memory s = m.state;
    uint256 clock = s.clock;
    s.phase = Phase.EXECUTE;
    s.clock = 0;
    s.returned = EMPTY;
    s.task = 0;
    parent = s.hash();
    s.clock = clock;
  }

  /// @notice Goes to ENTER, with a fresh frame.
  function enter(Machine memory m, Frame memory callee, uint256 gas_, Entry memory entry) internal pure {
    State memory s = m.state;
    s.phase = Phase.ENTER;
    s.pc = 0;
    s.gas = gas_;
    s.stack = 0;
    s.height = 0;
    s.memoryRoot = EMPTY;
    s.memorySize = 0;
    s.code = 0;
    s.codeSize = 0;
    s.returned = EMPTY;
    s.frame = callee.hash();
    s.task = Layout.hash(entry.codeAddress, entry.transfers, entry.creates, uint256(entry.initcode));
  }
}
