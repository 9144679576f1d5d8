import { treeDepth } from "../../merkle/tree.ts";
import type { DType } from "../program/dtype.ts";
import { dtypeSpec } from "../program/dtype.ts";
import type { Model } from "../program/model.ts";
import {
  type Coordinate,
  elementCount,
  type Operand,
  type Read,
  type Stage,
  type TensorInstruction,
  type TensorType,
  type Term,
  VARIABLES,
  type View,
} from "../program/program.ts";
import { rowMajor } from "../program/random.ts";
import { Random, randomTensor } from "../program/random-bits.ts";

/** Programs of one instruction, of the shapes that kernels are made for, with sizes and paddings that a seed decides. */
export interface KernelProgram {
  readonly what: string;
  readonly model: Model;
  readonly inputs: readonly Uint8Array[];
}

export function kernelProgram(seed: number): KernelProgram {
  const random = new Random(seed);
  return random.pick([convolution, convolution, product, pool])(random);
}

/** An index: offset + Σ factor·variable. */
interface Index {
  readonly offset: number;
  readonly terms: readonly Term[];
}

export const index = (offset: number, ...factors: [variable: number, factor: number][]): Index => ({
  offset,
  terms: factors.map(([variable, factor]) => ({ variable, shift: 0, bits: 0, factor })),
});
export const O = (dimension: number): number => VARIABLES.output + dimension;
export const R = (dimension: number): number => VARIABLES.reduction + dimension;

/** The view of a row-major tensor at the indices; beyond its ends it is outside. */
function viewAt(shape: readonly number[], indices: readonly Index[]): View {
  let stride = 1;
  return shape
    .map((extent, i): Coordinate => ({ stride: 0, extent, outside: "pad", indirect: null, ...(indices[i] as Index) }))
    .reverse()
    .map((coordinate) => {
      const placed = { ...coordinate, stride };
      stride *= coordinate.extent;
      return placed;
    })
    .reverse();
}

/** x [N, C, H, W], w [group, M, C/group, kh, kw], or w in panels of 16 outputs where there is one group. */
function convolution(random: Random): KernelProgram {
  const group = random.pick([1, 1, 1, 2, 3]);
  const [batch, depth, outputs] = [random.integer(1, 2), random.integer(1, 9), random.integer(1, 37)];
  const [h, w] = [random.integer(1, 14), random.integer(1, 70)];
  const axis = (size: number): { kernel: number; stride: number; dilation: number; pad: number; output: number } => {
    const kernel = random.integer(1, Math.min(5, size));
    const dilation = kernel > 1 && size > 2 * kernel ? random.integer(1, 2) : 1;
    const [stride, pad] = [random.integer(1, 3), random.integer(0, 3)];
    return {
      kernel,
      stride,
      dilation,
      pad,
      output: Math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1,
    };
  };
  const [y, x] = [axis(h), axis(w)];
  const dtype = random.pick<DType>(["f32", "f32", "f32", "f16"]);
  const shape = [batch, group * depth, h, w];
  const dims = [batch, group, outputs, y.output, x.output];
  const reduction = [depth, y.kernel, x.kernel];
  const at = [
    index(0, [O(0), 1]),
    index(0, [O(1), depth], [R(0), 1]),
    index(-y.pad, [O(3), y.stride], [R(1), y.dilation]),
    index(-x.pad, [O(4), x.stride], [R(2), x.dilation]),
  ];
  const panels = group === 1 && random.chance(0.5);
  const term = (variable: number, shift: number, bits: number): Index => ({
    offset: 0,
    terms: [{ variable, shift, bits, factor: 1 }],
  });
  const weightShape = panels ? [Math.ceil(outputs / 16), ...reduction, 16] : [group, outputs, ...reduction];
  const inner = [index(0, [R(0), 1]), index(0, [R(1), 1]), index(0, [R(2), 1])];
  const weightAt = panels
    ? [term(O(2), 4, 0), ...inner, term(O(2), 0, 4)]
    : [index(0, [O(1), 1]), index(0, [O(2), 1]), ...inner];
  const bias = [index(0, [O(1), outputs], [O(2), 1])];
  return build(
    random,
    `convolution of ${shape} to ${dims}, kernel ${reduction}, panels ${panels}`,
    dims,
    reduction,
    [
      { type: { dtype, shape }, at },
      { type: { dtype, shape: weightShape }, at: weightAt },
      { type: { dtype: "f32", shape: [group * outputs] }, at: bias },
    ],
    multiply,
  );
}

/** a [B, M, K] or [B, K, M], b [K, N], [N, K] or in panels. */
function product(random: Random): KernelProgram {
  const [batch, few, n, k] = [
    random.integer(1, 3),
    random.integer(1, 20),
    random.integer(1, 150),
    random.integer(1, 450),
  ];
  // Sometimes more rows, or more terms, than a kernel's block has.
  const long = random.chance(0.2);
  const m = !long && random.chance(0.1) ? random.integer(257, 300) : few;
  const terms = long ? k : Math.ceil(k / 10);
  const dims = [batch, m, n];
  const [row, column, term] = [index(0, [O(1), 1]), index(0, [O(2), 1]), index(0, [R(0), 1])];
  const digit = (shift: number, bits: number): Index => ({
    offset: 0,
    terms: [{ variable: O(2), shift, bits, factor: 1 }],
  });
  const one = index(0, [O(0), 1]);
  const dtype = random.pick<DType>(["f32", "f32", "bf16"]);
  const a = random.chance(0.7)
    ? { type: { dtype, shape: [batch, m, terms] }, at: [one, row, term] }
    : { type: { dtype, shape: [batch, terms, m] }, at: [one, term, row] };
  const b = random.pick([
    { type: { dtype, shape: [batch, terms, n] }, at: [one, term, column] },
    { type: { dtype, shape: [n, terms] }, at: [column, term] },
    { type: { dtype, shape: [Math.ceil(n / 16), terms, 16] }, at: [digit(4, 0), term, digit(0, 4)] },
  ]);
  const c = { type: { dtype: "f32" as DType, shape: [n] }, at: [column] };
  return build(random, `product ${dims} by ${terms}, b [${b.type.shape}]`, dims, [terms], [a, b, c], multiply);
}

/** x [C, H, W], the greatest or the sum of a window. */
function pool(random: Random): KernelProgram {
  const [c, h, w] = [random.integer(1, 5), random.integer(3, 20), random.integer(3, 130)];
  const [k, stride, pad] = [random.integer(1, 3), random.integer(1, 3), random.integer(0, 2)];
  const out = (size: number): number => Math.floor((size + 2 * pad - k) / stride) + 1;
  const dims = [c, out(h), out(w)];
  const at = [index(0, [O(0), 1]), index(-pad, [O(1), stride], [R(0), 1]), index(-pad, [O(2), stride], [R(1), 1])];
  const scale = { type: { dtype: "f32" as DType, shape: [c] }, at: [index(0, [O(0), 1])] };
  const op = random.pick(["f32.max", "f32.add"]);
  const body = (reads: readonly Read[]): Stage => ({
    reads: reads.slice(0, 1),
    constants: [],
    code: [{ op, a: 0, b: 1, c: 0 }],
    outs: [2],
  });
  return build(
    random,
    `${op} pool of ${k} over ${[c, h, w]}`,
    dims,
    [k, k],
    [{ type: { dtype: "f32", shape: [c, h, w] }, at }, scale],
    body,
  );
}

/** acc + x·w, fused. Which factor comes first does not matter. */
export const multiply = (reads: readonly Read[]): Stage => ({
  reads: reads.slice(0, 2),
  constants: [],
  code: [{ op: "f32.fma", a: 1, b: 2, c: 0 }],
  outs: [3],
});

interface Source {
  readonly type: TensorType;
  readonly at: readonly Index[];
}

/** The sources but the last are read by the body, the last by `finish`: max(acc + it, 0), written as f32 or f16. */
export function build(
  random: Random,
  what: string,
  dims: readonly number[],
  reduction: readonly number[],
  sources: readonly Source[],
  body: (reads: readonly Read[]) => Stage,
  targetDtype = random.pick<DType>(["f32", "f32", "f16"]),
): KernelProgram {
  const inputs = sources.map(({ type }) => type);
  const bytes = ({ dtype, shape }: TensorType): number => elementCount(shape) * dtypeSpec(dtype).size;
  const operands = inputs.map((type, i): Operand => ({ space: "input", index: i, depth: treeDepth(bytes(type)) }));
  const reads = sources.map(
    ({ type, at }, operand): Read => ({
      operand,
      dtype: type.dtype,
      pad: random.pick([0n, 0n, 0xbf800000n, 0x7fc00000n]),
      view: viewAt(type.shape, at),
    }),
  );
  const target = { dtype: targetDtype, shape: dims };
  const instruction: TensorInstruction = {
    kind: "tensor",
    target: 0,
    targetDepth: treeDepth(bytes(target)),
    targetDtype,
    write: rowMajor(dims),
    operands,
    dims,
    reduction,
    innerReduction: [],
    scan: false,
    accumulators: [{ type: "f32", bits: 0n }],
    innerAccumulators: [],
    inner: null,
    body: body(reads),
    finish: {
      reads: reads.slice(-1),
      constants: [{ type: "f32", bits: 0n }],
      code: [
        { op: "f32.add", a: 0, b: 1, c: 0 },
        { op: "f32.max", a: 3, b: 2, c: 0 },
      ],
      outs: [4],
    },
  };
  const program = { inputs, weights: [], tensors: [target], outputs: 1, instructions: [instruction] };
  return {
    what,
    model: { program, weights: [], inputNames: inputs.map((_, i) => `in${i}`), outputNames: ["out"] },
    inputs: inputs.map((type) => everyday(random, type)),
  };
}

/** Mostly finite elements (sums of others are NaN almost surely, and so would tell little); sometimes anything. */
function everyday(random: Random, type: TensorType): Uint8Array {
  if (random.chance(0.2)) return randomTensor(random, type);
  const bytes = new Uint8Array(elementCount(type.shape) * dtypeSpec(type.dtype).size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < elementCount(type.shape); i++) {
    const value = (random.integer(-4096, 4096) / 1024) * 2 ** random.integer(-9, 3);
    if (type.dtype === "f32") view.setFloat32(4 * i, value * (1 + random.word() / 2 ** 33), true);
    else
      view.setUint16(
        2 * i,
        (random.chance(0.5) ? 0x8000 : 0) | random.integer(0x3000, type.dtype === "f16" ? 0x4400 : 0x4080),
        true,
      );
  }
  return bytes;
}
