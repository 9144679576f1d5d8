/**
 * What it costs to answer about a trace: one state, one witness, and all that a dispute computes.
 *
 *     node bench/trace.ts [--json] [FILE.onnx …]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { InferenceTrace } from "@elench/prover/inference-trace";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { importOnnx } from "@elench/tensor/onnx/import";
import { checkProgram, levelOf } from "@elench/tensor/program/check";
import { commit } from "@elench/tensor/program/commitment";
import type { Model } from "@elench/tensor/program/model";
import { Random, randomTensor } from "../ml-vm/program/fixtures/random-bits.ts";
import { matmulRelu } from "../ml-vm/stepper/fixtures/samples.ts";

const ARITY = 16n;
/** As many disputes as take so long, at least five: enough for the code to be compiled. */
const MIN_DISPUTES = 5;
const MEASURED_MS = 1_500;
const QUESTIONS = 200;

interface Figures {
  readonly model: string;
  readonly steps: bigint;
  /** One native inference that computes the answer and nothing else. */
  readonly inferenceMs: number;
  /** Median of one state, and of one witness, at random steps; results and trees are there. */
  readonly stateMs: number;
  readonly witnessMs: number;
  /** Median of a dispute from nothing: native run, every hash that narrowing to one step asks of either side, the witness. */
  readonly disputeMs: number;
  readonly disputeInInferences: number;
  /** Of the last dispute. */
  readonly hashedMegabytes: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** A number below `bound`, which may be above 2^32. */
const below = (random: Random, bound: bigint): bigint => {
  const digits = Array.from({ length: 3 }, () => BigInt(random.integer(0, 2 ** 30 - 1)));
  return digits.reduce((number, digit) => (number << 30n) | digit, 0n) % bound;
};

async function timed(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** All that narrowing to one step asks: the ends and the middles of a segment at each level, then the witness. */
async function dispute(trace: InferenceTrace, level: number, step: bigint): Promise<void> {
  for (let height = level; height > 0; height--) {
    const part = ARITY ** BigInt(height - 1);
    const start = step - (step % (part * ARITY));
    await trace.stateHashes(Array.from({ length: Number(ARITY) + 1 }, (_, i) => start + part * BigInt(i)));
  }
  await trace.witness(step);
}

async function measure(name: string, model: Model, backend: Backend): Promise<Figures> {
  const random = new Random(1);
  const inputs = model.program.inputs.map((type) => randomTensor(random, type));
  const commitment = commit(
    model.program,
    model.weights.map((bytes) => backend.dataRoot(bytes)),
  );
  const level = levelOf(checkProgram(model.program).steps);
  const session = new Session(model, backend);
  const inferences: number[] = [];
  const disputes: number[] = [];
  let trace = new InferenceTrace(model, commitment, backend, inputs);
  const { steps } = trace;
  const until = performance.now() + MEASURED_MS;
  while (disputes.length <= MIN_DISPUTES || performance.now() < until) {
    inferences.push(await timed(() => session.run(inputs)));
    trace = new InferenceTrace(model, commitment, backend, inputs);
    const step = below(random, steps);
    disputes.push(await timed(() => dispute(trace, level, step)));
  }
  const { hashedBytes } = trace.stats;
  const questions = Array.from({ length: QUESTIONS }, () => below(random, steps));
  await trace.stateHashes(questions);
  const states: number[] = [];
  const witnesses: number[] = [];
  for (const step of questions.map(() => below(random, steps))) {
    states.push(await timed(() => trace.stateHashes([step])));
    witnesses.push(await timed(() => trace.witness(step)));
  }
  // The first of each warms up.
  const [inferenceMs, disputeMs] = [median(inferences.slice(1)), median(disputes.slice(1))];
  return {
    model: name,
    steps,
    inferenceMs,
    stateMs: median(states),
    witnessMs: median(witnesses),
    disputeMs,
    disputeInInferences: disputeMs / inferenceMs,
    hashedMegabytes: hashedBytes / 1e6,
  };
}

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const backend = openBackend({ threads: 1 });
const models: [string, () => Model][] = [
  ["matrix product, 2^30 steps", () => matmulRelu(1024, 1024, 1024).model],
  ["models/digits.onnx", () => importOnnx(readFileSync(new URL("../models/digits.onnx", import.meta.url)))],
  ...positionals.map((file): [string, () => Model] => [file, () => importOnnx(readFileSync(file))]),
];
const figures: Figures[] = [];
for (const [name, model] of models) figures.push(await measure(name, model(), backend));
if (values.json) {
  console.log(
    JSON.stringify({ engine: backend.name, figures }, (_, value) =>
      typeof value === "bigint" ? Number(value) : value,
    ),
  );
} else {
  for (const f of figures) {
    console.log(`${f.model}: ${f.steps} steps, ${backend.name}, one thread`);
    console.log(
      `  inference ${f.inferenceMs.toFixed(2)} ms; state ${f.stateMs.toFixed(2)} ms; witness ${f.witnessMs.toFixed(2)} ms`,
    );
    console.log(
      `  dispute ${f.disputeMs.toFixed(1)} ms, ${f.disputeInInferences.toFixed(2)} inferences, ${f.hashedMegabytes.toFixed(1)} MB hashed`,
    );
  }
}
