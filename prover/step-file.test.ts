/** A step file can be checked on its own, and every change of it is detected. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Hex, toHex } from "@elench/bytes/hex";
import { randomBatch, testInput, testWorld } from "../evm/batch/fixtures/batches.ts";
import { skipIdle } from "../evm/machine/phases/blocks.ts";
import { prove, step as stepOn } from "../evm/machine/step.ts";
import { seededRandom } from "../evm/trie/fixtures/random.ts";
import { stepperBackend } from "../ml-vm/stepper/fixtures/backend.ts";
import { machineOf, samples, scalar } from "../ml-vm/stepper/fixtures/samples.ts";
import { BatchTrace } from "./batch-trace.ts";
import { InferenceTrace } from "./inference-trace.ts";
import {
  checkStepFile,
  evmOpenings,
  formatStepFile,
  parseStepFile,
  type StepFile,
  StepFileError,
  tensorOpenings,
} from "./step-file.ts";
import { hardhatArtifacts, SolidityVerifier } from "./verifier.ts";

let tensor: SolidityVerifier;
let evm: SolidityVerifier;
before(async () => {
  const artifacts = hardhatArtifacts(fileURLToPath(new URL("../artifacts/contracts", import.meta.url)));
  tensor = await SolidityVerifier.deploy(artifacts, "TensorVerifier");
  evm = await SolidityVerifier.deploy(artifacts, "EvmVerifier");
});

const common = { format: "elench-step/1", answer: null, unchecked: { step: "0", text: "" } } as const;

async function tensorFiles(): Promise<StepFile[]> {
  const files: StepFile[] = [];
  for (const sample of samples()) {
    const trace = new InferenceTrace(sample.model, machineOf(sample).commitment, stepperBackend(scalar), sample.inputs);
    const places = Array.from({ length: 8 }, (_, i) => (trace.steps * BigInt(i)) / 8n);
    for (const step of new Set([...places, trace.steps - 1n, trace.steps])) {
      const [pre, post] = (await trace.stateHashes([step, step + 1n])) as [Uint8Array, Uint8Array];
      files.push({
        ...common,
        verifier: { contract: "TensorVerifier", codeHash: toHex(tensor.codeHash) },
        context: toHex(trace.context),
        pre: toHex(pre),
        witness: toHex(await trace.witness(step)),
        openings: tensorOpenings(trace.machine, trace.state(step)).map(toHex),
        post: toHex(post),
      });
    }
  }
  return files;
}

async function evmFiles(): Promise<StepFile[]> {
  const { state, root } = await testWorld();
  const trace = new BatchTrace(testInput(root, randomBatch(seededRandom(1))), { state });
  const files: StepFile[] = [];
  const m = trace.at(0n).copy();
  for (let i = 0; ; i++) {
    if (m.halted || i < 12 || i % 40 === 0) {
      const { pre, witness, post } = prove(m);
      files.push({
        ...common,
        verifier: { contract: "EvmVerifier", codeHash: toHex(evm.codeHash) },
        context: toHex(trace.context),
        pre: toHex(pre),
        witness: toHex(witness),
        openings: evmOpenings(m).map(toHex),
        post: toHex(post),
      });
    }
    if (m.halted) return files;
    stepOn(m);
    skipIdle(m);
  }
}

const flip = (hex: Hex, at = hex.length - 1): Hex =>
  `${hex.slice(0, at)}${hex[at] === "0" ? "1" : "0"}${hex.slice(at + 1)}` as Hex;

for (const [name, filesOf, verifierOf] of [
  ["tensor machine", tensorFiles, () => tensor],
  ["EVM machine", evmFiles, () => evm],
] as const)
  test(`steps of the ${name}, of every kind: correct, and refused with any bit changed`, async () => {
    const files = await filesOf();
    assert.ok(files.some(({ openings }) => openings.length > 0));
    for (const [i, file] of files.entries()) {
      const check = (changed: StepFile) => checkStepFile(changed, verifierOf());
      const read = parseStepFile(formatStepFile(file));
      assert.deepEqual(read, file);
      const verdict = await check(read);
      assert.deepEqual([verdict.right, verdict.faults, verdict.sameBuild], [true, [], true], `file ${i}`);
      const changes: StepFile[] = [
        { ...file, pre: flip(file.pre) },
        { ...file, post: flip(file.post) },
        { ...file, context: flip(file.context) },
        { ...file, witness: flip(file.witness) },
        { ...file, witness: flip(file.witness, 2 + ((i * 131) % (file.witness.length - 2))) },
        { ...file, witness: `${file.witness}00` },
        { ...file, openings: file.openings.length > 0 ? file.openings.map((o) => flip(o)) : ["0x00"] },
        { ...file, openings: [...file.openings, "0x"] },
        { ...file, answer: file.pre },
      ];
      for (const [j, changed] of changes.entries()) {
        const { right, faults } = await check(changed);
        assert.ok(!right && faults.length > 0, `file ${i}, change ${j}`);
      }
      const other = await check({ ...file, verifier: { ...file.verifier, codeHash: file.pre } });
      assert.deepEqual([other.right, other.sameBuild], [true, false]);
    }
  });

test("a malformed step file is refused, and the error says what is wrong", async () => {
  const [file] = (await tensorFiles()) as [StepFile];
  const refused = (change: Record<string, unknown>, what: RegExp): void =>
    assert.throws(
      () => parseStepFile(JSON.stringify({ ...file, ...change })),
      (error: Error) => {
        assert.ok(error instanceof StepFileError);
        assert.match(error.message, what);
        return true;
      },
    );
  refused({ format: "elench-step/2" }, /format is "elench-step\/2"/);
  refused({ pre: "0x12" }, /pre has 1 bytes/);
  refused({ pre: undefined }, /lacks the field "pre"/);
  refused({ post: 7 }, /post must be 0x/);
  refused({ witness: "0x1" }, /witness must be 0x/);
  refused({ witness: "no" }, /witness must be 0x/);
  refused({ witness: `0x${"ff".repeat(2 ** 22)}` }, /witness must be 0x.*at most 1 MiB/);
  refused({ openings: "0x" }, /openings must be a list/);
  refused({ verifier: { contract: "Other", codeHash: file.pre } }, /must be TensorVerifier or EvmVerifier/);
  refused({ extra: 1 }, /field "extra", which is unknown/);
  refused({ unchecked: [] }, /unchecked must be an object/);
  // What a terminal would obey: clearing the screen, another line that says "right".
  for (const text of ["\u001b[2J", "\nright: the step", "x".repeat(1_001)])
    refused({ unchecked: { step: "1", text } }, /unchecked\.text must be a text.*without control characters/);
  assert.throws(() => parseStepFile("{"), /not JSON/);
  assert.throws(() => parseStepFile("null"), /the file must be an object/);
});
