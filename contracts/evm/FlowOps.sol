// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Execution} from "./Execution.sol";
import {State} from "./Layout.sol";
import {Machine, WrongPhase} from "./Tape.sol";

/// @title Stack and flow: POP, JUMP, JUMPI, PC, MSIZE, GAS, JUMPDEST, PUSH, DUP, SWAP (Yellow Paper, H.2, sections 50s to 90s)
contract FlowOps is Execution {
  uint256 private constant PUSH0 = 0x5f;

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    State memory s = m.state;
    unchecked {
      if (opcode > PUSH0 && opcode < 0x80) _pushData(m, opcode - PUSH0);
      else if (opcode > 0x7f && opcode < 0x90) _duplicate(m, opcode - 0x80);
      else if (opcode > 0x8f && opcode < 0xa0) _swap(m, opcode - 0x8f);
      else if (opcode == 0x56) _jump(m, _peek(m, 0));
      else if (opcode == 0x57) {
        if (_peek(m, 1) != 0) _jump(m, _peek(m, 0));
      } else if (opcode == 0x58) _push(m, s.pc - 1);
      else if (opcode == 0x59) _push(m, s.memorySize);
      else if (opcode == 0x5a) _push(m, s.gas);
      else if (opcode == PUSH0)
        _push(m, 0);
        // What is left, POP and JUMPDEST, has been done by taking its items.
      else if (opcode != 0x50 && opcode != 0x5b) revert WrongPhase(opcode);
    }
    return m.finish();
  }

  /// @dev Pushes the `size` bytes after the opcode; those after the code's end are zeros. The next chunk is opened if they go on
  /// into it, and it exists.
  function _pushData(Machine memory m, uint256 size) private pure {
    State memory s = m.state;
    uint256 start = m.start;
    uint256 pc = s.pc;
    uint256 value;
    unchecked {
      // The byte before pc is the opcode, whose chunk follows the state on the tape.
      uint256 offset = ((pc - 1) & 127) + 1;
      uint256 here = 128 - offset;
      uint256 data = start + 481 + offset;
      if (size <= here) {
        assembly ("memory-safe") {
          value := shr(sub(256, shl(3, size)), calldataload(data))
        }
      } else {
        uint256 there = size - here;
        if (here > 0) {
          assembly ("memory-safe") {
            value := shl(shl(3, there), shr(sub(256, shl(3, here)), calldataload(data)))
          }
        }
        uint256 next = pc + here;
        if (next < s.codeSize) {
          uint256 chunk = _openChunk(m, next);
          assembly ("memory-safe") {
            value := or(value, shr(sub(256, shl(3, there)), calldataload(add(chunk, 1))))
          }
        }
      }
      s.pc = pc + size;
    }
    _push(m, value);
  }

  function _duplicate(Machine memory m, uint256 depth) private pure {
    uint256 item = _peek(m, depth);
    _restoreStack(m);
    _push(m, item);
  }

  /// @dev Exchanges the top with the item `depth` ≥ 1 below it.
  function _swap(Machine memory m, uint256 depth) private pure {
    _push(m, _peek(m, 0));
    unchecked {
      for (uint256 i = depth - 1; i > 0; --i) _push(m, _peek(m, i));
    }
    _push(m, _peek(m, depth));
  }

  /// @dev Goes to an instruction JUMPDEST, or fails.
  function _jump(Machine memory m, uint256 to) private pure {
    State memory s = m.state;
    if (to >= s.codeSize) m.fail();
    uint256 chunk = _openChunk(m, to);
    bool destination;
    assembly ("memory-safe") {
      let place := and(to, 127)
      let code := add(chunk, 1)
      if eq(byte(0, calldataload(add(code, place))), 0x5b) {
        // From the first instruction that begins in the chunk, over those before the place.
        let at := byte(0, calldataload(chunk))
        for {} lt(at, place) {} {
          let opcode := byte(0, calldataload(add(code, at)))
          at := add(at, 1)
          // PUSH1 … PUSH32 are 0x60 … 0x7f.
          if eq(shr(5, opcode), 3) {
            at := add(at, sub(opcode, 0x5f))
          }
        }
        destination := eq(at, place)
      }
    }
    if (!destination) m.fail();
    s.pc = to;
  }
}
