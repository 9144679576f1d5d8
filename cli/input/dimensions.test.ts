import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Hex } from "@elench/bytes/hex";
import { ModelStore } from "@elench/challenger/watch/store";
import { openBackend } from "@elench/tensor/engine/backend";
import { onnxFile } from "../../ml-vm/onnx/fixtures/model.ts";
import { type Ended, runNode } from "../fixtures/run.ts";

/** A model that leaves dimensions open, through every command that takes a model's file. */
const CLI = fileURLToPath(new URL("../main.ts", import.meta.url));
const DIGITS = fileURLToPath(new URL("../../models/digits.onnx", import.meta.url));
const elench = (...args: readonly string[]): Promise<Ended> => runNode([CLI, ...args]);

const folder = mkdtempSync(join(tmpdir(), "elench-dimensions-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const OPEN = join(folder, "open.onnx");
const X = join(folder, "x.json");
writeFileSync(
  OPEN,
  onnxFile({
    inputs: [{ name: "x", shape: ["batch", "H", "W"] }],
    nodes: [{ op: "Neg", inputs: ["x"], output: "y" }],
    outputs: ["y"],
  }),
);
writeFileSync(X, "[[[1, 2, 3], [4, 5, 6]]]");
const SIZES = ["--dim", "H=2", "--dim", "W=3"];

async function answer(...args: readonly string[]): Promise<string> {
  const { code, out, complaint } = await elench(...args);
  assert.equal(code, 0, complaint);
  return out.trim();
}

const idOf = (...flags: readonly string[]): Promise<string> => answer("model", "id", OPEN, ...flags);

test("sizes are part of the id, however they are given", async () => {
  const id = await idOf(...SIZES);
  assert.equal(await idOf("--shape", "x=1x2x3"), id);
  assert.equal(await idOf("--dim", "H=2", "--shape", "x=1x2x3"), id);
  assert.notEqual(await idOf("--dim", "H=3", "--dim", "W=2"), id);
  assert.notEqual(await idOf(...SIZES, "--dim", "batch=2"), id);
});

test("model check says what is missing, and what was taken for 1", async () => {
  const missing = await elench("model", "check", OPEN);
  assert.equal(missing.code, 1);
  assert.match(missing.out, /dimension "H" of input "x" \[batch, H, W\] has no size: give --dim H=N/);
  const given = await answer("model", "check", OPEN, ...SIZES);
  assert.match(
    given,
    /input {3}x {2}f32 \[1, 2, 3\]\n\s+batch is assumed to be 1: give --dim batch=N for another size/,
  );
});

test("model check says where a model cannot be called from", async () => {
  const two = join(folder, "two.onnx");
  const inputs = ["a", "b"].map((name) => ({ name, shape: [2] }));
  writeFileSync(two, onnxFile({ inputs, nodes: [{ op: "Add", inputs: ["a", "b"], output: "y" }], outputs: ["y"] }));
  assert.match(await answer("model", "check", two), /supported on L1; contracts on L2 cannot call it: it has 2 inputs/);
  assert.match(await answer("model", "check", DIGITS), /\nsupported$/);
});

test("infer and replay take the sizes", async () => {
  assert.match(await answer("infer", OPEN, "--input", `x=${X}`, ...SIZES), /-1 -2 -3 -4 -5 -6/);
  assert.match(await answer("replay", OPEN, "--input", `x=${X}`, "--step", "2", ...SIZES), /step 2 of/);
});

test("the store keeps them with the model", async () => {
  const store = join(folder, "store");
  const id = (await answer("model", "add", "--local", "--store", store, OPEN, ...SIZES)) as Hex;
  assert.equal(id, await idOf(...SIZES));
  const { model } = new ModelStore(store, openBackend({ threads: 1 })).load(id);
  assert.deepEqual(model.program.inputs, [{ dtype: "f32", shape: [1, 2, 3] }]);
  const kept = readdirSync(store).find((name) => name.endsWith(".json")) as string;
  writeFileSync(join(store, kept), "{");
  assert.throws(() => new ModelStore(store, openBackend({ threads: 1 })).load(id), /is damaged; remove it, and add/);
});

test("a genesis gives each of its models what is its own", async () => {
  const out = join(folder, "genesis.json");
  const models = ["--model", DIGITS, "--model", OPEN];
  await answer("genesis", "--chain-id", "7", "--dev", ...models, ...SIZES, "--out", out);
  assert.ok(readFileSync(out, "utf8").includes((await idOf(...SIZES)).slice(2)));
  const stray = await elench("genesis", "--chain-id", "7", "--dev", "--model", DIGITS, "--dim", "H=2", "--out", out);
  assert.deepEqual(
    [stray.code, stray.complaint.trim()],
    [2, "elench: --dim H: no model has such a dimension or input"],
  );
});

test("wrong sizes are refused in words", async () => {
  const refused = async (why: RegExp, ...flags: readonly string[]): Promise<void> => {
    const { code, complaint } = await elench("model", "id", OPEN, ...flags);
    assert.equal(code, 2, complaint);
    assert.match(complaint, why);
  };
  await refused(/no input has a dimension "h"; its open dimensions are batch, H, W/, "--dim", "h=2");
  await refused(/H=two: write --dim NAME=N, with sizes from 1 to 2147483647/, "--dim", "H=two");
  await refused(/H=0: write --dim/, "--dim", "H=0");
  await refused(/--dim H is given twice/, "--dim", "H=2", "--dim", "H=3");
  await refused(/shape \[1, 2\] of input "x": the model says \[batch, H, W\]/, "--shape", "x=1x2");
  await refused(/no input is named "z"; its inputs are x/, "--shape", "z=1x2x3");
  await refused(/"H" is 4/, "--dim", "H=4", "--shape", "x=1x2x3");
  await refused(/write --shape INPUT=1x3x224x224/, "--shape", "x=1,2,3");
});
