// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerklePath} from "../../lib/MerklePath.sol";
import {MerkleRoot} from "../../lib/MerkleRoot.sol";
import {Bulk} from "../Bulk.sol";
import {ByteRange} from "../ByteRange.sol";
import {CreatedAddress} from "../CreatedAddress.sol";
import {Execution} from "../Execution.sol";
import {EMPTY, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT, Frame, Layout, State, Tx, Slice} from "../Layout.sol";
import {Entry, NewFrame} from "../NewFrame.sol";
import {OpenAccount, Records} from "../Records.sol";
import {Machine, Tape, WrongPhase} from "../Tape.sol";
import {Flag, FrameKind, Phase, Status} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Limit} from "../tables/Limits.sol";

/// @title Frames: how they begin and end, and what a creation adds (docs/evm-machine.md, "Calls")
contract FrameSteps is Execution {
  using Bulk for Machine;
  using ByteRange for Machine;
  using NewFrame for Machine;
  using Records for Machine;
  using Records for OpenAccount;

  /// EIP-3541: no code begins with it.
  bytes1 private constant RESERVED = 0xef;

  /// @inheritdoc Execution
  function step(bytes32 pre, bytes calldata witness) external pure override returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    if (phase == Phase.ENTER) _enter(m);
    else if (phase == Phase.LEAVE) _leave(m);
    else if (phase == Phase.CREATE) _create(m);
    else if (phase == Phase.DEPOSIT) _deposit(m);
    else revert WrongPhase(phase);
    return m.finish();
  }

  // ENTER

  function _enter(Machine memory m) private pure {
    uint256[] memory entry = m.task(4);
    Frame memory f = m.frame();
    if (entry[2] != 0) _enterCreation(m, f, bytes32(entry[3]));
    else _enterCall(m, f, entry[0], entry[1] != 0);
  }

  function _enterCall(Machine memory m, Frame memory f, uint256 codeAddress, bool transfers) private pure {
    State memory s = m.state;
    if (f.depth > Limit.CALL_DEPTH || (transfers && !_transfer(m, f))) {
      m.leaveWith(Status.REVERT, EMPTY);
    } else if (Layout.isPrecompile(codeAddress)) {
      s.phase = Phase.PRECOMPILE;
      s.task = Layout.hash(codeAddress, 0, 0);
    } else {
      bytes32 codeHash = m.account(codeAddress).account.codeHash;
      Tx memory transaction = m.tx_();
      (s.code, s.codeSize) = m.codeOf(transaction, codeHash);
      s.phase = Phase.EXECUTE;
      s.task = 0;
    }
  }

  /// @dev Transfers the frame's value and touches its account. If the caller's balance is insufficient, returns false and changes nothing.
  function _transfer(Machine memory m, Frame memory f) private pure returns (bool) {
    unchecked {
      if (f.value > 0) {
        OpenAccount memory payer = m.account(f.caller);
        // INVARIANT: the balance covers the value. Otherwise the subtraction would create ether.
        if (payer.account.balance < f.value) return false;
        _pay(m, payer, 0 - f.value);
      }
      _pay(m, m.account(f.self), f.value);
    }
    return true;
  }

  /// @dev Adds to a balance, and touches its account.
  function _pay(Machine memory m, OpenAccount memory a, uint256 amount) private pure {
    unchecked {
      a.account.balance += amount;
    }
    a.mark(Flag.TOUCHED);
    m.storeAccount(a);
  }

  /// @dev CREATE and VALIDATE have already checked the balance, so the transfer cannot fail here.
  function _enterCreation(Machine memory m, Frame memory f, bytes32 initcode) private pure {
    Slice memory window = m.slice_(initcode);
    OpenAccount memory created = m.account(f.self);
    bool fresh =
      created.account.nonce == 0 &&
        created.account.codeHash == EMPTY_CODE_HASH &&
        created.account.storageRoot == EMPTY_TRIE_ROOT;
    // INVARIANT: the new address is unused (EIP-684, EIP-7610). Otherwise a creation could replace an account's code.
    if (!fresh) m.fail();
    created.account.nonce = 1;
    created.mark(Flag.CREATED);
    _pay(m, created, f.value);
    unchecked {
      if (f.value > 0) _pay(m, m.account(f.caller), 0 - f.value);
    }
    State memory s = m.state;
    uint256 length = window.length;
    s.codeSize = length;
    s.code = MerkleRoot.ofZeroList(MerklePath.treeDepth(length));
    if (length == 0) {
      s.phase = Phase.EXECUTE;
      s.task = 0;
    } else {
      m.buildCode(window);
    }
  }

  // CREATE

  /// @dev The arguments are on the stack, their gas is paid, and the digest of CREATE2's initcode is at hand.
  function _create(Machine memory m) private pure {
    uint256[] memory task = m.task(2);
    bool salted = task[0] != 0;
    _take(m, salted ? 4 : 3);
    State memory s = m.state;
    uint256 value = _pop(m);
    uint256 offset = _pop(m);
    bytes32 initcode = Layout.window(s.memoryRoot, s.memorySize, offset, _pop(m)).hash();
    Frame memory f = m.frame();
    OpenAccount memory creator = m.account(f.self);
    uint256 nonce = creator.account.nonce;
    // INVARIANT: the balance covers the value. Otherwise the subtraction would create ether.
    if (f.depth >= Limit.CALL_DEPTH || creator.account.balance < value || nonce == Limit.NONCE) {
      s.phase = Phase.EXECUTE;
      s.task = 0;
      s.returned = EMPTY;
      _push(m, 0);
      return;
    }
    unchecked {
      creator.account.nonce = nonce + 1;
      creator.mark(Flag.TOUCHED);
      m.storeAccount(creator);
      Frame memory creation;
      creation.kind = FrameKind.CREATION;
      creation.self = salted ? _saltedAddress(f.self, _pop(m), task[1]) : CreatedAddress.ofCreation(f.self, nonce);
      creation.caller = f.self;
      creation.value = value;
      creation.depth = f.depth + 1;
      creation.data = EMPTY;
      OpenAccount memory created = m.account(creation.self);
      created.mark(Flag.WARM);
      m.storeAccount(created);
      uint256 kept = s.gas / Gas.CALL_RESERVE_DIVISOR;
      uint256 gas_ = s.gas - kept;
      s.gas = kept;
      creation.parent = m.wait();
      m.enter(creation, gas_, Entry(creation.self, 1, 1, initcode));
    }
  }

  /// @dev EIP-1014.
  function _saltedAddress(uint256 sender, uint256 salt, uint256 digest) private pure returns (uint256) {
    return uint160(uint256(keccak256(abi.encodePacked(hex"ff", uint160(sender), salt, digest))));
  }

  // DEPOSIT

  /// @dev The code that a creation has left is paid for and hashed, and becomes the account's.
  function _deposit(Machine memory m) private pure {
    bytes32 codeHash = bytes32(m.task(2)[1]);
    OpenAccount memory a = m.account(m.frame().self);
    a.account.codeHash = codeHash;
    a.mark(Flag.TOUCHED);
    m.storeAccount(a);
    m.leaveWith(Status.DEPOSITED, m.state.returned);
  }

  // LEAVE

  /// @dev A creation's code is looked at first; then the state that waits goes on.
  function _leave(Machine memory m) private pure {
    uint256 status = m.task(1)[0];
    Frame memory f = m.frame();
    Slice memory returned = m.slice_(m.state.returned);
    uint256 length = returned.length;
    if (f.kind != FrameKind.CREATION || status != Status.SUCCESS || length == 0) return _goOn(m, f, status, returned);
    if (length > Limit.CODE_BYTES || m.readSlice(returned, 0, 1)[0] == RESERVED) m.fail();
    unchecked {
      _charge(m, Gas.CODE_DEPOSIT_BYTE * length);
    }
    m.hashSlice(Phase.DEPOSIT, 0, returned);
  }

  /// @dev Restores the state that waits, and gives it the frame's status.
  function _goOn(Machine memory m, Frame memory f, uint256 status, Slice memory returned) private pure {
    State memory s = m.state;
    State memory w = m.waiting(f.parent);
    bool succeeds = status == Status.SUCCESS || status == Status.DEPOSITED;
    w.clock = s.clock;
    unchecked {
      w.gas += s.gas;
    }
    if (succeeds) {
      w.journal = s.journal;
      w.tx = s.tx;
    }
    m.state = w;
    if (w.phase == Phase.SETTLE) {
      w.task = Layout.hash(succeeds ? Status.SUCCESS : status);
    } else if (f.kind == FrameKind.CREATION) {
      if (!succeeds) w.returned = s.returned;
      _push(m, succeeds ? f.self : 0);
    } else {
      w.returned = s.returned;
      _push(m, succeeds ? 1 : 0);
      m.copySlice(returned, f.outOffset, f.outLength < returned.length ? f.outLength : returned.length);
    }
  }
}
