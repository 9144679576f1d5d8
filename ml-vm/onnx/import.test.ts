import assert from "node:assert/strict";
import { test } from "node:test";
import { dataRoot } from "@elench/merkle/tree";
import { openBackend } from "../engine/backend.ts";
import { Session } from "../engine/session.ts";
import { checkProgram } from "../program/check.ts";
import { commit } from "../program/commitment.ts";
import type { Model } from "../program/model.ts";
import type { TensorInstruction } from "../program/program.ts";
import { checkOnnx } from "./check.ts";
import { type FileSpec, floats, floatsOf, onnxFile, ramp, TYPE } from "./fixtures/model.ts";
import { ModelError } from "./graph/error.ts";
import { importOnnx } from "./import.ts";
import { laneCount } from "./lowering/lower.ts";

const run = (model: Model, ...inputs: readonly number[][]): Float32Array =>
  floatsOf(new Session(model, openBackend({ threads: 1 })).run(inputs.map(floats))[0] as Uint8Array);

const foldsOf = (model: Model): TensorInstruction[] =>
  model.program.instructions.filter((i): i is TensorInstruction => i.kind === "tensor" && i.body !== null);
const kinds = (model: Model): string[] => model.program.instructions.map((i) => i.kind);
const idOf = ({ program, weights }: Model): string =>
  Buffer.from(commit(program, weights.map(dataRoot)).modelId).toString("hex");

/** Convolution, bias, batch normalisation, ReLU, pooling, a dense layer and Softmax: every rule of the importer applies. */
const NETWORK: FileSpec = {
  inputs: [{ name: "x", shape: [1, 2, 8, 8] }],
  constants: [
    { name: "w", shape: [20, 2, 3, 3], data: ramp(360) },
    { name: "b", shape: [20], data: ramp(20) },
    { name: "scale", shape: [20], data: ramp(20) },
    { name: "shift", shape: [20], data: ramp(20) },
    { name: "mean", shape: [20], data: ramp(20) },
    { name: "variance", shape: [20], data: ramp(20).map((v) => v * v) },
    { name: "shape", shape: [2], type: TYPE.i64, data: [1, -1] },
    { name: "dense", shape: [320, 3], data: ramp(960) },
  ],
  nodes: [
    { op: "Conv", inputs: ["x", "w", "b"], output: "c", ints: { pads: [1, 1, 1, 1] } },
    { op: "BatchNormalization", inputs: ["c", "scale", "shift", "mean", "variance"], output: "n" },
    { op: "Relu", inputs: ["n"], output: "r" },
    { op: "MaxPool", inputs: ["r"], output: "p", ints: { kernel_shape: [2, 2], strides: [2, 2] } },
    { op: "Reshape", inputs: ["p", "shape"], output: "f" },
    { op: "MatMul", inputs: ["f", "dense"], output: "d" },
    { op: "Softmax", inputs: ["d"], output: "y" },
  ],
  outputs: ["y"],
};

test("the model id of this file is constant: a change here changes the id of every registered model", () => {
  assert.equal(idOf(importOnnx(onnxFile(NETWORK))), "75bb4c72682896e05da8fc2d0dbc9090300f0493fae9cbf11e546153f40f9dc4");
});

test("imported programs are well-formed, and a report gives their steps", () => {
  const { steps } = checkProgram(importOnnx(onnxFile(NETWORK)).program);
  const report = checkOnnx(onnxFile(NETWORK));
  assert.equal(report.ok, true);
  assert.equal(report.steps, steps);
  assert.deepEqual(report.inputs, [{ name: "x", dtype: "f32", shape: [1, 2, 8, 8] }]);
  assert.deepEqual(report.operators[0], { type: "Conv", count: 1, supported: true });
});

test("bias, batch normalisation and ReLU end up in the finish stage of their convolution", () => {
  const [convolution] = foldsOf(importOnnx(onnxFile(NETWORK))) as [TensorInstruction];
  const ops = convolution.finish.code.map((c) => c.op);
  assert.deepEqual(ops, ["f32.add", "f32.fma", "f32.max"]);
  assert.deepEqual(convolution.dims, [20, 8, 8]);
});

test("a table entry is emptied after its last use, and outputs never are", () => {
  const { instructions, outputs, tensors } = importOnnx(onnxFile(NETWORK)).program;
  const dropped = instructions.flatMap((i) => (i.kind === "drop" ? [i.target] : []));
  assert.deepEqual(
    [...dropped].sort((a, b) => a - b),
    Array.from({ length: tensors.length - outputs }, (_, i) => i + outputs),
  );
});

test("few outputs of many terms are folded in two, as many lanes as the rule says", () => {
  assert.equal(laneCount(10, [256]), 16);
  assert.equal(laneCount(10, [1000]), 32);
  assert.equal(laneCount(255, [512]), 32);
  assert.equal(laneCount(256, [512]), 1);
  assert.equal(laneCount(10, [255]), 1);
  assert.equal(laneCount(120, [256, 3, 3]), 64);
  assert.equal(laneCount(4, [2, 16, 16]), 2);
});

for (const terms of [256, 300, 777]) {
  test(`a fold of ${terms} terms in lanes is the sum over lanes of interleaved sums`, () => {
    const model = importOnnx(
      onnxFile({
        inputs: [{ name: "x", shape: [1, terms] }],
        constants: [{ name: "w", shape: [terms, 3], data: ramp(3 * terms) }],
        nodes: [{ op: "MatMul", inputs: ["x", "w"], output: "y" }],
        outputs: ["y"],
      }),
    );
    const x = ramp(terms).map((v, i) => Math.fround(v * 1.1 ** (i % 50)));
    const lanes = laneCount(3, [terms]);
    // Products of these are rounded once by fma; in f64 they are exact, and the sum is rounded after each term.
    const wanted = [0, 1, 2].map((n) => {
      let total = 0;
      for (let l = 0; l < lanes; l++) {
        let lane = 0;
        for (let t = l; t < terms; t += lanes)
          lane = Math.fround(lane + (x[t] as number) * (ramp(3 * terms)[3 * t + n] as number));
        total = Math.fround(total + lane);
      }
      return total;
    });
    assert.deepEqual([...run(model, x)], wanted);
  });
}

test("parts of a concatenation are written where they belong, without a copy", () => {
  const model = importOnnx(
    onnxFile({
      inputs: [{ name: "x", shape: [2, 3] }],
      nodes: [
        { op: "Relu", inputs: ["x"], output: "a" },
        { op: "Neg", inputs: ["x"], output: "b" },
        { op: "Concat", inputs: ["a", "b"], output: "y", int: { axis: 1 } },
      ],
      outputs: ["y"],
    }),
  );
  assert.deepEqual(kinds(model), ["tensor", "tensor"]);
  assert.deepEqual([...run(model, [1, -2, 3, -4, 5, -6])], [1, 0, 3, -1, 2, -3, 0, 5, 0, 4, -5, 6]);
});

test("values that depend only on constants are evaluated at import, in the machine's arithmetic", () => {
  const model = importOnnx(
    onnxFile({
      inputs: [{ name: "x", shape: [3] }],
      constants: [
        { name: "a", shape: [3], data: [1, 2, 3] },
        { name: "b", shape: [3], data: [0.1, 0.2, 0.3] },
      ],
      nodes: [
        { op: "Mul", inputs: ["a", "b"], output: "c" },
        { op: "Exp", inputs: ["c"], output: "d" },
        { op: "Add", inputs: ["x", "d"], output: "y" },
      ],
      outputs: ["y"],
    }),
  );
  assert.deepEqual(kinds(model), ["tensor"]);
  assert.equal(model.weights.length, 1);
  const products = [1, 2, 3].map((a, i) => Math.fround(a * Math.fround([0.1, 0.2, 0.3][i] as number)));
  for (const [i, v] of run(model, [0, 0, 0]).entries()) assert.ok(Math.abs(v - Math.exp(products[i] as number)) < 3e-7);
});

test("an input, a constant or the same tensor twice can be outputs", () => {
  const model = importOnnx(
    onnxFile({
      inputs: [{ name: "x", shape: [2] }],
      constants: [{ name: "c", shape: [2], data: [7, 8] }],
      nodes: [
        { op: "Neg", inputs: ["x"], output: "n" },
        { op: "Identity", inputs: ["n"], output: "m" },
      ],
      outputs: ["n", "m", "x", "c", "n"],
    }),
  );
  checkProgram(model.program);
  const results = new Session(model, openBackend({ threads: 1 })).run([floats([1, 2])]).map((r) => [...floatsOf(r)]);
  assert.deepEqual(results, [
    [-1, -2],
    [-1, -2],
    [1, 2],
    [7, 8],
    [-1, -2],
  ]);
  // Five outputs fill a node of eight entries; the three others are never written.
  assert.ok(model.program.instructions.every((i) => !("target" in i) || i.target < 5 || i.target >= 8));
});

test("a leading symbolic dimension is 1 unless its size is given; any other one must be given", () => {
  const file = onnxFile({
    inputs: [
      { name: "x", shape: ["batch", 3, "length"] },
      { name: "state", shape: [2, "batch"] },
    ],
    nodes: [
      { op: "Neg", inputs: ["x"], output: "y" },
      { op: "Neg", inputs: ["state"], output: "z" },
    ],
    outputs: ["y", "z"],
  });
  const shapesWith = (options: Parameters<typeof importOnnx>[1]) =>
    importOnnx(file, options).program.inputs.map((t) => t.shape);
  const [x, state] = [
    [1, 3, 5],
    [2, 1],
  ];
  assert.deepEqual(shapesWith({ dims: { length: 5 } }), [x, state]);
  assert.deepEqual(shapesWith({ shapes: { x } }), [x, state]);
  assert.deepEqual(shapesWith({ dims: { length: 7 }, shapes: { state: [2, 4] } }), [
    [4, 3, 7],
    [2, 4],
  ]);
  const refusedFor = (options: Parameters<typeof importOnnx>[1], why: RegExp): void =>
    assert.throws(() => shapesWith(options), { name: "ModelError", message: why });
  refusedFor({}, /dimension "length" of input "x" \[batch, 3, length\] has no size: give --dim length=N/);
  refusedFor(
    { dims: { length: 5, lenght: 5 } },
    /no input has a dimension "lenght"; its open dimensions are batch, length/,
  );
  refusedFor({ dims: { length: 2.5 } }, /dimensions are from 1 to/);
  refusedFor({ shapes: { X: x } }, /no input is named "X"; its inputs are x, state/);
  refusedFor({ shapes: { x: [1, 5] } }, /shape \[1, 5\] of input "x": the model says \[batch, 3, length\]/);
  refusedFor({ shapes: { x: [1, 4, 5] } }, /axis 1 is 3/);
  refusedFor({ dims: { batch: 2 }, shapes: { x } }, /"batch" is 2/);
});

test("an input of unknown rank, or with a nameless open dimension, needs its shape", () => {
  const fileOf = (shape: null | readonly (number | null)[]) =>
    onnxFile({
      inputs: [{ name: "x", shape }],
      nodes: [{ op: "Neg", inputs: ["x"], output: "y" }],
      outputs: ["y"],
    });
  const shapeOf = (shape: null | readonly (number | null)[], given?: readonly number[]) =>
    importOnnx(fileOf(shape), given ? { shapes: { x: given } } : {}).program.inputs[0]?.shape;
  assert.throws(() => shapeOf(null), /the file says nothing of the shape of input "x": give it, as --shape x=/);
  assert.throws(() => shapeOf([1, null]), /input "x" \[1, \?\] has a dimension without a size: give --shape x=1xN/);
  assert.throws(() => shapeOf([1, -1]), /has a dimension without a size/);
  assert.deepEqual(shapeOf(null, [2, 3]), [2, 3]);
  assert.deepEqual(shapeOf([1, null], [1, 3]), [1, 3]);
  assert.deepEqual(shapeOf([null, 4]), [1, 4]);
});

const broken =
  (change: Partial<FileSpec>): (() => Model) =>
  () =>
    importOnnx(onnxFile({ ...NETWORK, ...change }));
const node = (change: Partial<(typeof NETWORK.nodes)[number]>): Partial<FileSpec> => ({
  nodes: [{ ...(NETWORK.nodes[0] as FileSpec["nodes"][number]), ...change }, ...NETWORK.nodes.slice(1)],
});

const DAMAGED: readonly (readonly [string, () => Model, RegExp])[] = [
  ["a truncated file", () => importOnnx(onnxFile(NETWORK).slice(0, 900)), /truncated|damaged/],
  ["an empty file", () => importOnnx(new Uint8Array()), /no graph/],
  [
    "another file",
    () => importOnnx(new TextEncoder().encode("#!/bin/sh\necho no model\n")),
    /not a whole ONNX file|no graph/,
  ],
  [
    "a value that two nodes make",
    broken({ nodes: [...NETWORK.nodes, NETWORK.nodes[0] as FileSpec["nodes"][number]] }),
    /is already defined; names must be unique/,
  ],
  [
    "an unknown operator",
    broken(node({ op: "Frobnicate", name: "odd" })),
    /Frobnicate node "odd": this operator is not supported/,
  ],
  [
    "a missing initializer",
    broken(node({ inputs: ["x", "weights", "b"] })),
    /Conv node "c": input "weights" is made by no node/,
  ],
  ["a missing input", broken(node({ inputs: ["x"] })), /Conv node "c": input 1 is missing/],
  [
    "channels that do not fit",
    broken({ inputs: [{ name: "x", shape: [1, 3, 8, 8] }] }),
    /Conv node "c": 3 input and 20 output channels/,
  ],
  [
    "a window larger than its tensor",
    broken({ inputs: [{ name: "x", shape: [1, 2, 1, 8] }] }),
    /MaxPool node "p": a window of 2/,
  ],
  [
    "a matrix of other terms",
    broken({ inputs: [{ name: "x", shape: [1, 2, 10, 8] }] }),
    /MatMul node "d": matrices of shapes \[1,400\] and \[320,3\]/,
  ],
  [
    "a type that does not fit",
    broken({ inputs: [{ name: "x", shape: [1, 2, 8, 8], type: TYPE.f16 }] }),
    /Conv node "c": input of f16 with weights or bias of f32/,
  ],
  [
    "a type that the machine has not",
    broken({ inputs: [{ name: "x", shape: [1], type: TYPE.string }] }),
    /element type string/,
  ],
  ["a tensor without elements", broken({ inputs: [{ name: "x", shape: [0, 2, 8, 8] }] }), /without elements/],
  ["an output that nothing makes", broken({ outputs: ["z"] }), /output "z" is made by no node/],
];

for (const [what, importIt, message] of DAMAGED) {
  test(`${what} is refused, and the error names it`, () => {
    assert.throws(
      importIt,
      (error) => (error instanceof ModelError && message.test(error.message)) || assert.fail(String(error)),
    );
  });
}

test("a report names every operator that is not supported, and marks those that are", () => {
  const report = checkOnnx(
    onnxFile({ ...NETWORK, nodes: [{ op: "Frobnicate", inputs: ["x"], output: "q" }, ...NETWORK.nodes] }),
  );
  assert.equal(report.ok, false);
  assert.deepEqual(report.errors, ["operator Frobnicate (1 nodes) is not supported"]);
  assert.deepEqual(
    report.operators.map((o) => o.supported),
    [false, ...NETWORK.nodes.map(() => true)],
  );
});

test("a truncated model is refused, whatever its length", () => {
  const file = onnxFile(NETWORK);
  for (let length = 0; length < file.length; length += 97) {
    assert.equal(checkOnnx(file.subarray(0, length)).ok, false, `the first ${length} of ${file.length} bytes`);
  }
});
