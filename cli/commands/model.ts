import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { registerModel } from "@elench/challenger/l1/registration";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import { EXIT, UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { loadModel } from "@elench/tensor/load";
import { checkOnnx, type Report } from "@elench/tensor/onnx/check";
import { Command } from "commander";
import { type PublicClient, parseGwei } from "viem";
import { account } from "../input/account.ts";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { withKey, withL1 } from "../input/l1-options.ts";
import { backendOf, describeShape } from "../input/model-file.ts";
import { jsonOption, option } from "../input/options.ts";
import { columns, note, print } from "../report/output.ts";

export function modelCommand(): Command {
  return new Command("model")
    .description("look at models, name them, and make them known")
    .addCommand(checkCommand())
    .addCommand(idCommand())
    .addCommand(addCommand());
}

function checkCommand(): Command {
  return withDimensions(new Command("check"))
    .description(
      "what a model needs, before any work: operators, shapes, steps, FLOPs, memory (exit code 1: it is not supported)",
    )
    .argument("<file>", "ONNX model")
    .addOption(jsonOption())
    .action((file: string, { json, ...dimensions }: DimensionOptions & { json?: boolean }) => {
      const report = checkOnnx(readWhole(file), dimensionsOf(dimensions));
      print(json, report, () =>
        [
          columns([
            ["operator", "count", ""],
            ...report.operators.map((o) => [
              o.type,
              String(o.count),
              o.supported ? "" : `not supported${o.why ? `: ${o.why}` : ""}`,
            ]),
          ]),
          "",
          ...report.inputs.map((t) => `input   ${t.name}  ${t.dtype} ${describeShape(t.shape)}`),
          ...report.assumed.map((name) => `        ${name} is 1: give --dim ${name}=N for another size`),
          ...report.outputs.map((t) => `output  ${t.name}  ${t.dtype} ${describeShape(t.shape)}`),
          ...(report.ok ? [`steps   ${report.steps}`, `FLOPs   ${report.flops}`, `memory  ${report.bytes} bytes`] : []),
          ...report.errors.map((error) => `error   ${error}`),
          verdict(report),
        ].join("\n"),
      );
      if (!report.ok) process.exitCode = EXIT.negative;
    });
}

/** An inference on L1 takes any model; a contract on L2 hands over one tensor and gets one back. */
function verdict({ ok, inputs, outputs }: Report): string {
  if (!ok) return "not supported";
  const isCallable = inputs.length === 1 && outputs.length === 1;
  return isCallable
    ? "supported"
    : `supported on L1; contracts on L2 call models of one input and one output, and this one has ${inputs.length} and ${outputs.length}`;
}

function idCommand(): Command {
  return withDimensions(new Command("id"))
    .description("the model's id, which anyone can derive from the file")
    .argument("<file>", "ONNX model")
    .addOption(jsonOption())
    .action((file: string, { json, ...dimensions }: DimensionOptions & { json?: boolean }) => {
      const backend = backendOf("auto", 0);
      const { id, steps, flops, level } = loadModel(readWhole(file), backend, dimensionsOf(dimensions));
      print(json, { id, steps, flops, level }, () => id);
    });
}

interface AddOptions extends ConnectOptions, DimensionOptions {
  readonly json?: boolean;
  readonly store: string;
  readonly local?: boolean;
  readonly keyFile?: string;
  readonly maxFee: number;
  readonly maxTip: number;
}

function addCommand(): Command {
  const command = withDimensions(new Command("add"))
    .description("store a model, and register it on L1, where each of its instructions is checked")
    .argument("<file>", "ONNX model")
    .addOption(option("--store <folder>", "where models are kept").default(defaultStore()))
    .addOption(option("--local", "store it only; register nothing"));
  return withKey(withL1(command))
    .addOption(jsonOption())
    .action(async (file: string, options: AddOptions) => {
      const [onnx, dimensions] = [readWhole(file), dimensionsOf(options)];
      const store = new ModelStore(options.store, backendOf("auto", 0));
      if (options.local) {
        const { id } = store.add(onnx, dimensions);
        print(options.json, { id, registered: false, transactions: [] }, () => id);
        return;
      }
      const signer = account(options.keyFile);
      if (!signer)
        throw new UserError(
          "registering takes a key: give --key-file or ELENCH_KEY, or --local to store the model only",
        );
      const { clients, chainId, deployment } = await connectTo(options);
      const loaded = store.add(onnx, dimensions);
      const transactions = await registerModel({
        client: clients[0] as PublicClient,
        account: signer,
        chainId,
        registry: deployment.modelRegistry,
        loaded,
        maxFeePerGas: parseGwei(String(options.maxFee)),
        maxPriorityFeePerGas: parseGwei(String(options.maxTip)),
        progress: (done, total) => note(`registering ${loaded.id}: transaction ${done} of ${total}`),
      });
      const gas = transactions.reduce((sum, t) => sum + t.gasUsed, 0n);
      print(options.json, { id: loaded.id, registered: true, transactions, gas }, () =>
        transactions.length === 0
          ? `${loaded.id} (registered before)`
          : `${loaded.id} (${transactions.length} transactions, ${gas} gas)`,
      );
    });
}
