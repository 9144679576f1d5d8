import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CLASSES, imageOf, PIXELS, readDigits } from "./mnist.ts";
import { accumulateGradient, classOf, initialParameters, NAMES, parametersOf, scoresOf } from "./network.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { encodeOnnx, parametersIn } from "./onnx.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, name));
const parameters = parametersIn(read("digits.onnx"));
const labels = Array.from({ length: CLASSES }, (_, label) => label);
const sample = (label: number) => decodeNpy(read(`digits/${label}.npy`));

test("there is one sample of each digit, and the model classifies it correctly", () => {
  assert.deepEqual(
    readdirSync(join(import.meta.dirname, "digits")).sort(),
    labels.map((label) => `${label}.npy`),
  );
  for (const label of labels) assert.equal(classOf(scoresOf(parameters, sample(label))), label);
});

test("the samples are digits of MNIST's test set", () => {
  const heldBack = readDigits("t10k");
  const found = new Set<number>();
  for (let i = 0; i < 100; i++) {
    const label = heldBack.labels[i]!;
    if (Buffer.compare(Buffer.from(sample(label).buffer), Buffer.from(imageOf(heldBack, i).buffer)) === 0)
      found.add(label);
  }
  assert.deepEqual([...found].sort(), labels);
});

test("at least 98 % of the first 500 test digits are classified correctly", () => {
  const heldBack = readDigits("t10k");
  const right = labels
    .flatMap((tens) => Array.from({ length: 50 }, (_, i) => 50 * tens + i))
    .filter((i) => classOf(scoresOf(parameters, imageOf(heldBack, i))) === heldBack.labels[i]).length;
  assert.ok(right >= 490, `${right} of 500`);
});

test("writing the committed model's parameters again gives the same file", () => {
  assert.ok(read("digits.onnx").equals(encodeOnnx(parameters)));
});

test("a file without the parameters is refused, and the error names the first missing one", () => {
  assert.throws(() => parametersIn(new Uint8Array()), /conv1_weight/);
});

test("the gradient equals the numerical slope of the loss", () => {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const at = initialParameters(random);
  const image = Float32Array.from({ length: PIXELS }, random);
  const loss = () =>
    accumulateGradient(
      at,
      image,
      3,
      parametersOf(() => 0),
    );
  const gradient = parametersOf(() => 0);
  accumulateGradient(at, image, 3, gradient);
  const step = 1e-6;
  for (const name of NAMES) {
    const steepest = gradient[name].reduce(
      (best, slope, i, all) => (Math.abs(slope) > Math.abs(all[best]!) ? i : best),
      0,
    );
    const value = at[name][steepest]!;
    at[name][steepest] = value + step;
    const above = loss();
    at[name][steepest] = value - step;
    const below = loss();
    at[name][steepest] = value;
    const slope = (above - below) / (2 * step);
    const stated = gradient[name][steepest]!;
    assert.ok(
      Math.abs(slope - stated) <= 1e-4 * Math.abs(stated),
      `${name}[${steepest}]: ${stated} stated, ${slope} measured`,
    );
  }
});

test("a .npy file round-trips, and its header ends at a multiple of 64 bytes", () => {
  const values = Float32Array.of(0, -1.5, 3.25e-40, 7, Infinity, 0.1);
  const file = encodeNpy([1, 2, 3], values);
  assert.deepEqual(decodeNpy(file), values);
  assert.equal((file.length - 4 * values.length) % 64, 0);
});
