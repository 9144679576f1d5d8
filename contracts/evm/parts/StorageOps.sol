// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bulk} from "../Bulk.sol";
import {Execution} from "../Execution.sol";
import {EMPTY, Frame, Layout, Tx} from "../Layout.sol";
import {OpenAccount, OpenSlot, OpenTransient, Records} from "../Records.sol";
import {Machine, WrongPhase} from "../Tape.sol";
import {Flag, Status} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Opcode} from "../tables/Opcodes.sol";

/// @title Accounts and storage: BALANCE, SELFBALANCE, EXTCODE*, SLOAD, SSTORE, TLOAD, TSTORE, SELFDESTRUCT
/// @dev As evm/machine/ops/storage.ts, in the same order.
contract StorageOps is Execution {
  using Records for OpenAccount;

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    (Machine memory m, uint256 opcode) = _begin(pre, witness);
    if (opcode == Opcode.SLOAD) _load(m);
    else if (opcode == Opcode.SSTORE) _store(m);
    else if (opcode == Opcode.TLOAD) _loadTransient(m);
    else if (opcode == Opcode.TSTORE) _storeTransient(m);
    else if (opcode == Opcode.BALANCE) _push(m, _access(m, _popAddress(m)).account.balance);
    else if (opcode == Opcode.SELFBALANCE) _push(m, Records.account(m, m.frame().self).account.balance);
    else if (opcode == Opcode.EXTCODESIZE) _extCodeSize(m);
    else if (opcode == Opcode.EXTCODECOPY) _extCodeCopy(m);
    else if (opcode == Opcode.EXTCODEHASH) _extCodeHash(m);
    else if (opcode == Opcode.SELFDESTRUCT) _selfDestruct(m);
    else revert WrongPhase(opcode);
    return m.finish();
  }

  // Accounts

  /// @dev Opens an account, charges for the access, and marks it warm.
  function _access(Machine memory m, uint256 name) private pure returns (OpenAccount memory a) {
    a = Records.account(m, name);
    _charge(m, _isWarm(a) ? Gas.WARM_STORAGE_READ_COST : Gas.COLD_ACCOUNT_ACCESS_COST);
    if (a.has(Flag.WARM)) return a;
    a.mark(Flag.WARM);
    Records.storeAccount(m, a);
  }

  function _isWarm(OpenAccount memory a) private pure returns (bool) {
    return a.has(Flag.WARM) || Layout.isPrecompile(a.name);
  }

  function _popAddress(Machine memory m) private pure returns (uint256) {
    return _pop(m) & type(uint160).max;
  }

  function _extCodeSize(Machine memory m) private pure {
    bytes32 codeHash = _access(m, _popAddress(m)).account.codeHash;
    (, uint256 size) = Records.codeOf(m, m.tx_(), codeHash);
    _push(m, size);
  }

  /// @dev EIP-1052.
  function _extCodeHash(Machine memory m) private pure {
    OpenAccount memory a = _access(m, _popAddress(m));
    _push(m, a.account.isEmpty() ? 0 : uint256(a.account.codeHash));
  }

  function _extCodeCopy(Machine memory m) private pure {
    uint256 name = _popAddress(m);
    uint256 to = _pop(m);
    uint256 from = _pop(m);
    uint256 length = _pop(m);
    bytes32 codeHash = _access(m, name).account.codeHash;
    _extend(m, to, length);
    unchecked {
      // Memory of that length was paid for, so this does not overflow.
      _charge(m, Gas.COPY_WORD * ((length + 31) / 32));
    }
    if (length == 0) return;
    (bytes32 root, uint256 size) = Records.codeOf(m, m.tx_(), codeHash);
    Bulk.copyCode(m, root, size, from, to, length);
  }

  // Storage

  /// @dev The frame. Halts if it is static.
  function _frameThatWrites(Machine memory m) private pure returns (Frame memory frame) {
    frame = m.frame();
    // INVARIANT: a static call writes nothing (EIP-214). Otherwise STATICCALL would not protect the caller's state.
    if (frame.isStatic != 0) m.fail();
  }

  function _load(Machine memory m) private pure {
    uint256 number = _pop(m);
    OpenAccount memory a = Records.account(m, m.frame().self);
    OpenSlot memory s = Records.slot(m, a, number);
    if (s.slot.warm != 0) {
      _charge(m, Gas.WARM_STORAGE_READ_COST);
    } else {
      _charge(m, Gas.COLD_SLOAD_COST);
      s.slot.warm = 1;
      Records.storeSlot(m, a, s);
    }
    _push(m, s.slot.current);
  }

  function _store(Machine memory m) private pure {
    uint256 number = _pop(m);
    uint256 value = _pop(m);
    Frame memory frame = _frameThatWrites(m);
    // EIP-2200: a call's stipend does not pay for a write.
    if (m.state.gas <= Gas.CALL_STIPEND) m.fail();
    OpenAccount memory a = Records.account(m, frame.self);
    OpenSlot memory s = Records.slot(m, a, number);
    (uint256 original, uint256 current) = (s.slot.original, s.slot.current);
    if (s.slot.warm == 0) _charge(m, Gas.COLD_SLOAD_COST);
    if (current != original || value == current) _charge(m, Gas.WARM_STORAGE_READ_COST);
    else _charge(m, original == 0 ? Gas.SSTORE_SET_GAS : Gas.SSTORE_RESET_GAS);
    if (s.slot.warm == 0 || value != current) {
      s.slot.current = value;
      s.slot.warm = 1;
      Records.storeSlot(m, a, s);
    }
    uint256 refund = _refundOf(original, current, value);
    if (refund == 0) return;
    Tx memory transaction = m.tx_();
    unchecked {
      // SAFETY: the refund cannot underflow: a negative change only cancels an earlier refund of this transaction.
      transaction.refund += refund;
    }
    m.state.tx = transaction.hash();
  }

  /// @dev What a write adds to the refund (EIP-2200), modulo 2^256: a part of it may be taken back later, so that the sum is what
  /// the change from `original` earns.
  function _refundOf(uint256 original, uint256 current, uint256 value) private pure returns (uint256 refund) {
    if (value == current) return 0;
    unchecked {
      if (original != 0) {
        if (value == 0) refund += Gas.SSTORE_CLEARS_SCHEDULE;
        if (current == 0) refund -= Gas.SSTORE_CLEARS_SCHEDULE;
      }
      if (value == original)
        refund += (original == 0 ? Gas.SSTORE_SET_GAS : Gas.SSTORE_RESET_GAS) - Gas.WARM_STORAGE_READ_COST;
    }
  }

  /// @dev EIP-1153.
  function _loadTransient(Machine memory m) private pure {
    uint256 number = _pop(m);
    OpenAccount memory a = Records.account(m, m.frame().self);
    _push(m, Records.transientSlot(m, a, number).value);
  }

  function _storeTransient(Machine memory m) private pure {
    uint256 number = _pop(m);
    uint256 value = _pop(m);
    OpenAccount memory a = Records.account(m, _frameThatWrites(m).self);
    OpenTransient memory t = Records.transientSlot(m, a, number);
    t.value = value;
    Records.storeTransient(m, a, t);
  }

  /// @dev Transfers the balance to the beneficiary. Deletes the account only if this transaction created it (EIP-6780); a balance
  /// sent to itself is then burnt. The account is emptied first, because it may be its own beneficiary.
  function _selfDestruct(Machine memory m) private pure {
    uint256 to = _popAddress(m);
    Frame memory frame = _frameThatWrites(m);
    OpenAccount memory a = Records.account(m, frame.self);
    uint256 balance = a.account.balance;
    bool created = a.has(Flag.CREATED);
    a.account.balance = 0;
    a.mark(created ? Flag.TOUCHED | Flag.DESTROYED : Flag.TOUCHED);
    Records.storeAccount(m, a);

    OpenAccount memory beneficiary = Records.account(m, to);
    if (!_isWarm(beneficiary)) _charge(m, Gas.COLD_ACCOUNT_ACCESS_COST);
    if (balance > 0 && beneficiary.account.isEmpty()) _charge(m, Gas.NEW_ACCOUNT);
    if (!created || to != frame.self) {
      unchecked {
        beneficiary.account.balance += balance;
      }
    }
    beneficiary.mark(Flag.WARM | Flag.TOUCHED);
    Records.storeAccount(m, beneficiary);
    m.leaveWith(Status.SUCCESS, EMPTY);
  }
}
