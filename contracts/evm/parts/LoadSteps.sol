// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleRoot} from "../../lib/MerkleRoot.sol";
import {CodeChunks} from "../CodeChunks.sol";
import {Code, Slot, Tx} from "../Layout.sol";
import {OpenAccount, Records} from "../Records.sol";
import {Machine, Tape, WrongOpening, WrongPhase} from "../Tape.sol";
import {TrieValue} from "../TrieValue.sol";
import {TrieProof} from "../trie/TrieProof.sol";
import {Phase} from "../tables/Phases.sol";

/// @title LOAD_ACCOUNT, LOAD_SLOT, LOAD_CODE: load a missing record, then retry the step
/// @dev As evm/machine/phases/loads.ts, in the same order.
contract LoadSteps {
  /// @notice Takes one step from a state of these phases.
  /// @param witness Opens the state, and what the step reads.
  function step(bytes32 pre, bytes calldata witness) external pure returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    uint256[] memory task = m.task(phase == Phase.LOAD_SLOT ? 4 : 3);
    if (phase == Phase.LOAD_ACCOUNT) _loadAccount(m, task[2]);
    else if (phase == Phase.LOAD_SLOT) _loadSlot(m, task[2], task[3]);
    else if (phase == Phase.LOAD_CODE) _loadCode(m, bytes32(task[2]));
    else revert WrongPhase(phase);
    m.state.phase = task[0];
    m.state.task = bytes32(task[1]);
    return m.finish();
  }

  function _loadAccount(Machine memory m, uint256 name) private pure {
    bytes32 stateRoot = m.block_(m.tx_()).stateRoot;
    bytes memory value = _look(m, stateRoot, Records.accountKey(name));
    Records.insertAccount(m, name, TrieValue.account(value));
  }

  function _loadSlot(Machine memory m, uint256 name, uint256 number) private pure {
    OpenAccount memory a = Records.account(m, name);
    uint256 value = TrieValue.slot(_look(m, a.account.storageRoot, keccak256(abi.encode(number))));
    Records.insertSlot(m, a, number, Slot(value, value, 0));
  }

  /// @dev The code: its length (4 bytes), then its bytes.
  function _loadCode(Machine memory m, bytes32 codeHash) private pure {
    Tx memory transaction = m.tx_();
    bytes memory code = m.bytes_(m.number(4));
    bytes32 actual = keccak256(code);
    // INVARIANT: the code matches the hash that the account binds. Otherwise the prover could choose the code.
    if (actual != codeHash) revert WrongOpening(codeHash, actual);
    (bytes32[] memory chunks, ) = CodeChunks.hash(code, 0);
    Records.insertCode(m, transaction, codeHash, Code(MerkleRoot.ofList(chunks), code.length));
  }

  /// @dev Looks a key up in a trie, with the proof on the tape.
  function _look(Machine memory m, bytes32 root, bytes32 key) private pure returns (bytes memory value) {
    (value, m.cursor) = TrieProof.get(root, key, m.cursor);
  }
}
