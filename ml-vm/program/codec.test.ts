import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeInstruction, encodeInstruction } from "./codec.ts";
import { EncodingError } from "./encoding-error.ts";
import type { Instruction } from "./program.ts";

const add: Instruction = {
  kind: "tensor",
  target: 0,
  targetDepth: 1,
  targetDtype: "f32",
  write: [
    {
      stride: 1,
      extent: 64,
      offset: 0,
      outside: "pad",
      indirect: null,
      terms: [{ variable: 0, shift: 0, bits: 0, factor: 1 }],
    },
  ],
  operands: [{ space: "input", index: 0, depth: 1 }],
  dims: [64],
  reduction: [3],
  innerReduction: [],
  scan: true,
  accumulators: [{ type: "f32", bits: 0x3f800000n }],
  innerAccumulators: [],
  inner: null,
  body: {
    reads: [
      {
        operand: 0,
        dtype: "f32",
        pad: 0xff800000n,
        view: [
          {
            stride: 1,
            extent: 64,
            offset: -7,
            outside: "clamp",
            indirect: null,
            terms: [
              { variable: 0, shift: 4, bits: 3, factor: -2 },
              { variable: 8, shift: 0, bits: 0, factor: 1 },
            ],
          },
        ],
      },
    ],
    constants: [{ type: "int", bits: 0xffffffffffffffffn }],
    code: [{ op: "f32.add", a: 0, b: 1, c: 0 }],
    outs: [3],
  },
  finish: { reads: [], constants: [], code: [], outs: [0] },
};

const samples: Instruction[] = [
  add,
  { kind: "loop", depth: 1, count: 5 },
  { kind: "end", depth: 1, count: 5, start: 3, halt: 2 },
  { kind: "end", depth: 0, count: 9, start: 1, halt: null },
  { kind: "move", target: 3, source: { space: "weight", index: 300, depth: 9 } },
  { kind: "drop", target: 65534 },
];

test("an instruction is what its encoding decodes to", () => {
  for (const sample of samples) assert.deepEqual(decodeInstruction(encodeInstruction(sample)), sample);
});

test("truncated bytes and trailing bytes are refused", () => {
  for (const sample of samples) {
    const bytes = encodeInstruction(sample);
    for (let n = 0; n < bytes.length; n++) assert.throws(() => decodeInstruction(bytes.subarray(0, n)), EncodingError);
    assert.throws(() => decodeInstruction(Uint8Array.of(...bytes, 0)), EncodingError);
  }
});

test("a value that does not fit its field is refused, not truncated", () => {
  assert.throws(() => encodeInstruction({ kind: "loop", depth: 256, count: 1 }), EncodingError);
  assert.throws(() => encodeInstruction({ kind: "drop", target: -1 }), EncodingError);
});
