/**
 * Trains `digits.onnx`, and writes ten test digits beside it: `node models/train.ts`, some minutes on one core.
 *
 * Deterministic: the same seed gives the same file, byte for byte, on any machine that runs V8. Adam (Kingma & Ba 2015)
 * on the cross-entropy loss, with a learning rate that falls linearly to zero.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@elench/errors/user-error";
import { accuracyOf } from "./evaluate.ts";
import { CLASSES, imageOf, readDigits, SIDE } from "./mnist.ts";
import {
  accumulateGradient,
  classOf,
  initialParameters,
  NAMES,
  type Parameters,
  parametersOf,
  scoresOf,
} from "./network.ts";
import { encodeNpy } from "./npy.ts";
import { encodeOnnx, parametersIn } from "./onnx.ts";

const SEED = 20260101;
const EPOCHS = 2;
const BATCH = 32;
const LEARNING_RATE = 2e-3;
const MOMENTUM = 0.9;
const SECOND_MOMENTUM = 0.999;

/** Mulberry32: a generator with 32 bits of state, sufficient for shuffling and initial weights. @returns numbers in [0, 1) */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 0 … count − 1 in random order (Fisher–Yates). */
function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function train(): Parameters {
  const digits = readDigits("train");
  const random = mulberry32(SEED);
  const parameters = initialParameters(random);
  const mean = parametersOf(() => 0);
  const variance = parametersOf(() => 0);
  const steps = EPOCHS * Math.ceil(digits.count / BATCH);
  let step = 0;
  let loss = 0;
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const order = shuffled(digits.count, random);
    for (let start = 0; start < digits.count; start += BATCH) {
      const batch = order.subarray(start, start + BATCH);
      const gradient = parametersOf(() => 0);
      for (const i of batch)
        loss += accumulateGradient(parameters, imageOf(digits, i), digits.labels[i]!, gradient) / 6400;
      const rate = LEARNING_RATE * (1 - step / steps);
      step++;
      const meanScale = 1 / (1 - MOMENTUM ** step);
      const varianceScale = 1 / (1 - SECOND_MOMENTUM ** step);
      for (const name of NAMES) {
        const [p, g, m, v] = [parameters[name], gradient[name], mean[name], variance[name]];
        for (let i = 0; i < p.length; i++) {
          const slope = g[i]! / batch.length;
          m[i] = MOMENTUM * m[i]! + (1 - MOMENTUM) * slope;
          v[i] = SECOND_MOMENTUM * v[i]! + (1 - SECOND_MOMENTUM) * slope * slope;
          p[i]! -= (rate * m[i]! * meanScale) / (Math.sqrt(v[i]! * varianceScale) + 1e-8);
        }
      }
      if (step % 200 === 0) {
        console.log(`epoch ${epoch}, step ${step} of ${steps}: loss ${loss.toFixed(4)}`);
        loss = 0;
      }
    }
  }
  return parameters;
}

/** Writes the first test digit of each class that is classified correctly as `digits/<label>.npy`, (1, 1, 28, 28) float32. */
function writeSamples(folder: string, parameters: Parameters): void {
  mkdirSync(folder, { recursive: true });
  const digits = readDigits("t10k");
  for (let label = 0; label < CLASSES; label++) {
    const isRight = (i: number) => classOf(scoresOf(parameters, imageOf(digits, i))) === label;
    let i = digits.labels.indexOf(label);
    while (i >= 0 && !isRight(i)) i = digits.labels.indexOf(label, i + 1);
    if (i < 0) throw new UserError(`no test digit ${label} is classified correctly`);
    writeFileSync(join(folder, `${label}.npy`), encodeNpy([1, 1, SIDE, SIDE], imageOf(digits, i)));
  }
}

const model = encodeOnnx(train());
const parameters = parametersIn(model);
writeFileSync(join(import.meta.dirname, "digits.onnx"), model);
writeSamples(join(import.meta.dirname, "digits"), parameters);
console.log(`digits.onnx: ${model.length} bytes, ${accuracyOf(parameters)}`);
