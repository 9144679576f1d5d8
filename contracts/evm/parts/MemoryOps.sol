// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bulk} from "../Bulk.sol";
import {ByteRange} from "../ByteRange.sol";
import {Execution} from "../Execution.sol";
import {EMPTY, Frame, Layout, State, Slice} from "../Layout.sol";
import {Machine, WrongPhase} from "../Tape.sol";
import {Phase, Status} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Opcode} from "../tables/Opcodes.sol";

/// @title What reads and writes memory, and what ends a frame: MLOAD, MSTORE, MSTORE8, MCOPY, KECCAK256, CALLDATALOAD,
/// CALLDATACOPY, CODECOPY, RETURNDATACOPY, LOG0 … LOG4, STOP, RETURN, REVERT
/// @dev As evm/machine/ops/memory.ts, in the same order.
contract MemoryOps is Execution {
  using Bulk for Machine;
  using ByteRange for Machine;

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    if (opcode == Opcode.MLOAD) _load(m);
    else if (opcode == Opcode.MSTORE) _store(m);
    else if (opcode == Opcode.MSTORE8) _storeByte(m);
    else if (opcode == Opcode.KECCAK256) _keccak(m);
    else if (opcode == Opcode.CALLDATALOAD) _loadCalldata(m);
    else if (opcode == Opcode.CALLDATACOPY) _copyCalldata(m);
    else if (opcode == Opcode.CODECOPY) _copyCode(m);
    else if (opcode == Opcode.RETURNDATACOPY) _copyReturned(m);
    else if (opcode == Opcode.MCOPY) _copyMemory(m);
    else if (opcode == Opcode.RETURN) _end(m, Status.SUCCESS);
    else if (opcode == Opcode.REVERT) _end(m, Status.REVERT);
    else if (opcode == Opcode.STOP) m.leaveWith(Status.SUCCESS, EMPTY);
    else if (opcode >= Opcode.LOG0 && opcode <= Opcode.LOG4) _log(m, opcode);
    else revert WrongPhase(opcode);
    return m.finish();
  }

  /// @dev A view of memory, within its size. If length is 0, the offset is ignored.
  function _window(Machine memory m, uint256 offset, uint256 length) private pure returns (Slice memory) {
    return Layout.window(m.state.memoryRoot, m.state.memorySize, offset, length);
  }

  /// @dev Pays for bytes of memory that an opcode gives to be copied or hashed.
  function _pay(Machine memory m, uint256 offset, uint256 length, uint256 gasPerWord) private pure {
    _extend(m, offset, length);
    unchecked {
      // Memory of that length was paid for, so this does not overflow.
      _charge(m, gasPerWord * ((length + 31) / 32));
    }
  }

  // One word, or one byte

  function _load(Machine memory m) private pure {
    uint256 offset = _pop(m);
    _extend(m, offset, 32);
    State memory s = m.state;
    _push(m, uint256(bytes32(m.read(s.memoryRoot, s.memorySize, offset, 32))));
  }

  function _store(Machine memory m) private pure {
    uint256 offset = _pop(m);
    uint256 value = _pop(m);
    _extend(m, offset, 32);
    _write(m, offset, abi.encodePacked(value));
  }

  function _storeByte(Machine memory m) private pure {
    uint256 offset = _pop(m);
    uint256 value = _pop(m);
    _extend(m, offset, 1);
    _write(m, offset, abi.encodePacked(uint8(value)));
  }

  function _write(Machine memory m, uint256 offset, bytes memory data) private pure {
    State memory s = m.state;
    s.memoryRoot = m.write(s.memoryRoot, s.memorySize, offset, data);
  }

  function _loadCalldata(Machine memory m) private pure {
    uint256 from = _pop(m);
    _push(m, uint256(bytes32(m.readSlice(m.slice_(m.frame().data), from, 32))));
  }

  // Copies

  function _copyCalldata(Machine memory m) private pure {
    (uint256 to, uint256 from, uint256 length) = (_peek(m, 0), _peek(m, 1), _peek(m, 2));
    _pay(m, to, length, Gas.COPY_WORD);
    m.copySlice(m.slice_(m.frame().data), from, to, length);
  }

  function _copyCode(Machine memory m) private pure {
    (uint256 to, uint256 from, uint256 length) = (_peek(m, 0), _peek(m, 1), _peek(m, 2));
    _pay(m, to, length, Gas.COPY_WORD);
    m.copyCode(m.state.code, m.state.codeSize, from, to, length);
  }

  /// @dev EIP-211: halts if the range exceeds the return data.
  function _copyReturned(Machine memory m) private pure {
    (uint256 to, uint256 from, uint256 length) = (_peek(m, 0), _peek(m, 1), _peek(m, 2));
    Slice memory returned = m.slice_(m.state.returned);
    unchecked {
      if (from > returned.length || length > returned.length - from) m.fail();
    }
    _pay(m, to, length, Gas.COPY_WORD);
    m.copySlice(returned, from, to, length);
  }

  /// @dev EIP-5656: the source is read before the destination is written. The view holds the memory as it was before the copy.
  function _copyMemory(Machine memory m) private pure {
    (uint256 to, uint256 from, uint256 length) = (_peek(m, 0), _peek(m, 1), _peek(m, 2));
    _extend(m, from, length);
    _pay(m, to, length, Gas.COPY_WORD);
    m.copySlice(_window(m, from, length), to, length);
  }

  // Hashes

  function _keccak(Machine memory m) private pure {
    (uint256 offset, uint256 length) = (_peek(m, 0), _peek(m, 1));
    _pay(m, offset, length, Gas.KECCAK256_WORD);
    m.hashSlice(Phase.EXECUTE, 0, _window(m, offset, length));
  }

  function _log(Machine memory m, uint256 opcode) private pure {
    (uint256 offset, uint256 length) = (_peek(m, 0), _peek(m, 1));
    unchecked {
      uint256 count = opcode - Opcode.LOG0;
      uint256[] memory record = new uint256[](count + 2);
      Frame memory frame = m.frame();
      // INVARIANT: a static call emits no log (EIP-214). Otherwise it would change state.
      if (frame.isStatic != 0) m.fail();
      record[0] = frame.self;
      record[1] = count;
      for (uint256 i = 2; i < record.length; ++i) record[i] = _peek(m, i);
      _extend(m, offset, length);
      _charge(m, Gas.LOG_DATA_BYTE * length);
      m.hashSlice(Phase.LOG, uint256(Layout.hash(record)), _window(m, offset, length));
    }
  }

  // Ends

  function _end(Machine memory m, uint256 status) private pure {
    (uint256 offset, uint256 length) = (_peek(m, 0), _peek(m, 1));
    _extend(m, offset, length);
    m.leaveWith(status, _window(m, offset, length).hash());
  }
}
