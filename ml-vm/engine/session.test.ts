import assert from "node:assert/strict";
import { test } from "node:test";
import { rowMajor } from "../program/fixtures/random.ts";
import type { Model } from "../program/model.ts";
import type { Instruction, TensorInstruction } from "../program/program.ts";
import { openBackend } from "./backend.ts";
import { Session } from "./session.ts";

const backend = openBackend();

/** table[target] := operand + 1, over four i32, or over the first `count` of them. */
const increment = (target: number, source: TensorInstruction["operands"][number], count = 4): TensorInstruction => ({
  kind: "tensor",
  target,
  targetDepth: 0,
  targetDtype: "i32",
  write: rowMajor([count]),
  operands: [source],
  dims: [count],
  reduction: [],
  innerReduction: [],
  scan: false,
  accumulators: [],
  innerAccumulators: [],
  inner: null,
  body: null,
  finish: {
    reads: [{ operand: 0, dtype: "i32", pad: 0n, view: rowMajor([count]) }],
    constants: [{ type: "int", bits: 1n }],
    code: [{ op: "int.add", a: 0, b: 1, c: 0 }],
    outs: [2],
  },
});

const input = { space: "input", index: 0, depth: 0 } as const;
const entry = (index: number) => ({ space: "tensor", index, depth: 0 }) as const;

const modelOf = (...instructions: Instruction[]): Model => {
  const four = { dtype: "i32", shape: [4] } as const;
  const program = { inputs: [four], weights: [], tensors: [four, four, four], outputs: 1, instructions };
  return { program, weights: [], inputNames: ["x"], outputNames: ["y"] };
};
const bytesOf = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
const run = (...instructions: Instruction[]): number[] => {
  const [output] = new Session(modelOf(...instructions), backend).run([bytesOf(10, 20, 30, 40)]);
  return [...new Int32Array((output as Uint8Array).buffer)];
};

test("a moved entry keeps its content when the other one is written", () => {
  const move: Instruction = { kind: "move", target: 0, source: entry(1) };
  assert.deepEqual(run(increment(1, input), move, increment(1, entry(0))), [11, 21, 31, 41]);
});

test("an input moved into the table is not written", () => {
  const given = bytesOf(1, 2, 3, 4);
  const model = modelOf({ kind: "move", target: 0, source: input }, increment(1, input), increment(0, entry(1), 2));
  const [output] = new Session(model, backend).run([given]);
  assert.deepEqual(output, bytesOf(3, 4, 3, 4));
  assert.deepEqual(given, bytesOf(1, 2, 3, 4));
});

test("elements without a write keep their former content, or are zero in an empty entry", () => {
  assert.deepEqual(run(increment(0, input), increment(1, input), increment(0, entry(1), 1)), [12, 21, 31, 41]);
  const drop: Instruction = { kind: "drop", target: 0 };
  assert.deepEqual(run(increment(0, input), drop, increment(0, input, 2)), [11, 21, 0, 0]);
});

test("buffers reused from a run do not affect the next", () => {
  const session = new Session(modelOf(increment(1, input), increment(0, entry(1), 1)), backend);
  const first = session.run([bytesOf(1, 2, 3, 4)]);
  assert.deepEqual(session.run([bytesOf(5, 6, 7, 8)]), [bytesOf(7, 0, 0, 0)]);
  assert.deepEqual(first, [bytesOf(3, 0, 0, 0)]);
});

test("a block runs its count of times, or until its halt", () => {
  const loop = (count: number, halt: number | null): Instruction[] => [
    { kind: "loop", depth: 0, count },
    increment(0, entry(1)),
    { kind: "move", target: 1, source: entry(0) },
    { kind: "end", depth: 0, count, start: 1, halt },
  ];
  assert.deepEqual(run(...loop(5, null)), [5, 5, 5, 5]);
  assert.deepEqual(run(...loop(5, 0)), [1, 1, 1, 1]);
});

test("the error names an input of the wrong size, and its type", () => {
  const session = new Session(modelOf(increment(0, input)), backend);
  assert.throws(() => session.run([bytesOf(1)]), /input 0 \(x\) is i32\[4\], 16 bytes, but 4 bytes were given/);
  assert.throws(() => session.run([]), /the model has 1 inputs, but 0 were given/);
});
