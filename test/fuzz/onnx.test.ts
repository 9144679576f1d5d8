/** Random models, here and in onnxruntime; damaged files. `npm run fuzz -- onnx` goes on with other seeds. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { openBackend } from "@elench/tensor/engine/backend";
import { HelperProcess } from "../../cli/compare/helper-process.ts";
import { openPeer, type Peer, type PeerAnswer } from "../../cli/compare/onnxruntime.ts";
import { OPERATORS } from "../../ml-vm/onnx/registry.ts";
import { judge } from "./onnx/judge.ts";
import { runMutations } from "./onnx/mutations.ts";
import { GENERATORS } from "./onnx/operators/all.ts";
import { caseOfSeed, type FuzzCase } from "./onnx/seed.ts";
import { judgeSeeds, type SeedsReport } from "./onnx/seeds.ts";
import { elementOf, isFloat, type Tensor, tensorOf } from "./onnx/tensor.ts";

const SEEDS = { first: 0, last: 3999 };
const FEW = { first: 0, last: 299 };
const MUTATIONS = 500;

let peer: Peer | undefined;
let missing = "";
try {
  peer = await openPeer();
} catch (error) {
  missing = (error as Error).message;
  // Where it is only missing on somebody's machine, the rest can be tested; the judge of a change has to have it.
  if (process.env.CI) throw error;
}

/** The first number of the first output becomes another one. */
function falsified(answer: PeerAnswer): PeerAnswer {
  if (!("outputs" in answer)) return answer;
  const [first, ...rest] = answer.outputs as readonly [Tensor, ...Tensor[]];
  const elements = Array.from({ length: first.shape.reduce((a, b) => a * b, 1) }, (_, i) => elementOf(first, i));
  const at = Math.max(
    0,
    elements.findIndex((x) => typeof x === "bigint" || Math.abs(x) < 1000),
  );
  const x = elements[at] ?? 0;
  const changed = elements.with(at, isFloat(first.dtype) ? Number(x) + 4 : BigInt(x) ^ 1n);
  return { outputs: [tensorOf(first.dtype, first.shape, changed), ...rest] };
}

it("every operator of the importer has a generator of models, and no other has", () => {
  assert.deepEqual(Object.keys(GENERATORS).sort(), [...OPERATORS.keys()].sort());
});

describe("random models", { skip: missing === "" ? false : missing }, () => {
  let report: SeedsReport;
  before(async () => {
    report = await judgeSeeds(SEEDS, peer as Peer);
  });
  after(() => peer?.close());

  it("give onnxruntime's results, within what arithmetic allows, or are invalid and refused", () => {
    assert.deepEqual(report.wrong, []);
  });

  it("are a thousand different ones and more, two thirds of them comparable, of every operator", () => {
    assert.ok(report.distinct > 1000, `${report.distinct} different models`);
    assert.ok(report.compared >= (2 / 3) * report.seeds, `${report.compared} of ${report.seeds}`);
    const never = Object.entries(report.operators).flatMap(([op, agreed]) => (agreed === 0 ? [op] : []));
    assert.deepEqual(never, []);
  });

  it("are found to be wrong where a result is another one", async () => {
    const liar: Peer = { run: async (question) => falsified(await (peer as Peer).run(question)), close() {} };
    const [lies, truth] = [await judgeSeeds(FEW, liar), await judgeSeeds(FEW, peer as Peer)];
    // Graphs that both refuse have no result, and agree still.
    assert.ok(lies.wrong.length > 0.9 * truth.agreed, `${lies.wrong.length} of ${truth.agreed} found`);
  });

  it("are found to be wrong where onnxruntime refuses a change that is taken here", async () => {
    const backend = openBackend({ threads: 1 });
    const found: string[] = [];
    for (let seed = 0; seed < 300; seed++) {
      const { changed, ...fuzzCase } = caseOfSeed(seed);
      if (!changed) continue;
      const kind = async (judged: FuzzCase, by: Peer) => (await judge(judged, { peer: by, backend })).kind;
      if ((await kind(fuzzCase, peer as Peer)) !== "agreed") continue;
      const answers: PeerAnswer[] = [{ refusal: "it is invalid" }, { outputs: [] }];
      const strict: Peer = { run: async () => answers.shift() as PeerAnswer, close() {} };
      found.push(await kind({ ...fuzzCase, changed }, strict));
    }
    assert.ok(found.length > 3 && found.every((kind) => kind === "wrong"), `${found}`);
  });
});

describe("damaged model files", () => {
  const folder = mkdtempSync(join(tmpdir(), "elench-mutations-"));

  it("are refused by a ModelError or imported, within two seconds and 200 MB", async () => {
    const { wrong, imported, refused } = await runMutations({ series: 0, count: MUTATIONS, folder });
    assert.deepEqual(wrong, []);
    assert.ok(imported > MUTATIONS / 20 && refused > MUTATIONS / 20, `${imported} imported, ${refused} refused`);
  });

  it("are wrong, and kept, where the import hangs or crashes", async () => {
    const script = join(folder, "importer.mjs");
    const hang = `process.on("message", () => { for (;;); }); process.send("ready");`;
    const crash = `process.on("message", () => process.abort()); process.send("ready");`;
    for (const text of [hang, crash]) {
      writeFileSync(script, text);
      const importer = new HelperProcess<{ model: Uint8Array }, never>(pathToFileURL(script), 1000);
      const { wrong } = await runMutations({ series: 0, count: 2, folder, importer });
      assert.equal(wrong.length, 2);
      for (const { why, file } of wrong) assert.ok(/hung or crashed/.test(why) && existsSync(file), why);
    }
  });
});
