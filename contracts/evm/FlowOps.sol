// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Execution} from "./Execution.sol";
import {STATE_BYTES, State} from "./Layout.sol";
import {Machine, WrongPhase} from "./Tape.sol";
// Used in assembly.
// solhint-disable-next-line no-unused-import
import {OP_JUMPDEST, OP_PUSH0, Opcode} from "./tables/Opcodes.sol";

/// @title Stack and flow: POP, JUMP, JUMPI, PC, MSIZE, GAS, JUMPDEST, PUSH, DUP, SWAP (Yellow Paper, H.2, sections 50s to 90s)
contract FlowOps is Execution {
  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    State memory s = m.state;
    unchecked {
      if (opcode > Opcode.PUSH0 && opcode < Opcode.DUP1) _pushData(m, opcode - Opcode.PUSH0);
      else if (opcode > Opcode.PUSH32 && opcode < Opcode.SWAP1) _duplicate(m, opcode - Opcode.DUP1);
      else if (opcode > Opcode.DUP16 && opcode < Opcode.LOG0) _swap(m, opcode - Opcode.DUP16);
      else if (opcode == Opcode.JUMP) _jump(m, _peek(m, 0));
      else if (opcode == Opcode.JUMPI) {
        if (_peek(m, 1) != 0) _jump(m, _peek(m, 0));
      } else if (opcode == Opcode.PC) _push(m, s.pc - 1);
      else if (opcode == Opcode.MSIZE) _push(m, s.memorySize);
      else if (opcode == Opcode.GAS) _push(m, s.gas);
      else if (opcode == Opcode.PUSH0)
        _push(m, 0);
        // POP and JUMPDEST have been done by taking their items.
      else if (opcode != Opcode.POP && opcode != Opcode.JUMPDEST) revert WrongPhase(opcode);
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
      // Its carry comes first.
      uint256 data = start + STATE_BYTES + 1 + offset;
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
      if eq(byte(0, calldataload(add(code, place))), OP_JUMPDEST) {
        // From the first instruction that begins in the chunk, over those before the place.
        let at := byte(0, calldataload(chunk))
        for {} lt(at, place) {} {
          let opcode := byte(0, calldataload(add(code, at)))
          at := add(at, 1)
          // PUSH1 … PUSH32 are 0x60 … 0x7f.
          if eq(shr(5, opcode), 3) {
            at := add(at, sub(opcode, OP_PUSH0))
          }
        }
        destination := eq(at, place)
      }
    }
    if (!destination) m.fail();
    s.pc = to;
  }
}
