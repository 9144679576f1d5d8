/** What a replay hands to others: a step in a file, a trace by EIP-3155, the place where two runs part. As processes, with their exit codes. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ModelStore } from "@elench/challenger/watch/store";
import { EXIT } from "@elench/errors/user-error";
import { formatGenesis } from "@elench/evm/chain/genesis";
import { openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { loadModel } from "@elench/tensor/load";
import type { Command } from "commander";
import { tinyInput, tinyModel } from "../../test/e2e/tiny-model.ts";
import { replayCommand } from "../commands/replay.ts";
import { verifyStepCommand } from "../commands/verify-step.ts";
import { testChain } from "../fixtures/chain.ts";
import { type Ended, runNode } from "../fixtures/run.ts";
import { explain } from "../report/failure.ts";

const CLI = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "elench-strangers-"));
const file = (name: string): string => join(folder, name);
const tiny = tinyModel(2, 4, 4);

before(() => {
  const backend = openBackend();
  const [model, input] = [loadModel(tiny.onnx, backend), tinyInput(tiny, 1)];
  const chain = testChain(model, input);
  new ModelStore(file("store"), backend).add(tiny.onnx);
  writeFileSync(file("genesis.json"), formatGenesis(chain.genesis));
  writeFileSync(file("first.bin"), chain.first);
  writeFileSync(file("second.bin"), chain.second);
  writeFileSync(file("model.onnx"), tiny.onnx);
  writeFileSync(file("x.bin"), input);
  const [output] = new Session(model.model, backend).run([input]) as [Uint8Array];
  writeFileSync(file("true.bin"), output);
  // The sixth of eight elements.
  writeFileSync(file("false.bin"), output.with(4 * 5 + 3, (output[4 * 5 + 3] as number) ^ 0x40));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const elench = (...args: readonly string[]): Promise<Ended> => runNode([CLI, ...args]);
/** Without a process: how a command refuses its arguments. */
async function refusal(command: Command, args: readonly string[]): Promise<{ code: number; message: string }> {
  const thrown = await command.parseAsync(args, { from: "user" }).catch((error: unknown) => error);
  assert.ok(thrown instanceof Error, args.join(" "));
  const { kind, message } = explain(thrown);
  return { code: EXIT[kind], message };
}
const modelArgs = (...args: readonly string[]) => [file("model.onnx"), "--input", file("x.bin"), ...args];
const batchArgs = (...args: readonly string[]) => {
  const chain = ["--genesis", file("genesis.json"), "--batch", file("first.bin"), "--batch", file("second.bin")];
  return [...chain, "--store", file("store"), ...args];
};
const ofModel = (...args: readonly string[]) => elench("replay", ...modelArgs(...args));
const ofBatch = (...args: readonly string[]) => elench("replay", ...batchArgs(...args));
const lastLine = ({ out }: Ended): Record<string, unknown> => JSON.parse(out.trimEnd().split("\n").at(-1) as string);

async function exported(replay: Promise<Ended>, name: string): Promise<Record<string, unknown>> {
  const { code, complaint } = await replay;
  assert.equal(code, 0, complaint);
  return JSON.parse(readFileSync(file(name), "utf8")) as Record<string, unknown>;
}

test("a step of an inference, a step of a batch, and one that asks a model: exported, and found right by a stranger", async () => {
  const [{ step: asking }] = (await ofBatch("--transaction", "0", "--opcode", "ASK", "--list", "--json")).out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { step: number }) as [{ step: number }];
  const ask = ["--transaction", "0", "--step", `${asking}`];
  const files = [
    await exported(ofModel("--step", "7", "--export", file("inference.json")), "inference.json"),
    await exported(ofBatch("--transaction", "2", "--step", "20", "--export", file("batch.json")), "batch.json"),
    await exported(ofBatch(...ask, "--export", file("ask.json")), "ask.json"),
    await exported(ofBatch(...ask, "--descend", "3", "--export", file("inside.json")), "inside.json"),
  ];
  assert.deepEqual(
    files.map(({ verifier, answer }) => [(verifier as { contract: string }).contract, answer !== null]),
    [
      ["TensorVerifier", false],
      ["EvmVerifier", false],
      ["EvmVerifier", true],
      ["TensorVerifier", false],
    ],
  );
  for (const name of ["inference.json", "batch.json", "ask.json", "inside.json"]) {
    const ended = await elench("verify-step", file(name), "--json");
    const { right, sameBuild, faults } = lastLine(ended);
    assert.deepEqual([ended.code, right, sameBuild, faults], [0, true, true, []], name);
  }
  // The answer is part of what is checked.
  writeFileSync(file("answered.json"), JSON.stringify({ ...files[2], answer: files[2]?.pre }));
  assert.equal((await elench("verify-step", file("answered.json"))).code, 1);
});

test("a file that was changed is declared wrong, what is no such file refused", async () => {
  const step = await exported(ofModel("--step", "7", "--export", file("step.json")), "step.json");
  const flipped = (field: string) => (step[field] as string).replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
  for (const field of ["pre", "post", "context", "witness"]) {
    writeFileSync(file("changed.json"), JSON.stringify({ ...step, [field]: flipped(field) }));
    const { code, out } = await elench("verify-step", file("changed.json"));
    assert.deepEqual([code, /^WRONG: /m.test(out)], [1, true], `${field}: ${out}`);
  }
  writeFileSync(file("short.json"), readFileSync(file("step.json")).subarray(0, 200));
  for (const [name, what] of [
    ["short.json", /short\.json: not JSON/],
    ["genesis.json", /genesis\.json: the file lacks the field "answer"/],
    ["nowhere.json", /cannot read .*nowhere\.json/],
  ] as const) {
    const { code, message } = await refusal(verifyStepCommand(), [file(name)]);
    assert.deepEqual([code, what.test(message)], [2, true], message);
  }
});

test("--export writes one step, one that there is, to a place that there is", async () => {
  const out = file("none.json");
  for (const [args, what] of [
    [modelArgs("--export", out), /select it with --step/],
    [modelArgs("--from", "1", "--to", "2", "--export", out), /one step/],
    [modelArgs("--step", "9999", "--export", out), /there is no step 9999/],
    [batchArgs("--export", out), /select it with --step/],
    [batchArgs("--transaction", "0", "--step", "99999", "--export", out), /there is no step 99999/],
    [modelArgs("--step", "1", "--export", file("no/folder.json")), /cannot write/],
    [modelArgs("--step", "1", "--export", out, "--claimed", file("true.bin")), /exclude each other/],
  ] as const) {
    const { code, message } = await refusal(replayCommand(), args);
    assert.deepEqual([code, what.test(message)], [2, true], message);
  }
  assert.ok(!existsSync(out));
});

test("--eip3155 writes a line for each instruction and a summary, which is that of the chain", async () => {
  const { code, out, complaint } = await ofBatch("--transaction", "0", "--eip3155");
  assert.equal(code, 0, complaint);
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const summary = lines.pop();
  assert.ok(lines.length > 20 && lines.every(({ pc, opName }) => Number.isInteger(pc) && typeof opName === "string"));
  const { transactions } = lastLine(await ofBatch("--json")) as unknown as { transactions: { gasUsed: number }[] };
  assert.deepEqual([summary?.gasUsed, summary?.pass], [`0x${transactions[0]?.gasUsed.toString(16)}`, true]);
  const reverted = lastLine(await ofBatch("--transaction", "2", "--eip3155"));
  assert.equal(reverted.pass, false);
  const dropped = await ofBatch("--transaction", "1", "--eip3155");
  assert.deepEqual([dropped.code, dropped.out, /transaction 1 is not executed/.test(dropped.complaint)], [1, "", true]);
  for (const args of [
    batchArgs("--eip3155"),
    batchArgs("--transaction", "0", "--step", "1", "--eip3155"),
    batchArgs("--transaction", "7", "--eip3155"),
    modelArgs("--eip3155"),
  ])
    assert.equal((await refusal(replayCommand(), args)).code, 2, args.join(" "));
});

test("a claimed output is held against ours: the element that differs first, and the step that writes it", async () => {
  const same = await ofModel("--claimed", file("true.bin"), "--json");
  assert.deepEqual([same.code, lastLine(same).same], [0, true]);
  const other = await ofModel("--claimed", `y=${file("false.bin")}`, "--json");
  const { element, indices, instruction, replayed } = lastLine(other);
  assert.deepEqual([other.code, element, indices, instruction], [1, 5, [1, 1], 0]);
  assert.equal((replayed as { write: { element: { number: number } } }).write.element.number, 5);
  const unknown = await refusal(replayCommand(), modelArgs("--claimed", `z=${file("true.bin")}`));
  assert.deepEqual([unknown.code, /the model's outputs are y/.test(unknown.message)], [2, true]);
  assert.equal((await refusal(replayCommand(), modelArgs("--claimed", file("genesis.json")))).code, 2);
});

test("engines give the same bits; what is about a model, or a dispute, is refused elsewhere", async () => {
  const { code, out } = await ofModel("--engine", "wasm", "--against", "interpreter", "--json");
  assert.deepEqual([code, (JSON.parse(out) as { same: boolean }).same], [0, true]);
  for (const args of [batchArgs("--against", "wasm"), batchArgs("--claimed", file("true.bin")), modelArgs("--claims")])
    assert.equal((await refusal(replayCommand(), args)).code, 2);
});
