import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "@elench/errors/user-error";
import { configHash, configOf } from "@elench/evm/batch/record";
import { genesisOutput, readGenesisFile } from "@elench/evm/chain/genesis";
import { readWhole } from "@elench/files/files";
import { bytesToHex, type Hex, zeroAddress } from "viem";
import { configOf as networkConfig } from "./network.ts";
import { type DeployParameters, readParameters } from "./parameters.ts";

/** The inputs of a deployment, read from files before any request to an endpoint. */
export interface Inputs {
  readonly parameters: DeployParameters;
  /** Undefined if there is no L2 chain. */
  readonly chain: ChainBeginning | undefined;
}

/** The constructor arguments of an L2 chain's contracts. */
export interface ChainBeginning {
  readonly chainId: bigint;
  /** Hash of the chain's config: the inbox puts it into every record. */
  readonly config: Hex;
  readonly genesisOutput: Hex;
  /** The text of the genesis file. */
  readonly file: Uint8Array;
}

export interface InputFiles {
  /** Network of hardhat.config.ts. */
  readonly network: string;
  /** Default: deploy/parameters/<network>.json. */
  readonly parameters?: string | undefined;
  /** Genesis file of an L2 chain. If it is missing, only the contracts for inference on L1 are deployed. */
  readonly genesis?: string | undefined;
}

/** @throws UserError with the file's name and the problem */
export async function readInputs({ network, parameters, genesis }: InputFiles): Promise<Inputs> {
  return {
    parameters: readParameters(parameters ?? (await defaultParameters(network))),
    chain: genesis === undefined ? undefined : await readChain(genesis),
  };
}

/** The parameters file of a network. @throws UserError if there is none */
export async function defaultParameters(network: string): Promise<string> {
  const file = fileURLToPath(new URL(`parameters/${network}.json`, import.meta.url));
  if (existsSync(file)) return file;
  await networkConfig(network);
  throw new UserError(
    `there is no file ${file}: give --parameters FILE with clocks, bonds and guardian (deploy/parameters/mainnet.json is an example; docs/deployment.md gives the reasons for its values)`,
  );
}

/** @throws UserError if it is not a genesis file */
export async function readChain(path: string): Promise<ChainBeginning> {
  const file = readWhole(path);
  const genesis = readGenesisFile(path);
  const { chainId } = genesis;
  return {
    chainId,
    config: bytesToHex(configHash(configOf(chainId))),
    genesisOutput: bytesToHex(await genesisOutput(genesis)),
    file,
  };
}

export async function moduleOf({ parameters, chain }: Inputs) {
  const isHeld = parameters.appointer !== undefined;
  if (chain) return (await import("./modules/Rollup.ts")).rollupModule(isHeld);
  return (await import("./modules/Elench.ts")).elenchModule(isHeld);
}

type Module = Awaited<ReturnType<typeof moduleOf>>;

/** A contract that a module creates. */
export interface PlannedContract {
  /** Its id in the modules, such as Elench#DisputeGame. */
  readonly id: string;
  readonly contractName: string;
}

/** The contracts that a module and its submodules create. */
export const contractsOf = ({ futures, submodules }: Pick<Module, "futures" | "submodules">): PlannedContract[] => [
  ...[...submodules].flatMap(contractsOf),
  ...([...futures] as unknown as PlannedContract[]),
];

/** The parameters of the modules, by module. */
export const moduleParameters = ({ parameters, chain }: Inputs) => ({
  Guardian: { ...parameters, holder: parameters.guardian },
  Elench: { ...parameters },
  ...(chain && { Rollup: rollupParameters(parameters, chain) }),
});

/** The constructor arguments of the rollup's contracts, with defaults for missing parameters. */
export const rollupParameters = (
  {
    guardian,
    deliveryDelay,
    finalityDelay = deliveryDelay,
    sequencer = zeroAddress,
    upgrader = guardian,
    upgradeDelay,
  }: DeployParameters,
  { chainId, genesisOutput: output }: ChainBeginning,
) => ({ chainId, genesisOutput: output, guardian, finalityDelay, sequencer, upgrader, upgradeDelay });
