// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bulk} from "../Bulk.sol";
import {Execution} from "../Execution.sol";
import {EMPTY, Frame, Layout, State} from "../Layout.sol";
import {Entry, NewFrame} from "../NewFrame.sol";
import {OpenAccount, Records} from "../Records.sol";
import {Machine, WrongPhase} from "../Tape.sol";
import {Flag, Phase} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Limit} from "../tables/Limits.sol";
import {Opcode} from "../tables/Opcodes.sol";

/// @title CREATE, CALL, CALLCODE, DELEGATECALL, CREATE2, STATICCALL (docs/evm-machine.md, "Calls")
contract CallOps is Execution {
  using Bulk for Machine;
  using NewFrame for Machine;
  using Records for Machine;
  using Records for OpenAccount;

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    if (opcode == Opcode.CREATE || opcode == Opcode.CREATE2) {
      _create(m, opcode);
    } else {
      bool calls =
        opcode == Opcode.CALL ||
          opcode == Opcode.CALLCODE ||
          opcode == Opcode.DELEGATECALL ||
          opcode == Opcode.STATICCALL;
      if (!calls) revert WrongPhase(opcode);
      _call(m, opcode);
    }
    return m.finish();
  }

  /// @dev Gas by EIP-150, 2929, 161.
  function _call(Machine memory m, uint256 opcode) private pure {
    uint256 requested = _pop(m);
    uint256 target = uint256(uint160(_pop(m)));
    uint256 value = opcode == Opcode.CALL || opcode == Opcode.CALLCODE ? _pop(m) : 0;
    Frame memory f = m.frame();
    if (opcode == Opcode.CALL && f.isStatic != 0 && value > 0) m.fail();
    uint256 inOffset = _pop(m);
    uint256 inLength = _pop(m);
    uint256 outOffset = _pop(m);
    uint256 outLength = _pop(m);
    _extend(m, inOffset, inLength);
    _extend(m, outOffset, outLength);
    State memory s = m.state;

    _access(m, target, value, opcode == Opcode.CALL);
    unchecked {
      uint256 gas_ = s.gas - s.gas / Gas.CALL_RESERVE_DIVISOR;
      if (requested < gas_) gas_ = requested;
      s.gas -= gas_;
      if (value > 0) gas_ += Gas.CALL_STIPEND;

      Frame memory callee;
      callee.self = target;
      callee.caller = f.self;
      callee.value = value;
      if (opcode == Opcode.CALLCODE) callee.self = f.self;
      if (opcode == Opcode.DELEGATECALL) {
        callee.self = f.self;
        callee.caller = f.caller;
        callee.value = f.value;
      }
      callee.isStatic = opcode == Opcode.STATICCALL ? 1 : f.isStatic;
      callee.depth = f.depth + 1;
      callee.data = Layout.window(s.memoryRoot, s.memorySize, inOffset, inLength).hash();
      callee.outOffset = outOffset;
      callee.outLength = outLength;
      callee.parent = m.wait();
      m.enter(callee, gas_, Entry(target, opcode == Opcode.DELEGATECALL ? 0 : 1, 0, EMPTY));
    }
  }

  /// @dev Opens the account whose code will run, pays for the call, and makes the account warm.
  function _access(Machine memory m, uint256 target, uint256 value, bool calls) private pure {
    OpenAccount memory account = m.account(target);
    bool warm = account.has(Flag.WARM) || Layout.isPrecompile(target);
    _charge(m, warm ? Gas.WARM_STORAGE_READ_COST : Gas.COLD_ACCOUNT_ACCESS_COST);
    if (value > 0) {
      _charge(m, Gas.CALL_VALUE);
      if (calls && account.account.isEmpty()) _charge(m, Gas.NEW_ACCOUNT);
    }
    account.mark(Flag.WARM);
    m.storeAccount(account);
  }

  /// @dev Charges the gas that does not depend on the new address. The arguments stay on the stack.
  function _create(Machine memory m, uint256 opcode) private pure {
    uint256 offset = _peek(m, 1);
    uint256 length = _peek(m, 2);
    if (m.frame().isStatic != 0 || length > Limit.INITCODE_BYTES) m.fail();
    _extend(m, offset, length);
    bool salted = opcode == Opcode.CREATE2;
    unchecked {
      _charge(
        m,
        (salted ? Gas.INITCODE_WORD_COST + Gas.KECCAK256_WORD : Gas.INITCODE_WORD_COST) * ((length + 31) / 32)
      );
    }
    _restoreStack(m);
    State memory s = m.state;
    if (salted) m.hashSlice(Phase.CREATE, 1, Layout.window(s.memoryRoot, s.memorySize, offset, length));
    else {
      s.phase = Phase.CREATE;
      s.task = Layout.hash(0, 0);
    }
  }
}
