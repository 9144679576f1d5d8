// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {EMPTY, State, Tx} from "../Layout.sol";
import {Machine} from "../Tape.sol";
import {Phase} from "../tables/Phases.sol";

/// @title The state between two transactions (docs/evm-machine.md, "Between transactions")
library Boundary {
  /// @notice Leaves nothing but the clock and the block.
  function reset(Machine memory m, uint256 phase, bytes32 header) internal pure {
    Tx memory nothing;
    nothing.block = header;
    State memory s;
    s.phase = phase;
    s.clock = m.state.clock;
    s.memoryRoot = EMPTY;
    s.returned = EMPTY;
    s.tx = nothing.hash();
    m.state = s;
  }

  /// @notice Ends the step, the call, and a transaction that does not decode or is not valid: nothing of it stays.
  function drop(Machine memory m, Tx memory transaction) internal pure {
    reset(m, Phase.IDLE, transaction.block);
    m.finish();
  }
}
