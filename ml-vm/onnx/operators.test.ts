import assert from "node:assert/strict";
import { test } from "node:test";
import { openBackend } from "../engine/backend.ts";
import { Session } from "../engine/session.ts";
import { floats, floatsOf, modelFile, TYPE, tensorInfo } from "./fixtures/model.ts";
import { importOnnx } from "./import.ts";

/** Regression tests of operators. The expected values are computed by hand from the operator's definition. */
const backend = openBackend({ threads: 1 });

interface Graph {
  readonly shape: readonly number[];
  readonly nodes: readonly object[];
  readonly constants?: readonly object[];
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly functions?: object[];
}

const fileOf = ({ shape, nodes, constants = [], outputs = ["y"], opset = 17, functions = [] }: Graph): Uint8Array =>
  modelFile(
    {
      input: [tensorInfo("x", TYPE.f32, shape)],
      initializer: constants,
      node: nodes,
      output: outputs.map((name) => ({ name })),
    },
    { opset, functions },
  );

const outputsOf = (graph: Graph, x: readonly number[]): Uint8Array[] =>
  new Session(importOnnx(fileOf(graph)), backend).run([floats(x)]);

const numbersOf = (graph: Graph, x: readonly number[]): number[] => [...floatsOf(outputsOf(graph, x)[0] as Uint8Array)];

const node = (opType: string, input: readonly string[], attribute: readonly object[] = [], output = ["y"]) => ({
  opType,
  input,
  output,
  attribute,
});
const int = (name: string, i: number) => ({ name, type: 2, i });
const ints = (name: string, list: readonly number[]) => ({ name, type: 7, ints: [...list] });
const word = (name: string, s: string) => ({ name, type: 3, s: Buffer.from(s) });
const constant = (name: string, dims: readonly number[], floatData: readonly number[]) => ({
  name,
  dims,
  dataType: TYPE.f32,
  floatData,
});

test("a cast to a half type rounds, even if it is fused with the next instruction", () => {
  const through = (to: number, ...more: readonly object[]): Graph => ({
    shape: [4],
    nodes: [node("Cast", ["x"], [int("to", to)], ["h"]), ...more],
  });
  const back = (from: string) => node("Cast", [from], [int("to", 1)]);
  assert.deepEqual(numbersOf(through(10, back("h")), [127.9, 70000, 1e-9, 0.1]), [
    127.875,
    Number.POSITIVE_INFINITY,
    0,
    Math.fround(0.0999755859375),
  ]);
  assert.deepEqual(numbersOf(through(16, back("h")), [-12.59375, 1, 3.15, 0]), [-12.625, 1, 3.15625, 0]);
  // A discontinuous operator reads a half type as stored: 2047.4 · 1 + 1 is 2048 in f16.
  const floor = [node("Add", ["h", "one"], [], ["s"]), node("Floor", ["s"], [], ["f"]), back("f")];
  const half = { name: "one", dims: [], dataType: TYPE.f16, int32Data: [0x3c00] };
  const graph = { ...through(10, ...floor), constants: [half] };
  assert.deepEqual(numbersOf(graph, [2047, 2049, 0.5, -0.5]), [2048, 2048, 1, 0]);
});

test("ConvTranspose: padding that follows from output_shape has its larger half at the start, except for SAME_UPPER", () => {
  const graph = (...attributes: readonly object[]): Graph => ({
    shape: [1, 1, 3],
    constants: [constant("w", [1, 1, 3], [1, 10, 100])],
    nodes: [node("ConvTranspose", ["x", "w"], [ints("strides", [2]), ints("output_shape", [6]), ...attributes])],
  });
  // Without padding: x0 (1 10 100) at 0, x1 at 2, x2 at 4: seven elements, of which one is left out.
  const whole = [1, 10, 102, 20, 203, 30, 300];
  assert.deepEqual(numbersOf(graph(), [1, 2, 3]), whole.slice(1));
  assert.deepEqual(numbersOf(graph(word("auto_pad", "SAME_LOWER")), [1, 2, 3]), whole.slice(1));
  assert.deepEqual(numbersOf(graph(word("auto_pad", "SAME_UPPER")), [1, 2, 3]), whole.slice(0, -1));
});

test("noop_with_empty_axes omits the reduction, but keeps the element-wise part", () => {
  const reduced = (op: string) =>
    numbersOf({ shape: [3], opset: 18, nodes: [node(op, ["x"], [int("noop_with_empty_axes", 1)])] }, [1, -2, 4]);
  for (const op of ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceLogSumExp"])
    assert.deepEqual(reduced(op), [1, -2, 4], op);
  assert.deepEqual(reduced("ReduceL1"), [1, 2, 4]);
  assert.deepEqual(reduced("ReduceL2"), [1, 2, 4]);
  assert.deepEqual(reduced("ReduceSumSquare"), [1, 4, 16]);
  assert.deepEqual(reduced("ReduceLogSum"), [0, Number.NaN, Math.fround(Math.log(4))]);
});

test("ReduceLogSumExp of −∞ alone is −∞, as the logarithm of 0", () => {
  const infinity = Number.POSITIVE_INFINITY;
  const graph: Graph = {
    shape: [3, 2],
    nodes: [node("ReduceLogSumExp", ["x"], [ints("axes", [1]), int("keepdims", 0)])],
  };
  assert.deepEqual(numbersOf(graph, [-infinity, -infinity, infinity, 0, -infinity, 3]), [-infinity, infinity, 3]);
});

test("DynamicQuantizeLinear of zeros gives zeros and a scale other than 0", () => {
  const graph: Graph = {
    shape: [2],
    nodes: [node("DynamicQuantizeLinear", ["x"], [], ["q", "scale", "zero"])],
    outputs: ["q", "scale", "zero"],
  };
  const [q, scale, zero] = outputsOf(graph, [0, 0]) as [Uint8Array, Uint8Array, Uint8Array];
  assert.deepEqual([[...q], [...floatsOf(scale)], [...zero]], [[0, 0], [1], [0]]);
  const [other] = outputsOf(graph, [-1, 254]) as [Uint8Array];
  assert.deepEqual([...other], [0, 255]);
});

test("MeanVarianceNormalization adds epsilon to the deviation", () => {
  const tiny = 2 ** -20;
  const graph: Graph = { shape: [1, 1, 1, 2], nodes: [node("MeanVarianceNormalization", ["x"])] };
  for (const y of numbersOf(graph, [tiny, -tiny])) assert.ok(Math.abs(Math.abs(y) - 1) < 0.002, String(y));
});

test("Resize by operator set", () => {
  const resized = (opset: number, scale: number, attributes: readonly object[], x: readonly number[]) =>
    numbersOf(
      {
        shape: [1, x.length],
        opset,
        constants: [constant("s", [2], [1, scale]), constant("r", [0], [])],
        nodes: [node("Resize", opset < 11 ? ["x", "s"] : ["x", "r", "s"], attributes)],
      },
      x,
    );
  // Operator set 10: the next element where the axis shrinks, the one before where it grows.
  assert.deepEqual(resized(10, 0.6, [], [1, 2, 3, 4]), [1, 3]);
  assert.deepEqual(resized(10, 1.5, [], [1, 2, 3, 4]), [1, 1, 2, 3, 3, 4]);
  // Until operator set 12 there was tf_half_pixel_for_nn.
  assert.deepEqual(
    resized(
      11,
      2,
      [word("coordinate_transformation_mode", "tf_half_pixel_for_nn"), word("nearest_mode", "floor")],
      [1, 2],
    ),
    [1, 1, 2, 2],
  );
  // Scales are f32: 3 · 2.3333333 elements are 7, and (1 + 0.5) / 0.6 − 0.5 is element 2.
  assert.equal(resized(13, 2.3333333, [], [1, 2, 3]).length, 7);
  assert.deepEqual(resized(13, 0.6, [word("nearest_mode", "floor")], [1, 2, 3, 4, 5]), [1, 3, 4]);
});

test("local functions are inlined with the attributes of the call", () => {
  const functions = [
    {
      name: "Scaled",
      domain: "local",
      input: ["a"],
      output: ["b"],
      attribute: ["slope"],
      node: [
        {
          opType: "LeakyRelu",
          input: ["a"],
          output: ["t"],
          attribute: [{ name: "alpha", refAttrName: "slope", type: 1 }],
        },
        { opType: "Add", input: ["t", "a"], output: ["b"] },
      ],
      opsetImport: [{ domain: "", version: 17 }],
    },
    {
      name: "Twice",
      domain: "local",
      input: ["a"],
      output: ["b"],
      node: [
        {
          opType: "Scaled",
          domain: "local",
          input: ["a"],
          output: ["t"],
          attribute: [{ name: "slope", type: 1, f: 0.5 }],
        },
        { opType: "Scaled", domain: "local", input: ["t"], output: ["b"] },
      ],
      opsetImport: [{ domain: "", version: 17 }],
    },
  ];
  const call = { ...node("Twice", ["x"]), domain: "local" };
  // −2 → −1 − 2 = −3 → −0.03 − 3, since LeakyRelu's own slope is 0.01.
  assert.deepEqual(numbersOf({ shape: [2], nodes: [call], functions }, [4, -2]), [16, Math.fround(-3.03)]);
  const endless = [{ ...functions[0], node: [{ opType: "Scaled", domain: "local", input: ["a"], output: ["b"] }] }];
  const again = { ...call, opType: "Scaled" };
  assert.throws(
    () => fileImport({ shape: [2], nodes: [again], functions: endless }),
    /local function "Scaled" calls itself/,
  );
});

const fileImport = (graph: Graph) => importOnnx(fileOf(graph));

test("a short file cannot cause a large table or long work", () => {
  const shapes = (values: readonly number[]) => ({
    name: "s",
    dims: [values.length],
    dataType: TYPE.i64,
    int64Data: [...values],
  });
  const cases: Readonly<Record<string, Graph>> = {
    "a filled tensor": {
      shape: [1],
      constants: [shapes([4096, 4096])],
      nodes: [node("ConstantOfShape", ["s"], [], ["c"]), node("Add", ["x", "c"])],
    },
    "counts of windows": {
      shape: [1, 1, 100000, 20000],
      nodes: [node("AveragePool", ["x"], [ints("kernel_shape", [3, 3]), ints("pads", [1, 1, 1, 1])])],
    },
    "places of a resized axis": {
      shape: [1, 1, 2, 2],
      opset: 13,
      constants: [constant("r", [0], []), constant("s", [4], [1, 1, 1, 3e8])],
      nodes: [node("Resize", ["x", "r", "s"])],
    },
    "a padded axis": {
      shape: [2],
      constants: [shapes([0, 1e9])],
      nodes: [node("Pad", ["x", "s"], [word("mode", "reflect")])],
    },
    "many small ones": {
      shape: [1],
      constants: [shapes([1024, 1024])],
      nodes: Array.from({ length: 100 }, (_, i) => node("ConstantOfShape", ["s"], [], [i === 0 ? "y" : `c${i}`])),
    },
    "long sums": {
      shape: [1],
      constants: [shapes([1024, 1024])],
      nodes: [
        node("ConstantOfShape", ["s"], [], ["c"]),
        node("MatMul", ["c", "c"], [], ["p"]),
        node("Add", ["x", "p"]),
      ],
    },
  };
  for (const [name, graph] of Object.entries(cases))
    assert.throws(() => fileImport(graph), { name: "ModelError", message: /it takes a constant/ }, name);
});
