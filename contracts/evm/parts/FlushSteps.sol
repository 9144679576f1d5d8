// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Block, Tx} from "../Layout.sol";
import {OpenAccount, OpenSlot, Records} from "../Records.sol";
import {Machine, Tape} from "../Tape.sol";
import {TrieValue} from "../TrieValue.sol";
import {TrieProof} from "../trie/TrieProof.sol";
import {Flag, Phase} from "../tables/Phases.sol";

/// @title FLUSH: one record of the journal into the tries, that of the lowest key first: an account's slots, then the account
/// @dev As evm/machine/phases/flush.ts, in the same order. The task, H(status, used), stays as it is.
contract FlushSteps {
  using Records for OpenAccount;

  /// @notice Takes one step from a state of this phase.
  /// @param witness Opens the state, and what the step reads.
  function step(bytes32 pre, bytes calldata witness) external pure returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness, Phase.FLUSH);
    if (m.state.journal == 0) {
      m.state.phase = Phase.RECEIPT;
      return m.finish();
    }
    OpenAccount memory a = Records.firstAccount(m);
    bool destroyed = a.has(Flag.DESTROYED);
    if (a.account.slots != 0 && !destroyed) {
      _flushSlot(m, a);
    } else {
      bytes memory value;
      if (!destroyed && !a.account.isEmpty()) value = TrieValue.ofAccount(a.account);
      if (destroyed || a.has(Flag.TOUCHED)) _setWorld(m, a.opening.key, value);
      Records.dropAccount(m, a);
    }
    return m.finish();
  }

  function _flushSlot(Machine memory m, OpenAccount memory a) private pure {
    OpenSlot memory s = Records.firstSlot(m, a);
    a.account.slots = Records.withoutSlot(s);
    if (s.slot.current != s.slot.original) {
      bytes memory value = TrieValue.ofSlot(s.slot.current);
      a.account.storageRoot = _update(m, a.account.storageRoot, s.opening.key, value);
      a.mark(Flag.TOUCHED);
    }
    Records.storeAccount(m, a);
  }

  /// @param value No bytes take the account out.
  function _setWorld(Machine memory m, bytes32 key, bytes memory value) private pure {
    Tx memory transaction = m.tx_();
    Block memory header = m.block_(transaction);
    header.stateRoot = _update(m, header.stateRoot, key, value);
    transaction.block = header.hash();
    m.state.tx = transaction.hash();
  }

  /// @dev Changes a trie, with the proof on the tape.
  function _update(
    Machine memory m,
    bytes32 root,
    bytes32 key,
    bytes memory value
  ) private pure returns (bytes32 newRoot) {
    (newRoot, m.cursor) = TrieProof.update(root, key, value, m.cursor);
  }
}
