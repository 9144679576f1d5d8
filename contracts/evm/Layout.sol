// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev keccak256 of nothing: the code hash of an account without code.
bytes32 constant EMPTY_CODE_HASH = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470;

/// @dev keccak256(0x80): the root of a Merkle-Patricia trie without entries.
bytes32 constant EMPTY_TRIE_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

/// @dev Hash of 128 zero bytes: of the View of no bytes, and of the all-zero leaf of a data tree.
bytes32 constant EMPTY = 0x012893657d8eb2efad4de0a91bcd0e39ad9837745dec3ea923737ea803fc8e3d;

/// @title What the next step does
library Phase {
  uint256 internal constant EXECUTE = 1;
  uint256 internal constant LOAD_ACCOUNT = 2;
  uint256 internal constant LOAD_SLOT = 3;
  uint256 internal constant LOAD_CODE = 4;
  uint256 internal constant COPY = 5;
  uint256 internal constant HASH = 6;
  uint256 internal constant BUILD = 7;
  uint256 internal constant ENTER = 8;
  uint256 internal constant LEAVE = 9;
  uint256 internal constant PRECOMPILE = 10;
  uint256 internal constant INPUT = 11;
  uint256 internal constant ASK = 12;
  uint256 internal constant DEPOSIT = 13;
  uint256 internal constant CREATE = 14;
  uint256 internal constant LOG = 15;
  uint256 internal constant START = 20;
  uint256 internal constant NEXT = 21;
  uint256 internal constant DECODE = 22;
  uint256 internal constant RECOVER = 23;
  uint256 internal constant COUNT = 24;
  uint256 internal constant ACCESS = 25;
  uint256 internal constant VALIDATE = 26;
  uint256 internal constant SETTLE = 27;
  uint256 internal constant FLUSH = 28;
  uint256 internal constant RECEIPT = 29;
  uint256 internal constant IDLE = 30;
}

/// @title How a frame ended: the task of LEAVE
library Status {
  uint256 internal constant SUCCESS = 0;
  uint256 internal constant REVERT = 1;
  uint256 internal constant FAILURE = 2;
  /// Success of a creation whose code is in place.
  uint256 internal constant DEPLOYED = 3;
}

/// @title An account's flags
library Flag {
  uint256 internal constant WARM = 1;
  uint256 internal constant TOUCHED = 2;
  uint256 internal constant CREATED = 4;
  uint256 internal constant DESTROYED = 8;
}

struct State {
  uint256 phase;
  uint256 clock;
  uint256 pc;
  uint256 gas;
  bytes32 stack;
  uint256 height;
  bytes32 memoryRoot;
  uint256 memorySize;
  bytes32 code;
  uint256 codeSize;
  bytes32 returned;
  bytes32 journal;
  bytes32 frame;
  bytes32 tx;
  bytes32 task;
}

/// @dev A window on a frozen data tree: `length` bytes from `offset` of its `size` bytes.
struct View {
  bytes32 root;
  uint256 size;
  uint256 offset;
  uint256 length;
}

struct Frame {
  uint256 kind;
  uint256 self;
  uint256 caller;
  uint256 value;
  uint256 isStatic;
  uint256 depth;
  bytes32 data;
  uint256 outOffset;
  uint256 outLength;
  bytes32 parent;
}

struct Tx {
  uint256 origin;
  uint256 gasPrice;
  uint256 refund;
  bytes32 logs;
  bytes32 codes;
  bytes32 envelope;
  bytes32 block;
}

struct Envelope {
  uint256 kind;
  uint256 nonce;
  uint256 maxFee;
  uint256 maxPriority;
  uint256 gasLimit;
  uint256 creates;
  uint256 to;
  uint256 value;
  bytes32 data;
  uint256 accessList;
  uint256 accessEnd;
  uint256 intrinsic;
}

struct Block {
  uint256 number;
  uint256 timestamp;
  uint256 gasLimit;
  uint256 baseFee;
  uint256 blobBaseFee;
  uint256 coinbase;
  uint256 prevRandao;
  uint256 gasUsed;
  uint256 remaining;
  uint256 open;
  bytes32 receipts;
  bytes32 world;
  bytes32 batch;
}

struct Batch {
  bytes32 context;
  uint256 chainId;
  uint256 gasLeft;
  bytes32 root;
  uint256 size;
  uint256 position;
  bytes32 history;
  uint256 transactions;
}

struct Account {
  uint256 nonce;
  uint256 balance;
  bytes32 codeHash;
  bytes32 storageRoot;
  bytes32 slots;
  bytes32 transients;
  uint256 flags;
}

struct Slot {
  uint256 original;
  uint256 current;
  uint256 warm;
}

struct Code {
  bytes32 root;
  uint256 size;
}

using Layout for State global;
using Layout for View global;
using Layout for Frame global;
using Layout for Tx global;
using Layout for Envelope global;
using Layout for Block global;
using Layout for Batch global;
using Layout for Account global;
using Layout for Slot global;
using Layout for Code global;

/// @title The EVM machine's structures and their hashes (docs/evm-machine.md, "Structures")
/// @dev Every member is a full word, so a structure lies in memory exactly as it is hashed.
library Layout {
  /// Bytes of a State.
  uint256 internal constant STATE_BYTES = 480;

  function hash(State memory a) internal pure returns (bytes32 h) {
    assembly ("memory-safe") {
      h := keccak256(a, 480)
    }
  }

  function hash(View memory a) internal pure returns (bytes32 h) {
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

  /// @notice The View of `length` bytes from `offset` of a data tree; EMPTY if there are none.
  function window(
    bytes32 root,
    uint256 size,
    uint256 offset,
    uint256 length
  ) internal pure returns (View memory window_) {
    if (length > 0) window_ = View(root, size, offset, length);
  }

  /// @notice Whether an account is empty (EIP-161).
  function isEmpty(Account memory account) internal pure returns (bool) {
    return account.nonce == 0 && account.balance == 0 && account.codeHash == EMPTY_CODE_HASH;
  }

  /// @notice Whether calls to this address run a precompile: Ethereum's ten, and `inference`.
  function isPrecompile(uint256 account) internal pure returns (bool) {
    unchecked {
      return account - 1 < 0x0a || account == INFERENCE;
    }
  }

  /// @notice The precompile that asks the tensor machine.
  uint256 internal constant INFERENCE = 0xa100;
}
