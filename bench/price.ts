/**
 * `node bench/price.ts [--json]`: how much time a unit of gas buys, natively and on one thread, spent on the EVM or on models. The rates of
 * rollup/genesis/price.ts are set by it: gas for models should buy no more time than gas for opcodes does.
 */
import { readFileSync } from "node:fs";
import { createNativeVm } from "@elench/evm/reference/vm";
import { openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { importOnnx } from "@elench/tensor/onnx/import";
import type { Model } from "@elench/tensor/program/model";
import type { TensorType } from "@elench/tensor/program/program";
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import onnxProto from "onnx-proto";
import { priceOf } from "../rollup/genesis/price.ts";
import { tinyModel } from "../test/e2e/tiny-model.ts";

interface Figure {
  readonly what: string;
  readonly gas: number;
  readonly microseconds: number;
}

const GAS = 5_000_000n;
const LOOPS: readonly (readonly [what: string, code: PrefixedHexString])[] = [
  ["EVM: additions, multiplications, xor", "0x5b60016002016003026004186005900550600056"],
  ["EVM: keccak256 of 32 bytes", "0x5b60205f205f52600056"],
  ["EVM: keccak256 of 4 kB", "0x5b6110005f20505f56"],
  ["EVM: copies of 1 kB", "0x5b6104005f6104005e600056"],
];

async function opcodes([what, code]: (typeof LOOPS)[number]): Promise<Figure> {
  const { vm } = await createNativeVm({ chainId: 1n, blockHash: () => new Uint8Array(32) });
  const run = () => vm.evm.runCode!({ code: hexToBytes(code), gasLimit: GAS });
  await run();
  const started = performance.now();
  await run();
  return { what, gas: Number(GAS), microseconds: (performance.now() - started) * 1_000 };
}

const { onnx } = onnxProto;
const SIDE = 200;

/** `y = operator(x)`, of 40,000 elements. */
function unary(operator: string): Model {
  const info = (name: string) => ({
    name,
    type: {
      tensorType: {
        elemType: onnx.TensorProto.DataType.FLOAT,
        shape: { dim: [SIDE, SIDE].map((dimValue) => ({ dimValue })) },
      },
    },
  });
  const graph = {
    name: "one",
    node: [{ opType: operator, input: ["x"], output: ["y"] }],
    input: [info("x")],
    output: [info("y")],
  };
  return importOnnx(
    onnx.ModelProto.encode({ irVersion: 7, opsetImport: [{ domain: "", version: 13 }], graph }).finish(),
  );
}

const MODELS: readonly (readonly [what: string, model: Model])[] = [
  ["model: digits.onnx", importOnnx(new Uint8Array(readFileSync(new URL("../models/digits.onnx", import.meta.url))))],
  ["model: 2 × 4 by 4 × 3", importOnnx(tinyModel(2, 4, 3).onnx)],
  ["model: 1 × 784 by 784 × 100", importOnnx(tinyModel(1, 784, 100).onnx)],
  ["model: 64 × 256 by 256 × 256", importOnnx(tinyModel(64, 256, 256).onnx)],
  ...["Relu", "Transpose", "Exp", "Tanh", "Sin", "Softmax"].map(
    (operator) => [`model: ${operator} of 40,000`, unary(operator)] as const,
  ),
];

const RUNS = 50;

function inference([what, model]: (typeof MODELS)[number]): Figure {
  const session = new Session(model, openBackend({ engine: "native", threads: 1 }));
  const [{ shape }] = model.program.inputs as readonly [TensorType];
  const input = new Uint8Array(
    new Float32Array(shape.reduce((n, d) => n * d, 1)).map((_, i) => (i % 977) / 37 + 0.01).buffer,
  );
  const run = () => {
    for (let i = 0; i < RUNS; i++) session.run([input]);
  };
  run();
  const started = performance.now();
  run();
  return { what, gas: Number(priceOf(model.program)), microseconds: ((performance.now() - started) * 1_000) / RUNS };
}

const figures: Figure[] = [];
for (const loop of LOOPS) figures.push(await opcodes(loop));
for (const model of MODELS) figures.push(inference(model));
const rated = figures.map((figure) => ({ ...figure, gasPerMicrosecond: figure.gas / figure.microseconds }));
if (process.argv.includes("--json")) console.log(JSON.stringify(rated));
else
  for (const { what, gas, microseconds, gasPerMicrosecond } of rated)
    console.log(
      `${what.padEnd(38)} ${String(gas).padStart(9)} gas ${microseconds.toFixed(0).padStart(8)} µs ${gasPerMicrosecond.toFixed(1).padStart(6)} gas/µs`,
    );
