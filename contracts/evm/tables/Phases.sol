// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/ by npm run generate.

/// @title What the next step does (docs/evm-machine.md, "Phases")
library Phase {
  /// One opcode.
  uint256 internal constant EXECUTE = 1;
  /// Trie proof against stateRoot; puts the record (flags 0, no slots) into the journal.
  uint256 internal constant LOAD_ACCOUNT = 2;
  /// Trie proof against the account's storage; puts (value, value, 0) into its slots.
  uint256 internal constant LOAD_SLOT = 3;
  /// The code's bytes (length 4 bytes, then bytes), checked against the hash; puts (root, size) into the table.
  uint256 internal constant LOAD_CODE = 4;
  /// Copies min(length, 2048) bytes of the source from from to memory at to: reads the source, then overwrites memory.
  /// See Bulk work.
  uint256 internal constant COPY = 5;
  /// Absorbs a piece; at the end: phase then, task H(argument, digest); but if then is EXECUTE, the digest is pushed
  /// and the task is 0. See Bulk work.
  uint256 internal constant HASH = 6;
  /// Makes min(rest, 4096) bytes of the view into chunks of the frame's code. carry is that of the chunk at position.
  /// The tape has the bytes, then the siblings of the chunks, which are 0 before.
  uint256 internal constant BUILD = 7;
  /// What happens between a call and its first instruction.
  uint256 internal constant ENTER = 8;
  /// Back to the caller.
  uint256 internal constant LEAVE = 9;
  /// A precompile, or a piece of it.
  uint256 internal constant PRECOMPILE = 10;
  /// Makes min(rest, 4096) bytes of the view into leaves of the model's input, whose root so far is root (at first that
  /// of zeros). The tape has the bytes, then the siblings of the leaves, which are zeros before.
  uint256 internal constant INPUT = 11;
  /// Asks the tensor machine (the only step that is delegated).
  uint256 internal constant ASK = 12;
  /// Gives a created account its code.
  uint256 internal constant DEPOSIT = 13;
  /// The new address, the waiting creator.
  uint256 internal constant CREATE = 14;
  /// One more log.
  uint256 internal constant LOG = 15;
  /// Opens the record (7 words), its config (9), and the previous output: number, stateRoot, history.
  uint256 internal constant START = 20;
  /// The next transaction, or the end of the block, or the next block, or the end.
  uint256 internal constant NEXT = 21;
  /// Reads the transaction's fields.
  uint256 internal constant DECODE = 22;
  /// The sender, by ecrecover.
  uint256 internal constant RECOVER = 23;
  /// Counts zero and other bytes of min(rest, 4096) bytes of data.
  uint256 internal constant COUNT = 24;
  /// One item of the access list: an address with the headers around it (which then sets address and slotsEnd), or, if
  /// position < slotsEnd, a slot.
  uint256 internal constant ACCESS = 25;
  /// Checks the transaction, buys its gas.
  uint256 internal constant VALIDATE = 26;
  /// Refunds and pays for gas.
  uint256 internal constant SETTLE = 27;
  /// One record of the journal into the tries.
  uint256 internal constant FLUSH = 28;
  /// The receipt.
  uint256 internal constant RECEIPT = 29;
  /// Waits until the clock is a multiple of 16^7.
  uint256 internal constant IDLE = 30;
}

/// @title How a frame ended: the task of LEAVE
library Status {
  /// The frame succeeded.
  uint256 internal constant SUCCESS = 0;
  /// The frame reverted: its remaining gas is returned.
  uint256 internal constant REVERT = 1;
  /// An exceptional halt: its gas is consumed.
  uint256 internal constant FAILURE = 2;
  /// A creation succeeded, and its code is in place.
  uint256 internal constant DEPOSITED = 3;
}

/// @title An account's flags
library Flag {
  /// Accessed in this transaction (EIP-2929).
  uint256 internal constant WARM = 1;
  /// Changed: FLUSH writes it into the trie.
  uint256 internal constant TOUCHED = 2;
  /// Created in this transaction (EIP-6780).
  uint256 internal constant CREATED = 4;
  /// To be deleted at the transaction's end (EIP-6780).
  uint256 internal constant DESTROYED = 8;
}

/// @title A Frame's kind
library FrameKind {
  /// Runs an account's code.
  uint256 internal constant CALL = 0;
  /// Runs initcode, and leaves the new account's code.
  uint256 internal constant CREATION = 1;
}
