import { toBigInt } from "@elench/bytes/words";
import { OP } from "@elench/spec/evm/opcodes";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import type { Machine } from "../state/machine.ts";
import type { Operation, Operations } from "../state/operation.ts";

/** Opens the destination's chunk, whether or not it is a JUMPDEST. A destination outside the code needs no opening. */
function jump(m: Machine, to: bigint): void {
  if (to >= BigInt(m.code.size)) throw EXCEPTIONAL_HALT;
  const pc = Number(to);
  m.tape?.bytes(m.code.openChunk(pc));
  if (!m.code.isDestination(pc)) throw EXCEPTIONAL_HALT;
  m.pc = pc;
}

/** Bytes after the code's end are zeros. Opens the chunk after the opcode's if the data extends into it and it exists. */
function push(m: Machine, op: number): void {
  const n = op - OP.PUSH0;
  const { bytes } = m.code;
  const data = bytes.subarray(m.pc, m.pc + n);
  const next = 128 * (Math.floor((m.pc - 1) / 128) + 1);
  if (m.tape && m.pc + n > next && next < bytes.length) m.tape.bytes(m.code.openChunk(next));
  m.stack.push(toBigInt(data) << BigInt(8 * (n - data.length)));
  m.pc += n;
}

const dup: Operation = ({ stack }, op) => stack.push(stack.peek(op - OP.DUP1));
const swap: Operation = ({ stack }, op) => stack.swap(op - OP.SWAP1 + 1);

const operations: Record<number, Operation> = {
  [OP.POP]: ({ stack }) => {
    stack.pop();
  },
  [OP.JUMP]: (m) => jump(m, m.stack.pop()),
  [OP.JUMPI]: (m) => {
    const to = m.stack.pop();
    if (m.stack.pop() !== 0n) jump(m, to);
  },
  [OP.PC]: (m) => m.stack.push(BigInt(m.pc - 1)),
  [OP.MSIZE]: (m) => m.stack.push(BigInt(m.memory.size)),
  [OP.GAS]: (m) => m.stack.push(m.gas),
  [OP.JUMPDEST]: () => undefined,
  [OP.PUSH0]: ({ stack }) => stack.push(0n),
};
for (let n = 1; n <= 32; n++) operations[OP.PUSH0 + n] = push;
for (let n = 0; n < 16; n++) {
  operations[OP.DUP1 + n] = dup;
  operations[OP.SWAP1 + n] = swap;
}

export const FLOW: Operations = operations;
