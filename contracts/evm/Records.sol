// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ACCOUNT_WORDS, Account, CODE_WORDS, Code, EMPTY_CODE_HASH, Layout, SLOT_WORDS, Slot, Tx} from "./Layout.sol";
import {Opening, Sparse} from "./Sparse.sol";
import {Machine} from "./Tape.sol";
import {Phase} from "./tables/Phases.sol";

/// @dev An account of the journal, as it was opened; `account` is what will be stored.
struct OpenAccount {
  uint256 name;
  Account account;
  Opening opening;
}

/// @dev A slot of an account; `slot` is what will be stored.
struct OpenSlot {
  Slot slot;
  Opening opening;
}

/// @dev A transient slot; `value` is what will be stored.
struct OpenTransient {
  uint256 value;
  Opening opening;
}

/// @title Records of the journal and of the code table (docs/evm-machine.md, "Structures", "Sparse trees")
/// @dev A record may be stored any number of times until the next one of the same tree is opened. If a record is missing, the step
/// and the call end, and the next step loads it.
library Records {
  uint256 private constant TRANSIENT_WORDS = 1;

  // Accounts

  /// @notice Opens an account of the journal, or ends the step by loading it.
  /// @param name Its address, below 2^160.
  function account(Machine memory m, uint256 name) internal pure returns (OpenAccount memory a) {
    a = _openAccount(m, name);
    if (!a.opening.found) m.load(Phase.LOAD_ACCOUNT, name);
  }

  /// @notice Changes the account that is open.
  function storeAccount(Machine memory m, OpenAccount memory a) internal pure {
    m.state.journal = Sparse.put(a.opening, a.account.hash());
  }

  /// @notice Opens an account's place in the journal and stores the account there.
  function insertAccount(Machine memory m, uint256 name, Account memory record) internal pure {
    OpenAccount memory a = _openAccount(m, name);
    a.account = record;
    storeAccount(m, a);
  }

  /// @notice Opens the account with the lowest key of a journal that is not empty. Only its key is known, not its address.
  function firstAccount(Machine memory m) internal pure returns (OpenAccount memory a) {
    Opening memory opening = Sparse.leftmost(m, m.state.journal, ACCOUNT_WORDS);
    a.opening = opening;
    a.account = _asAccount(opening.record);
  }

  /// @notice Takes the account that is open out of the journal: only while flushing.
  function dropAccount(Machine memory m, OpenAccount memory a) internal pure {
    m.state.journal = Sparse.takeOut(a.opening);
  }

  /// @notice Whether one of these flags is set.
  function has(OpenAccount memory a, uint256 flags) internal pure returns (bool) {
    return a.account.flags & flags != 0;
  }

  /// @notice Sets flags. The caller must still store the account.
  function mark(OpenAccount memory a, uint256 flags) internal pure {
    a.account.flags |= flags;
  }

  /// @notice Key of an account in the journal and in the tries.
  function accountKey(uint256 name) internal pure returns (bytes32 key) {
    assembly ("memory-safe") {
      mstore(0, shl(96, name))
      key := keccak256(0, 20)
    }
  }

  // Slots

  /// @notice Opens a slot of the account that is open, or ends the step by loading it.
  function slot(Machine memory m, OpenAccount memory a, uint256 number) internal pure returns (OpenSlot memory s) {
    s = _openSlot(m, a, number);
    if (!s.opening.found) m.load(Phase.LOAD_SLOT, a.name, number);
  }

  /// @notice Changes the slot that is open, and stores its account.
  function storeSlot(Machine memory m, OpenAccount memory a, OpenSlot memory s) internal pure {
    a.account.slots = Sparse.put(s.opening, s.slot.hash());
    storeAccount(m, a);
  }

  /// @notice Opens a slot's place, stores the slot there, and stores its account.
  function insertSlot(Machine memory m, OpenAccount memory a, uint256 number, Slot memory record) internal pure {
    OpenSlot memory s = _openSlot(m, a, number);
    s.slot = record;
    storeSlot(m, a, s);
  }

  /// @notice Opens the slot with the lowest key of an account that has at least one slot.
  function firstSlot(Machine memory m, OpenAccount memory a) internal pure returns (OpenSlot memory s) {
    Opening memory opening = Sparse.leftmost(m, a.account.slots, SLOT_WORDS);
    s.opening = opening;
    s.slot = _asSlot(opening.record);
  }

  /// @notice Root of the account's slots without the one that is open: only while flushing.
  function withoutSlot(OpenSlot memory s) internal pure returns (bytes32) {
    return Sparse.takeOut(s.opening);
  }

  /// @notice Opens a transient slot of the account that is open; 0 if it is not there.
  function transientSlot(
    Machine memory m,
    OpenAccount memory a,
    uint256 number
  ) internal pure returns (OpenTransient memory t) {
    Opening memory opening = Sparse.open(m, a.account.transients, Layout.hash(number), TRANSIENT_WORDS);
    t.opening = opening;
    uint256 record = opening.record;
    assembly ("memory-safe") {
      mstore(t, mload(record))
    }
  }

  /// @notice Changes the transient slot that is open, and stores its account.
  function storeTransient(Machine memory m, OpenAccount memory a, OpenTransient memory t) internal pure {
    a.account.transients = Sparse.put(t.opening, Layout.hash(t.value));
    storeAccount(m, a);
  }

  // Code

  /// @notice Opens a code of the table, or ends the step by loading it. The empty code hash is never looked up.
  function codeOf(
    Machine memory m,
    Tx memory transaction,
    bytes32 codeHash
  ) internal pure returns (bytes32 root, uint256 size) {
    if (codeHash == EMPTY_CODE_HASH) return (0, 0);
    Opening memory opening = Sparse.open(m, transaction.codes, codeHash, CODE_WORDS);
    if (!opening.found) m.load(Phase.LOAD_CODE, uint256(codeHash));
    uint256 record = opening.record;
    assembly ("memory-safe") {
      root := mload(record)
      size := mload(add(record, 32))
    }
  }

  /// @notice Opens a code's place in the table and stores the code there.
  function insertCode(Machine memory m, Tx memory transaction, bytes32 codeHash, Code memory code) internal pure {
    Opening memory opening = Sparse.open(m, transaction.codes, codeHash, CODE_WORDS);
    transaction.codes = Sparse.put(opening, code.hash());
    m.state.tx = transaction.hash();
  }

  function _openAccount(Machine memory m, uint256 name) private pure returns (OpenAccount memory a) {
    Opening memory opening = Sparse.open(m, m.state.journal, accountKey(name), ACCOUNT_WORDS);
    a.name = name;
    a.opening = opening;
    a.account = _asAccount(opening.record);
  }

  function _openSlot(Machine memory m, OpenAccount memory a, uint256 number) private pure returns (OpenSlot memory s) {
    Opening memory opening = Sparse.open(m, a.account.slots, Layout.hash(number), SLOT_WORDS);
    s.opening = opening;
    s.slot = _asSlot(opening.record);
  }

  function _asAccount(uint256 record) private pure returns (Account memory a) {
    assembly ("memory-safe") {
      a := record
    }
  }

  function _asSlot(uint256 record) private pure returns (Slot memory s) {
    assembly ("memory-safe") {
      s := record
    }
  }
}
