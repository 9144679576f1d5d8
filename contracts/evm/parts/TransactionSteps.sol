// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Bulk} from "../Bulk.sol";
import {ByteRange} from "../ByteRange.sol";
import {Batch, EMPTY, Envelope, Layout, Tx, Slice} from "../Layout.sol";
import {OpenAccount, OpenSlot, Records} from "../Records.sol";
import {Machine, Tape, WrongOpening, WrongPhase} from "../Tape.sol";
import {Control} from "../l1/Control.sol";
import {L1Precompile} from "../l1/L1Precompile.sol";
import {Boundary} from "./Boundary.sol";
import {Reader, Rlp} from "./Rlp.sol";
import {Flag, Phase} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Limit, Signature, TransactionWindow} from "../tables/Limits.sol";
import {Precompile} from "../tables/Precompiles.sol";

/// @title DECODE, RECOVER, COUNT, ACCESS: from a transaction's bytes to its sender and intrinsic gas
/// @dev As evm/machine/phases/transactions.ts and evm/batch/transaction.ts, in the same order.
contract TransactionSteps {
  using Boundary for Machine;
  using Bulk for Machine;
  using ByteRange for Machine;
  using Records for Machine;
  using Records for OpenAccount;

  /// An item of the access list with 32 bytes of content.
  uint256 private constant SLOT_HEADER = 0xa0;

  /// @dev A transaction as it is being decoded. Positions are those of the batch, but for `list`.
  struct Decoding {
    bytes32 root;
    uint256 size;
    uint256 chainId;
    uint256 start;
    uint256 end;
    /// Where the fields begin, after the list's header.
    uint256 fields;
    uint256 dataOffset;
    uint256 dataLength;
    /// Where what is signed ends, but for EIP-155's suffix.
    uint256 signedEnd;
  }

  /// @notice Takes one step from a state of these phases.
  /// @param witness Opens the state, and what the step reads.
  function step(bytes32 pre, bytes calldata witness) external view returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    if (phase == Phase.DECODE) _decode(m);
    else if (phase == Phase.RECOVER) _recover(m);
    else if (phase == Phase.COUNT) _count(m);
    else if (phase == Phase.ACCESS) _access(m);
    else revert WrongPhase(phase);
    return m.finish();
  }

  // DECODE

  /// @dev Decodes all fields except the access list's content, then goes on with HASH of the signed bytes.
  function _decode(Machine memory m) private pure {
    uint256[] memory task = m.task(2);
    Tx memory transaction = m.tx_();
    Batch memory batch = m.batch(m.block_(transaction));
    Decoding memory d;
    d.root = batch.root;
    d.size = batch.size;
    d.chainId = batch.chainId;
    d.start = task[0];
    d.end = task[1];
    Envelope memory envelope;
    if (!_readHead(m, d, envelope)) m.drop(transaction);
    if (!_readAccessList(m, d, envelope)) m.drop(transaction);
    _readSignature(m, d, envelope.kind, transaction);

    envelope.intrinsic = Gas.TX_BASE;
    if (envelope.creates != 0) {
      unchecked {
        envelope.intrinsic += Gas.TX_CREATE + Gas.INITCODE_WORD_COST * ((d.dataLength + 31) / 32);
      }
    }
    envelope.data = Layout.window(d.root, d.size, d.dataOffset, d.dataLength).hash();
    transaction.envelope = envelope.hash();
    m.state.tx = transaction.hash();
  }

  /// @dev Bytes from a place of the transaction, as far as it goes.
  function _window(
    Machine memory m,
    Decoding memory d,
    uint256 from,
    uint256 length
  ) private pure returns (bytes memory) {
    unchecked {
      uint256 rest = d.end - from;
      return m.read(d.root, d.size, from, rest < length ? rest : length);
    }
  }

  /// @dev All fields up to the header of the data. @return Whether they are a transaction's.
  function _readHead(Machine memory m, Decoding memory d, Envelope memory envelope) private pure returns (bool) {
    bytes memory window = _window(m, d, d.start, TransactionWindow.HEAD_BYTES);
    uint256 kind = window.length == 0 ? 0 : uint8(window[0]);
    if (kind > 0x7f) kind = 0;
    else if (kind != 1 && kind != 2) return false;
    Reader memory r = Rlp.reader(window, kind == 0 ? 0 : 1);
    unchecked {
      uint256 length = r.header(true);
      d.fields = d.start + r.place;
      if (!r.valid || d.fields + length != d.end) return false;
      if (kind != 0 && r.integer(32) != d.chainId) return false;
      envelope.kind = kind;
      envelope.nonce = r.integer(8);
      envelope.maxPriority = r.integer(32);
      envelope.maxFee = kind == 2 ? r.integer(32) : envelope.maxPriority;
      envelope.gasLimit = r.integer(8);
      uint256 addressLength;
      (envelope.to, addressLength) = r.string_(20);
      envelope.value = r.integer(32);
      d.dataLength = r.header(false);
      if (!r.valid || (addressLength != 0 && addressLength != 20)) return false;
      if (addressLength == 0) envelope.creates = 1;
      d.dataOffset = d.start + r.place;
      d.signedEnd = d.dataOffset + d.dataLength;
      return d.signedEnd <= d.end && (addressLength == 20 || d.dataLength <= Limit.INITCODE_BYTES);
    }
  }

  /// @dev Where the access list's content lies; type 0 has none. @return False if a required access list is missing.
  function _readAccessList(Machine memory m, Decoding memory d, Envelope memory envelope) private pure returns (bool) {
    if (envelope.kind == 0) return true;
    Reader memory r = Rlp.reader(_window(m, d, d.signedEnd, TransactionWindow.HEADER_BYTES), 0);
    unchecked {
      uint256 length = r.header(true);
      envelope.accessList = d.signedEnd + r.place;
      envelope.accessEnd = envelope.accessList + length;
      d.signedEnd = envelope.accessEnd;
      return r.valid && envelope.accessEnd <= d.end;
    }
  }

  /// @dev Reads v, r and s, which end the transaction, and goes on with HASH of what is signed. Ends the call if they are not.
  function _readSignature(Machine memory m, Decoding memory d, uint256 kind, Tx memory transaction) private pure {
    Reader memory tail = Rlp.reader(_window(m, d, d.signedEnd, TransactionWindow.TAIL_BYTES), 0);
    uint256 v = tail.integer(32);
    uint256 r = tail.integer(32);
    uint256 s = tail.integer(32);
    unchecked {
      if (!tail.valid || d.signedEnd + tail.place != d.end) m.drop(transaction);
      bytes32 suffix;
      uint256 suffixLength;
      uint256 even;
      if (kind == 0) {
        even = 27;
        if (v != 27 && v != 28) {
          even = 35 + 2 * d.chainId;
          (suffix, suffixLength) = Rlp.chainSuffix(d.chainId);
        }
      }
      // INVARIANT: the signature is for this chain (EIP-155). Otherwise a transaction could be replayed from another chain.
      if (v - even > 1) m.drop(transaction);
      uint256 length = d.signedEnd - d.fields;
      (bytes32 prefix, uint256 prefixLength) = Rlp.listHeader(kind, length + suffixLength);
      Slice memory signed = Layout.window(d.root, d.size, d.fields, length);
      uint256[] memory task = new uint256[](12);
      task[0] = Phase.RECOVER;
      task[1] = uint256(Layout.hash(r, s, v - even));
      task[2] = uint256(prefix);
      task[3] = prefixLength;
      task[4] = uint256(signed.root);
      task[5] = signed.size;
      task[6] = signed.offset;
      task[7] = signed.length;
      task[8] = uint256(suffix);
      task[9] = suffixLength;
      m.state.phase = Phase.HASH;
      m.state.task = Layout.hash(task);
    }
  }

  // RECOVER

  /// @dev The sender.
  function _recover(Machine memory m) private view {
    uint256[] memory task = m.task(2);
    uint256 r = m.word();
    uint256 s = m.word();
    uint256 parity = m.word();
    bytes32 argument = Layout.hash(r, s, parity);
    // INVARIANT: the task binds the signature. Otherwise the prover could choose the sender.
    if (argument != bytes32(task[0])) revert WrongOpening(bytes32(task[0]), argument);
    Tx memory transaction = m.tx_();
    Envelope memory envelope = m.envelope(transaction);
    uint256 origin;
    // INVARIANT: s is at most half the order (EIP-2). Otherwise a second valid signature would exist.
    if (s <= Signature.MAX_S) origin = _signer(bytes32(task[1]), 27 + parity, bytes32(r), bytes32(s));
    if (origin == 0) m.drop(transaction);
    transaction.origin = origin;
    m.state.tx = transaction.hash();
    if (envelope.data != EMPTY) {
      m.state.phase = Phase.COUNT;
      m.state.task = Layout.hash(uint256(0));
    } else _toAccessList(m, envelope);
  }

  /// @return The address that signed, or 0 if the signature is invalid.
  function _signer(bytes32 digest, uint256 v, bytes32 r, bytes32 s) private view returns (uint256) {
    (bytes memory control, bytes memory answer) = Control.ecrecover_();
    bytes memory input = abi.encode(digest, v, r, s);
    (, bytes memory output) = L1Precompile.ask(Precompile.ECRECOVER, input, control, answer);
    return output.length == 0 ? 0 : abi.decode(output, (uint256));
  }

  // COUNT

  /// @dev Gas of a piece of the data.
  function _count(Machine memory m) private pure {
    uint256 position = m.task(1)[0];
    Tx memory transaction = m.tx_();
    Envelope memory envelope = m.envelope(transaction);
    Slice memory data = m.slice_(envelope.data);
    unchecked {
      uint256 rest = data.length - position;
      bytes memory bytes_ = m.readSlice(data, position, rest < Limit.COUNT_BYTES ? rest : Limit.COUNT_BYTES);
      uint256 zeros = _zeros(bytes_);
      uint256 length = bytes_.length;
      _charge(m, transaction, envelope, Gas.TX_DATA_ZERO_BYTE * zeros + Gas.TX_DATA_NON_ZERO_BYTE * (length - zeros));
      if (rest > length) {
        m.state.phase = Phase.COUNT;
        m.state.task = Layout.hash(position + length);
      } else _toAccessList(m, envelope);
    }
  }

  /// @dev How many of the bytes are zero: in a word, a byte's highest bit is set in `some` unless it is.
  function _zeros(bytes memory data) private pure returns (uint256 zeros) {
    assembly ("memory-safe") {
      let ones := div(not(0), 255)
      let low := mul(ones, 127)
      let length := mload(data)
      let at := add(data, 32)
      for {
        let end := add(at, length)
      } lt(at, end) {
        at := add(at, 32)
      } {
        let value := mload(at)
        let past := sub(end, at)
        // Bytes beyond the end must not count as zero bytes.
        if lt(past, 32) {
          value := or(value, shr(shl(3, past), not(0)))
        }
        let some := or(add(and(value, low), low), value)
        let none := and(shr(7, not(some)), ones)
        // 32 is below 256, so the sum of all bytes is the highest byte of this product.
        zeros := add(zeros, shr(248, mul(none, ones)))
      }
    }
  }

  function _charge(Machine memory m, Tx memory transaction, Envelope memory envelope, uint256 gas_) private pure {
    unchecked {
      envelope.intrinsic += gas_;
    }
    transaction.envelope = envelope.hash();
    m.state.tx = transaction.hash();
  }

  // ACCESS

  function _toAccessList(Machine memory m, Envelope memory envelope) private pure {
    if (envelope.accessList == envelope.accessEnd) _validateNext(m);
    else _accessNext(m, envelope.accessList, 0, 0);
  }

  function _validateNext(Machine memory m) private pure {
    m.state.phase = Phase.VALIDATE;
    m.state.task = 0;
  }

  function _accessNext(Machine memory m, uint256 position, uint256 slotsEnd, uint256 name) private pure {
    m.state.phase = Phase.ACCESS;
    m.state.task = Layout.hash(position, slotsEnd, name);
  }

  /// @dev An address, or a slot, becomes warm.
  function _access(Machine memory m) private pure {
    uint256[] memory task = m.task(3);
    Tx memory transaction = m.tx_();
    Envelope memory envelope = m.envelope(transaction);
    Batch memory batch = m.batch(m.block_(transaction));
    (uint256 position, uint256 slotsEnd, uint256 name) = (task[0], task[1], task[2]);
    if (position < slotsEnd) {
      position = _accessSlot(m, batch, transaction, position, slotsEnd, name);
      _charge(m, transaction, envelope, Gas.ACCESS_LIST_STORAGE_KEY_COST);
    } else {
      (position, slotsEnd, name) = _accessEntry(m, batch, transaction, position, envelope.accessEnd);
      _charge(m, transaction, envelope, Gas.ACCESS_LIST_ADDRESS_COST);
    }
    if (position == envelope.accessEnd) _validateNext(m);
    else _accessNext(m, position, slotsEnd, name);
  }

  /// @return next Where the next item stands.
  function _accessSlot(
    Machine memory m,
    Batch memory batch,
    Tx memory transaction,
    uint256 position,
    uint256 slotsEnd,
    uint256 name
  ) private pure returns (uint256 next) {
    unchecked {
      uint256 rest = slotsEnd - position;
      bytes memory item = m.read(
        batch.root,
        batch.size,
        position,
        rest < TransactionWindow.ACCESS_SLOT_BYTES ? rest : TransactionWindow.ACCESS_SLOT_BYTES
      );
      if (rest < TransactionWindow.ACCESS_SLOT_BYTES || uint8(item[0]) != SLOT_HEADER) m.drop(transaction);
      uint256 key;
      assembly ("memory-safe") {
        key := mload(add(item, 33))
      }
      OpenAccount memory a = m.account(name);
      OpenSlot memory s = m.slot(a, key);
      s.slot.warm = 1;
      m.storeSlot(a, s);
      return position + TransactionWindow.ACCESS_SLOT_BYTES;
    }
  }

  /// @return slots Where its slots begin.
  /// @return slotsEnd Where they end, and the entry with them.
  /// @return name Its address.
  function _accessEntry(
    Machine memory m,
    Batch memory batch,
    Tx memory transaction,
    uint256 position,
    uint256 listEnd
  ) private pure returns (uint256 slots, uint256 slotsEnd, uint256 name) {
    unchecked {
      uint256 rest = listEnd - position;
      bytes memory window = m.read(
        batch.root,
        batch.size,
        position,
        rest < TransactionWindow.ACCESS_ENTRY_BYTES ? rest : TransactionWindow.ACCESS_ENTRY_BYTES
      );
      Reader memory r = Rlp.reader(window, 0);
      uint256 entryEnd = r.header(true);
      entryEnd += position + r.place;
      uint256 length;
      (name, length) = r.string_(20);
      slotsEnd = r.header(true);
      slots = position + r.place;
      slotsEnd += slots;
      if (!r.valid || length != 20 || slotsEnd > listEnd || slotsEnd != entryEnd) m.drop(transaction);
      OpenAccount memory a = m.account(name);
      a.mark(Flag.WARM);
      m.storeAccount(a);
    }
  }
}
