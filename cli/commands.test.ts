import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nativeAddon } from "../ml-vm/engine/native.ts";
import { tinyModel } from "../test/e2e/tiny-model.ts";
import {
  closeSetting,
  DIGITS,
  elench,
  file,
  inPairs,
  json,
  openSetting,
  SEVEN,
  signed,
  stage,
  tiny,
  x,
} from "./fixtures/setting.ts";

/** What the commands print, and what they take from flags and the environment. */

before(openSetting);
after(closeSetting);

test("model check tells what is wrong with a model, and exits with 1", async () => {
  const [unknown, truncated, text] = await Promise.all(
    ["unknown", "truncated", "text"].map((name) => elench(["model", "check", file(`${name}.onnx`), "--json"])),
  );
  for (const ended of [unknown, truncated, text]) {
    assert.equal(ended?.code, 1, ended?.complaint);
    const report = JSON.parse(ended?.out ?? "") as { ok: boolean; errors: string[] };
    assert.equal(report.ok, false);
    assert.ok(report.errors.length > 0);
  }
  const { operators } = JSON.parse(unknown?.out ?? "") as { operators: { type: string; supported: boolean }[] };
  assert.equal(operators.find(({ type }) => type === "Frobnicate")?.supported, false);
  assert.equal(operators.find(({ type }) => type === "MatMul")?.supported, true);
});

const COMMANDS = [
  "",
  "model",
  "model check",
  "model id",
  "model add",
  "infer",
  "replay",
  "watch",
  "dispute",
  "dispute list",
  "dispute show",
  "answer",
  "settle",
  "deploy",
];

test("--help of each command tells of its flags, and the environment variable of each", {
  timeout: 60_000,
}, async () => {
  await inPairs(COMMANDS, async (command) => {
    const { code, out, complaint } = await elench([...command.split(" ").filter(Boolean), "--help"]);
    assert.equal(code, 0, complaint);
    assert.match(out, /^Usage: elench/);
    // A flag's description may go on in the lines below it.
    const flags = out.split(/\n(?=\s+-)/).filter((entry) => /^\s+--?\w/.test(entry));
    for (const flag of flags) {
      const name = /--([a-z-]+)/.exec(flag)?.[1] ?? "";
      if (name === "help" || name === "version") continue;
      assert.ok(
        flag.replaceAll(/\s+/g, " ").includes(`ELENCH_${name.toUpperCase().replaceAll("-", "_")}`),
        `${command}: ${flag}`,
      );
    }
  });
});

test("flags are taken from the environment", async () => {
  const inputs = { ELENCH_INPUT: `x=${file("x.bin")}` };
  const [off, json1, engine, step, request] = await Promise.all([
    elench(["infer", file("tiny.onnx")], { ...inputs, ELENCH_JSON: "0" }),
    elench(["infer", file("tiny.onnx")], { ...inputs, ELENCH_JSON: "1", ELENCH_THREADS: "1" }),
    elench(["infer", file("tiny.onnx")], { ...inputs, ELENCH_ENGINE: "abacus" }),
    elench(["replay", file("tiny.onnx")], { ...inputs, ELENCH_FROM: "2", ELENCH_TO: "3", ELENCH_JSON: "1" }),
    elench(["answer"], { ...signed(), ELENCH_REQUEST: "77" }),
  ]);
  assert.match(off.out, /^y .*f32/, "a flag that is switched off there is not given");
  assert.equal((JSON.parse(json1.out) as { threads: number }).threads, 1);
  assert.match(engine.complaint, /abacus/);
  assert.deepEqual(
    step.out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { step: number }).step),
    [2, 3],
  );
  assert.match(request.complaint, /no request 77/);
});

const sorted = (value: unknown): string[] => Object.keys(value as object).sort();

test("every engine gives the digits' model the same bits, and infer's JSON is as documented", {
  timeout: 120_000,
}, async () => {
  const args = ["infer", DIGITS, "--input", `image=${SEVEN}`];
  const engines = ["auto", "native", "interpreter", "stepper", "wasm"];
  const results = new Map<string, Record<string, unknown>>();
  await inPairs(engines, async (engine) => {
    const ended = await elench([...args, "--engine", engine, "--json"]);
    if (!nativeAddon() && (engine === "native" || engine === "interpreter")) {
      assert.deepEqual([ended.code, /native engine is not built/.test(ended.complaint)], [3, true], ended.complaint);
      return;
    }
    assert.equal(ended.code, 0, ended.complaint);
    results.set(engine, JSON.parse(ended.out) as Record<string, unknown>);
  });
  const native = results.get("auto") as { outputs: { scores: Record<string, unknown> } };
  assert.deepEqual(sorted(native), ["engine", "ms", "outputs", "threads"]);
  assert.deepEqual(sorted(native.outputs.scores), ["data", "dtype", "root", "shape"]);
  assert.deepEqual([native.outputs.scores.dtype, native.outputs.scores.shape], ["f32", [1, 10]]);
  const scores = new Float32Array(new Uint8Array(Buffer.from(String(native.outputs.scores.data), "base64")).buffer);
  assert.equal(scores.indexOf(Math.max(...scores)), 7);
  for (const [engine, { outputs }] of results) assert.deepEqual(outputs, native.outputs, engine);
});

test("the stepper refuses a model of more than 2^24 steps", async () => {
  writeFileSync(file("large.onnx"), tinyModel(300, 300, 300).onnx);
  writeFileSync(file("large.bin"), new Uint8Array(4 * 300 * 300));
  const { code, complaint } = await elench([
    "infer",
    file("large.onnx"),
    "--input",
    `x=${file("large.bin")}`,
    "--engine",
    "stepper",
  ]);
  assert.equal(code, 2);
  assert.match(complaint, /16777216/);
});

test("model check and model id print what is documented", async () => {
  const [check, id] = await Promise.all([json(["model", "check", DIGITS]), json(["model", "id", DIGITS])]);
  assert.equal(check?.ok, true);
  for (const key of ["steps", "flops", "bytes"]) assert.equal(typeof check?.[key], "number", key);
  const { operators } = check as { operators: { type: string; count: number; supported: boolean }[] };
  assert.deepEqual(
    operators.map(({ type, count, supported }) => [type, count, supported]),
    [
      ["Conv", 2, true],
      ["Relu", 2, true],
      ["MaxPool", 2, true],
      ["Flatten", 1, true],
      ["Gemm", 1, true],
    ],
  );
  assert.match(String(id?.id), /^0x[0-9a-f]{64}$/);
  assert.equal(id?.steps, check?.steps);
});

test("a model that is added is kept under its id, whole", async () => {
  const store = file("another");
  const { id, registered } = await json(["model", "add", file("tiny.onnx"), "--local", "--store", store]);
  assert.equal(registered, false);
  assert.deepEqual(readdirSync(store), [`${id}.onnx`]);
  assert.deepEqual(new Uint8Array(readFileSync(join(store, `${id}.onnx`))), new Uint8Array(tiny.onnx));
  assert.equal(id, stage.model.id);
});

test("replay --verify: Solidity agrees with every kind of step of the tiny model", { timeout: 120_000 }, async () => {
  const last = stage.model.steps - 1n;
  const { code, out, complaint } = await elench([
    "replay",
    file("tiny.onnx"),
    ...x("x.bin"),
    "--from",
    "0",
    "--to",
    String(last),
    "--verify",
    "--json",
  ]);
  assert.equal(code, 0, complaint);
  const steps = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(BigInt(steps.length), last + 1n);
  for (const [i, step] of steps.entries()) {
    for (const key of ["step", "instruction", "element", "term", "reads", "pre", "post", "verifier", "agrees"])
      assert.ok(key in step, `${key} of step ${i}`);
    const verdict = step.verifier as { post: string; gas: number };
    assert.deepEqual([step.step, step.agrees, verdict.post], [i, true, step.post]);
    assert.ok(verdict.gas > 0);
    if (i > 0) assert.equal(step.pre, steps[i - 1]?.post);
  }
  const kinds = new Set(steps.map(({ kind }) => kind));
  for (const kind of ["begin", "body", "finish", "commit", "halt"])
    assert.ok(kinds.has(kind), `no ${kind} in ${[...kinds]}`);
});
