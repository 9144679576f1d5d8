/** Memory copied within itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OP } from "@elench/spec/evm/opcodes";
import { PHASE } from "../../structures/layout.ts";
import { machineIn, stepWhile, worldOf } from "../fixtures/state.ts";
import type { Machine } from "../state/machine.ts";
import { prove, step } from "../step.ts";

const SIZE = 8192;
const world = worldOf(new Map());
const content = Uint8Array.from({ length: SIZE }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 13) & 0xff);

/** After MCOPY's own step. */
function copying(to: number, from: number, length: number): Machine {
  const m = machineIn({ world, code: Uint8Array.of(OP.MCOPY), stack: [BigInt(length), BigInt(from), BigInt(to)] });
  m.memory.grow(SIZE);
  m.memory.write(0, content);
  step(m);
  assert.equal(m.phase, PHASE.copy);
  return m;
}

test("MCOPY reads all of its source before it writes, in one piece or several, for every overlap", () => {
  for (const [to, from, length] of [
    [5, 0, 2048],
    [0, 5, 2048],
    [100, 3, 7001],
    [3, 100, 7001],
    [2048, 0, 6144],
    [0, 0, SIZE],
  ] as const) {
    const m = copying(to, from, length);
    stepWhile(m, PHASE.copy);
    assert.deepEqual(m.memory.view(0, SIZE).slice(), content.slice().copyWithin(to, from, from + length));
  }
});

test("one piece is written in place, without a copy of the whole memory", () => {
  const m = copying(5, 0, 2048);
  const { memory } = m;
  step(m);
  assert.equal(m.memory, memory);
});

test("a copied machine keeps its memory when the original steps on", () => {
  const m = copying(5, 0, 32);
  const pre = m.hash();
  const other = m.copy();
  assert.deepEqual(prove(m).pre, pre);
  step(other);
  assert.deepEqual(m.hash(), pre);
  assert.deepEqual(m.memory.view(0, SIZE).slice(), content);
});
