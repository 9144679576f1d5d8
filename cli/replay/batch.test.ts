/** Replaying L2 transactions: as a process, with its exit codes, and as a session, with somebody who types. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ModelStore } from "@elench/challenger/watch/store";
import { EXIT } from "@elench/errors/user-error";
import { SLOT_STEPS } from "@elench/evm/batch/claim";
import { Chain } from "@elench/evm/chain/chain";
import { formatGenesis } from "@elench/evm/chain/genesis";
import { sessionModels } from "@elench/evm/inference/models";
import { BatchTrace } from "@elench/prover/batch-trace";
import { InferenceTrace } from "@elench/prover/inference-trace";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { type LoadedModel, loadModel } from "@elench/tensor/load";
import { FaultyBatchTrace, type Tampering } from "../../prover/fixtures/faulty-batch-trace.ts";
import { tinyInput, tinyModel } from "../../test/e2e/tiny-model.ts";
import { replayCommand } from "../commands/replay.ts";
import { ASKER, type TestChain, testChain } from "../fixtures/chain.ts";
import { type Ended, runNode } from "../fixtures/run.ts";
import { explain } from "../report/failure.ts";
import { replayBatchSession } from "./batch-session.ts";
import { survey } from "./batch-steps.ts";
import { replayBatchStep } from "./batch-view.ts";
import { openVerifier } from "./verifier.ts";

const CLI = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "elench-replay-"));
const file = (name: string): string => join(folder, name);
const tiny = tinyModel(2, 4, 4);
const input = tinyInput(tiny, 1);

let backend: Backend;
let model: LoadedModel;
let chain: TestChain;

before(() => {
  backend = openBackend();
  model = loadModel(tiny.onnx, backend);
  chain = testChain(model, input);
  new ModelStore(file("store"), backend).add(tiny.onnx);
  writeFileSync(file("genesis.json"), formatGenesis(chain.genesis));
  writeFileSync(file("none.json"), '{ "config": { "chainId": "soon" }, "elench": {} }');
  writeFileSync(file("first.bin"), chain.first);
  writeFileSync(file("second.hex"), `0x${Buffer.from(chain.second).toString("hex")}\n`);
  writeFileSync(file("empty.bin"), "");
  writeFileSync(file("model.onnx"), tiny.onnx);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const CHAIN = () => ["--genesis", file("genesis.json"), "--batch", file("first.bin"), "--batch", file("second.hex")];
const STORE = () => ["--store", file("store")];
const replay = (...args: string[]): Promise<Ended> => runNode([CLI, "replay", ...CHAIN(), ...STORE(), ...args]);

async function jsonLines(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, out, complaint } = await replay(...args, "--json");
  assert.equal(code, 0, complaint);
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The second batch. */
async function traceOf(tampering?: Tampering): Promise<BatchTrace> {
  const models = sessionModels(() => model.model, backend);
  const l2 = await Chain.create(chain.genesis, models);
  await l2.append(chain.first);
  const { input: second } = await l2.append(chain.second);
  return tampering ? new FaultyBatchTrace(second, l2.options, tampering) : new BatchTrace(second, l2.options);
}

test("a batch is summed up: what its transactions are, how they ended, how many steps they take, where they ask", async () => {
  const [summary] = await jsonLines();
  const transactions = summary?.transactions as Record<string, unknown>[];
  assert.deepEqual(
    transactions.map(({ status, block }) => [status, block]),
    [
      ["succeeded", 2],
      ["dropped", 2],
      ["reverted", 3],
    ],
  );
  const [asking = {}, none] = transactions;
  assert.equal(asking.to, `0x${ASKER.toString(16).padStart(40, "0")}`);
  assert.equal((asking.asks as number[]).length, 1);
  assert.match(String(none?.why), /invalid transaction encoding, or another chain id/);
  const trace = await traceOf();
  assert.equal(summary?.output, `0x${Buffer.from(trace.output).toString("hex")}`);
  assert.equal(Number(asking.steps), Number(survey(trace, 0).steps));
});

test("a transaction is listed step by step, without a gap, and bounded only by what it is", async () => {
  const [lines, { steps }] = [await jsonLines("--transaction", "0"), survey(await traceOf(), 0)];
  assert.deepEqual(
    lines.map(({ step }) => step),
    Array.from({ length: Number(steps) }, (_, i) => i),
  );
  const names = lines.map(({ name }) => name);
  assert.deepEqual([names[0], names.at(-1)], ["START", "RECEIPT"]);
  assert.ok(names.includes("ASK") && names.includes("SSTORE"));
});

test("--opcode shows each write of a slot once, with the values before and after", async () => {
  const writes = await jsonLines("--transaction", "0", "--opcode", "sstore");
  const told = writes.map(({ storage }) => (storage as Record<string, unknown>[])[0]);
  assert.deepEqual(told.map((slot) => [slot?.slot, slot?.before, slot?.after, slot?.original]).slice(0, 3), [
    ["0x0", "0x0", "0x1", "0x0"],
    ["0x0", "0x1", "0x2", "0x0"],
    ["0x1", "0x0", "0x1", "0x0"],
  ]);
  assert.equal(writes.length, 4);
});

test("steps count within the transaction, if one is named, and else within the batch", async () => {
  const [[within], [whole]] = await Promise.all([
    jsonLines("--transaction", "2", "--step", "20"),
    jsonLines("--step", String(2n * SLOT_STEPS + 20n)),
  ]);
  assert.deepEqual(within, whole);
  assert.deepEqual([within?.transaction, within?.step, within?.clock], [2, 20, Number(2n * SLOT_STEPS) + 20]);
});

test("--verify: Solidity agrees with every step of the batch, the one that asks a model included", {
  timeout: 120_000,
}, async () => {
  const steps = await jsonLines("--from", "0", "--verify");
  for (const [i, { agrees, verifier, post, pre, next, clock }] of steps.entries()) {
    const { post: theirs, gas } = verifier as { post: string; gas: number };
    assert.deepEqual([agrees, theirs], [true, post], `step ${clock}`);
    assert.ok(gas > 0);
    if (i > 0 && steps[i - 1]?.next !== "IDLE") assert.equal(pre, steps[i - 1]?.post);
    assert.equal(next === null, i === steps.length - 1);
  }
  assert.ok(steps.some(({ phase }) => phase === "ASK"));
});

test("--descend goes on with the inference's own steps", async () => {
  const steps = await jsonLines("--transaction", "0", "--descend", "0-2", "--verify");
  assert.deepEqual(
    steps.map(({ step, kind, agrees }) => [step, kind, agrees]),
    [
      [0, "begin", true],
      [1, "body", true],
      [2, "body", true],
    ],
  );
});

const oneMoreGas: Tampering["change"] = (m) => {
  m.gas += 1n;
};

/** A step of the first transaction, and one more gas after it. */
async function tampering(): Promise<Tampering> {
  const trace = await traceOf();
  const { steps } = survey(trace, 0);
  let step = 0n;
  while (step < steps && trace.at(step).stack.height < 2) step++;
  return { step, change: oneMoreGas };
}

test("a step that does not lead where it is said to lead is found out", async () => {
  const lie = await tampering();
  const [trace, verifier] = [await traceOf(lie), await openVerifier("EvmVerifier")];
  const agrees = async (step: bigint) => (await replayBatchStep(trace, step, verifier)).agrees;
  assert.deepEqual(
    [await agrees(lie.step - 2n), await agrees(lie.step - 1n), await agrees(lie.step)],
    [true, false, true],
  );
});

test("the exit code is 1 where Solidity disagrees", async () => {
  const { step } = await tampering();
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { replayBatch } from ${module("batch.ts")};
    import { readBatchFile } from ${module("../input/batch-file.ts")};
    import { FaultyBatchTrace } from ${module("../../prover/fixtures/faulty-batch-trace.ts")};
    import { Chain } from ${module("../../evm/chain/chain.ts")};
    import { readGenesisFile } from ${module("../../evm/chain/genesis.ts")};
    const { openBackend } = await import(${module("../../ml-vm/engine/backend.ts")});
    const { sessionModels } = await import(${module("../../evm/inference/models.ts")});
    const { ModelStore } = await import(${module("../../challenger/watch/store.ts")});
    const backend = openBackend();
    const store = new ModelStore(${JSON.stringify(file("store"))}, backend);
    const models = sessionModels(() => store.load(${JSON.stringify(model.id)}).model, backend);
    const chain = await Chain.create(readGenesisFile(${JSON.stringify(file("genesis.json"))}), models);
    await chain.append(readBatchFile(${JSON.stringify(file("first.bin"))}));
    const { input, native } = await chain.append(readBatchFile(${JSON.stringify(file("second.hex"))}));
    const lie = { step: ${step}n, change: (m) => { m.gas += 1n; } };
    const trace = new FaultyBatchTrace(input, chain.options, lie);
    await replayBatch({ trace, native, store, backend, options: { step: ${step - 1n}n, verify: true } });
  `;
  const { code, out, complaint } = await runNode(["--input-type=module", "--eval", script]);
  assert.equal(code, 1, complaint);
  assert.match(out, /THEY DISAGREE/);
});

/** Types commands, and returns what was said after each. */
async function type(start: bigint, ...commands: string[]): Promise<string[]> {
  const trace = await traceOf();
  const said: string[] = [""];
  const left = [...commands];
  await replayBatchSession({
    trace,
    start,
    disagreement: 7n,
    verifier: null,
    inference: async (at) => {
      const question = trace.question(at);
      assert.ok(question);
      return {
        trace: new InferenceTrace(model.model, model.commitment, backend, [question.input]),
        disagreement: null,
      };
    },
    terminal: {
      say: (text) => {
        said[said.length - 1] += `${text}\n`;
      },
      ask: async () => {
        said.push("");
        return left.shift() ?? null;
      },
    },
  });
  return said;
}

const shown = (said: string | undefined): string => /step \d+ .*/.exec(said ?? "")?.[0] ?? `nothing: ${said}`;

test("a session walks: on, back, to a step, to a write, to a name, over a call, out of a frame, to the disagreement", async () => {
  const walk: [string, RegExp][] = [
    ["", /step 1 of transaction 0 .*NEXT/],
    ["n", /step 2 .*NEXT/],
    ["b", /step 1 .*NEXT/],
    ["s 17", /step 17 .*PUSH1/],
    ["w", /step 21 .*SSTORE/],
    ["c CALL", /step 45 .*CALL/],
    ["o", /step 56 .*PUSH1/],
    ["b", /step 55 .*COPY/],
    ["t 2", /step 0 of transaction 2 .*NEXT/],
    ["c call", /step 30 .*CALL/],
    ["n", /step 31 .*ENTER/],
    ["c CALL", /step 61 .*CALL/],
    ["u", /step 90 of transaction 2 .*PUSH1/],
    ["u", /step 94 of transaction 2 .*SETTLE/],
    ["s 99", /step 99 .*RECEIPT/],
    ["n", /step 0 after the last transaction .*NEXT/],
    ["b", /step 99 of transaction 2 .*RECEIPT/],
    ["d", /step 7 of transaction 0/],
    ["g 268435457", /step 1 of transaction 1 .*DECODE/],
  ];
  const said = await type(0n, ...walk.map(([command]) => command));
  assert.deepEqual(said.length, walk.length + 2);
  for (const [i, [command, pattern]] of walk.entries()) assert.match(shown(said[i + 1]), pattern, command);
});

test("a session descends into the inference, and comes back", async () => {
  const said = await type(0n, "i", "c ASK", "i", "n", "q", "n");
  assert.match(said[1] ?? "", /asks no model/);
  assert.match(said[2] ?? "", /ASK/);
  assert.match(said[3] ?? "", /step 0 of \d+\n {2}begins instruction 0/);
  assert.match(said[4] ?? "", /step 1 of \d+/);
  assert.match(said[5] ?? "", /: ASK/);
  assert.match(said[6] ?? "", /: LEAVE/);
});

test("a session says what is wrong with a command, and stays", async () => {
  const said = await type(0n, "s 99999", "t 9", "g 999999999999", "c FOO", "u", "x", "m", "l");
  const answers = [
    /has \d+ steps/,
    /3 transactions/,
    /has \d+ steps/,
    /name of an opcode/,
    /no frame/,
    /no command x/,
    /memory is empty/,
    /START.*\n(.*\n)*.*DECODE/,
  ];
  for (const [i, pattern] of answers.entries()) assert.match(said[i + 1] ?? "", pattern);
});

interface Bad {
  readonly what: string;
  readonly args: () => string[];
  readonly code: number;
  readonly says: RegExp;
}

const batch =
  (...args: string[]) =>
  () => [...CHAIN(), ...STORE(), ...args];

const BAD: readonly Bad[] = [
  { what: "no genesis", args: () => ["--batch", file("first.bin")], code: 2, says: /--genesis/ },
  {
    what: "a batch and a model",
    args: () => [file("model.onnx"), ...CHAIN()],
    code: 2,
    says: /more than one thing.*--batch/,
  },
  {
    what: "a genesis and no batch",
    args: () => [file("model.onnx"), "--genesis", file("genesis.json")],
    code: 2,
    says: /--genesis.*--batch/,
  },
  {
    what: "no such batch",
    args: () => ["--genesis", file("genesis.json"), "--batch", file("none.bin")],
    code: 2,
    says: /none\.bin/,
  },
  {
    what: "an empty batch",
    args: () => ["--genesis", file("genesis.json"), "--batch", file("empty.bin")],
    code: 2,
    says: /empty\.bin is empty/,
  },
  {
    what: "no such genesis",
    args: () => ["--genesis", file("lost.json"), "--batch", file("first.bin")],
    code: 2,
    says: /cannot read .*lost\.json: no such file/,
  },
  {
    what: "a genesis that is none",
    args: () => ["--genesis", file("none.json"), "--batch", file("first.bin")],
    code: 2,
    says: /none\.json.*chainId/,
  },
  {
    what: "a model that is not stored",
    args: () => [...CHAIN(), "--store", file("another")],
    code: 3,
    says: /calls model 0x[0-9a-f]{64}/,
  },
  { what: "an input", args: batch("--input", "x=1"), code: 2, says: /--input/ },
  {
    what: "no such transaction",
    args: batch("--transaction", "3"),
    code: 2,
    says: /3 transactions, from 0 to 2; there is no transaction 3/,
  },
  {
    what: "no such step of the transaction",
    args: batch("--transaction", "1", "--step", "2"),
    code: 2,
    says: /transaction 1 has 2 steps, from 0 to 1; there is no step 2/,
  },
  { what: "no such step of the batch", args: batch("--step", String(16n ** 8n)), code: 2, says: /no step 4294967296/ },
  { what: "--to before --from", args: batch("--from", "9", "--to", "3"), code: 2, says: /--to 3 is before --from 9/ },
  { what: "no such opcode", args: batch("--opcode", "FROB"), code: 2, says: /--opcode FROB/ },
  {
    what: "nowhere to descend",
    args: batch("--transaction", "1", "--descend"),
    code: 2,
    says: /none of the selected steps asks a model/,
  },
  { what: "a step that asks nobody", args: batch("--step", "3", "--descend"), code: 2, says: /step 3 asks no model/ },
  { what: "several to descend into", args: batch("--descend"), code: 2, says: /steps 53, \d+ ask models: select one/ },
  {
    what: "a step of an inference that is none",
    args: batch("--transaction", "0", "--descend", "x"),
    code: 2,
    says: /--descend x/,
  },
  {
    what: "steps of an inference backwards",
    args: batch("--transaction", "0", "--descend", "5-3"),
    code: 2,
    says: /3 is before 5/,
  },
  {
    what: "no such step of the inference",
    args: batch("--transaction", "0", "--descend", "999"),
    code: 2,
    says: /no step 999/,
  },
];

test("bad input of every kind: an error that names the thing, and the documented exit code", async (t) => {
  for (const { what, args, code, says } of BAD)
    await t.test(what, async () => {
      const error = await replayCommand()
        .parseAsync(args(), { from: "user" })
        .catch((thrown: unknown) => thrown);
      const { message, kind } = explain(error);
      assert.match(message, says);
      assert.equal(EXIT[kind], code);
      assert.doesNotMatch(message, /defect/);
    });
});

test("bad input ends the process: one message, nothing done", async () => {
  const ends = [
    { ...(await replay("--transaction", "3")), says: /there is no transaction 3/ },
    { ...(await replay("--transaction", "first")), says: /--transaction.*non-negative/ },
  ];
  for (const { code, out, complaint, says } of ends) {
    const lines = complaint.split("\n").filter((line) => line !== "" && !line.startsWith("Run the command with"));
    assert.equal(code, 2, complaint);
    assert.match(lines.join("\n"), says);
    assert.equal(lines.length, 1, complaint);
    assert.equal(out, "");
  }
});
