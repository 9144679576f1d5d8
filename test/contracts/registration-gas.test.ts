/** What `elench model check` forecasts of a registration, held against transactions on a chain. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { registerModel } from "@elench/challenger/l1/registration";
import { forecastRegistration } from "@elench/challenger/l1/registration-forecast";
import { type LoadedModel, loadModel } from "@elench/tensor/load";
import { importOnnx } from "@elench/tensor/onnx/import";
import { ModelError } from "../../ml-vm/onnx/graph/error.ts";
import { openStage, type Stage, user } from "../e2e/stage.ts";
import { modelFile } from "../fuzz/onnx/graph.ts";
import { caseOfSeed } from "../fuzz/onnx/seed.ts";
import { tensorOf } from "../fuzz/onnx/tensor.ts";

/** A forecast is off by at most so much, as a part of the whole. */
const TOLERANCE = 0.03;
const MODELS = 60;

const digits = (): Uint8Array => new Uint8Array(readFileSync(new URL("../../models/digits.onnx", import.meta.url)));

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.close());

/** Registers a model. @returns how many transactions it took; 0 for a program that is registered already. */
async function compare(loaded: LoadedModel, what: string): Promise<number> {
  const forecast = forecastRegistration(loaded.model.program);
  assert.ok("transactions" in forecast, what);
  const sent = await registerModel({
    client: stage.chain.client,
    account: user,
    chainId: stage.deployment.chainId,
    registry: stage.deployment.modelRegistry,
    loaded,
    progress: () => undefined,
  });
  if (sent.length > 0) assert.equal(sent.length, forecast.transactions.length, what);
  for (const [i, { gasUsed }] of sent.entries()) {
    const [said, took] = [forecast.transactions[i] as number, Number(gasUsed)];
    const off = Math.abs(said - took) / took;
    assert.ok(off <= TOLERANCE, `${what}, transaction ${i}: ${took} gas; ${said} were forecast`);
  }
  return sent.length;
}

test(`${MODELS} random models: as many transactions as forecast, and each within ${100 * TOLERANCE} % of the gas forecast`, {
  timeout: 240_000,
}, async () => {
  let registered = 0;
  // None of these numbers is among those that the figures were fitted to.
  for (let seed = 5_000; seed < 5_000 + MODELS; seed++) {
    try {
      const onnx = modelFile(caseOfSeed(seed, seed % 2 ? "chain" : undefined).graph);
      if ((await compare(loadModel(onnx, stage.backend), `seed ${seed}`)) > 0) registered++;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }
  assert.ok(registered > MODELS / 2, `${registered} were registered`);
});

test("the digit classifier of the demo", async () => {
  assert.equal(await compare(loadModel(digits(), stage.backend), "digits"), 2);
});

test("a model whose program takes several pages", { timeout: 120_000 }, async () => {
  const layers = 250;
  const weights = tensorOf(
    "f32",
    [4, 4],
    Array.from({ length: 16 }, (_, i) => (i - 8) / 8),
  );
  const onnx = modelFile({
    opset: 13,
    inputs: [{ name: "x0", value: tensorOf("f32", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) }],
    initializers: [{ name: "w", value: weights, encoding: "raw" }],
    nodes: Array.from({ length: layers }, (_, i) => ({
      op: "MatMul",
      inputs: [`x${i}`, "w"],
      outputs: [`x${i + 1}`],
      attributes: {},
    })),
    outputs: [`x${layers}`],
  });
  assert.ok((await compare(loadModel(onnx, stage.backend), `${layers} layers`)) > 2);
});

test("a program with an instruction that no transaction can show has no forecast, but a reason", () => {
  const { program } = importOnnx(digits());
  const [type] = program.tensors;
  const tensors = [...program.tensors, ...Array.from({ length: 60_000 }, () => type as NonNullable<typeof type>)];
  const forecast = forecastRegistration({ ...program, tensors });
  assert.ok("refused" in forecast && /a transaction may take/.test(forecast.refused));
});
