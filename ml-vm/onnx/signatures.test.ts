import assert from "node:assert/strict";
import { test } from "node:test";
import { openBackend } from "../engine/backend.ts";
import { Session } from "../engine/session.ts";
import { loadSoftfloat } from "../softfloat/load.ts";
import { floats, floatsOf, modelFile, ramp, TYPE, tensorInfo } from "./fixtures/model.ts";
import { floatConstant, valueIn } from "./graph/tensor.ts";
import { importOnnx } from "./import.ts";
import { Budget } from "./lowering/evaluate.ts";
import { Lowering } from "./lowering/lower.ts";
import { OPERATORS } from "./registry.ts";
import { SIGNATURES } from "./signatures.ts";

test("every operator has a signature, and every signature an operator", () => {
  assert.deepEqual(Object.keys(SIGNATURES).sort(), [...OPERATORS.keys()].sort());
});

interface Case {
  readonly op: string;
  readonly x: readonly number[];
  /** Shapes of the parameters that are right. */
  readonly parameters: readonly (readonly number[])[];
  /** The input to falsify, and the shapes that must be refused there. */
  readonly wrong: Readonly<Record<number, readonly (readonly number[])[]>>;
  readonly attribute?: readonly object[];
  readonly types?: readonly number[];
  readonly opset?: number;
}

const C = [3];
const CASES: readonly Case[] = [
  {
    op: "BatchNormalization",
    x: [1, 3, 2, 2],
    parameters: [C, C, C, C],
    wrong: { 1: [[5], [2], [1], [3, 1]], 2: [[5], [2]], 3: [[4]], 4: [[2]] },
  },
  { op: "InstanceNormalization", x: [1, 3, 4], parameters: [C, C], wrong: { 1: [[2], [4], [1]], 2: [[4], [1, 3]] } },
  { op: "LayerNormalization", x: [2, 4], parameters: [[4], [4]], wrong: { 1: [[3], [5], [2, 2]], 2: [[5], [8]] } },
  {
    op: "GroupNormalization",
    opset: 21,
    x: [1, 4, 2],
    parameters: [[4], [4]],
    wrong: { 1: [[2], [5]], 2: [[1]] },
    attribute: [{ name: "num_groups", type: 2, i: 2 }],
  },
  { op: "RMSNormalization", opset: 23, x: [2, 4], parameters: [[4]], wrong: { 1: [[3], [8], [2, 2, 4]] } },
  {
    op: "Gemm",
    x: [2, 4],
    parameters: [[4, 5], [5]],
    wrong: { 1: [[3, 5], [4], [1, 4, 5]], 2: [[3], [2, 4], [1, 2, 5], [5, 1]] },
  },
  {
    op: "Conv",
    x: [1, 3, 4, 4],
    parameters: [[2, 3, 3, 3], [2]],
    wrong: {
      1: [
        [2, 4, 3, 3],
        [2, 3, 3],
      ],
      2: [[3], [1], [2, 1]],
    },
  },
  {
    op: "ConvTranspose",
    x: [1, 3, 4, 4],
    parameters: [[3, 2, 3, 3], [2]],
    wrong: {
      1: [
        [2, 2, 3, 3],
        [3, 2, 3],
      ],
      2: [[3], [1]],
    },
  },
  { op: "PRelu", x: [1, 3, 2], parameters: [[3, 1]], wrong: { 1: [[3], [2, 1], [1, 1, 3, 2]] } },
  { op: "MatMul", x: [2, 3], parameters: [[3, 4]], wrong: { 1: [[2, 4], [4]] } },
  { op: "Add", x: [2, 3], parameters: [[3]], wrong: { 1: [[2], [3, 2]] } },
  { op: "Clip", x: [4], parameters: [[], []], wrong: { 1: [[4], [2]], 2: [[1, 1]] } },
  {
    op: "QuantizeLinear",
    x: [2, 3],
    parameters: [[3], [3]],
    types: [TYPE.f32, TYPE.u8],
    wrong: { 1: [[2], [4], [2, 3]], 2: [[2], []] },
  },
  { op: "Pad", x: [2, 3], parameters: [[4], []], types: [TYPE.i64, TYPE.f32], wrong: { 1: [[2], [3], [6]], 2: [[2]] } },
  { op: "OneHot", x: [2], parameters: [[], [2]], types: [TYPE.i64, TYPE.f32], wrong: { 1: [[2]], 2: [[1], [3]] } },
  { op: "Tile", x: [2, 3], parameters: [[2]], types: [TYPE.i64], wrong: { 1: [[1], [3]] } },
];

/** A node over x and constants of these shapes, all of them ones. */
function importWith({ op, x, attribute = [], types = [], opset = 17 }: Case, shapes: readonly (readonly number[])[]) {
  return importOnnx(
    modelFile(
      {
        input: [tensorInfo("x", TYPE.f32, x)],
        initializer: shapes.map((dims, i) => {
          const ones = new Array(dims.reduce((n, m) => n * m, 1)).fill(1);
          const dataType = types[i] ?? TYPE.f32;
          const data = dataType === TYPE.f32 ? "floatData" : dataType === TYPE.i64 ? "int64Data" : "int32Data";
          return { name: `p${i + 1}`, dims, dataType, [data]: ones };
        }),
        node: [
          { opType: op, name: "node", input: ["x", ...shapes.map((_, i) => `p${i + 1}`)], output: ["y"], attribute },
        ],
        output: [{ name: "y" }],
      },
      { opset },
    ),
  );
}

for (const { op, ...rest } of CASES) {
  test(`${op} refuses parameters of wrong shapes by name`, () => {
    const it = { op, ...rest };
    importWith(it, it.parameters);
    for (const [input, shapes] of Object.entries(it.wrong)) {
      for (const shape of shapes) {
        const given = it.parameters.map((right, i) => (i + 1 === Number(input) ? shape : right));
        assert.throws(
          () => importWith(it, given),
          { name: "ModelError", op, node: "node" },
          `input ${input}: [${shape}]`,
        );
      }
    }
    const tooMany = [...it.parameters, ...new Array(6).fill([1])];
    if (!SIGNATURES[op]?.rest) assert.throws(() => importWith(it, tooMany), /the operator takes at most/);
    if (SIGNATURES[op]?.slots[1]?.optional === false) assert.throws(() => importWith(it, []), /input 1 is missing/);
  });
}

test("an attribute of the wrong kind or with an unknown value is refused", () => {
  const pool = (attribute: readonly object[]) => () =>
    importWith({ op: "AveragePool", x: [1, 1, 4, 4], parameters: [], wrong: {}, attribute }, []);
  const kernel = { name: "kernel_shape", type: 7, ints: [2, 2] };
  pool([kernel])();
  assert.throws(
    pool([{ name: "kernel_shape", type: 2, i: 2 }]),
    /attribute "kernel_shape" is of the kind int; it must be ints/,
  );
  assert.throws(
    pool([kernel, { name: "auto_pad", type: 3, s: Buffer.from("SAME") }]),
    /must be one of NOTSET, SAME_UPPER/,
  );
  assert.throws(pool([kernel, { name: "ceil_mode", type: 2, i: 2 }]), /"ceil_mode" is 2; it must be 0 or 1/);
  assert.throws(pool([kernel, { name: "strides", type: 7, ints: [0, 1] }]), /strides \[0,1\]; 1 is the least possible/);
});

test("a read beyond a tensor's end is an error, unless the operator gives a pad", () => {
  const lowering = new Lowering(loadSoftfloat(), new Budget(0));
  const storage = { kind: "input", dtype: "f32", shape: [3], elements: 3, data: null } as const;
  const [x, type] = [valueIn(storage, [3]), { dtype: "f32", shape: [5] } as const];
  assert.throws(() => lowering.map(type, (s) => s.read(x, [s.o(0)])), /a tensor of shape \[3\] is read from 0 to 4/);
  assert.throws(() => lowering.map(type, (s) => s.element(x)), /a tensor of shape \[3\] cannot be laid over \[5\]/);
  lowering.map(type, (s) => s.read(x, [s.o(0)], 0));
  // Lanes exceed the end of a long sum, which is allowed; one more term is an error.
  const long = (terms: number) => {
    const weights = floatConstant(ramp(300), [300]);
    return lowering.reduce(
      { dtype: "f32", shape: [1] },
      { space: [terms], combine: "sum", of: "f32", term: (s, acc) => s.b.add(acc, s.read(weights, [s.r(0)])) },
    );
  };
  long(300);
  assert.throws(() => long(301), /a tensor of shape \[300\] is read from 0 to/);
});

test("an unsupported output is allowed if nothing reads it", () => {
  const file = (outputs: readonly string[]) =>
    modelFile({
      input: [tensorInfo("x", TYPE.f32, [1, 1, 2, 2])],
      node: [
        {
          opType: "MaxPool",
          name: "pool",
          input: ["x"],
          output: ["y", "indices"],
          attribute: [{ name: "kernel_shape", type: 7, ints: [2, 2] }],
        },
      ],
      output: outputs.map((name) => ({ name })),
    });
  const [pooled] = new Session(importOnnx(file(["y"])), openBackend({ threads: 1 })).run([floats([1, 4, 3, 2])]);
  assert.deepEqual([...floatsOf(pooled as Uint8Array)], [4]);
  assert.throws(() => importOnnx(file(["indices"])), /MaxPool node "pool": output 1 \("indices"\) is not supported/);
});
