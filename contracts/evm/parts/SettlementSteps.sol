// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Batch, Block, EMPTY, EMPTY_CODE_HASH, Envelope, Frame, Layout, State, Tx} from "../Layout.sol";
import {CreatedAddress} from "../CreatedAddress.sol";
import {Entry, NewFrame} from "../NewFrame.sol";
import {OpenAccount, Records} from "../Records.sol";
import {Machine, Tape, WrongPhase} from "../Tape.sol";
import {Boundary} from "./Boundary.sol";
import {Flag, Phase, Status} from "../tables/Phases.sol";
import {Gas} from "../tables/GasCosts.sol";
import {Limit} from "../tables/Limits.sol";

/// @title VALIDATE, SETTLE, RECEIPT: a transaction's validity, its gas payment and its receipt
/// @dev As evm/machine/phases/settlement.ts, in the same order.
contract SettlementSteps {
  using Boundary for Machine;
  using NewFrame for Machine;
  using Records for Machine;
  using Records for OpenAccount;

  /// @notice Takes one step from a state of these phases.
  /// @param witness Opens the state, and what the step reads.
  function step(bytes32 pre, bytes calldata witness) external pure returns (bytes32 post) {
    Machine memory m = Tape.open(pre, witness);
    uint256 phase = m.state.phase;
    if (phase == Phase.VALIDATE) _validate(m);
    else if (phase == Phase.SETTLE) _settle(m);
    else if (phase == Phase.RECEIPT) _receipt(m);
    else revert WrongPhase(phase);
    return m.finish();
  }

  /// @dev Checks the transaction against the state, buys the gas, and enters the transaction's own frame.
  function _validate(Machine memory m) private pure {
    Tx memory transaction = m.tx_();
    Envelope memory envelope = m.envelope(transaction);
    Block memory header = m.block_(transaction);
    Batch memory batch = m.batch(header);
    if (!_isTakable(envelope, header, batch)) m.drop(transaction);
    OpenAccount memory sender = m.account(transaction.origin);
    if (!_isPayable(envelope, sender)) m.drop(transaction);
    unchecked {
      // EIP-1559. The highest price is at least the base fee.
      uint256 left = envelope.maxFee - header.baseFee;
      transaction.gasPrice = header.baseFee + (envelope.maxPriority < left ? envelope.maxPriority : left);
      sender.account.nonce = envelope.nonce + 1;
      sender.account.balance -= envelope.gasLimit * transaction.gasPrice;
    }
    sender.mark(Flag.WARM | Flag.TOUCHED);
    m.storeAccount(sender);
    _warm(m, header.coinbase);
    uint256 target = envelope.to;
    if (envelope.creates != 0) target = CreatedAddress.ofCreation(transaction.origin, envelope.nonce);
    _warm(m, target);
    m.state.tx = transaction.hash();
    _enter(m, transaction.origin, envelope, target);
  }

  /// @dev Whether the transaction fits the block and the batch, whatever its sender (EIP-1559, EIP-2681).
  function _isTakable(Envelope memory envelope, Block memory header, Batch memory batch) private pure returns (bool) {
    uint256 gasLimit = envelope.gasLimit;
    unchecked {
      // gasLimit and gasUsed are below 2^65: DECODE holds the one, the block's limit the other.
      return
        gasLimit >= envelope.intrinsic &&
        gasLimit <= batch.gasLeft &&
        header.gasUsed + gasLimit <= header.gasLimit &&
        envelope.maxFee >= envelope.maxPriority &&
        envelope.maxFee >= header.baseFee &&
        envelope.nonce < Limit.NONCE;
    }
  }

  /// @dev Whether the sender may send the transaction (EIP-3607), and can pay for it at its highest price.
  function _isPayable(Envelope memory envelope, OpenAccount memory sender) private pure returns (bool) {
    if (sender.account.nonce != envelope.nonce || sender.account.codeHash != EMPTY_CODE_HASH) return false;
    uint256 gasLimit = envelope.gasLimit;
    uint256 maxFee = envelope.maxFee;
    unchecked {
      // INVARIANT: an overflowing price makes the transaction invalid. Otherwise it would be paid modulo 2^256.
      if (gasLimit != 0 && maxFee > type(uint256).max / gasLimit) return false;
      uint256 price = gasLimit * maxFee;
      uint256 balance = sender.account.balance;
      return balance >= price && balance - price >= envelope.value;
    }
  }

  function _warm(Machine memory m, uint256 name) private pure {
    OpenAccount memory a = m.account(name);
    a.mark(Flag.WARM);
    m.storeAccount(a);
  }

  /// @dev The State that waits for the transaction's own frame holds only journal and Tx.
  function _enter(Machine memory m, uint256 origin, Envelope memory envelope, uint256 target) private pure {
    State memory parent;
    parent.phase = Phase.SETTLE;
    parent.memoryRoot = EMPTY;
    parent.returned = EMPTY;
    parent.journal = m.state.journal;
    parent.tx = m.state.tx;

    bool creates = envelope.creates != 0;
    Frame memory own;
    own.kind = envelope.creates;
    own.self = target;
    own.caller = origin;
    own.value = envelope.value;
    own.data = creates ? EMPTY : envelope.data;
    own.parent = parent.hash();
    Entry memory entry = Entry(target, 1, envelope.creates, creates ? envelope.data : EMPTY);
    unchecked {
      m.enter(own, envelope.gasLimit - envelope.intrinsic, entry);
    }
  }

  /// @dev Refunds unused gas to the sender; pays the coinbase for used gas, less the base fee.
  function _settle(Machine memory m) private pure {
    uint256 status = m.task(1)[0];
    Tx memory transaction = m.tx_();
    Envelope memory envelope = m.envelope(transaction);
    Block memory header = m.block_(transaction);
    unchecked {
      uint256 left = m.state.gas;
      uint256 spent = envelope.gasLimit - left;
      uint256 refund = spent / Gas.MAX_REFUND_QUOTIENT;
      if (transaction.refund < refund) refund = transaction.refund;
      uint256 used = spent - refund;

      OpenAccount memory a = m.account(transaction.origin);
      a.account.balance += (left + refund) * transaction.gasPrice;
      m.storeAccount(a);
      a = m.account(header.coinbase);
      a.account.balance += used * (transaction.gasPrice - header.baseFee);
      a.mark(Flag.TOUCHED);
      m.storeAccount(a);

      m.state.gas = 0;
      m.state.phase = Phase.FLUSH;
      m.state.task = Layout.hash(status, used);
    }
  }

  /// @dev The transaction is done.
  function _receipt(Machine memory m) private pure {
    uint256[] memory task = m.task(2);
    Tx memory transaction = m.tx_();
    Block memory header = m.block_(transaction);
    Batch memory batch = m.batch(header);
    unchecked {
      header.gasUsed += task[1];
      batch.gasLeft -= task[1];
    }
    bytes32 receipt = Layout.hash(task[0] == Status.SUCCESS ? 1 : 0, header.gasUsed, uint256(transaction.logs));
    header.receipts = Layout.hash(uint256(header.receipts), uint256(receipt));
    header.batch = batch.hash();
    m.reset(Phase.IDLE, header.hash());
  }
}
