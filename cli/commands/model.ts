import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { registerModel } from "@elench/challenger/l1/registration";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import { UserError } from "@elench/errors/user-error";
import { readWhole } from "@elench/files/files";
import { loadModel } from "@elench/tensor/load";
import { Command } from "commander";
import { type PublicClient, parseGwei } from "viem";
import { account } from "../input/account.ts";
import { type DimensionOptions, dimensionsOf, withDimensions } from "../input/dimensions.ts";
import { withKey, withL1 } from "../input/l1-options.ts";
import { backendOf, namingFile } from "../input/model-file.ts";
import { jsonOption, option } from "../input/options.ts";
import { note, print } from "../report/output.ts";
import { checkCommand } from "./model-check.ts";
import { compareCommand } from "./model-compare.ts";

export function modelCommand(): Command {
  return new Command("model")
    .description("check, compare, identify and register models")
    .addCommand(checkCommand())
    .addCommand(compareCommand())
    .addCommand(idCommand())
    .addCommand(addCommand());
}

function idCommand(): Command {
  return withDimensions(new Command("id"))
    .description("print the model's id, which depends only on the file and its dimensions")
    .argument("<file>", "ONNX model")
    .addOption(jsonOption())
    .action((file: string, { json, ...dimensions }: DimensionOptions & { json?: boolean }) => {
      const backend = backendOf("auto", 0);
      const onnx = readWhole(file);
      const { id, steps, flops, level } = namingFile(file, () => loadModel(onnx, backend, dimensionsOf(dimensions)));
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
    .description("store a model and register it on L1, which checks each instruction")
    .argument("<file>", "ONNX model")
    .addOption(option("--store <folder>", "folder of the stored models").default(defaultStore()))
    .addOption(option("--local", "store the model without registering it on L1"));
  return withKey(withL1(command))
    .addOption(jsonOption())
    .action(async (file: string, options: AddOptions) => {
      const [onnx, dimensions] = [readWhole(file), dimensionsOf(options)];
      const store = new ModelStore(options.store, backendOf("auto", 0));
      if (options.local) {
        const { id } = namingFile(file, () => store.add(onnx, dimensions));
        print(options.json, { id, registered: false, transactions: [] }, () => id);
        return;
      }
      const signer = account(options.keyFile);
      if (!signer)
        throw new UserError(
          "no private key to register the model with: give --key-file or set ELENCH_KEY, or give --local to store it only",
        );
      const { clients, chainId, deployment } = await connectTo(options);
      const loaded = namingFile(file, () => store.add(onnx, dimensions));
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
          ? `${loaded.id} (already registered)`
          : `${loaded.id} (${transactions.length} transactions, ${gas} gas)`,
      );
    });
}
