import { LIMIT } from "@elench/spec/evm/limits";
import { type Opcode, OPCODES as TABLE } from "@elench/spec/evm/opcodes";

const byCode: (Opcode | undefined)[] = new Array(256).fill(undefined);
for (const opcode of TABLE) byCode[opcode.code] = opcode;

/** By code. Undefined: an invalid opcode (0xfe among them). */
export const OPCODES: readonly (Opcode | undefined)[] = byCode;

export const STACK_LIMIT = LIMIT.STACK;
