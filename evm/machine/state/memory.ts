import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { readBytes } from "./bytes.ts";
import { charge } from "./gas.ts";
import { EXCEPTIONAL_HALT } from "./halt.ts";
import type { Machine } from "./machine.ts";

/** Gas for a memory size in words (Yellow Paper, H.1). */
const memoryGas = (words: bigint): bigint => GAS.MEMORY_WORD * words + (words * words) / GAS.MEMORY_QUADRATIC_DIVISOR;

/** Charges for and performs memory expansion to offset + length. No-op if length is 0. Halts exceptionally if gas is insufficient. */
export function expandMemory(m: Machine, offset: bigint, length: bigint): void {
  if (length === 0n) return;
  const end = offset + length;
  if (end <= BigInt(m.memory.size)) return;
  if (end > LIMIT.MEMORY) throw EXCEPTIONAL_HALT;
  const words = (end + 31n) / 32n;
  charge(m, memoryGas(words) - memoryGas(BigInt(m.memory.size / 32)));
  ownMemory(m).grow(32 * Number(words));
}

/** Opens a range of memory, within its size. */
export const readMemory = (m: Machine, offset: number, length: number): Uint8Array =>
  readBytes(m, m.memory, offset, length);

/** Opens a range of memory, within its size, and overwrites it. */
export function writeMemory(m: Machine, offset: number, bytes: Uint8Array): void {
  if (m.tape) m.tape.bytes(m.memory.openRange(offset, bytes.length));
  if (m.observer && bytes.length > 0) m.observer.memoryWrite(offset, m.memory.view(offset, bytes.length), bytes);
  ownMemory(m).write(offset, bytes);
}

/** The memory, ready to be written: copied if it is shared. */
function ownMemory(m: Machine): Machine["memory"] {
  if (m.memory.shared) m.memory = m.memory.copy();
  return m.memory;
}
