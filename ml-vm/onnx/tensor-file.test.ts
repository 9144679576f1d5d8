import assert from "node:assert/strict";
import { test } from "node:test";
import onnxProto from "onnx-proto";
import type { TensorType } from "../program/program.ts";
import { readTensorFile, TensorFileError } from "./tensor-file.ts";

const F32: TensorType = { dtype: "f32", shape: [2, 2] };
const bytes = new Uint8Array(Float32Array.from([1, -2, 3.5, 0]).buffer);
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function npy(descr: string, shape: string, data: Uint8Array, order = "False"): Uint8Array {
  const header = new TextEncoder().encode(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`);
  const start = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return Uint8Array.from([...start, ...header, ...data]);
}

const proto = (dims: number[], dataType: number): Uint8Array =>
  onnxProto.onnx.TensorProto.encode({ dims, dataType, rawData: bytes }).finish();

test("each kind of file gives the same bytes", () => {
  assert.deepEqual(readTensorFile("x.bin", bytes, F32), bytes);
  assert.deepEqual(readTensorFile("x.npy", npy("<f4", "(2, 2)", bytes), F32), bytes);
  assert.deepEqual(readTensorFile("x.pb", proto([2, 2], 1), F32), bytes);
  assert.deepEqual(
    readTensorFile(
      "x.json",
      text([
        [1, -2],
        [3.5, 0],
      ]),
      F32,
    ),
    bytes,
  );
  assert.deepEqual(readTensorFile("x.json", text({ shape: [2, 2], data: [1, -2, 3.5, 0] }), F32), bytes);
});

test("numbers of JSON become the element type that is wanted", () => {
  const read = (dtype: TensorType["dtype"], values: unknown[]): number[] => [
    ...readTensorFile("x.json", text(values), { dtype, shape: [values.length] }),
  ];
  assert.deepEqual(read("f16", [1, -2]), [0x00, 0x3c, 0x00, 0xc0]);
  assert.deepEqual(read("i16", [-1, 258]), [255, 255, 2, 1]);
  assert.deepEqual(read("bool", [true, 0]), [1, 0]);
  assert.deepEqual(read("i64", [-2]), [254, 255, 255, 255, 255, 255, 255, 255]);
});

const REFUSED: readonly (readonly [string, string, Uint8Array, RegExp])[] = [
  ["another shape", "x.npy", npy("<f4", "(4,)", bytes), /x\.npy holds f32\[4\]; f32\[2, 2\] is expected/],
  ["another type", "x.pb", proto([2, 2], 6), /holds i32\[2, 2\]; f32/],
  ["fewer bytes", "x.bin", bytes.slice(1), /holds 15 bytes; f32\[2, 2\] takes 16/],
  ["column-major order", "x.npy", npy("<f4", "(2, 2)", bytes, "True"), /column-major/],
  ["a truncated NumPy file", "x.npy", npy("<f4", "(2, 2)", bytes.slice(3)), /holds 13 bytes/],
  ["no NumPy file", "x.npy", bytes, /not a NumPy file/],
  ["a truncated tensor", "x.pb", proto([2, 2], 1).slice(0, 9), /x\.pb/],
  ["no JSON", "x.json", new TextEncoder().encode("[1, 2"), /not JSON/],
  [
    "a string among numbers",
    "x.json",
    text([
      [1, "2"],
      [3, 4],
    ]),
    /"2" where a number should be/,
  ],
  ["ragged rows", "x.json", text([[1, 2], [3]]), /holds 3 numbers for the shape/],
  ["an unknown ending", "x.txt", bytes, /\.npy, \.pb, \.json or \.bin/],
];

for (const [what, file, content, message] of REFUSED) {
  test(`${what} is refused by name`, () => {
    assert.throws(
      () => readTensorFile(file, content, F32),
      (error) => error instanceof TensorFileError && message.test(error.message),
    );
  });
}

test("a number that the element type has not is refused", () => {
  assert.throws(() => readTensorFile("x.json", text([256]), { dtype: "u8", shape: [1] }), /holds 256, which is no u8/);
  assert.throws(
    () => readTensorFile("x.json", text([0.5]), { dtype: "i32", shape: [1] }),
    /holds 0.5, which is no i32/,
  );
});
