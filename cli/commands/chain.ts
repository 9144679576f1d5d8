import { join } from "node:path";
import { type Hex, toHex } from "@elench/bytes/hex";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import { EXIT, UserError } from "@elench/errors/user-error";
import { formatGenesis, type Genesis, readGenesisFile } from "@elench/evm/chain/genesis";
import { sessionModels } from "@elench/evm/inference/models";
import { makeFolder, writeWhole } from "@elench/files/files";
import { type Devnet, startDevnet } from "@elench/rollup/devnet";
import { L1_CALLDATA_BYTES, toBatches } from "@elench/rollup/devnet/batches";
import type { DevChain, SealedBlock } from "@elench/rollup/devnet/chain";
import { DEV_ACCOUNTS, devAccounts, privateKeyOf, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { makeGenesis } from "@elench/rollup/genesis/make";
import { CODE } from "@elench/rollup/rpc/errors";
import type { LoadedModel } from "@elench/tensor/load";
import { Command } from "commander";
import { type DimensionOptions, loadModels, withDimensions } from "../input/dimensions.ts";
import { directoryCode } from "../input/directory-code.ts";
import { backendOf } from "../input/model-file.ts";
import {
  chainId,
  collect,
  type EngineName,
  engineOption,
  integerWithin,
  option,
  seconds,
  threadsOption,
} from "../input/options.ts";
import { columns, jsonValue, note } from "../report/output.ts";
import { describeModels } from "./genesis.ts";

interface ChainOptions extends DimensionOptions {
  readonly genesis?: string;
  readonly model?: readonly string[];
  readonly chainId: number;
  readonly port: number;
  readonly gasLimit: bigint;
  readonly blockTime?: number;
  readonly store: string;
  readonly engine: EngineName;
  readonly threads: number;
  readonly export?: string;
  readonly json?: boolean;
}

export function chainCommand(): Command {
  return withDimensions(new Command("chain"))
    .description(
      "run a local L2 chain for development: Ethereum JSON-RPC on 127.0.0.1, and models that contracts can call",
    )
    .addOption(option("--model <file>", "ONNX model that contracts can call; can be repeated").argParser(collect))
    .addOption(
      option(
        "--genesis <file>",
        "genesis file of elench genesis (default: funded development accounts and the models)",
      ),
    )
    .addOption(option("--chain-id <n>", "chain id, without --genesis").argParser(chainId).default(901))
    .addOption(option("--port <n>", "TCP port; 0 for any free port").argParser(integerWithin(0, 65_535)).default(9545))
    .addOption(
      option("--gas-limit <n>", "gas limit of a block; at most 2^27, the gas of a batch")
        .argParser(gasLimit)
        .default(30_000_000n, "30000000"),
    )
    .addOption(
      option(
        "--block-time <seconds>",
        "seconds between blocks (default: each transaction gets its own block at once)",
      ).argParser(seconds),
    )
    .addOption(
      option("--export <folder>", "at the end, write the genesis and the blocks, as batches for L1, to this folder"),
    )
    .addOption(option("--store <folder>", "folder with the models of the genesis").default(defaultStore()))
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(option("--json", "print events to stdout, one JSON object a line"))
    .action(run);
}

const gasLimit = (text: string): bigint => BigInt(integerWithin(21_000, 2 ** 27, "gas")(text));

async function run(options: ChainOptions): Promise<void> {
  if (options.export) makeFolder(options.export);
  const backend = backendOf(options.engine, options.threads);
  const given = loadModels(options.model ?? [], backend, options);
  const genesis = options.genesis ? readGenesisFile(options.genesis) : devGenesis(options.chainId, given);
  const loaded = findModels(genesis, given, new ModelStore(options.store, backend));
  const models = sessionModels((id) => loaded.get(toHex(id))?.model, backend);
  const { event, tell } = voiceOf(options.json);
  const devnet = await listen(options.port, () =>
    startDevnet({
      genesis,
      models,
      port: options.port,
      gasLimit: options.gasLimit,
      ...(options.blockTime !== undefined && { blockTime: options.blockTime }),
      onBlock: (block) => {
        event({ kind: "block", ...summaryOf(block) });
        tell(describeBlock(block));
      },
      onCall: (call) => {
        event({ kind: "call", ...call });
        // Libraries probe optional methods and work without them.
        if (call.error && call.error.code !== CODE.unknownMethod) tell(`${call.method}: ${call.error.message}`);
      },
      onDropped: ({ hash }) => {
        event({ kind: "dropped", hash });
        tell(`dropped ${toHex(hash)}: it is no longer valid`);
      },
      onTrouble: ({ message }) => {
        event({ kind: "trouble", message });
        tell(`no block: ${message}`);
      },
    }),
  );
  const output = devnet.chain.latest.hash;
  event({
    kind: "started",
    url: devnet.url,
    chainId: genesis.chainId,
    output,
    models: Object.fromEntries(genesis.models),
  });
  tell(describeStart(genesis, devnet, options.genesis === undefined));
  await stopped();
  await devnet.stop();
  if (options.export) {
    const files = exportChain(devnet.chain, options.export);
    event({ kind: "exported", files });
    tell(`exported ${files.join(", ")}`);
  }
}

const devGenesis = (chainId: number, models: readonly LoadedModel[]): Genesis =>
  makeGenesis({ chainId: BigInt(chainId), accounts: devAccounts(), models, directoryCode: directoryCode() });

/** Loads all models of the genesis before the first block. */
function findModels(
  genesis: Genesis,
  given: readonly LoadedModel[],
  store: ModelStore,
): ReadonlyMap<string, LoadedModel> {
  const byId = new Map<string, LoadedModel>(given.map((model) => [model.id, model]));
  for (const { id } of given) {
    if (!genesis.models.has(id))
      throw new UserError(
        `the genesis does not contain model ${id}, so contracts cannot call it; make a genesis with elench genesis --model`,
      );
  }
  for (const id of genesis.models.keys()) {
    if (byId.has(id)) continue;
    if (!store.has(id as Hex))
      throw new UserError(
        `model ${id} of the genesis is missing: give its ONNX file with --model, or add it to ${store.folder} with elench model add --local`,
        EXIT.environment,
      );
    byId.set(id, store.load(id as Hex));
  }
  return byId;
}

async function listen(port: number, start: () => Promise<Devnet>): Promise<Devnet> {
  try {
    return await start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new UserError(`port ${port} is already in use: give another port with --port`, EXIT.environment);
    if (code === "EACCES")
      throw new UserError(`permission denied for port ${port}: give a port above 1023 with --port`, EXIT.environment);
    throw error;
  }
}

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });

/** Writes the genesis and the batches, from which a node computes the same states. @returns the files */
function exportChain({ chain, blocks }: DevChain, folder: string): string[] {
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    writeWhole(file, content);
    return file;
  };
  const batches = toBatches(blocks, { ...chain.genesis, maxBytes: L1_CALLDATA_BYTES });
  return [
    write("genesis.json", formatGenesis(chain.genesis)),
    ...batches.map((batch, i) => write(`batch-${String(i).padStart(4, "0")}.bin`, batch)),
  ];
}

/** Events of the chain: with --json as JSON on stdout, otherwise as text on stderr. */
const voiceOf = (json: boolean | undefined) => ({
  event: (event: Record<string, unknown>): void => {
    if (json) process.stdout.write(`${JSON.stringify(event, jsonValue)}\n`);
  },
  tell: (text: string): void => {
    if (!json) note(text);
  },
});

const summaryOf = ({ number, hash, stateRoot, gasUsed, transactions }: SealedBlock) => ({
  number,
  hash,
  stateRoot,
  gasUsed,
  transactions: transactions.map(({ hash: of, receipt }) => ({
    hash: of,
    success: receipt.success,
    gasUsed: receipt.gasUsed,
  })),
});

const describeBlock = ({ number, transactions }: SealedBlock): string =>
  [
    `block ${number}`,
    ...transactions.map(
      ({ hash, receipt }) => `  ${toHex(hash)}  ${receipt.success ? "done" : "FAILED"}  ${receipt.gasUsed} gas`,
    ),
  ].join("\n");

function describeStart(genesis: Genesis, { url, chain }: Devnet, showKeys: boolean): string {
  const keys = Array.from({ length: DEV_ACCOUNTS }, (_, i) => richAccount(i)).map((account) => [
    account.address,
    privateKeyOf(account),
  ]);
  return [
    ...(showKeys ? ["Accounts with 10,000 ETH each (their keys are public):", columns(keys), ""] : []),
    `${describeModels(genesis)}output  ${toHex(chain.latest.hash)}`,
    `chain ${genesis.chainId} listens at ${url}`,
  ].join("\n");
}
