import { availableParallelism } from "node:os";
import { toHex } from "@elench/bytes/hex";
import { UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { dataRoot } from "@elench/merkle/tree";
import { runStepper, STEPPER_LIMIT } from "@elench/prover/stepper-run";
import { Session } from "@elench/tensor/engine/session";
import { importOnnx } from "@elench/tensor/onnx/import";
import { checkProgram } from "@elench/tensor/program/check";
import type { Model } from "@elench/tensor/program/model";
import { Command } from "commander";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { backendOf, describeShape, namingFile, readInputs } from "../input/model-file.ts";
import { collect, type EngineName, engineOption, jsonOption, option, threadsOption } from "../input/options.ts";
import { describeValues } from "../report/describe.ts";
import { print } from "../report/output.ts";

interface InferOptions extends DimensionOptions {
  readonly input?: readonly string[];
  readonly engine: EngineName | "stepper";
  readonly threads: number;
  readonly json?: boolean;
}

export function inferCommand(): Command {
  return withDimensions(new Command("infer"))
    .description("run a model; all engines give the same bits")
    .argument("<file>", "ONNX model")
    .addOption(
      option(
        "--input <name=file>",
        "an input: .npy, .pb (ONNX TensorProto), .json or raw .bin; can be repeated",
      ).argParser(collect),
    )
    .addOption(engineOption("stepper"))
    .addOption(threadsOption())
    .addOption(jsonOption())
    .action((file: string, options: InferOptions) => {
      const onnx = readWhole(file);
      const model = namingFile(file, () => importOnnx(onnx, dimensionsOf(options)));
      const inputs = readInputs(model, options.input ?? []);
      const { outputs, engine, ms } = run(model, inputs, options);
      const named = model.outputNames.map((name, i) => {
        const type = model.program.tensors[i] as (typeof model.program.tensors)[number];
        return { name, type, data: outputs[i] as Uint8Array };
      });
      print(
        options.json,
        {
          outputs: Object.fromEntries(
            named.map(({ name, type, data }) => [
              name,
              {
                dtype: type.dtype,
                shape: type.shape,
                data: Buffer.from(data).toString("base64"),
                root: toHex(dataRoot(data)),
              },
            ]),
          ),
          engine,
          threads: options.threads || availableParallelism(),
          ms,
        },
        () =>
          [
            ...named.map(
              ({ name, type, data }) =>
                `${name}  ${type.dtype} ${describeShape(type.shape)}\n${describeValues(type, data)}\nroot ${toHex(dataRoot(data))}`,
            ),
            `${engine}, ${ms.toFixed(1)} ms`,
          ].join("\n"),
      );
    });
}

function run(model: Model, inputs: readonly Uint8Array[], { engine, threads }: InferOptions) {
  if (engine === "stepper") {
    const { steps } = checkProgram(model.program);
    if (steps > STEPPER_LIMIT) {
      throw new UserError(
        `the stepper runs at most ${STEPPER_LIMIT} steps; this model has up to ${steps}: use another --engine`,
      );
    }
    const started = performance.now();
    return { outputs: runStepper(model, inputs), engine, ms: performance.now() - started };
  }
  const backend = backendOf(engine, threads);
  const session = new Session(model, backend);
  const started = performance.now();
  const outputs = session.run(inputs);
  return { outputs, engine: backend.name, ms: performance.now() - started };
}
