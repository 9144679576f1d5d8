// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {EMPTY, State} from "./Layout.sol";
import {Phase} from "./tables/Phases.sol";

/// @title The EVM machine's first state (docs/evm-machine.md, "Batches, blocks, transactions")
library FirstState {
  /// @notice Its hash in a context: phase and task, no memory, nothing returned, and zeros.
  function hash(bytes32 context) internal pure returns (bytes32) {
    State memory state;
    state.phase = Phase.START;
    state.memoryRoot = EMPTY;
    state.returned = EMPTY;
    state.task = context;
    return state.hash();
  }
}
