/** What `elench model` says of a model before any work, and how it compares with onnxruntime. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tinyModel } from "../../test/e2e/tiny-model.ts";
import { type GraphSpec, modelFile } from "../../test/fuzz/onnx/graph.ts";
import { tensorOf } from "../../test/fuzz/onnx/tensor.ts";
import { openPeer } from "../compare/onnxruntime.ts";
import { type Ended, runNode } from "../fixtures/run.ts";

const CLI = fileURLToPath(new URL("../main.ts", import.meta.url));
const DIGITS = fileURLToPath(new URL("../../models/digits.onnx", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "elench-model-"));
const file = (name: string): string => join(folder, name);

const model = (...args: string[]): Promise<Ended> => runNode([CLI, "model", ...args]);

async function json(...args: string[]): Promise<{ code: number | null; told: Record<string, unknown> }> {
  const { code, out, complaint } = await model(...args, "--json");
  assert.notEqual(out, "", complaint);
  return { code, told: JSON.parse(out) as Record<string, unknown> };
}

const value = tensorOf("f32", [2, 2], [1, 2, 3, 4]);
const graph = (parts: Partial<GraphSpec>): Uint8Array =>
  modelFile({ opset: 13, inputs: [{ name: "a", value }], initializers: [], nodes: [], outputs: [], ...parts });
const node = (op: string, inputs: readonly string[], outputs: readonly string[], attributes = {}) => ({
  op,
  inputs,
  outputs,
  attributes,
});

before(() => {
  const inputs = ["a", "b"].map((name) => ({ name, value }));
  writeFileSync(file("two.onnx"), graph({ inputs, nodes: [node("Add", ["a", "b"], ["c"])], outputs: ["c"] }));
  writeFileSync(file("tiny.onnx"), tinyModel(2, 4, 4).onnx);
  writeFileSync(file("unknown.onnx"), tinyModel(2, 4, 4, "Frobnicate").onnx);
  writeFileSync(file("cut.onnx"), tinyModel(2, 4, 4).onnx.subarray(0, 100));
  // A second output of MaxPool that the importer does not give, and a value of a type that onnxruntime-node does not hand over.
  writeFileSync(
    file("odd.onnx"),
    graph({
      nodes: [
        node("Exp", ["a"], ["e"]),
        node("Cast", ["e"], ["brief"], { to: { int: 16 } }),
        node("Cast", ["brief"], ["long"], { to: { int: 1 } }),
        node("Softmax", ["long"], ["s"]),
      ],
      outputs: ["s"],
    }),
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("model check", () => {
  test("forecasts what the digit classifier costs: level, registration, a dispute, a call", async () => {
    const { code, told } = await json("check", DIGITS);
    assert.deepEqual([code, told.ok, told.level, told.instructions, told.steps], [0, true, 6, 11, 1_134_804]);
    const { transactions, gas } = told.registration as { transactions: number[]; gas: number };
    // 580,379 gas in test/snapshots/tensor-gas.json.
    assert.equal(transactions.length, 2);
    assert.ok(Math.abs(gas - 580_379) < 0.03 * 580_379, `${gas}`);
    const { l1, l2 } = told.dispute as Record<string, { claims: number; total: number }>;
    assert.deepEqual([l1?.claims, l2?.claims], [6, 17]);
    // The demo's disputes took 938,763 and 1,724,968 gas.
    assert.ok((l1?.total ?? 0) > 938_763 && (l2?.total ?? 0) > 1_724_968, `${l1?.total}, ${l2?.total}`);
    assert.deepEqual(told.call, { price: 36_645, obstacles: [] });
  });

  test("says in words what each line means", async () => {
    const { code, out } = await model("check", DIGITS);
    assert.equal(code, 0);
    for (const line of [
      /^steps +1134804 .*level 6$/m,
      /^register +\d+ +gas \(about\) in 2 transactions$/m,
      /^supported$/m,
    ])
      assert.match(out, line);
    assert.match(out, /^price +36645 /m);
  });

  test("a model with two inputs is supported on L1, and says why no contract on L2 can call it", async () => {
    const { code, told } = await json("check", file("two.onnx"));
    assert.deepEqual([code, told.ok], [0, true]);
    assert.match((told.call as { obstacles: string[] }).obstacles.join(), /2 inputs/);
    assert.match(
      (await model("check", file("two.onnx"))).out,
      /supported on L1; contracts on L2 cannot call it: it has 2 inputs/,
    );
  });

  test("a model that is not supported has no forecast, and its file is named", async () => {
    const { code, told } = await json("check", file("unknown.onnx"));
    assert.deepEqual([code, told.ok, told.file, told.level], [1, false, file("unknown.onnx"), undefined]);
    const { out } = await model("check", file("cut.onnx"));
    assert.match(out, new RegExp(`error +${file("cut.onnx")}: `));
  });
});

test("whatever reads a damaged model names its file, with exit code 2", async () => {
  const cut = file("cut.onnx");
  for (const args of [
    ["model", "id", cut],
    ["model", "add", cut, "--local", "--store", file("store")],
    ["model", "compare", cut],
    ["infer", cut],
    ["replay", cut, "--step", "0"],
    ["genesis", "--chain-id", "7", "--dev", "--model", cut, "--out", file("genesis.json")],
  ]) {
    const { code, complaint } = await runNode([CLI, ...args]);
    assert.deepEqual([code, complaint.startsWith(`elench: ${cut}: `)], [2, true], `${args.join(" ")}: ${complaint}`);
  }
  const { code, complaint } = await model("check", file("nowhere.onnx"));
  assert.deepEqual([code, /cannot read .*nowhere\.onnx: no such file/.test(complaint)], [2, true]);
});

let missing = "";
try {
  (await openPeer()).close();
} catch (error) {
  missing = (error as Error).message;
  // Where it is only missing on somebody's machine, the rest can be tested.
  if (process.env.CI) throw error;
}

describe("model compare", { skip: missing === "" ? false : missing }, () => {
  test("each value inside the model, in the file's order, with how far it is off", async () => {
    const { code, told } = await json("compare", DIGITS, "--seed", "7");
    assert.deepEqual([code, told.ok, told.seed, told.compared, told.bad], [0, true, 7, 8, []]);
    const values = told.values as {
      op: string;
      isOutput: boolean;
      verdict: { elements: number; maxAbsolute: number };
    }[];
    assert.deepEqual(
      values.map(({ op }) => op),
      ["Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Flatten", "Gemm"],
    );
    assert.deepEqual(
      values.map(({ isOutput }) => isOutput),
      [...Array(7).fill(false), true],
    );
    // Sums of some hundred terms in another order.
    assert.ok(values.every(({ verdict }) => verdict.elements > 0 && verdict.maxAbsolute < 1e-4));
    assert.ok((told.equal as number) >= 1);
  });

  test("the same seed gives the same comparison, a given input its own", async () => {
    const image = fileURLToPath(new URL("../../models/digits/3.npy", import.meta.url));
    const [one, again, other] = await Promise.all([
      model("compare", DIGITS),
      model("compare", DIGITS),
      model("compare", DIGITS, "--input", image),
    ]);
    assert.equal(one.out, again.out);
    assert.match(one.out, /random inputs of seed 1/);
    assert.match(other.out, /inputs as given/);
  });

  test("--tolerance: a value that is farther off is named, with exit code 1", async () => {
    const { code, told } = await json("compare", DIGITS, "--tolerance", "1e-12");
    assert.deepEqual([code, told.ok, (told.bad as string[]).length > 0], [1, false, true]);
    assert.equal((await json("compare", DIGITS, "--tolerance", "1e-4")).code, 0);
    assert.equal((await model("compare", DIGITS, "--tolerance", "much")).code, 2);
  });

  test("two inputs, and a type that onnxruntime-node does not return", async () => {
    const two = await json("compare", file("two.onnx"));
    assert.deepEqual([two.code, two.told.compared, two.told.equal], [0, 1, 1]);
    const odd = await json("compare", file("odd.onnx"));
    const values = odd.told.values as { name: string; verdict: Record<string, unknown> }[];
    assert.match(String(values.find(({ name }) => name === "brief")?.verdict.skipped), /does not return bf16/);
    assert.ok(values.filter(({ verdict }) => "elements" in verdict).length >= 2);
  });
});

test("without onnxruntime, model compare says how to install it, with exit code 3", async () => {
  const { code, complaint } = await runNode([CLI, "model", "compare", DIGITS], { ELENCH_ORT: file("package.json") });
  assert.equal(code, 3);
  assert.match(complaint, /ELENCH_ORT is .*npm install onnxruntime-node@1\.30\.0/s);
});
