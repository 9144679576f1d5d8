// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../lib/MerklePath.sol";
// Used in assembly.
// solhint-disable-next-line no-unused-import
import {EMPTY, Layout, STATE_STACK_OFFSET, State} from "./Layout.sol";
import {Machine, Tape, WrongOpening} from "./Tape.sol";
import {Gas} from "./tables/GasCosts.sol";
import {Limit, STACK_LIMIT} from "./tables/Limits.sol";
import {Opcode} from "./tables/Opcodes.sol";
import {Phase} from "./tables/Phases.sol";

/// @title What all opcodes use: code, stack, gas, memory's size (docs/evm-machine.md, "Execution")
/// @dev Steps of other phases that work on a frame use it too, but open the state themselves instead of by `_begin`.
abstract contract Execution {
  // generated: OPCODES (npm run generate)
  /// Opcodes by byte: takes (3 bits), gives (1), class of static gas (4; 15: no such opcode). PUSH, DUP, SWAP and LOG follow
  /// rules instead.
  bytes32 private constant OPCODES_00 = 0x0053545354545454757556540f0f0f0f53535353533353535333535353530f0f;
  bytes32 private constant OPCODES_20 = 0x580f0f0f0f0f0f0f0f0f0f0f0f0f0f0f12301212123312631263123080126330;
  bytes32 private constant OPCODES_40 = 0x37121212121212141233120f0f0f0f0f22334343304025461212120139496312;
  bytes32 private constant OPCODES_E0 = 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f7af0f040d09a0f0f0f0fd00f0f400f2b;

  /// Gas of the classes, 2 bytes each: 0, 1, 2, 3, 5, 8, 10, 20, 30, 100, 32,000, 5,000.
  bytes32 private constant CLASSES = 0x000000010002000300050008000a0014001e00647d0013880000000000000000;
  // end of OPCODES

  /// @notice Takes one step from a state of the phases and opcodes that this contract knows.
  /// @param witness Opens the state, and what the step reads.
  function step(bytes32 pre, bytes calldata witness) external view virtual returns (bytes32 post);

  /// @dev Opens the state and its instruction, pays the static gas and takes the items, whose values `_pop` gives. pc moves on
  /// by one. Halts on an invalid opcode, a stack underflow or overflow, or insufficient gas.
  function _begin(bytes32 pre, bytes calldata witness) internal pure returns (Machine memory m, uint256 opcode) {
    m = Tape.open(pre, witness, Phase.EXECUTE);
    State memory s = m.state;
    uint256 place = s.pc;
    if (place < s.codeSize) {
      uint256 chunk = _openChunk(m, place);
      assembly ("memory-safe") {
        opcode := byte(0, calldataload(add(add(chunk, 1), and(place, 127))))
      }
    }
    (uint256 takes, uint256 gives, uint256 gas_) = _requirements(opcode);
    unchecked {
      uint256 height = s.height;
      if (height < takes || height - takes + gives > STACK_LIMIT) m.fail();
      _charge(m, gas_);
      s.pc = place + 1;
    }
    if (takes > 0) _take(m, takes);
  }

  /// @dev What an opcode takes and gives, and its static gas; an invalid opcode takes more items than the stack can hold.
  function _requirements(uint256 opcode) private pure returns (uint256 takes, uint256 gives, uint256 gas_) {
    unchecked {
      uint256 row = opcode >> 5;
      bytes32 entries;
      if (row == 0) entries = OPCODES_00;
      else if (row == 1) entries = OPCODES_20;
      else if (row == 2) entries = OPCODES_40;
      else if (row == 7) entries = OPCODES_E0;
      else if (row == 3)
        return (0, 1, Gas.VERY_LOW); // PUSH1 …
      else if (opcode < Opcode.SWAP1) return (opcode - (Opcode.DUP1 - 1), opcode - (Opcode.DUP1 - 2), Gas.VERY_LOW);
      else if (opcode < Opcode.LOG0) return (opcode - (Opcode.SWAP1 - 2), opcode - (Opcode.SWAP1 - 2), Gas.VERY_LOW);
      else if (opcode <= Opcode.LOG4)
        return (opcode - (Opcode.LOG0 - 2), 0, Gas.LOG + Gas.LOG_TOPIC * (opcode - Opcode.LOG0));
      else return (STACK_LIMIT + 1, 0, 0);
      assembly ("memory-safe") {
        let entry := byte(and(opcode, 31), entries)
        takes := shr(5, entry)
        gives := and(shr(4, entry), 1)
        let class := and(entry, 15)
        gas_ := and(shr(sub(240, shl(4, class)), CLASSES), 0xffff)
        if eq(class, 15) {
          takes := add(STACK_LIMIT, 1)
        }
      }
    }
  }

  /// @dev Opens the chunk of code that holds a byte of it.
  /// @return chunk Where its carry and its 128 bytes lie in calldata.
  function _openChunk(Machine memory m, uint256 pc) internal pure returns (uint256 chunk) {
    State memory s = m.state;
    chunk = m.cursor;
    bytes32 leaf;
    assembly ("memory-safe") {
      let free := mload(0x40)
      calldatacopy(free, chunk, 129)
      leaf := keccak256(free, 129)
    }
    unchecked {
      uint256 depth = MerklePath.treeDepth(s.codeSize);
      bytes32 root = MerklePath.climb(leaf, pc >> 7, chunk + 129, depth);
      // INVARIANT: the chunk belongs to the frame's code. Otherwise the prover could execute other instructions.
      if (root != s.code) revert WrongOpening(s.code, root);
      m.cursor = chunk + 129 + 32 * depth;
    }
  }

  // Stack

  /// @dev Takes at least one item off the stack, whose values `_pop` gives: from the tape, with the chain below them.
  function _take(Machine memory m, uint256 count) internal pure {
    State memory s = m.state;
    uint256 items = m.cursor;
    bytes32 below;
    bytes32 chain;
    assembly ("memory-safe") {
      let at := add(items, shl(5, count))
      below := calldataload(at)
      chain := below
      for {} gt(at, items) {} {
        at := sub(at, 32)
        mstore(0, calldataload(at))
        mstore(32, chain)
        chain := keccak256(0, 64)
      }
    }
    // INVARIANT: operands come off the stack, in its order. Otherwise the prover could choose them.
    if (chain != s.stack) revert WrongOpening(s.stack, chain);
    s.stack = below;
    unchecked {
      s.height -= count;
      m.items = items;
      m.cursor = items + 32 * count + 32;
    }
  }

  /// @dev The next of the items that the opcode takes, the top first.
  function _pop(Machine memory m) internal pure returns (uint256 item) {
    uint256 cursor = m.items;
    assembly ("memory-safe") {
      item := calldataload(cursor)
    }
    unchecked {
      m.items = cursor + 32;
    }
  }

  /// @dev The item `depth` below the next one.
  function _peek(Machine memory m, uint256 depth) internal pure returns (uint256 item) {
    uint256 cursor = m.items;
    assembly ("memory-safe") {
      item := calldataload(add(cursor, shl(5, depth)))
    }
  }

  function _push(Machine memory m, uint256 item) internal pure {
    State memory s = m.state;
    s.stack = Layout.hash(item, uint256(s.stack));
    unchecked {
      ++s.height;
    }
  }

  /// @dev Restores the stack to what it was before the opcode, for opcodes that leave their arguments on it.
  function _restoreStack(Machine memory m) internal pure {
    State memory s = m.state;
    uint256 start = m.start;
    assembly ("memory-safe") {
      // The stack, and after it the height.
      calldatacopy(add(s, STATE_STACK_OFFSET), add(start, STATE_STACK_OFFSET), 64)
    }
  }

  // Gas and memory

  /// @dev Charges gas. Halts if gas is insufficient.
  function _charge(Machine memory m, uint256 amount) internal pure {
    uint256 gas_ = m.state.gas;
    if (gas_ < amount) m.fail();
    unchecked {
      m.state.gas = gas_ - amount;
    }
  }

  /// @dev Charges for and performs memory expansion to offset + length. No-op if length is 0. Halts if gas is insufficient.
  function _extend(Machine memory m, uint256 offset, uint256 length) internal pure {
    if (length == 0) return;
    if (offset > Limit.MEMORY || length > Limit.MEMORY) m.fail();
    State memory s = m.state;
    unchecked {
      uint256 end = offset + length;
      uint256 size = s.memorySize;
      if (end <= size) return;
      if (end > Limit.MEMORY) m.fail();
      uint256 words = (end + 31) / 32;
      _charge(m, _memoryGas(words) - _memoryGas(size / 32));
      s.memorySize = 32 * words;
      s.memoryRoot = _grown(s.memoryRoot, MerklePath.treeDepth(size), MerklePath.treeDepth(end));
    }
  }

  /// @dev Price of so many words of memory (Yellow Paper, H.1).
  function _memoryGas(uint256 words) private pure returns (uint256) {
    unchecked {
      return Gas.MEMORY_WORD * words + (words * words) / Gas.MEMORY_QUADRATIC_DIVISOR;
    }
  }

  /// @dev Root of a data tree that grew by zeros from one depth to another.
  function _grown(bytes32 root, uint256 from, uint256 to) private pure returns (bytes32 grown) {
    bytes32 zero = EMPTY;
    assembly ("memory-safe") {
      grown := root
      for {
        let depth := 0
      } lt(depth, to) {
        depth := add(depth, 1)
      } {
        mstore(32, zero)
        if iszero(lt(depth, from)) {
          mstore(0, grown)
          grown := keccak256(0, 64)
        }
        mstore(0, zero)
        zero := keccak256(0, 64)
      }
    }
  }
}
