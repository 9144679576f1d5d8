import assert from "node:assert/strict";
import { test } from "node:test";
import { importOnnx } from "@elench/tensor/onnx/import";
import { tinyModel } from "../../test/e2e/tiny-model.ts";
import { modelFile } from "../../test/fuzz/onnx/graph.ts";
import { tensorOf } from "../../test/fuzz/onnx/tensor.ts";
import { forecastCall } from "./call-forecast.ts";
import { priceOf } from "./price.ts";

const BATCH_GAS = 2n ** 27n;

test("a model of one input and one output can be called, at its price", () => {
  const model = importOnnx(tinyModel(2, 4, 3).onnx);
  assert.deepEqual(forecastCall(model, BATCH_GAS), { price: priceOf(model.program), obstacles: [] });
});

test("a model of two inputs, and one of two outputs, cannot; each obstacle is named", () => {
  const value = tensorOf("f32", [2], [1, 2]);
  const node = { op: "Add", inputs: ["a", "b"], outputs: ["c"], attributes: {} };
  const graph = (outputs: readonly string[]) => ({
    opset: 13,
    inputs: [
      { name: "a", value },
      { name: "b", value },
    ],
    initializers: [],
    nodes: [node, { op: "Relu", inputs: ["c"], outputs: ["d"], attributes: {} }],
    outputs,
  });
  const [one, two] = [["c"], ["c", "d"]].map((outputs) =>
    forecastCall(importOnnx(modelFile(graph(outputs))), BATCH_GAS),
  );
  assert.match(one?.obstacles.join("; ") ?? "", /^it has 2 inputs; a call takes one$/);
  assert.match(two?.obstacles.join("; ") ?? "", /2 inputs.*2 outputs/);
});

test("a run that costs more than a batch can use cannot be called", () => {
  const model = importOnnx(tinyModel(2, 4, 3).onnx);
  const price = priceOf(model.program);
  assert.deepEqual(forecastCall(model, price + 40_000n).obstacles, []);
  assert.match(forecastCall(model, price + 20_000n).obstacles.join(), /a batch can use/);
});
