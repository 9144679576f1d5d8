import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { importOnnx } from "@elench/tensor/onnx/import";
import type { Model } from "@elench/tensor/program/model";
import { elementCount } from "@elench/tensor/program/program";
import { Command, InvalidArgumentError } from "commander";
import { type Comparison, compareValues, type Verdict } from "../compare/compare.ts";
import type { Difference } from "../compare/difference.ts";
import { openPeer } from "../compare/onnxruntime.ts";
import { randomInput, seededRandom } from "../compare/random-inputs.ts";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { backendOf, describeShape, namingFile, readInputs } from "../input/model-file.ts";
import {
  collect,
  type EngineName,
  engineOption,
  integerWithin,
  jsonOption,
  option,
  threadsOption,
} from "../input/options.ts";
import { columns, print } from "../report/output.ts";

interface CompareOptions extends DimensionOptions {
  readonly input?: readonly string[];
  readonly seed: number;
  readonly tolerance?: number;
  readonly engine: EngineName;
  readonly threads: number;
  readonly json?: boolean;
}

interface Circumstances {
  /** Of the random inputs; null where inputs are given. */
  readonly seed: number | null;
  readonly engine: string;
  /** Its version. */
  readonly onnxruntime: string;
}

/** Milliseconds that onnxruntime may take for one run: large models take long. */
const PATIENCE = 600_000;

export function compareCommand(): Command {
  return withDimensions(new Command("compare"))
    .description(
      "run a model here and in onnxruntime, and compare each value inside it (exit code 1: a value has another type or shape there, or is beyond --tolerance)",
    )
    .argument("<file>", "ONNX model")
    .addOption(
      option(
        "--input <name=file>",
        "an input: .npy, .pb, .json or .bin; repeat for others; random ones by default",
      ).argParser(collect),
    )
    .addOption(
      option("--seed <n>", "of the random inputs")
        .argParser(integerWithin(0, 2 ** 32 - 1))
        .default(1),
    )
    .addOption(
      option(
        "--tolerance <x>",
        "how far a value may be off, in parts of the greatest magnitude in its tensor, as 1e-5",
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
  if (text.trim() === "" || !(value >= 0)) throw new InvalidArgumentError("It must be a number that is not negative.");
  return value;
}

/** Elements of all random inputs together: they are made one by one. */
const MOST_RANDOM = 2 ** 26;

/** @throws UserError for inputs that are too large to be made up. */
function randomInputs({ program: { inputs } }: Model, seed: number): Uint8Array[] {
  const elements = inputs.reduce((n, { shape }) => n + elementCount(shape), 0);
  if (elements > MOST_RANDOM)
    throw new UserError(
      `the model's inputs have ${elements} elements, and random ones at most ${MOST_RANDOM}: give them, with --input`,
    );
  const random = seededRandom(seed);
  return inputs.map((type) => randomInput(type, random));
}

interface Summary {
  /** Whether no value is bad. */
  readonly ok: boolean;
  readonly compared: number;
  /** Values whose elements are all the same. */
  readonly equal: number;
  /** The value that is farthest off, in parts of the greatest magnitude in its tensor; null if an element is NaN, or infinite, on one side alone. */
  readonly farthest: { readonly name: string; readonly relative: number | null } | null;
  /** The first value, in the file's order, of which an element differs. */
  readonly first: string | null;
  /** Values that are beyond the tolerance, or have another type or shape. */
  readonly bad: readonly string[];
}

/** In parts of the greatest magnitude in the tensor; infinite where no such number tells how far. */
function relativeError({ unlike, differing, maxAbsolute, scale }: Difference): number {
  if (differing === 0) return 0;
  return unlike > 0 || scale === 0 ? Number.POSITIVE_INFINITY : maxAbsolute / scale;
}

function summaryOf({ values }: Comparison, tolerance = Number.POSITIVE_INFINITY): Summary {
  const compared = values.flatMap(({ name, verdict }) =>
    "elements" in verdict ? [{ name, relative: relativeError(verdict), differs: verdict.differing > 0 }] : [],
  );
  const differing = compared.filter(({ differs }) => differs);
  const farthest = differing.reduce<(typeof compared)[number] | null>(
    (most, value) => (most && most.relative >= value.relative ? most : value),
    null,
  );
  const bad = [
    ...values.filter(({ verdict }) => "mismatch" in verdict),
    ...compared.filter(({ relative }) => relative > tolerance),
  ].map(({ name }) => name);
  return {
    ok: bad.length === 0,
    compared: compared.length,
    equal: compared.length - differing.length,
    farthest: farthest && {
      name: farthest.name,
      relative: Number.isFinite(farthest.relative) ? farthest.relative : null,
    },
    first: differing[0]?.name ?? null,
    bad,
  };
}

/** @throws UserError if onnxruntime ran nothing of the model. */
function requireAnswers(file: string, version: string, { values }: Comparison): void {
  const refusals = values.flatMap(({ verdict }) => ("skipped" in verdict ? [verdict.skipped] : []));
  if (refusals.length === values.length)
    throw new UserError(
      `onnxruntime ${version} runs nothing of ${file}: ${refusals[0] ?? "no node makes a value"}`,
      EXIT.negative,
    );
}

function drawComparison(
  { values, changedByExposure }: Comparison,
  { seed, engine, onnxruntime, compared, equal, farthest, first, bad }: Summary & Circumstances,
): string {
  const rows = values.map((value) => [
    value.isOutput ? `${value.name} (output)` : value.name,
    value.op,
    value.node === value.name ? "" : value.node,
    `${value.dtype} ${describeShape(value.shape)}`,
    ...drawVerdict(value.verdict),
  ]);
  const lines = [
    columns([["value", "operator", "node", "type", "differing", "error", "ulps", "first difference"], ...rows]),
    "",
    `${engine} and onnxruntime ${onnxruntime}, ${seed === null ? "inputs as given" : `random inputs of seed ${seed}`}`,
    `${equal} of ${compared} values are the same${values.length > compared ? `; ${values.length - compared} were not compared` : ""}`,
  ];
  if (first !== null) lines.push(`first difference: ${first}`);
  if (farthest)
    lines.push(
      farthest.relative === null
        ? `farthest off: ${farthest.name}, where an element is NaN, infinite or all of theirs is 0`
        : `farthest off: ${farthest.name}, by ${farthest.relative.toExponential(1)} of its greatest magnitude`,
    );
  for (const name of changedByExposure)
    lines.push(`${name}: the model itself, whose values inside are fused, gives other bits of this half type`);
  if (bad.length > 0) lines.push(`beyond what is allowed: ${bad.join(", ")}`);
  return lines.join("\n");
}

function drawVerdict(verdict: Verdict): string[] {
  if ("skipped" in verdict) return ["-", "-", "-", `not compared: ${verdict.skipped.split("\n")[0]}`];
  if ("mismatch" in verdict) return ["-", "-", "-", verdict.mismatch];
  const { differing, elements, maxAbsolute, maxUlps, first, unlike } = verdict;
  if (!first) return ["0", "0", "0", ""];
  const where = `[${first.indices.join(", ")}]: ${first.ours}, theirs ${first.theirs}`;
  return [
    `${differing} of ${elements}`,
    maxAbsolute.toExponential(1),
    `${maxUlps}`,
    unlike > 0 ? `${where} (${unlike} have no distance)` : where,
  ];
}
