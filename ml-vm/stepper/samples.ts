import { dataRoot, treeDepth } from "../../merkle/tree.ts";
import { byteSize } from "../program/check-types.ts";
import { commit } from "../program/commitment.ts";
import type { DType } from "../program/dtype.ts";
import type { Model } from "../program/model.ts";
import type {
  Constant,
  Coordinate,
  Instruction,
  Operand,
  Program,
  Read,
  Stage,
  TensorInstruction,
  TensorType,
  View,
} from "../program/program.ts";
import { loadSoftfloat } from "../softfloat/load.ts";
import { smallContent } from "./content.ts";
import { createMachine, type Machine } from "./state.ts";

/** Small programs that have every kind of step between them, for the tests of whatever executes or proves. */
export interface Sample {
  readonly name: string;
  readonly model: Model;
  readonly inputs: readonly Uint8Array[];
}

const type = (dtype: DType, ...shape: number[]): TensorType => ({ dtype, shape });
const depthOfType = (t: TensorType): number => treeDepth(byteSize(t));

/** Σ factor × variable + offset, in [0, extent) or padded. */
const coordinate = (
  stride: number,
  extent: number,
  factors: Record<number, number>,
  more: Partial<Coordinate> = {},
): Coordinate => ({
  stride,
  extent,
  offset: 0,
  outside: "pad",
  indirect: null,
  terms: Object.entries(factors).map(([variable, factor]) => ({
    variable: Number(variable),
    shift: 0,
    bits: 0,
    factor,
  })),
  ...more,
});

const read = (operand: number, dtype: DType, view: View, pad = 0n): Read => ({ operand, dtype, pad, view });
const stage = (
  reads: readonly Read[],
  constants: readonly Constant[],
  code: readonly string[],
  outs: readonly number[],
): Stage => ({
  reads,
  constants,
  code: code.map((line) => {
    const [op = "", a = "0", b = "0", c = "0"] = line.split(" ");
    return { op, a: Number(a), b: Number(b), c: Number(c) };
  }),
  outs,
});
const f32 = (value: number): Constant => {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return { type: "f32", bits: BigInt(view.getUint32(0)) };
};
const int = (value: bigint): Constant => ({ type: "int", bits: BigInt.asUintN(64, value) });

/** Pass the first value on. */
const PASS = stage([], [], [], [0]);

interface Parts extends Partial<TensorInstruction> {
  readonly target: number;
  readonly write: View;
  readonly dims: readonly number[];
  readonly finish: Stage;
}

/** Deterministic bytes: full of NaN, infinities and subnormals as random bits are, beside ordinary numbers. */
export function sampleBytes(t: TensorType, seed: number): Uint8Array {
  const bytes = new Uint8Array(byteSize(t));
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  if (t.dtype === "f32") {
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < bytes.length; i += 4) {
      // Seven of eight are in [−2, 2), the others as they came.
      if ((bytes[i] as number) % 8 !== 0) view.setFloat32(i, (view.getUint32(i, true) / 2 ** 32) * 4 - 2, true);
    }
  }
  return bytes;
}

class Builder {
  readonly inputs: TensorType[];
  readonly weights: TensorType[];
  readonly tensors: TensorType[];
  readonly instructions: Instruction[] = [];

  constructor(inputs: TensorType[], weights: TensorType[], tensors: TensorType[]) {
    this.inputs = inputs;
    this.weights = weights;
    this.tensors = tensors;
  }

  operand(space: Operand["space"], index: number): Operand {
    const list = { input: this.inputs, weight: this.weights, tensor: this.tensors }[space];
    return { space, index, depth: depthOfType(list[index] as TensorType) };
  }

  tensor(parts: Parts): this {
    const targetDepth = depthOfType(this.tensors[parts.target] as TensorType);
    this.instructions.push({
      kind: "tensor",
      targetDepth,
      targetDtype: (this.tensors[parts.target] as TensorType).dtype,
      operands: [],
      reduction: [],
      innerReduction: [],
      scan: false,
      accumulators: [],
      innerAccumulators: [],
      inner: null,
      body: null,
      ...parts,
    });
    return this;
  }

  control(instruction: Instruction): this {
    this.instructions.push(instruction);
    return this;
  }

  sample(name: string, outputs: number): Sample {
    const program: Program = {
      inputs: this.inputs,
      weights: this.weights,
      tensors: this.tensors,
      outputs,
      instructions: this.instructions,
    };
    const weights = this.weights.map((t, i) => sampleBytes(t, 100 + i));
    const inputNames = this.inputs.map((_, i) => `in${i}`);
    const outputNames = Array.from({ length: outputs }, (_, i) => `out${i}`);
    return {
      name,
      model: { program, weights, inputNames, outputNames },
      inputs: this.inputs.map((t, i) => sampleBytes(t, i)),
    };
  }
}

/** y[i, j] = Σ_k x[i, k] · w[k, j], then z = max(y, 0): a fold, and a map. */
export function matmulRelu(m: number, k: number, n: number): Sample {
  const b = new Builder([type("f32", m, k)], [type("f32", k, n)], [type("f32", m, n), type("f32", m, n)]);
  const out = [coordinate(n, m, { 0: 1 }), coordinate(1, n, { 1: 1 })];
  b.tensor({
    target: 1,
    write: out,
    operands: [b.operand("input", 0), b.operand("weight", 0)],
    dims: [m, n],
    reduction: [k],
    accumulators: [f32(0)],
    body: stage(
      [
        read(0, "f32", [coordinate(k, m, { 0: 1 }), coordinate(1, k, { 8: 1 })]),
        read(1, "f32", [coordinate(n, k, { 8: 1 }), coordinate(1, n, { 1: 1 })]),
      ],
      [],
      ["f32.fma 1 2 0"],
      [3],
    ),
    finish: PASS,
  });
  b.tensor({
    target: 0,
    write: out,
    operands: [b.operand("tensor", 1)],
    dims: [m, n],
    finish: stage([read(0, "f32", out)], [f32(0)], ["f32.max 0 1"], [2]),
  });
  return b.control({ kind: "drop", target: 1 }).sample(`matmul ${m}x${k}x${n}`, 1);
}

/** Running sums along rows, written from the right end backwards, then a transposed slice of them into the middle of a larger tensor. */
function scanAndSlices(): Sample {
  const [rows, columns] = [5, 9];
  const b = new Builder(
    [type("f32", rows, columns)],
    [],
    [type("f16", columns, 12), type("f32", rows, columns), type("f16", columns, 12)],
  );
  b.tensor({
    target: 1,
    write: [coordinate(columns, rows, { 0: 1 }), coordinate(1, columns, { 8: -1 }, { offset: columns - 1 })],
    operands: [b.operand("input", 0)],
    dims: [rows],
    reduction: [columns],
    scan: true,
    accumulators: [f32(0), int(-1n)],
    body: stage(
      [read(0, "f32", [coordinate(columns, rows, { 0: 1 }), coordinate(1, columns, { 8: 1 })])],
      [int(3n)],
      ["f32.add 0 2", "int.mul 1 3"],
      [4, 5],
    ),
    finish: stage([], [], ["f32.fromInt 1", "f32.add 0 2"], [3]),
  });
  // The first writes everything but a border, the second onto the content that the first left: overlapping, some outside.
  for (const [offset, factor] of [
    [2, 1],
    [-1, 2],
  ] as const) {
    b.tensor({
      target: 2,
      write: [coordinate(12, columns, { 1: 1 }), coordinate(1, 12, { 0: factor }, { offset })],
      operands: [b.operand("tensor", 1), b.operand("input", 0)],
      dims: [rows, columns],
      finish: stage(
        [
          read(0, "f32", [coordinate(columns, rows, { 0: 1 }), coordinate(1, columns, { 1: 1 })]),
          read(
            1,
            "f32",
            [
              coordinate(columns, rows, { 0: 1 }, { offset: -1 }),
              coordinate(1, columns, { 1: 1 }, { offset: 3, outside: "clamp" }),
            ],
            0x7fc00000n,
          ),
        ],
        [],
        ["f32.sub 0 1"],
        [2],
      ),
    });
  }
  b.control({ kind: "move", target: 0, source: b.operand("tensor", 2) });
  b.control({ kind: "drop", target: 1 });
  return b.sample("scan and slices", 1);
}

/** Block-quantised dot products: an inner fold over int8, scaled by f16 for each block; then a scatter by computed indices. */
function innerAndScatter(): Sample {
  const [rows, blocks, block] = [3, 4, 8];
  const b = new Builder(
    [type("i8", rows, blocks, block), type("u8", 16)],
    [type("i8", blocks, block), type("f16", blocks)],
    [type("f64", 16), type("f32", rows), type("bf16", 7)],
  );
  b.tensor({
    target: 1,
    write: [coordinate(1, rows, { 0: 1 })],
    operands: [b.operand("input", 0), b.operand("weight", 0), b.operand("weight", 1)],
    dims: [rows],
    reduction: [blocks],
    innerReduction: [2, block / 2],
    accumulators: [f32(1)],
    innerAccumulators: [int(0n), int(7n)],
    inner: stage(
      [
        read(0, "i8", [
          coordinate(32, rows, { 0: 1 }),
          coordinate(8, blocks, { 8: 1 }),
          coordinate(1, 8, { 16: 4, 17: 1 }),
        ]),
        read(1, "i8", [coordinate(8, blocks, { 8: 1 }), coordinate(1, 8, { 16: 4, 17: 1 })]),
      ],
      [],
      ["int.mul 2 3", "int.add 0 4", "index 17", "int.max 1 6"],
      [5, 7],
    ),
    body: stage(
      [read(2, "f16", [coordinate(1, blocks, { 8: 1 })])],
      [],
      ["f32.fromInt 1", "f32.fma 3 4 0", "f32.fromInt 2", "f32.add 5 6"],
      [7],
    ),
    finish: PASS,
  });
  // Scatter: the place is what input 1 says, some of it outside, the same more than once.
  b.tensor({
    target: 0,
    write: [coordinate(1, 16, {}, { indirect: 0, offset: -3 })],
    operands: [b.operand("input", 1), b.operand("tensor", 1)],
    dims: [16],
    finish: stage(
      [
        read(0, "u8", [coordinate(1, 16, { 0: 1 })]),
        read(1, "f32", [
          { ...coordinate(1, rows, {}, { outside: "clamp" }), terms: [{ variable: 0, shift: 1, bits: 2, factor: 1 }] },
        ]),
      ],
      [],
      ["f64.fromF32 1", "f64.sqrt 2"],
      [3],
    ),
  });
  // Reads an entry that is empty, gathers with an index that is out of range for most.
  b.tensor({
    target: 2,
    write: [coordinate(1, 7, { 0: -1 }, { offset: 6 })],
    operands: [b.operand("input", 1), b.operand("tensor", 1), b.operand("tensor", 0)],
    dims: [7],
    finish: stage(
      [
        read(0, "u8", [coordinate(1, 16, { 0: 2 })]),
        read(1, "f32", [coordinate(1, rows, {}, { indirect: 0, offset: -100 })], 0x3f800000n),
        read(2, "u8", [coordinate(1, 128, { 0: 9 })]),
      ],
      [],
      ["f32.fromInt 2", "f32.sub 1 3"],
      [4],
    ),
  });
  b.control({ kind: "drop", target: 1 });
  return b.sample("inner fold and scatter", 1);
}

/** Nested blocks that carry tensors, leave early, append to a cache and read the counters. */
function loops(): Sample {
  const b = new Builder(
    [type("i32", 4)],
    [],
    [type("i32", 6, 4), type("i32", 4), type("i32", 4), type("bool", 1), type("u16", 60)],
  );
  const row = [coordinate(1, 4, { 0: 1 })];
  b.tensor({
    target: 1,
    write: row,
    operands: [b.operand("input", 0)],
    dims: [4],
    finish: stage([read(0, "i32", row)], [], [], [0]),
  });
  b.control({ kind: "loop", depth: 0, count: 3 }); // pc 1
  b.control({ kind: "loop", depth: 1, count: 2 }); // pc 2
  b.tensor({
    target: 2,
    write: row,
    operands: [b.operand("tensor", 1)],
    dims: [4],
    finish: stage([read(0, "i32", row)], [], ["index 20", "index 21", "int.add 0 1", "int.sub 3 2"], [4]),
  });
  b.control({ kind: "move", target: 1, source: b.operand("tensor", 2) });
  b.tensor({
    target: 0,
    write: [coordinate(4, 6, { 20: 2, 21: 1 }), coordinate(1, 4, { 0: 1 })],
    operands: [b.operand("tensor", 1)],
    dims: [4],
    finish: stage([read(0, "i32", row)], [], [], [0]),
  });
  b.control({ kind: "end", depth: 1, count: 2, start: 3, halt: null });
  b.tensor({
    target: 3,
    write: [],
    operands: [],
    dims: [],
    finish: stage([], [int(1n)], ["index 20", "int.eq 0 1"], [2]),
  });
  b.control({ kind: "end", depth: 0, count: 3, start: 2, halt: 3 });
  b.control({ kind: "loop", depth: 0, count: 2 });
  b.control({ kind: "end", depth: 0, count: 2, start: 10, halt: 4 });
  b.control({ kind: "move", target: 4, source: b.operand("tensor", 4) });
  b.control({ kind: "drop", target: 3 });
  return b.sample("loops", 1);
}

export const samples = (): Sample[] => [matmulRelu(3, 5, 40), scanAndSlices(), innerAndScatter(), loops()];

const softfloat = loadSoftfloat();
export const scalar = softfloat.scalar.bind(softfloat);

/** The stepper's machine for a sample. */
export function machineOf({ model, inputs }: Sample): Machine {
  const commitment = commit(model.program, model.weights.map(dataRoot));
  return createMachine(model, commitment, inputs, scalar, smallContent);
}
