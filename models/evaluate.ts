/** Evaluates `digits.onnx` on MNIST's 10,000 test digits: `node bootstrap.mjs models/evaluate.ts`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageOf, readDigits } from "./mnist.ts";
import { classOf, type Parameters, scoresOf } from "./network.ts";
import { parametersIn } from "./onnx.ts";

/** The number of test digits that a network classifies correctly, in words. */
export function accuracyOf(parameters: Parameters): string {
  const digits = readDigits("t10k");
  const right = Array.from(digits.labels).filter(
    (label, i) => classOf(scoresOf(parameters, imageOf(digits, i))) === label,
  ).length;
  return `${right} of ${digits.count} test digits correct (${((100 * right) / digits.count).toFixed(2)} %)`;
}

if (import.meta.main) {
  console.log(`digits.onnx: ${accuracyOf(parametersIn(readFileSync(join(import.meta.dirname, "digits.onnx"))))}`);
}
