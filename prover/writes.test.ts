import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Coordinate,
  elementCount,
  type TensorInstruction,
  type Term,
  type View,
} from "@elench/tensor/program/program";
import { elementOf, variablesAt } from "@elench/tensor/stepper/views";
import { randomProgram } from "../ml-vm/program/fixtures/random.ts";
import { risingWrites } from "./writes.ts";

const term = (variable: number, factor: number, shift = 0, bits = 0): Term => ({ variable, shift, bits, factor });

const coordinate = (
  stride: number,
  extent: number,
  terms: readonly Term[],
  more: Partial<Coordinate> = {},
): Coordinate => ({
  stride,
  extent,
  offset: 0,
  outside: "pad",
  indirect: null,
  terms,
  ...more,
});

const map = (dims: readonly number[], write: View, more: Partial<TensorInstruction> = {}): TensorInstruction => ({
  kind: "tensor",
  target: 0,
  targetDepth: 0,
  targetDtype: "u8",
  write,
  operands: [],
  dims,
  reduction: [],
  innerReduction: [],
  scan: false,
  accumulators: [],
  innerAccumulators: [],
  inner: null,
  body: null,
  finish: { reads: [], constants: [], code: [], outs: [0] },
  ...more,
});

/** Compares `risingWrites` with the individual addresses. @returns whether it gives a result. */
function holds(instruction: TensorInstruction, counters: readonly number[]): boolean {
  const rising = risingWrites(instruction, counters);
  if (rising === null) return false;
  const terms = instruction.scan ? elementCount(instruction.reduction) : 1;
  let before = Number.NEGATIVE_INFINITY;
  for (let element = 0; element < elementCount(instruction.dims); element++) {
    for (let t = 0; t < terms; t++) {
      const said: number = rising.address(element, t);
      assert.ok(said > before, `the write of element ${element}, term ${t} does not rise`);
      before = said;
      const at = elementOf(
        instruction.write,
        variablesAt(instruction, { stage: 2, element, term: t, innerTerm: 0 }, counters),
        [],
      );
      if (at !== null) assert.equal(said, at);
    }
  }
  return true;
}

const counters = [2, 5, 0];

test("writes to slices, with padding, or at counters ascend", () => {
  const rising: [string, TensorInstruction][] = [
    ["row-major", map([3, 4], [coordinate(4, 3, [term(0, 1)]), coordinate(1, 4, [term(1, 1)])])],
    [
      "the middle of wider rows",
      map([3, 4], [coordinate(10, 3, [term(0, 1)]), coordinate(1, 10, [term(1, 2)], { offset: 1 })]),
    ],
    [
      "some of it outside",
      map([5, 6], [coordinate(9, 4, [term(0, 1)], { offset: -1 }), coordinate(1, 9, [term(1, 1)], { offset: 5 })]),
    ],
    [
      "a row that a counter names",
      map([4], [coordinate(4, 9, [term(20, 3), term(21, 1, 1, 1)]), coordinate(1, 4, [term(0, 1)])]),
    ],
    ["clamped, but inside", map([4], [coordinate(1, 9, [term(0, 2)], { outside: "clamp" })])],
    ["digits that hold the whole variable", map([4], [coordinate(1, 4, [term(0, 1, 0, 2)])])],
    [
      "a scan",
      map([3], [coordinate(4, 3, [term(0, 1)]), coordinate(1, 4, [term(8, 1)])], { scan: true, reduction: [4] }),
    ],
    ["a dimension of one, backwards", map([4, 1], [coordinate(1, 4, [term(0, 1), term(1, -7)])])],
  ];
  for (const [name, instruction] of rising) assert.ok(holds(instruction, counters), name);
});

test("no result for writes that descend, coincide, or depend on more than the view", () => {
  const others: [string, TensorInstruction][] = [
    ["backwards", map([4], [coordinate(1, 4, [term(0, -1)], { offset: 3 })])],
    ["transposed", map([3, 4], [coordinate(3, 4, [term(1, 1)]), coordinate(1, 3, [term(0, 1)])])],
    ["all in one place", map([4], [coordinate(1, 4, [])])],
    ["rows that overlap", map([3, 4], [coordinate(3, 3, [term(0, 1)]), coordinate(1, 4, [term(1, 1)])])],
    ["clamped at the end", map([4], [coordinate(1, 3, [term(0, 1)], { outside: "clamp" })])],
    ["clamped at the start", map([4], [coordinate(1, 9, [term(0, 1)], { outside: "clamp", offset: -1 })])],
    ["where a read says", map([4], [coordinate(1, 9, [term(0, 1)], { indirect: 0 })])],
    ["the low digit alone", map([4], [coordinate(1, 4, [term(0, 1, 0, 1)])])],
    ["the high digit alone", map([4], [coordinate(1, 4, [term(0, 1, 1)])])],
    [
      "a scan that writes one place for each element",
      map([3], [coordinate(1, 3, [term(0, 1)])], { scan: true, reduction: [4] }),
    ],
  ];
  for (const [name, instruction] of others) assert.equal(risingWrites(instruction, counters), null, name);
});

test("results for random programs are correct", () => {
  let said = 0;
  for (let seed = 0; seed < 300; seed++) {
    for (const instruction of randomProgram(seed).model.program.instructions) {
      if (instruction.kind === "tensor" && holds(instruction, [0, 0, 0])) said++;
    }
  }
  assert.ok(said > 100, `only ${said} instructions rise`);
});
