import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openBackend } from "../engine/backend.ts";
import { Session } from "../engine/session.ts";
import { f32Bits, f32FromBits } from "../functions/builder.ts";
import type { DType } from "../program/dtype.ts";
import { loadSoftfloat } from "../softfloat/load.ts";
import { checkOnnx } from "./check.ts";
import { viewOfBytes } from "./graph/tensor.ts";
import { importOnnx } from "./import.ts";
import { loadElement, storeElement } from "./lowering/element.ts";

/**
 * Real models against the outputs of another runtime: `ELENCH_VECTORS=DIR node --test ml-vm/onnx/models.test.ts`.
 * That runtime sums in another order, hence the tolerance: max|a − b| ≤ 1e-3·max|b|, and the same five greatest.
 */
const vectors = process.env.ELENCH_VECTORS;
const softfloat = loadSoftfloat();

interface Golden {
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
}

interface GoldenTensor {
  readonly type: string;
  readonly data_b64_le: string;
}

interface Case {
  readonly model: string;
  readonly golden: string;
  /** Outputs to compare. Default: all. */
  readonly outputs?: readonly string[];
  readonly dims?: Readonly<Record<string, number>>;
}

const CASES: readonly Case[] = [
  { model: "mnist8/mnist_8", golden: "golden_digit0" },
  { model: "mnist_mlp/robust_model_sigmoid_linear", golden: "golden_sigmoid_digit0" },
  { model: "mnist_mlp/softmax-last-layer", golden: "golden_softmax_digit0" },
  { model: "mnist_quantized/mnist_quantized", golden: "golden_digit0" },
  { model: "squeezenet/SqueezeNet_fp32_from_fp16", golden: "golden_kitten" },
  // Its golden is the f32 twin's: weights are the same, activations are rounded to f16.
  { model: "squeezenet/SqueezeNet_fp16", golden: "golden_kitten" },
  { model: "ultraface/version-RFB-320_simplified", golden: "golden_noise" },
  // The golden's boxes are those of the simplified model, which leaves the decoding to the caller.
  { model: "ultraface/version-RFB-320", golden: "golden_noise", outputs: ["scores"] },
  { model: "blazeface/face_detection_front_128x128_barracuda", golden: "golden_noise" },
  { model: "acasxu/ACASXU_experimental_v2a_1_1", golden: "golden_0" },
  { model: "basic_pitch/nmp", golden: "golden_noise" },
  {
    model: "ppocr/ch_ppocr_mobile_v2.0_cls_infer",
    golden: "golden_cls_noise",
    dims: { "p2o.DynamicDimension.1": 48, "p2o.DynamicDimension.2": 192 },
  },
];

/** Numbers of a tensor's bytes. */
function numbers(bytes: Uint8Array, dtype: DType): number[] {
  const view = viewOfBytes(bytes);
  const size = dtype === "f16" ? 2 : 4;
  return Array.from({ length: bytes.length / size }, (_, i) => f32FromBits(loadElement(softfloat, dtype, view, i)));
}

const decoded = ({ type, data_b64_le }: GoldenTensor): number[] =>
  numbers(new Uint8Array(Buffer.from(data_b64_le, "base64")), type === "float16" ? "f16" : "f32");

function encoded(values: readonly number[], dtype: DType): Uint8Array {
  const data = new Uint8Array(values.length * (dtype === "f16" ? 2 : 4));
  for (const [i, v] of values.entries()) storeElement(softfloat, dtype, viewOfBytes(data), i, f32Bits(v));
  return data;
}

const greatest = (values: readonly number[]): number[] =>
  [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number)).slice(0, 5);

for (const { model: name, golden: goldenName, outputs, dims } of CASES) {
  test(`${name} agrees with another runtime`, (t) => {
    if (!vectors) return t.skip("ELENCH_VECTORS is not set");
    const golden = JSON.parse(readFileSync(join(vectors, name, "..", `${goldenName}.json`), "utf8")) as Golden;
    const model = importOnnx(readFileSync(join(vectors, `${name}.onnx`)), dims ? { dims } : {});
    const inputs = model.inputNames.map((input, i) =>
      encoded(decoded(golden.inputs[input] as GoldenTensor), model.program.inputs[i]?.dtype as DType),
    );
    const results = new Session(model, openBackend()).run(inputs);
    for (const [i, output] of model.outputNames.entries()) {
      if (outputs && !outputs.includes(output)) continue;
      const wanted = decoded(golden.outputs[output] as GoldenTensor);
      const got = numbers(results[i] as Uint8Array, model.program.tensors[i]?.dtype as DType);
      assert.equal(got.length, wanted.length);
      const scale = Math.max(...wanted.map(Math.abs));
      const error = Math.max(...wanted.map((w, j) => Math.abs(w - (got[j] as number))));
      assert.ok(error <= 1e-3 * scale, `${output}: an error of ${error} where values go up to ${scale}`);
      assert.deepEqual(greatest(got), greatest(wanted), `${output}: other greatest elements`);
    }
  });
}

test("super_resolution is supported, and costs what its layers do", (t) => {
  if (!vectors) return t.skip("ELENCH_VECTORS is not set");
  const { ok, flops, outputs } = checkOnnx(readFileSync(join(vectors, "super_resolution", "super_resolution_10.onnx")));
  assert.ok(ok);
  assert.deepEqual(outputs[0]?.shape, [1, 1, 672, 672]);
  const terms = [64 * 25, 64 * 64 * 9, 32 * 64 * 9, 9 * 32 * 9].reduce((a, b) => a + b, 0) * 224 * 224;
  assert.ok(Number(flops) > 2 * terms && Number(flops) < 2.02 * terms);
});
