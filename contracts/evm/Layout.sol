// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Precompile} from "./tables/Precompiles.sol";

/// @dev keccak256 of nothing: the code hash of an account without code.
bytes32 constant EMPTY_CODE_HASH = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470;

/// @dev keccak256(0x80): the root of a Merkle-Patricia trie without entries.
bytes32 constant EMPTY_TRIE_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

/// @dev Hash of 128 zero bytes: of the Slice of no bytes, and of the all-zero leaf of a data tree.
bytes32 constant EMPTY = 0x012893657d8eb2efad4de0a91bcd0e39ad9837745dec3ea923737ea803fc8e3d;

// generated: STRUCTURES (npm run generate)
/// @dev The machine at one step; its hash is what claims are about.
struct State {
  /// What the next step does: see Phases.
  uint256 phase;
  /// Number of the step in the batch: 0 for the first. Every step adds 1.
  uint256 clock;
  /// Byte offset in the code.
  uint256 pc;
  /// Gas left in this frame.
  uint256 gas;
  /// Hash chain: 0 for the empty one, else H(top, chain below).
  bytes32 stack;
  /// Items on the stack.
  uint256 height;
  /// Root of the data tree over the memory's bytes.
  bytes32 memoryRoot;
  /// Bytes of memory, a multiple of 32. The tree's depth follows from it.
  uint256 memorySize;
  /// Root of the code tree.
  bytes32 code;
  /// Bytes of code.
  uint256 codeSize;
  /// Hash of the Slice of the last return data.
  bytes32 returned;
  /// Root of the journal.
  bytes32 journal;
  /// Hash of the Frame.
  bytes32 frame;
  /// Hash of the Tx.
  bytes32 tx;
  /// Hash of the phase's arguments; 0 if it has none.
  bytes32 task;
}

/// @dev A window on a frozen data tree: `length` bytes from `offset`.
struct Slice {
  /// Root of the tree.
  bytes32 root;
  /// Bytes of the tree.
  uint256 size;
  /// Of the first byte in the tree.
  uint256 offset;
  /// Bytes.
  uint256 length;
}

/// @dev Constant while a call runs.
struct Frame {
  /// 0 call, 1 creation.
  uint256 kind;
  /// Whose storage and balance the code works on.
  uint256 self;
  uint256 caller;
  /// Wei.
  uint256 value;
  /// 0 or 1.
  uint256 isStatic;
  /// 0 for the transaction's own.
  uint256 depth;
  /// Hash of the Slice that is its calldata.
  bytes32 data;
  /// Where in its memory the caller wants the return data.
  uint256 outOffset;
  /// The most bytes of return data that the caller wants.
  uint256 outLength;
  /// Hash of the State that waits for it to end.
  bytes32 parent;
}

/// @dev The transaction that is being executed.
struct Tx {
  uint256 origin;
  /// Effective.
  uint256 gasPrice;
  uint256 refund;
  /// Hash chain of the logs.
  bytes32 logs;
  /// Root of the code table.
  bytes32 codes;
  /// Hash of the Envelope.
  bytes32 envelope;
  /// Hash of the Block.
  bytes32 block;
}

/// @dev The fields of a transaction.
struct Envelope {
  /// 0, 1, 2.
  uint256 kind;
  uint256 nonce;
  /// The gas price for types 0 and 1.
  uint256 maxFee;
  /// The gas price for types 0 and 1.
  uint256 maxPriority;
  uint256 gasLimit;
  /// 0 or 1.
  uint256 creates;
  /// 0 if it creates.
  uint256 to;
  /// Wei.
  uint256 value;
  /// Hash of the Slice.
  bytes32 data;
  /// Position in the batch of the list's content.
  uint256 accessList;
  /// Where the list ends.
  uint256 accessEnd;
  /// Intrinsic gas, as far as it is counted.
  uint256 intrinsic;
}

/// @dev The block that is being executed.
struct Block {
  uint256 number;
  uint256 timestamp;
  uint256 gasLimit;
  uint256 baseFee;
  uint256 blobBaseFee;
  uint256 coinbase;
  uint256 prevRandao;
  uint256 gasUsed;
  /// Transactions of the block that are left.
  uint256 remaining;
  /// 1 while a block is being executed.
  uint256 open;
  /// Hash chain of the receipts.
  bytes32 receipts;
  /// Root of the state trie.
  bytes32 stateRoot;
  /// Hash of the Batch.
  bytes32 batch;
}

/// @dev The batch that is being executed.
struct Batch {
  /// Hash of START's task.
  bytes32 context;
  uint256 chainId;
  uint256 gasLeft;
  /// Root of the data tree over the batch's bytes.
  bytes32 root;
  /// Bytes.
  uint256 size;
  /// Of the next byte to read.
  uint256 position;
  /// Root of the tree over the last block hashes.
  bytes32 history;
  /// That the batch may still have.
  uint256 transactions;
}

/// @dev A record of the journal.
struct Account {
  uint256 nonce;
  /// Wei.
  uint256 balance;
  bytes32 codeHash;
  /// Root of its trie, as last flushed.
  bytes32 storageRoot;
  /// Root of its slots.
  bytes32 slots;
  /// Root of its transient slots.
  bytes32 transients;
  /// See Flags.
  uint256 flags;
}

/// @dev A record of an account's slots.
struct Slot {
  /// Value before the transaction.
  uint256 original;
  /// Value now.
  uint256 current;
  /// 0 or 1.
  uint256 warm;
}

/// @dev A record of the code table.
struct Code {
  /// Root of the code tree.
  bytes32 root;
  /// Bytes of code.
  uint256 size;
}

/// @dev Words of each structure.
uint256 constant STATE_WORDS = 15;
uint256 constant SLICE_WORDS = 4;
uint256 constant FRAME_WORDS = 10;
uint256 constant TX_WORDS = 7;
uint256 constant ENVELOPE_WORDS = 12;
uint256 constant BLOCK_WORDS = 13;
uint256 constant BATCH_WORDS = 8;
uint256 constant ACCOUNT_WORDS = 7;
uint256 constant SLOT_WORDS = 3;
uint256 constant CODE_WORDS = 2;
/// @dev Bytes of a State.
uint256 constant STATE_BYTES = 480;
/// @dev Words of the State before these members.
uint256 constant STATE_PC = 2;
uint256 constant STATE_CODE_SIZE = 9;
/// @dev Bytes of the State before its stack, after which comes the height.
uint256 constant STATE_STACK_OFFSET = 128;

using Layout for State global;
using Layout for Slice global;
using Layout for Frame global;
using Layout for Tx global;
using Layout for Envelope global;
using Layout for Block global;
using Layout for Batch global;
using Layout for Account global;
using Layout for Slot global;
using Layout for Code global;
// end of STRUCTURES

/// @title The EVM machine's structures and their hashes (docs/evm-machine.md, "Structures")
/// @dev Every member is a full word, so a structure lies in memory exactly as it is hashed.
library Layout {
  // generated: HASHES (npm run generate)
  function hash(State memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 480)
    }
  }

  function hash(Slice memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 128)
    }
  }

  function hash(Frame memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 320)
    }
  }

  function hash(Tx memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 224)
    }
  }

  function hash(Envelope memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 384)
    }
  }

  function hash(Block memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 416)
    }
  }

  function hash(Batch memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 256)
    }
  }

  function hash(Account memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 224)
    }
  }

  function hash(Slot memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 96)
    }
  }

  function hash(Code memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 64)
    }
  }
  // end of HASHES

  /// @notice H of one word: a transient's record, or a task.
  function hash(uint256 a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      mstore(0, a)
      h := keccak256(0, 32)
    }
  }

  function hash(uint256 a, uint256 b) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      mstore(0, a)
      mstore(32, b)
      h := keccak256(0, 64)
    }
  }

  function hash(uint256 a, uint256 b, uint256 c) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, a)
      mstore(add(free, 32), b)
      mstore(add(free, 64), c)
      h := keccak256(free, 96)
    }
  }

  function hash(uint256 a, uint256 b, uint256 c, uint256 d) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, a)
      mstore(add(free, 32), b)
      mstore(add(free, 64), c)
      mstore(add(free, 96), d)
      h := keccak256(free, 128)
    }
  }

  /// @notice H of any number of words.
  function hash(uint256[] memory words) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(add(words, 32), shl(5, mload(words)))
    }
  }

  /// @notice The Slice of `length` bytes from `offset` of a data tree; EMPTY if there are none.
  function window(
    bytes32 root,
    uint256 size,
    uint256 offset,
    uint256 length
  ) internal pure returns (Slice memory window_) {
    if (length > 0) window_ = Slice(root, size, offset, length);
  }

  /// @notice Whether an account is empty (EIP-161).
  function isEmpty(Account memory account) internal pure returns (bool) {
    return account.nonce == 0 && account.balance == 0 && account.codeHash == EMPTY_CODE_HASH;
  }

  /// @notice Whether calls to this address run a precompile: Ethereum's ten, and `inference`.
  function isPrecompile(uint256 account) internal pure returns (bool) {
    unchecked {
      return account - 1 < Precompile.POINT_EVALUATION || account == Precompile.INFERENCE;
    }
  }
}
