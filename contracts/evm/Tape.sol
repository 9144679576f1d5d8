// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {
  BATCH_WORDS,
  BLOCK_WORDS,
  Batch,
  Block,
  EMPTY,
  ENVELOPE_WORDS,
  Envelope,
  FRAME_WORDS,
  Frame,
  Layout,
  STATE_BYTES,
  STATE_WORDS,
  State,
  TX_WORDS,
  Tx,
  SLICE_WORDS,
  Slice
} from "./Layout.sol";
import {Phase, Status} from "./tables/Phases.sol";

/// @dev The witness does not open the state.
error WrongState(bytes32 expected, bytes32 actual);

/// @dev The tape does not open what the step asks for.
error WrongOpening(bytes32 expected, bytes32 actual);

/// @dev The step did not read exactly the tape's bytes.
error UnusedTape(uint256 read, uint256 length);

/// @dev This contract does not implement the phase or opcode.
error WrongPhase(uint256 phase);

/// @dev A step at work.
struct Machine {
  /// What will be the next state.
  State state;
  /// Where the tape begins in calldata: there the state lies as it was.
  uint256 start;
  /// The next byte to read, in calldata.
  uint256 cursor;
  /// The byte after the tape, in calldata.
  uint256 end;
  /// Where the stack items that the opcode takes lie in calldata, the top first.
  uint256 items;
}

using Tape for Machine global;

/// @title The witness: a tape, read once from front to back (docs/evm-machine.md, "Witnesses")
/// @dev A read beyond the end returns whatever calldata holds there. Every step ends in `finish`, which then reverts.
library Tape {
  /// @notice Begins a step: takes the state from the tape.
  function open(bytes32 pre, bytes calldata witness) internal pure returns (Machine memory m) {
    State memory s = m.state;
    uint256 start;
    bytes32 actual;
    assembly ("memory-safe") {
      start := witness.offset
      calldatacopy(s, start, STATE_BYTES)
      actual := keccak256(s, STATE_BYTES)
    }
    // INVARIANT: the state is the claimed one. All else on the tape is checked against hashes in it, so a wrong state would prove anything.
    if (actual != pre) revert WrongState(pre, actual);
    unchecked {
      m.start = start;
      m.cursor = start + STATE_BYTES;
      m.end = start + witness.length;
    }
  }

  /// @notice Begins a step of one phase.
  function open(bytes32 pre, bytes calldata witness, uint256 phase) internal pure returns (Machine memory m) {
    m = open(pre, witness);
    if (m.state.phase != phase) revert WrongPhase(m.state.phase);
  }

  /// @notice Ends the step AND THE CALL, which returns the hash of the state: nothing after it runs.
  function finish(Machine memory m) internal pure returns (bytes32 post) {
    // INVARIANT: the step reads the whole witness and no byte beyond it. Otherwise a witness could be ambiguous.
    if (m.cursor != m.end) {
      unchecked {
        revert UnusedTape(m.cursor - m.start, m.end - m.start);
      }
    }
    State memory s = m.state;
    unchecked {
      ++s.clock;
    }
    assembly ("memory-safe") {
      post := keccak256(s, STATE_BYTES)
      mstore(0, post)
      return(0, 32)
    }
  }

  /// @notice Ends the step, and the call, at LEAVE with failure; all else is as it was before the step.
  function fail(Machine memory m) internal pure {
    _rewind(m);
    leaveWith(m, Status.FAILURE, EMPTY);
    m.state.gas = 0;
    m.finish();
  }

  /// @notice Goes to LEAVE.
  function leaveWith(Machine memory m, uint256 status, bytes32 returned) internal pure {
    m.state.phase = Phase.LEAVE;
    m.state.task = Layout.hash(status);
    m.state.returned = returned;
  }

  /// @notice Ends the step, and the call: the next one brings in what is missing, then this one is tried again.
  function load(Machine memory m, uint256 phase, uint256 wanted) internal pure {
    _rewind(m);
    m.state.task = Layout.hash(m.state.phase, uint256(m.state.task), wanted);
    m.state.phase = phase;
    m.finish();
  }

  /// @notice As above, for a record that two words name.
  function load(Machine memory m, uint256 phase, uint256 wanted, uint256 within) internal pure {
    _rewind(m);
    m.state.task = Layout.hash(m.state.phase, uint256(m.state.task), wanted, within);
    m.state.phase = phase;
    m.finish();
  }

  /// @dev Reverts all changes that the step made to the state.
  function _rewind(Machine memory m) private pure {
    State memory s = m.state;
    uint256 start = m.start;
    assembly ("memory-safe") {
      calldatacopy(s, start, STATE_BYTES)
    }
  }

  /// @notice The next 32 bytes.
  function word(Machine memory m) internal pure returns (uint256 value) {
    uint256 cursor = m.cursor;
    assembly ("memory-safe") {
      value := calldataload(cursor)
    }
    unchecked {
      m.cursor = cursor + 32;
    }
  }

  /// @notice The next `size` bytes (1 to 32), as a big-endian integer.
  function number(Machine memory m, uint256 size) internal pure returns (uint256 value) {
    uint256 cursor = m.cursor;
    assembly ("memory-safe") {
      value := shr(sub(256, shl(3, size)), calldataload(cursor))
    }
    unchecked {
      m.cursor = cursor + size;
    }
  }

  /// @notice The next byte.
  function u8(Machine memory m) internal pure returns (uint256 value) {
    return number(m, 1);
  }

  /// @notice The next `length` bytes.
  function bytes_(Machine memory m, uint256 length) internal pure returns (bytes memory data) {
    uint256 cursor = m.cursor;
    assembly ("memory-safe") {
      data := mload(0x40)
      mstore(data, length)
      calldatacopy(add(data, 32), cursor, length)
      mstore(0x40, and(add(add(data, length), 63), not(31)))
    }
    unchecked {
      m.cursor = cursor + length;
    }
  }

  /// @notice The next `words` words, checked against their hash.
  /// @return pointer Where they lie in memory: a structure of that many members.
  function opened(Machine memory m, bytes32 expected, uint256 words) internal pure returns (uint256 pointer) {
    uint256 cursor = m.cursor;
    bytes32 actual;
    assembly ("memory-safe") {
      let size := shl(5, words)
      pointer := mload(0x40)
      calldatacopy(pointer, cursor, size)
      actual := keccak256(pointer, size)
      mstore(0x40, add(pointer, size))
    }
    // INVARIANT: the words match the hash in the state. Otherwise the prover could choose them.
    if (actual != expected) revert WrongOpening(expected, actual);
    unchecked {
      m.cursor = cursor + 32 * words;
    }
  }

  /// @notice The words of the task.
  function task(Machine memory m, uint256 words) internal pure returns (uint256[] memory values) {
    assembly ("memory-safe") {
      values := mload(0x40)
      mstore(values, words)
      mstore(0x40, add(values, 32))
    }
    opened(m, m.state.task, words);
  }

  /// @notice The frame that runs.
  function frame(Machine memory m) internal pure returns (Frame memory frame_) {
    uint256 pointer = opened(m, m.state.frame, FRAME_WORDS);
    assembly ("memory-safe") {
      frame_ := pointer
    }
  }

  /// @notice The transaction that runs.
  function tx_(Machine memory m) internal pure returns (Tx memory transaction) {
    uint256 pointer = opened(m, m.state.tx, TX_WORDS);
    assembly ("memory-safe") {
      transaction := pointer
    }
  }

  function envelope(Machine memory m, Tx memory transaction) internal pure returns (Envelope memory envelope_) {
    uint256 pointer = opened(m, transaction.envelope, ENVELOPE_WORDS);
    assembly ("memory-safe") {
      envelope_ := pointer
    }
  }

  function block_(Machine memory m, Tx memory transaction) internal pure returns (Block memory header) {
    uint256 pointer = opened(m, transaction.block, BLOCK_WORDS);
    assembly ("memory-safe") {
      header := pointer
    }
  }

  function batch(Machine memory m, Block memory header) internal pure returns (Batch memory batch_) {
    uint256 pointer = opened(m, header.batch, BATCH_WORDS);
    assembly ("memory-safe") {
      batch_ := pointer
    }
  }

  /// @notice The Slice of that hash.
  function slice_(Machine memory m, bytes32 hash) internal pure returns (Slice memory window) {
    uint256 pointer = opened(m, hash, SLICE_WORDS);
    assembly ("memory-safe") {
      window := pointer
    }
  }

  /// @notice The State of that hash, which waits for a frame to end.
  function waiting(Machine memory m, bytes32 hash) internal pure returns (State memory parent) {
    uint256 pointer = opened(m, hash, STATE_WORDS);
    assembly ("memory-safe") {
      parent := pointer
    }
  }
}
