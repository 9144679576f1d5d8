import { PRECOMPILE } from "@elench/spec/evm/precompiles";
import { PHASE, type Phase } from "../../structures/layout.ts";
import { OPCODES } from "../opcodes.ts";

/** Names of steps: phases as in docs/evm-machine.md, instructions and their arguments as in the Yellow Paper. */

const UPPER = /[A-Z]/g;

const phaseNames = new Map<Phase, string>(
  Object.entries(PHASE).map(([name, phase]) => [phase, name.replace(UPPER, (letter) => `_${letter}`).toUpperCase()]),
);

export const phaseName = (phase: Phase): string => phaseNames.get(phase) ?? `phase ${phase}`;

/** @param op a byte of code. */
export const opcodeName = (op: number): string => OPCODES[op]?.name ?? `0x${op.toString(16).padStart(2, "0")}`;

/** The names of all phases and instructions. */
export const STEP_NAMES: ReadonlySet<string> = new Set([
  ...phaseNames.values(),
  ...OPCODES.flatMap((opcode) => (opcode ? [opcode.name] : [])),
]);

/** Names of arguments, the top of the stack first; instructions without a row have unnamed arguments. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  EXP: "base exponent",
  SIGNEXTEND: "byte value",
  ADDMOD: "a b modulus",
  MULMOD: "a b modulus",
  BYTE: "index value",
  SHL: "shift value",
  SHR: "shift value",
  SAR: "shift value",
  KECCAK256: "offset length",
  BALANCE: "address",
  CALLDATALOAD: "offset",
  CALLDATACOPY: "to from length",
  CODECOPY: "to from length",
  EXTCODESIZE: "address",
  EXTCODECOPY: "address to from length",
  RETURNDATACOPY: "to from length",
  EXTCODEHASH: "address",
  BLOCKHASH: "number",
  BLOBHASH: "index",
  MLOAD: "offset",
  MSTORE: "offset value",
  MSTORE8: "offset value",
  SLOAD: "slot",
  SSTORE: "slot value",
  TLOAD: "slot",
  TSTORE: "slot value",
  JUMP: "destination",
  JUMPI: "destination condition",
  MCOPY: "to from length",
  LOG0: "offset length",
  LOG1: "offset length topic",
  LOG2: "offset length topic topic",
  LOG3: "offset length topic topic topic",
  LOG4: "offset length topic topic topic topic",
  CREATE: "value offset length",
  CREATE2: "value offset length salt",
  CALL: "gas address value in inLength out outLength",
  CALLCODE: "gas address value in inLength out outLength",
  DELEGATECALL: "gas address in inLength out outLength",
  STATICCALL: "gas address in inLength out outLength",
  RETURN: "offset length",
  REVERT: "offset length",
  SELFDESTRUCT: "beneficiary",
};

/** Names of an instruction's arguments, the top of the stack first: "" if it is unnamed. */
export function argumentNames(op: number): readonly string[] {
  const opcode = OPCODES[op];
  if (!opcode) return [];
  const names = ARGUMENTS[opcode.name]?.split(" ") ?? [];
  return Array.from({ length: opcode.takes }, (_, i) => names[i] ?? "");
}

/** Precompiles of Cancun, by address from 1. */
const PRECOMPILES = [
  "ecRecover",
  "SHA-256",
  "RIPEMD-160",
  "identity",
  "modexp",
  "ecAdd",
  "ecMul",
  "ecPairing",
  "BLAKE2F",
  "point evaluation",
];

export const precompileName = (address: bigint): string =>
  address === BigInt(PRECOMPILE.INFERENCE)
    ? "inference"
    : (PRECOMPILES[Number(address) - 1] ?? `precompile ${address}`);
