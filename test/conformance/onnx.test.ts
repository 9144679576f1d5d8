import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import onnxProto from "onnx-proto";
import { onnxFile } from "../../ml-vm/onnx/fixtures/model.ts";
import { conformanceOnnx } from "./onnx.ts";

const tensor = (name: string, data: readonly number[]): Uint8Array =>
  onnxProto.onnx.TensorProto.encode({ name, dims: [data.length], dataType: 1, floatData: [...data] }).finish();

/** A folder with one case: `op` of [1, −2], and what should come out. */
function caseOf(op: string, wanted: readonly number[]): string {
  const root = mkdtempSync(join(tmpdir(), "elench-conformance-"));
  const set = join(root, "case", "test_data_set_0");
  mkdirSync(set, { recursive: true });
  const model = onnxFile({
    inputs: [{ name: "x", shape: [2] }],
    nodes: [{ op, inputs: ["x"], output: "y" }],
    outputs: ["y"],
  });
  writeFileSync(join(root, "case", "model.onnx"), model);
  writeFileSync(join(set, "input_0.pb"), tensor("x", [1, -2]));
  writeFileSync(join(set, "output_0.pb"), tensor("y", wanted));
  return root;
}

test("a right result passes, a wrong one fails, an unknown operator is unsupported", async () => {
  const statusOf = async (op: string, wanted: readonly number[]) =>
    (await conformanceOnnx(caseOf(op, wanted))).cases.map((c) => c.status);
  assert.deepEqual(await statusOf("Neg", [-1, 2]), ["passed"]);
  assert.deepEqual(await statusOf("Neg", [-1, 2.01]), ["failed"]);
  assert.deepEqual(await statusOf("Neg", [-1, Number.NaN]), ["failed"]);
  assert.deepEqual(await statusOf("Neg", [-1]), ["failed"]);
  assert.deepEqual(await statusOf("Frobnicate", [0, 0]), ["unsupported"]);
});

test("no vectors is an error, not a pass", async () => {
  await assert.rejects(conformanceOnnx(mkdtempSync(join(tmpdir(), "elench-empty-"))), /no ONNX backend tests/);
  await assert.rejects(conformanceOnnx("/nowhere"), /no ONNX backend tests/);
});
