import { toHex } from "@elench/bytes/hex";
import { UserError } from "@elench/errors/user-error";
import { formatGenesis, type Genesis, genesisOutput, parseGenesis } from "@elench/evm/chain/genesis";
import type { PreState } from "@elench/evm/reference/state";
import { readWhole, requireWritable, writeWhole } from "@elench/files/files";
import { devAccounts } from "@elench/rollup/genesis/dev-accounts";
import { makeGenesis } from "@elench/rollup/genesis/make";
import { Command } from "commander";
import { type DimensionOptions, loadModels, withDimensions } from "../input/dimensions.ts";
import { directoryCode } from "../input/directory-code.ts";
import { backendOf } from "../input/model-file.ts";
import { chainId, collect, jsonOption, option } from "../input/options.ts";
import { columns, print } from "../report/output.ts";

interface GenesisOptions extends DimensionOptions {
  readonly chainId: number;
  readonly model?: readonly string[];
  readonly alloc?: string;
  readonly dev?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

export function genesisCommand(): Command {
  return withDimensions(new Command("genesis"))
    .description("write the genesis file of an L2 chain: its accounts, and the models that contracts can call")
    .addOption(option("--chain-id <n>", "chain id").argParser(chainId).makeOptionMandatory())
    .addOption(option("--model <file>", "ONNX model that contracts can call; can be repeated").argParser(collect))
    .addOption(option("--alloc <file>", 'accounts as JSON: { "0x…": { "balance", "nonce", "code", "storage" } }'))
    .addOption(option("--dev", "fund the ten well-known development accounts (their keys are public)"))
    .addOption(option("--out <file>", "file to write").makeOptionMandatory())
    .addOption(jsonOption())
    .action(async (options: GenesisOptions) => {
      requireWritable(options.out);
      const backend = backendOf("auto", 0);
      const genesis = makeGenesis({
        chainId: BigInt(options.chainId),
        accounts: accountsOf(options),
        models: loadModels(options.model ?? [], backend, options),
        directoryCode: directoryCode(),
      });
      const output = toHex(await genesisOutput(genesis));
      writeWhole(options.out, formatGenesis(genesis));
      const { chainId, models } = genesis;
      print(
        options.json,
        { file: options.out, chainId, output, models: Object.fromEntries(models) },
        () =>
          `${describeModels(genesis)}output  ${output}\nwritten to ${options.out}: the L1 contract is deployed with this output`,
      );
    });
}

/** A line for each model that contracts can call. */
export function describeModels({ models }: Genesis): string {
  const rows = [...models].map(([id, { price, inputBytes, outputBytes, level }]) => [
    `model   ${id}`,
    `${price} gas`,
    `takes ${inputBytes} bytes`,
    `gives ${outputBytes}`,
    `level ${level}`,
  ]);
  return rows.length === 0 ? "" : `${columns(rows)}\n`;
}

function accountsOf({ alloc, dev }: GenesisOptions): PreState {
  if (!alloc && !dev)
    throw new UserError("no account has ether to pay for gas: give --alloc FILE, or --dev for a development chain");
  return new Map([...(dev ? devAccounts() : []), ...(alloc ? readAlloc(alloc) : [])]);
}

function readAlloc(file: string): PreState {
  const text = new TextDecoder().decode(readWhole(file));
  try {
    return parseGenesis(JSON.stringify({ config: { chainId: 1 }, elench: {}, alloc: JSON.parse(text) })).accounts;
  } catch (error) {
    throw new UserError(`${file} is not a list of accounts: ${(error as Error).message}`);
  }
}
