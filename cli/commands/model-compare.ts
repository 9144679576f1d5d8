import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { importOnnx } from "@elench/tensor/onnx/import";
import type { Model } from "@elench/tensor/program/model";
import { elementCount } from "@elench/tensor/program/program";
import { Command, InvalidArgumentError } from "commander";
import { type Comparison, compareValues } from "../compare/compare.ts";
import { openPeer } from "../compare/onnxruntime.ts";
import { randomInput, seededRandom } from "../compare/random-inputs.ts";
import { drawComparison, summaryOf } from "../compare/summary.ts";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { backendOf, namingFile, readInputs } from "../input/model-file.ts";
import {
  collect,
  type EngineName,
  engineOption,
  integerWithin,
  jsonOption,
  option,
  threadsOption,
} from "../input/options.ts";
import { print } from "../report/output.ts";

interface CompareOptions extends DimensionOptions {
  readonly input?: readonly string[];
  readonly seed: number;
  readonly tolerance?: number;
  readonly engine: EngineName;
  readonly threads: number;
  readonly json?: boolean;
}

/** Milliseconds that onnxruntime may take for one run. */
const PATIENCE = 600_000;

export function compareCommand(): Command {
  return withDimensions(new Command("compare"))
    .description(
      "run a model here and in onnxruntime, and compare every intermediate value (exit code 1: types or shapes differ, or an error exceeds --tolerance)",
    )
    .argument("<file>", "ONNX model")
    .addOption(
      option(
        "--input <name=file>",
        "an input: .npy, .pb, .json or .bin; can be repeated (default: random inputs)",
      ).argParser(collect),
    )
    .addOption(
      option("--seed <n>", "seed of the random inputs")
        .argParser(integerWithin(0, 2 ** 32 - 1))
        .default(1),
    )
    .addOption(
      option(
        "--tolerance <x>",
        "maximum error, relative to the greatest magnitude in the tensor, such as 1e-5",
      ).argParser(fraction),
    )
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .action(async (file: string, options: CompareOptions) => {
      const [onnx, dimensions] = [readWhole(file), dimensionsOf(options)];
      const model = namingFile(file, () => importOnnx(onnx, dimensions));
      const inputs = options.input ? readInputs(model, options.input) : randomInputs(model, options.seed);
      const backend = backendOf(options.engine, options.threads);
      const peer = await openPeer(PATIENCE);
      try {
        const comparison = await compareValues({ onnx, model, dimensions, inputs }, backend, peer);
        requireAnswers(file, peer.version, comparison);
        const circumstances = {
          seed: options.input ? null : options.seed,
          engine: backend.name,
          onnxruntime: peer.version,
        };
        const summary = { file, ...circumstances, ...summaryOf(comparison, options.tolerance) };
        print(options.json, { ...summary, ...comparison }, () => drawComparison(comparison, summary));
        if (!summary.ok) process.exitCode = EXIT.negative;
      } finally {
        peer.close();
      }
    });
}

function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0)) throw new InvalidArgumentError("It must be a non-negative number.");
  return value;
}

/** Maximum number of elements of all random inputs. */
const MOST_RANDOM = 2 ** 26;

/** @throws UserError if the inputs are too large to generate. */
function randomInputs({ program: { inputs } }: Model, seed: number): Uint8Array[] {
  const elements = inputs.reduce((n, { shape }) => n + elementCount(shape), 0);
  if (elements > MOST_RANDOM)
    throw new UserError(
      `the model's inputs have ${elements} elements, but random inputs have at most ${MOST_RANDOM}: give files with --input`,
    );
  const random = seededRandom(seed);
  return inputs.map((type) => randomInput(type, random));
}

/** @throws UserError if onnxruntime computed no value of the model. */
function requireAnswers(file: string, version: string, { values }: Comparison): void {
  const refusals = values.flatMap(({ verdict }) => ("skipped" in verdict ? [verdict.skipped] : []));
  if (refusals.length === values.length)
    throw new UserError(
      `onnxruntime ${version} computes no value of ${file}: ${refusals[0] ?? "the model has no nodes"}`,
      EXIT.negative,
    );
}
