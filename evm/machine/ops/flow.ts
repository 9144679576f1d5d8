import { toBigInt } from "@elench/bytes/words";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import type { Machine } from "../state/machine.ts";
import type { Operation, Operations } from "../state/operation.ts";

const PUSH0 = 0x5f;
const DUP1 = 0x80;
const SWAP1 = 0x90;

/** The destination's chunk is opened, whether it is one or not; a place outside the code needs no opening. */
function jump(m: Machine, to: bigint): void {
  if (to >= BigInt(m.code.size)) throw EXCEPTIONAL_HALT;
  const pc = Number(to);
  m.tape?.bytes(m.code.openChunk(pc));
  if (!m.code.isDestination(pc)) throw EXCEPTIONAL_HALT;
  m.pc = pc;
}

/** Bytes after the code's end are zeros. The chunk after the opcode's is opened if the data goes on into it, and it exists. */
function push(m: Machine, op: number): void {
  const n = op - PUSH0;
  const { bytes } = m.code;
  const data = bytes.subarray(m.pc, m.pc + n);
  const next = 128 * (Math.floor((m.pc - 1) / 128) + 1);
  if (m.tape && m.pc + n > next && next < bytes.length) m.tape.bytes(m.code.openChunk(next));
  m.stack.push(toBigInt(data) << BigInt(8 * (n - data.length)));
  m.pc += n;
}

const dup: Operation = ({ stack }, op) => stack.push(stack.peek(op - DUP1));
const swap: Operation = ({ stack }, op) => stack.swap(op - SWAP1 + 1);

const operations: Record<number, Operation> = {
  80: ({ stack }) => {
    stack.pop();
  },
  86: (m) => jump(m, m.stack.pop()),
  87: (m) => {
    const to = m.stack.pop();
    if (m.stack.pop() !== 0n) jump(m, to);
  },
  88: (m) => m.stack.push(BigInt(m.pc - 1)),
  89: (m) => m.stack.push(BigInt(m.memory.size)),
  90: (m) => m.stack.push(m.gas),
  91: () => undefined,
  95: ({ stack }) => stack.push(0n),
};
for (let n = 1; n <= 32; n++) operations[PUSH0 + n] = push;
for (let n = 0; n < 16; n++) {
  operations[DUP1 + n] = dup;
  operations[SWAP1 + n] = swap;
}

export const FLOW: Operations = operations;
