import { OP } from "@elench/spec/evm/opcodes";

/** The opcodes of contracts/evm/parts/ContextOps.sol. */
export const CONTEXT_OPS: readonly number[] = [
  OP.ADDRESS,
  OP.ORIGIN,
  OP.CALLER,
  OP.CALLVALUE,
  OP.CALLDATASIZE,
  OP.CODESIZE,
  OP.GASPRICE,
  OP.RETURNDATASIZE,
  OP.BLOCKHASH,
  OP.COINBASE,
  OP.TIMESTAMP,
  OP.NUMBER,
  OP.PREVRANDAO,
  OP.GASLIMIT,
  OP.CHAINID,
  OP.BASEFEE,
  OP.BLOBHASH,
  OP.BLOBBASEFEE,
];
