import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { toHex } from "@elench/bytes/hex";
import { dataRoot } from "@elench/merkle/tree";
import { InferenceSession, readTensor, Tensor } from "../index.ts";

const MODEL = fileURLToPath(new URL("../../models/digits.onnx", import.meta.url));
const image = (session: InferenceSession): Tensor =>
  readTensor("3.npy", readFileSync(new URL("../../models/digits/3.npy", import.meta.url)), session.inputMetadata[0]!);

test("a model is made from a path, from bytes, and from an array buffer, with the same id", async () => {
  const bytes = new Uint8Array(readFileSync(MODEL));
  const sessions = [MODEL, bytes, bytes.buffer].map((model) => InferenceSession.create(model));
  const ids = (await Promise.all(sessions)).map(({ modelId }) => modelId);
  assert.deepEqual(new Set(ids), new Set(["0x06fddfd00fa1398df23866dba478cd386398d8d693462cbcc19cf0d085d3d464"]));
});

test("a session describes the model's inputs and outputs as onnxruntime does", async () => {
  const session = await InferenceSession.create(MODEL);
  assert.deepEqual(session.inputNames, ["image"]);
  assert.deepEqual(session.outputNames, ["scores"]);
  assert.deepEqual(session.inputMetadata, [{ name: "image", type: "float32", shape: [1, 1, 28, 28] }]);
  assert.deepEqual(session.outputMetadata, [{ name: "scores", type: "float32", shape: [1, 10] }]);
});

test("every engine gives the same outputs, and the root that claims on L1 commit to", async () => {
  for (const engine of ["wasm", undefined] as const) {
    const session = await InferenceSession.create(MODEL, engine && { engine });
    const outputs = await session.run({ image: image(session) });
    const { data } = outputs.scores as Tensor;
    assert.equal((data as Float32Array).indexOf(Math.max(...(data as Float32Array))), 3);
    assert.equal(session.outputRoot(outputs), "0x3057144241676592239054eed0011378c3df79079e39e54af7c4069b4b2838e9");
    assert.equal(session.outputRoot(outputs), toHex(dataRoot(new Uint8Array(data.buffer))));
  }
});

test("inputs that do not match the model's are refused, and the error names them", async () => {
  const session = await InferenceSession.create(MODEL);
  const short = new Tensor("float32", [1, 2], [1, 2]);
  const integers = new Tensor("int32", new Int32Array(784), [1, 1, 28, 28]);
  await assert.rejects(session.run({}), /input "image" is missing: give a Tensor, float32\[1, 1, 28, 28\]/);
  await assert.rejects(session.run({ image: short }), /"image" is float32\[1, 2\]; the model takes float32\[1, 1, 28/);
  await assert.rejects(session.run({ image: integers }), /"image" is int32\[1, 1, 28, 28\]/);
  await assert.rejects(session.run({ image: image(session), toString: short }), /no input "toString"; it has image/);
  assert.throws(() => session.outputRoot({}), /output "scores" is missing/);
});

test("a tensor takes the array of its type, or plain numbers, and refuses others", () => {
  assert.deepEqual(new Tensor("int64", [1, 2n ** 60n]).data, BigInt64Array.of(1n, 2n ** 60n));
  assert.deepEqual(new Tensor("bool", [true, false], [2, 1]).data, Uint8Array.of(1, 0));
  assert.equal(new Tensor("float32", new Float32Array(6), [2, 3]).size, 6);
  assert.throws(
    () => new Tensor("float32", new Float32Array(6), [2, 2]),
    /dims \[2,2\] hold 4 elements, but data has 6/,
  );
  assert.throws(() => new Tensor("float32", new Float64Array(6)), /need a Float32Array/);
  assert.throws(() => new Tensor("string" as "bool", []), /unknown element type "string"/);
  assert.throws(() => new Tensor("float32", [], [0]), /must be positive integers/);
});

test("a tensor can start at any offset of a buffer", async () => {
  const session = await InferenceSession.create(MODEL);
  const whole = image(session).data as Float32Array;
  const shifted = new Float32Array(785);
  shifted.set(whole, 1);
  const outputs = await session.run({ image: new Tensor("float32", shifted.subarray(1), [1, 1, 28, 28]) });
  assert.equal(session.outputRoot(outputs), session.outputRoot(await session.run({ image: image(session) })));
});
