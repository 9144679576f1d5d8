import { toBigInt, wordBytes } from "@elench/bytes/words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { OP } from "@elench/spec/evm/opcodes";
import { EMPTY, PHASE, type Slice, STATUS, type Status, sliceOf } from "../../structures/layout.ts";
import { copyToMemory } from "../phases/copy.ts";
import { hashSlice } from "../phases/hash.ts";
import { readFromSlice } from "../state/bytes.ts";
import { charge } from "../state/gas.ts";
import { EXCEPTIONAL_HALT } from "../state/halt.ts";
import type { Machine } from "../state/machine.ts";
import { expandMemory, readMemory, writeMemory } from "../state/memory.ts";
import { openFrame, openSlice } from "../state/opening.ts";
import type { Operation, Operations } from "../state/operation.ts";
import { EXECUTE, type Source } from "../state/task.ts";

const wordsOf = (length: bigint): bigint => (length + 31n) / 32n;

/** A slice of memory, within its size. An empty slice can have any offset. */
const memorySlice = (m: Machine, offset: bigint, length: bigint): Slice =>
  length === 0n ? EMPTY : sliceOf(m.memory, Number(offset), Number(length));

/** Charges for memory expansion and for each word copied or hashed. */
function pay(m: Machine, offset: bigint, length: bigint, gasPerWord: bigint): void {
  expandMemory(m, offset, length);
  charge(m, gasPerWord * wordsOf(length));
}

// One word, or one byte

function load(m: Machine): void {
  const offset = m.stack.pop();
  expandMemory(m, offset, 32n);
  m.stack.push(toBigInt(readMemory(m, Number(offset), 32)));
}

function store(m: Machine): void {
  const offset = m.stack.pop();
  const word = m.stack.pop();
  expandMemory(m, offset, 32n);
  writeMemory(m, Number(offset), wordBytes(word));
}

function storeByte(m: Machine): void {
  const offset = m.stack.pop();
  const byte = m.stack.pop() & 0xffn;
  expandMemory(m, offset, 1n);
  writeMemory(m, Number(offset), Uint8Array.of(Number(byte)));
}

function loadCalldata(m: Machine): void {
  const from = m.stack.pop();
  m.stack.push(toBigInt(readFromSlice(m, openCalldata(m), from, 32)));
}

const openCalldata = (m: Machine): Slice => openSlice(m, openFrame(m).data);

// Copies

/** @param open opens the source. */
const copyFrom =
  (open: (m: Machine) => Source): Operation =>
  (m) => {
    const [to, from, length] = [m.stack.pop(), m.stack.pop(), m.stack.pop()];
    pay(m, to, length, GAS.COPY_WORD);
    copyToMemory(m, open(m), from, to, length);
  };

/** EIP-211: a range beyond the return data halts exceptionally. */
function copyReturned(m: Machine): void {
  const [to, from, length] = [m.stack.pop(), m.stack.pop(), m.stack.pop()];
  const returned = openSlice(m, m.returned);
  if (from + length > BigInt(returned.length)) throw EXCEPTIONAL_HALT;
  pay(m, to, length, GAS.COPY_WORD);
  copyToMemory(m, returned, from, to, length);
}

/** EIP-5656: the whole source is read before anything is written. */
function copyMemory(m: Machine): void {
  const [to, from, length] = [m.stack.pop(), m.stack.pop(), m.stack.pop()];
  expandMemory(m, from, length);
  pay(m, to, length, GAS.COPY_WORD);
  copyToMemory(m, memorySlice(m, from, length), 0n, to, length);
}

// Hashes

function keccak(m: Machine): void {
  const [offset, length] = [m.stack.pop(), m.stack.pop()];
  pay(m, offset, length, GAS.KECCAK256_WORD);
  hashSlice(m, EXECUTE, memorySlice(m, offset, length));
}

function log(m: Machine, op: number): void {
  const [offset, length] = [m.stack.pop(), m.stack.pop()];
  const topics = Array.from({ length: op - OP.LOG0 }, () => m.stack.pop());
  const { address, isStatic } = openFrame(m);
  if (isStatic) throw EXCEPTIONAL_HALT;
  expandMemory(m, offset, length);
  charge(m, GAS.LOG_DATA_BYTE * length);
  const slice = memorySlice(m, offset, length);
  const log = { address, topics, data: slice.tree.view(slice.offset, slice.length).slice() };
  hashSlice(m, { phase: PHASE.log, log }, slice);
}

// Ends

const leave =
  (status: Status): Operation =>
  (m) => {
    const [offset, length] = [m.stack.pop(), m.stack.pop()];
    expandMemory(m, offset, length);
    m.returned = memorySlice(m, offset, length);
    m.goTo({ phase: PHASE.leave, status: status });
  };

function stop(m: Machine): void {
  m.returned = EMPTY;
  m.goTo({ phase: PHASE.leave, status: STATUS.success });
}

const operations: Record<number, Operation> = {
  [OP.STOP]: stop,
  [OP.KECCAK256]: keccak,
  [OP.CALLDATALOAD]: loadCalldata,
  [OP.CALLDATACOPY]: copyFrom(openCalldata),
  [OP.CODECOPY]: copyFrom((m) => m.code),
  [OP.RETURNDATACOPY]: copyReturned,
  [OP.MLOAD]: load,
  [OP.MSTORE]: store,
  [OP.MSTORE8]: storeByte,
  [OP.MCOPY]: copyMemory,
  [OP.RETURN]: leave(STATUS.success),
  [OP.REVERT]: leave(STATUS.revert),
};
for (let topics = 0; topics <= 4; topics++) operations[OP.LOG0 + topics] = log;

/** Opcodes that access memory, and those that end a frame (Yellow Paper, H.2; EIP-211, EIP-5656). */
export const MEMORY: Operations = operations;
