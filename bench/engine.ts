/**
 * Speed of the engine: products, convolutions and hashing, and SqueezeNet beside onnxruntime-node where that is installed.
 *
 *   node bench/engine.ts [--json] [--threads N] [--engine native|wasm] [--model squeezenet.onnx]
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { build, index, type KernelProgram, multiply, O, R } from "../ml-vm/engine/fixtures/kernel-programs.ts";
import { Random } from "../ml-vm/program/fixtures/random-bits.ts";

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const digits = (variable: number, shift: number, bits: number) => ({
  offset: 0,
  terms: [{ variable, shift, bits, factor: 1 }],
});

/** [M, K] by [K, N] in panels of 16 columns. */
function product(m: number, n: number, k: number): KernelProgram {
  const panels = [Math.ceil(n / 16), k, 16];
  return build(
    new Random(1),
    `product ${m}×${k} by ${k}×${n}`,
    [m, n],
    [k],
    [
      { type: { dtype: "f32", shape: [m, k] }, at: [index(0, [O(0), 1]), index(0, [R(0), 1])] },
      { type: { dtype: "f32", shape: panels }, at: [digits(O(1), 4, 0), index(0, [R(0), 1]), digits(O(1), 0, 4)] },
      { type: { dtype: "f32", shape: [n] }, at: [index(0, [O(1), 1])] },
    ],
    multiply,
    "f32",
  );
}

/** [C, S, S] to [M, S', S'] by a square kernel, padded by half of it; weights in panels. */
function convolution(c: number, m: number, s: number, kernel: number, stride = 1): KernelProgram {
  const pad = Math.floor(kernel / 2);
  const out = Math.floor((s + 2 * pad - kernel) / stride) + 1;
  const at = (o: number, r: number) => index(-pad, [O(o), stride], [R(r), 1]);
  const inner = [0, 1, 2].map((r) => index(0, [R(r), 1]));
  const panels = [Math.ceil(m / 16), c, kernel, kernel, 16];
  return build(
    new Random(1),
    `convolution ${c}→${m}, ${s}×${s}, ${kernel}×${kernel}/${stride}`,
    [m, out, out],
    [c, kernel, kernel],
    [
      { type: { dtype: "f32", shape: [c, s, s] }, at: [index(0, [R(0), 1]), at(1, 1), at(2, 2)] },
      { type: { dtype: "f32", shape: panels }, at: [digits(O(0), 4, 0), ...inner, digits(O(0), 0, 4)] },
      { type: { dtype: "f32", shape: [m] }, at: [index(0, [O(0), 1])] },
    ],
    multiply,
    "f32",
  );
}

/** [C, S, S], each channel by a kernel of its own. */
function depthwise(c: number, s: number, kernel: number): KernelProgram {
  const pad = Math.floor(kernel / 2);
  const at = (o: number, r: number) => index(-pad, [O(o), 1], [R(r), 1]);
  return build(
    new Random(1),
    `depthwise convolution ${c}, ${s}×${s}, ${kernel}×${kernel}`,
    [c, s, s],
    [kernel, kernel],
    [
      { type: { dtype: "f32", shape: [c, s, s] }, at: [index(0, [O(0), 1]), at(1, 0), at(2, 1)] },
      {
        type: { dtype: "f32", shape: [c, kernel, kernel] },
        at: [index(0, [O(0), 1]), index(0, [R(0), 1]), index(0, [R(1), 1])],
      },
      { type: { dtype: "f32", shape: [c] }, at: [index(0, [O(0), 1])] },
    ],
    multiply,
    "f32",
  );
}

/** Best of several runs, in seconds: other processes can only make it longer. */
async function best(run: () => unknown, atLeast = 0.3): Promise<number> {
  await run();
  let [least, spent] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < 5 || (spent < atLeast && i < 1000); i++) {
    const start = performance.now();
    await run();
    const seconds = (performance.now() - start) / 1000;
    least = Math.min(least, seconds);
    spent += seconds;
  }
  return least;
}

/** Everyday numbers: neither subnormal nor NaN, which some processors are slow on. */
const everyday = (input: Uint8Array): Uint8Array =>
  new Uint8Array(new Float32Array(input.length / 4).map((_, i) => ((i * 7919) % 1009) / 1009 - 0.3).buffer);

async function throughput(backend: Backend, { what, model, inputs }: KernelProgram): Promise<Figure> {
  const [instruction] = model.program.instructions;
  if (instruction?.kind !== "tensor") throw new Error(`${what} is not one tensor instruction`);
  const size = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);
  const operations = 2 * size(instruction.dims) * size(instruction.reduction);
  const session = new Session(model, backend);
  const tensors = inputs.map(everyday);
  return { name: what, value: operations / (await best(() => session.run(tensors))) / 1e9, unit: "GFLOP/s" };
}

async function hashing(backend: Backend): Promise<Figure> {
  const data = new Uint8Array(16 << 20).map((_, i) => i);
  const hashes = (2 * data.length) / 128;
  return {
    name: "data tree of 16 MiB",
    value: hashes / (await best(() => backend.dataRoot(data))) / 1e6,
    unit: "M keccak256/s",
  };
}

/** What is used of onnxruntime-node. */
interface Runtime {
  readonly InferenceSession: {
    create(
      path: string,
      options: object,
    ): Promise<{ readonly inputNames: string[]; run(feeds: object): Promise<unknown> }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, shape: number[]) => object;
}

/** Latency of a model here and, where it is installed, under onnxruntime with as many threads; ELENCH_ORT names a file beside its node_modules. */
async function inference(backend: Backend, path: string, threads: number): Promise<Figure[]> {
  const { importOnnx } = await import("@elench/tensor/onnx/import");
  const bytes = readFileSync(path);
  const model = importOnnx(bytes);
  const session = new Session(model, backend);
  const [type] = model.program.inputs;
  if (!type) throw new Error(`${path} has no input`);
  const pixels = new Float32Array(type.shape.reduce((a, b) => a * b, 1)).map((_, i) => ((i * 7919) % 255) / 255);
  const input = new Uint8Array(pixels.buffer);
  const own = {
    name: `${path.split("/").pop()}, here`,
    value: 1000 * (await best(() => session.run([input]), 2)),
    unit: "ms",
  };
  let runtime: Runtime;
  try {
    runtime = createRequire(process.env.ELENCH_ORT ?? import.meta.url)("onnxruntime-node") as Runtime;
  } catch {
    return [own];
  }
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  const peer = await runtime.InferenceSession.create(path, options);
  const feeds = { [peer.inputNames[0] as string]: new runtime.Tensor("float32", pixels, [...type.shape]) };
  return [
    own,
    { name: "the same, onnxruntime-node", value: 1000 * (await best(() => peer.run(feeds), 2)), unit: "ms" },
  ];
}

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    threads: { type: "string", default: "1" },
    engine: { type: "string", default: "native" },
    model: { type: "string" },
  },
});
const threads = Number(values.threads);
const backend = openBackend({ engine: values.engine as "native", threads });
const programs = [
  product(512, 512, 512),
  product(1, 1024, 1024),
  product(16, 1000, 512),
  convolution(3, 64, 224, 3, 2),
  convolution(16, 64, 55, 3),
  convolution(64, 256, 13, 3),
  convolution(64, 16, 55, 1),
  convolution(512, 1000, 13, 1),
  depthwise(64, 56, 3),
];
const figures: Figure[] = [];
for (const program of programs) figures.push(await throughput(backend, program));
figures.push(await hashing(backend));
if (values.model) figures.push(...(await inference(backend, values.model, threads)));
if (values.json) console.log(JSON.stringify({ engine: backend.name, threads, figures }));
else {
  console.log(`${backend.name}, ${threads} thread${threads === 1 ? "" : "s"}`);
  for (const { name, value, unit } of figures)
    console.log(`  ${name.padEnd(60)} ${value.toPrecision(3).padStart(8)} ${unit}`);
}
