import type {
  Coordinate,
  Instruction,
  Operand,
  Program,
  Read,
  ScalarOp,
  Stage,
  TensorInstruction,
  TensorType,
  Term,
} from "./program.ts";
import type { Rule } from "./rules.ts";

/** Programs for the tests of whatever checks programs: one that is well-formed, and those that break one rule each. */

export const term = (variable: number, more: Partial<Term> = {}): Term => ({
  variable,
  shift: 0,
  bits: 0,
  factor: 1,
  ...more,
});
export const along = (variable: number, extent: number, more: Partial<Coordinate> = {}): Coordinate => ({
  stride: 1,
  extent,
  offset: 0,
  outside: "pad",
  indirect: null,
  terms: [term(variable)],
  ...more,
});
const read = (more: Partial<Read> = {}): Read => ({
  operand: 0,
  dtype: "f32",
  pad: 0n,
  view: [along(8, 40)],
  ...more,
});
export const op = (name: string, a = 0, b = 0, c = 0): ScalarOp => ({ op: name, a, b, c });

const f32 = (...shape: number[]): TensorType => ({ dtype: "f32", shape });

/** acc ← acc + x·w over 40 terms, for 64 elements; the second read is found through an index. */
const fold: TensorInstruction = {
  kind: "tensor",
  target: 1,
  targetDepth: 1,
  targetDtype: "f32",
  operands: [
    { space: "input", index: 0, depth: 1 },
    { space: "weight", index: 0, depth: 4 },
    { space: "input", index: 1, depth: 0 },
  ],
  dims: [64],
  reduction: [40],
  innerReduction: [],
  scan: false,
  accumulators: [{ type: "f32", bits: 0n }],
  innerAccumulators: [],
  write: [along(0, 64)],
  inner: null,
  body: {
    reads: [
      read(),
      read({ operand: 2, dtype: "i16", pad: 5n, view: [along(8, 16, { outside: "clamp" })] }),
      read({
        operand: 1,
        view: [along(0, 8, { stride: 40, terms: [term(0, { shift: 3, bits: 3 })] }), along(8, 40, { indirect: 1 })],
      }),
    ],
    constants: [{ type: "f32", bits: 0x3f800000n }],
    code: [op("f32.fma", 1, 3, 0), op("index", 8), op("index", 20), op("f32.mul", 5, 4)],
    outs: [8],
  },
  finish: { reads: [], constants: [], code: [], outs: [0] },
};

/** A map with neither reads nor reduction: u8 zeros. */
const zero: TensorInstruction = {
  ...fold,
  target: 0,
  targetDepth: 0,
  targetDtype: "u8",
  operands: [],
  dims: [1],
  reduction: [],
  accumulators: [],
  body: null,
  write: [along(0, 1)],
  finish: { reads: [], constants: [{ type: "int", bits: 7n }], code: [op("int.add", 0, 0)], outs: [1] },
};

/** Well-formed, with every kind of instruction. */
export const base: Program = {
  inputs: [f32(40), { dtype: "i16", shape: [64] }],
  weights: [f32(8, 40)],
  tensors: [{ dtype: "u8", shape: [] }, f32(64), f32(4, 16), f32(64), f32(2)],
  outputs: 3,
  instructions: [
    { kind: "loop", depth: 0, count: 5 },
    fold,
    zero,
    { kind: "end", depth: 0, count: 5, start: 1, halt: 0 },
    { kind: "move", target: 2, source: { space: "tensor", index: 1, depth: 1 } },
    { kind: "drop", target: 4 },
  ],
};

const withInstruction = (pc: number, changed: Instruction): Program => ({
  ...base,
  instructions: base.instructions.map((instruction, i) => (i === pc ? changed : instruction)),
});
export const inFold = (more: Partial<TensorInstruction>): Program => withInstruction(1, { ...fold, ...more });
const inBody = (more: Partial<Stage>): Program => inFold({ body: { ...(fold.body as Stage), ...more } });
const withRead = (i: number, more: Partial<Read>): Program =>
  inBody({ reads: (fold.body as Stage).reads.map((r, at) => (at === i ? { ...r, ...more } : r)) });
const withCode = (...code: ScalarOp[]): Program =>
  inBody({ code: [...(fold.body as Stage).code.slice(0, 3), ...code] });
const many = <T>(n: number, item: T): T[] => Array.from({ length: n }, () => item);

/** Each is `base` with one thing changed, and breaks only this rule. */
export const broken: Record<Rule, Program[]> = {
  encoding: [
    inFold({ targetDepth: 256 }),
    inFold({ operands: [{ space: "nowhere" as "input", index: 0, depth: 1 }] }),
    withCode(op("f32.mull", 5, 4)),
    withInstruction(0, { kind: "loop", depth: 0, count: 2 ** 32 }),
    inFold({ write: [along(0, 64, { offset: 2 ** 31 })] }),
    { ...base, weights: [{ dtype: "f8" as "f32", shape: [8] }] },
  ],
  size: [
    inBody({
      reads: many(40, read({ view: many(4, along(8, 1, { stride: 0, terms: many(3, term(8)) })) })),
      outs: [0],
    }),
  ],
  counts: [
    { ...base, outputs: 0 },
    { ...base, outputs: 6 },
    { ...base, tensors: many(300, f32(64)), outputs: 257 },
    { ...base, inputs: many(65536, f32(64)) },
  ],
  type: [
    { ...base, inputs: [...base.inputs, f32(0)] },
    { ...base, weights: [...base.weights, f32(2 ** 31)] },
    { ...base, tensors: [...base.tensors, f32(2 ** 20, 2 ** 20)] },
  ],
  limit: [
    inFold({ operands: many(17, { space: "input", index: 0, depth: 1 }) }),
    inFold({ dims: many(9, 1), write: [] }),
    inFold({ reduction: many(9, 1) }),
    inFold({ innerReduction: many(5, 1) }),
    inFold({ accumulators: many(5, { type: "f32", bits: 0n }) }),
    withRead(0, { view: many(9, along(8, 1)) }),
    withRead(0, { view: [along(8, 40, { terms: many(9, term(8)) })] }),
    inBody({ constants: many(253, { type: "f32", bits: 0n }) }),
  ],
  space: [inFold({ dims: [64, 0] }), inFold({ reduction: [2 ** 31] }), inFold({ dims: [2 ** 20, 2 ** 20] })],
  fold: [
    inFold({ accumulators: [], body: null }),
    inFold({ innerReduction: [3] }),
    inFold({
      innerAccumulators: [{ type: "int", bits: 0n }],
      inner: { reads: [], constants: [], code: [], outs: [0] },
    }),
    inFold({ body: null }),
    withInstruction(2, { ...zero, scan: true }),
    withInstruction(2, { ...zero, accumulators: [{ type: "int", bits: 0n }] }),
  ],
  tensor: [
    inFold({ target: 5 }),
    inFold({ operands: [{ space: "weight", index: 1, depth: 4 }] }),
    withInstruction(3, { kind: "end", depth: 0, count: 5, start: 1, halt: 5 }),
    withInstruction(4, { kind: "move", target: 5, source: { space: "tensor", index: 1, depth: 1 } }),
    withInstruction(4, { kind: "move", target: 2, source: { space: "input", index: 2, depth: 1 } }),
    withInstruction(5, { kind: "drop", target: 5 }),
  ],
  depth: [
    inFold({ targetDepth: 2 }),
    inFold({ operands: [{ space: "input", index: 0, depth: 0 }, ...fold.operands.slice(1)] }),
    withInstruction(4, { kind: "move", target: 2, source: { space: "tensor", index: 1, depth: 0 } }),
  ],
  dtype: [inFold({ targetDtype: "i32" })],
  alias: [inFold({ operands: [...fold.operands, { space: "tensor", index: 1, depth: 1 }] })],
  filler: [
    withInstruction(5, { kind: "drop", target: 3 }),
    withInstruction(4, { kind: "move", target: 3, source: { space: "tensor", index: 1, depth: 1 } }),
    inFold({ target: 3 }),
  ],
  variable: [
    withRead(0, { view: [along(1, 40)] }),
    withRead(0, { view: [along(16, 40)] }),
    withRead(0, { view: [along(21, 40)] }),
    withRead(0, { view: [along(23, 40)] }),
    inFold({ write: [along(8, 64)] }),
    withCode(op("index", 16), op("f32.mul", 5, 4)),
    inFold({ finish: { ...fold.finish, code: [op("index", 8)] } }),
    withInstruction(2, { ...zero, write: [along(21, 1)] }),
  ],
  term: [
    withRead(0, { view: [along(8, 40, { terms: [term(8, { shift: 32 })] })] }),
    withRead(0, { view: [along(8, 40, { terms: [term(8, { bits: 32 })] })] }),
  ],
  indirect: [
    withRead(1, { view: [along(8, 16, { indirect: 1 })] }),
    withRead(2, { view: [along(8, 40, { indirect: 0 })] }),
    inFold({ write: [along(0, 64, { indirect: 0 })] }),
  ],
  extent: [withRead(0, { view: [along(8, 0)] })],
  // |offset| + Σ |factor| × most reaches 2^53 exactly in each.
  coordinate: [
    inFold({
      dims: [2 ** 22],
      write: [along(0, 64, { terms: [term(0, { factor: -(2 ** 31) })], offset: -(2 ** 31) })],
    }),
    inFold({
      dims: [2 ** 22],
      write: [along(0, 64, { terms: many(2, term(0, { factor: 2 ** 30 })), offset: -(2 ** 31) })],
    }),
    withInstruction(2, {
      ...zero,
      dims: [2 ** 22],
      operands: [fold.operands[2] as Operand],
      write: [along(0, 1, { terms: [term(0, { factor: -(2 ** 31) })], indirect: 0 })],
      finish: { ...zero.finish, reads: [read({ dtype: "i16", view: [] })], outs: [2] },
    }),
  ],
  bounds: [
    withRead(0, { view: [along(8, 41)] }),
    withRead(2, { view: [along(0, 9, { stride: 40 })] }),
    withRead(2, { view: [along(0, 8, { stride: 40 }), along(8, 41)] }),
    withRead(0, { dtype: "f64", pad: 0n, view: [along(8, 21)] }),
    inFold({ write: [along(0, 65)] }),
    inFold({ write: [along(0, 2 ** 32 - 1, { stride: 2 ** 32 - 1 })] }),
  ],
  operand: [withRead(0, { operand: 3 })],
  register: [
    withCode(op("f32.mul", 5, 8)),
    withCode(op("select", 2, 5, 9)),
    inBody({ outs: [9] }),
    inFold({ finish: { ...fold.finish, outs: [1] } }),
  ],
  "operand type": [withCode(op("f32.mul", 5, 2)), withCode(op("select", 2, 5, 2)), withCode(op("select", 5, 5, 5))],
  unused: [withCode(op("f32.mul", 5, 4, 1)), withCode(op("index", 8, 1), op("f32.mul", 5, 4))],
  outs: [
    inBody({ outs: [] }),
    inBody({ outs: [8, 8] }),
    inBody({ outs: [2] }),
    inFold({ finish: { ...fold.finish, outs: [] } }),
    inFold({ finish: { ...fold.finish, code: [op("index", 0)], outs: [1] } }),
  ],
  canonical: [
    inFold({ accumulators: [{ type: "f32", bits: 0x7fc00001n }] }),
    inFold({ accumulators: [{ type: "f32", bits: 0xffc00000n }] }),
    inFold({ accumulators: [{ type: "f32", bits: 1n << 32n }] }),
    inBody({ constants: [{ type: "f64", bits: 0x7ff0000000000001n }] }),
    withRead(0, { pad: 0x7f800001n }),
  ],
  block: [
    {
      ...base,
      instructions: many(4, { kind: "loop", depth: 0, count: 1 } as const).map((loop, depth) => ({ ...loop, depth })),
    },
    withInstruction(0, { kind: "loop", depth: 1, count: 5 }),
    withInstruction(0, { kind: "drop", target: 4 }),
    withInstruction(3, { kind: "drop", target: 4 }),
    withInstruction(3, { kind: "end", depth: 1, count: 5, start: 1, halt: 0 }),
    withInstruction(3, { kind: "end", depth: 0, count: 6, start: 1, halt: 0 }),
    withInstruction(3, { kind: "end", depth: 0, count: 5, start: 0, halt: 0 }),
  ].map((program, i) => (i === 2 ? { ...program, instructions: program.instructions.slice(3) } : program)),
  count: [0, 2 ** 31].map((count) => withInstruction(0, { kind: "loop", depth: 0, count })),
  halt: [withInstruction(3, { kind: "end", depth: 0, count: 5, start: 1, halt: 1 })],
  move: [withInstruction(4, { kind: "move", target: 2, source: { space: "tensor", index: 4, depth: 0 } })],
  output: [
    withInstruction(4, { kind: "drop", target: 4 }),
    withInstruction(5, { kind: "drop", target: 2 }),
    withInstruction(5, { kind: "drop", target: 0 }),
  ],
  // 160 leaves with paths of depth 9: 66,560 bytes; of depth 8, 61,440.
  witness: [
    {
      ...withInstruction(2, {
        ...zero,
        operands: [{ space: "weight", index: 1, depth: 9 }],
        finish: { ...zero.finish, reads: many(160, read({ dtype: "u8", view: [] })), code: [], outs: [0] },
      }),
      weights: [...base.weights, f32(2 ** 14)],
    },
  ],
  steps: [inFold({ dims: [2 ** 30, 16], write: [along(0, 64)], reduction: [2 ** 28], innerReduction: [] })],
};
