// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

// Generated from spec/ by npm run generate.

/// @title The opcodes of Cancun
library Opcode {
  /// Yellow Paper, H.2.
  uint256 internal constant STOP = 0x00;
  /// Yellow Paper, H.2.
  uint256 internal constant ADD = 0x01;
  /// Yellow Paper, H.2.
  uint256 internal constant MUL = 0x02;
  /// Yellow Paper, H.2.
  uint256 internal constant SUB = 0x03;
  /// Yellow Paper, H.2.
  uint256 internal constant DIV = 0x04;
  /// Yellow Paper, H.2.
  uint256 internal constant SDIV = 0x05;
  /// Yellow Paper, H.2.
  uint256 internal constant MOD = 0x06;
  /// Yellow Paper, H.2.
  uint256 internal constant SMOD = 0x07;
  /// Yellow Paper, H.2.
  uint256 internal constant ADDMOD = 0x08;
  /// Yellow Paper, H.2.
  uint256 internal constant MULMOD = 0x09;
  /// Yellow Paper, H.2; EIP-160.
  uint256 internal constant EXP = 0x0a;
  /// Yellow Paper, H.2.
  uint256 internal constant SIGNEXTEND = 0x0b;
  /// Yellow Paper, H.2.
  uint256 internal constant LT = 0x10;
  /// Yellow Paper, H.2.
  uint256 internal constant GT = 0x11;
  /// Yellow Paper, H.2.
  uint256 internal constant SLT = 0x12;
  /// Yellow Paper, H.2.
  uint256 internal constant SGT = 0x13;
  /// Yellow Paper, H.2.
  uint256 internal constant EQ = 0x14;
  /// Yellow Paper, H.2.
  uint256 internal constant ISZERO = 0x15;
  /// Yellow Paper, H.2.
  uint256 internal constant AND = 0x16;
  /// Yellow Paper, H.2.
  uint256 internal constant OR = 0x17;
  /// Yellow Paper, H.2.
  uint256 internal constant XOR = 0x18;
  /// Yellow Paper, H.2.
  uint256 internal constant NOT = 0x19;
  /// Yellow Paper, H.2.
  uint256 internal constant BYTE = 0x1a;
  /// EIP-145.
  uint256 internal constant SHL = 0x1b;
  /// EIP-145.
  uint256 internal constant SHR = 0x1c;
  /// EIP-145.
  uint256 internal constant SAR = 0x1d;
  /// Yellow Paper, H.2.
  uint256 internal constant KECCAK256 = 0x20;
  /// Yellow Paper, H.2.
  uint256 internal constant ADDRESS = 0x30;
  /// Yellow Paper, H.2; EIP-2929.
  uint256 internal constant BALANCE = 0x31;
  /// Yellow Paper, H.2.
  uint256 internal constant ORIGIN = 0x32;
  /// Yellow Paper, H.2.
  uint256 internal constant CALLER = 0x33;
  /// Yellow Paper, H.2.
  uint256 internal constant CALLVALUE = 0x34;
  /// Yellow Paper, H.2.
  uint256 internal constant CALLDATALOAD = 0x35;
  /// Yellow Paper, H.2.
  uint256 internal constant CALLDATASIZE = 0x36;
  /// Yellow Paper, H.2.
  uint256 internal constant CALLDATACOPY = 0x37;
  /// Yellow Paper, H.2.
  uint256 internal constant CODESIZE = 0x38;
  /// Yellow Paper, H.2.
  uint256 internal constant CODECOPY = 0x39;
  /// Yellow Paper, H.2.
  uint256 internal constant GASPRICE = 0x3a;
  /// Yellow Paper, H.2; EIP-2929.
  uint256 internal constant EXTCODESIZE = 0x3b;
  /// Yellow Paper, H.2; EIP-2929.
  uint256 internal constant EXTCODECOPY = 0x3c;
  /// EIP-211.
  uint256 internal constant RETURNDATASIZE = 0x3d;
  /// EIP-211.
  uint256 internal constant RETURNDATACOPY = 0x3e;
  /// EIP-1052; EIP-2929.
  uint256 internal constant EXTCODEHASH = 0x3f;
  /// Yellow Paper, H.2.
  uint256 internal constant BLOCKHASH = 0x40;
  /// Yellow Paper, H.2.
  uint256 internal constant COINBASE = 0x41;
  /// Yellow Paper, H.2.
  uint256 internal constant TIMESTAMP = 0x42;
  /// Yellow Paper, H.2.
  uint256 internal constant NUMBER = 0x43;
  /// EIP-4399.
  uint256 internal constant PREVRANDAO = 0x44;
  /// Yellow Paper, H.2.
  uint256 internal constant GASLIMIT = 0x45;
  /// EIP-1344.
  uint256 internal constant CHAINID = 0x46;
  /// EIP-1884.
  uint256 internal constant SELFBALANCE = 0x47;
  /// EIP-3198.
  uint256 internal constant BASEFEE = 0x48;
  /// EIP-4844.
  uint256 internal constant BLOBHASH = 0x49;
  /// EIP-7516.
  uint256 internal constant BLOBBASEFEE = 0x4a;
  /// Yellow Paper, H.2.
  uint256 internal constant POP = 0x50;
  /// Yellow Paper, H.2.
  uint256 internal constant MLOAD = 0x51;
  /// Yellow Paper, H.2.
  uint256 internal constant MSTORE = 0x52;
  /// Yellow Paper, H.2.
  uint256 internal constant MSTORE8 = 0x53;
  /// Yellow Paper, H.2; EIP-2929.
  uint256 internal constant SLOAD = 0x54;
  /// EIP-2200; EIP-2929; EIP-3529.
  uint256 internal constant SSTORE = 0x55;
  /// Yellow Paper, H.2.
  uint256 internal constant JUMP = 0x56;
  /// Yellow Paper, H.2.
  uint256 internal constant JUMPI = 0x57;
  /// Yellow Paper, H.2.
  uint256 internal constant PC = 0x58;
  /// Yellow Paper, H.2.
  uint256 internal constant MSIZE = 0x59;
  /// Yellow Paper, H.2.
  uint256 internal constant GAS = 0x5a;
  /// Yellow Paper, H.2.
  uint256 internal constant JUMPDEST = 0x5b;
  /// EIP-1153.
  uint256 internal constant TLOAD = 0x5c;
  /// EIP-1153.
  uint256 internal constant TSTORE = 0x5d;
  /// EIP-5656.
  uint256 internal constant MCOPY = 0x5e;
  /// EIP-3855.
  uint256 internal constant PUSH0 = 0x5f;
  /// Yellow Paper, H.2.
  uint256 internal constant CREATE = 0xf0;
  /// Yellow Paper, H.2; EIP-150; EIP-2929.
  uint256 internal constant CALL = 0xf1;
  /// Yellow Paper, H.2; EIP-150; EIP-2929.
  uint256 internal constant CALLCODE = 0xf2;
  /// Yellow Paper, H.2.
  uint256 internal constant RETURN = 0xf3;
  /// EIP-7; EIP-150; EIP-2929.
  uint256 internal constant DELEGATECALL = 0xf4;
  /// EIP-1014.
  uint256 internal constant CREATE2 = 0xf5;
  /// EIP-214; EIP-150; EIP-2929.
  uint256 internal constant STATICCALL = 0xfa;
  /// EIP-140.
  uint256 internal constant REVERT = 0xfd;
  /// Yellow Paper, H.2; EIP-6780.
  uint256 internal constant SELFDESTRUCT = 0xff;
  /// Yellow Paper, H.2.
  uint256 internal constant PUSH1 = 0x60;
  /// Yellow Paper, H.2.
  uint256 internal constant PUSH32 = 0x7f;
  /// Yellow Paper, H.2.
  uint256 internal constant DUP1 = 0x80;
  /// Yellow Paper, H.2.
  uint256 internal constant DUP16 = 0x8f;
  /// Yellow Paper, H.2.
  uint256 internal constant SWAP1 = 0x90;
  /// Yellow Paper, H.2.
  uint256 internal constant SWAP16 = 0x9f;
  /// Yellow Paper, H.2.
  uint256 internal constant LOG0 = 0xa0;
  /// Yellow Paper, H.2.
  uint256 internal constant LOG4 = 0xa4;
}

/// @dev For assembly.
uint256 constant OP_PUSH0 = 0x5f;

/// @dev For assembly.
uint256 constant OP_JUMPDEST = 0x5b;
