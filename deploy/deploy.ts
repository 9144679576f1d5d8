import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Address,
  bytesToHex,
  createPublicClient,
  custom,
  type Hex,
  isAddress,
  type PublicClient,
  zeroAddress,
} from "viem";
import { EXIT, UserError } from "../challenger/errors.ts";
import { type Deployment, deploymentFile, type Rollup, readDeployment } from "../challenger/l1/deployment.ts";
import { genesisOutput, readGenesisFile } from "../evm/chain/genesis.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What the contracts are deployed with. Times in seconds, amounts in wei. */
export interface DeployParameters {
  readonly maxClock: number;
  readonly extension: number;
  readonly longExtension: number;
  readonly bond: string;
  readonly prepayment: string;
  readonly withdrawalDelay: number;
  readonly deliveryDelay: number;
  readonly guardian: Address;
  /** From an output's settlement to its finality; the delivery delay if it is missing. */
  readonly finalityDelay?: number;
  /** Who alone may append batches; anyone if it is missing. */
  readonly sequencer?: Address;
}

export interface DeployOptions {
  /** Network of hardhat.config.ts. */
  readonly network: string;
  readonly parameters?: string;
  readonly out?: string;
  /** Genesis file of an L2 chain. Without one, only what serves inferences is deployed. */
  readonly genesis?: string;
  readonly progress: (text: string) => void;
}

/** Deploys everything by Ignition, which goes on where an earlier, interrupted run stopped; then writes the record. */
export async function deploy(options: DeployOptions): Promise<{ deployment: Deployment; file: string }> {
  const parameters = readParameters(options.parameters ?? join(here, "parameters", `${options.network}.json`));
  const chain = options.genesis === undefined ? undefined : await readChain(options.genesis);
  // Hardhat looks for its configuration from the caller's folder upwards; ours is the project's, wherever the command is run.
  process.env.HARDHAT_CONFIG = join(here, "..", "hardhat.config.ts");
  const { default: hre } = await import("hardhat");
  const connection = await hre.network.create(options.network);
  try {
    const client = createPublicClient({
      transport: custom(connection.provider as Parameters<typeof custom>[0]),
    }) as PublicClient;
    const chainId = await client.getChainId();
    const block = Number(await client.getBlockNumber());
    options.progress(`deploying to chain ${chainId}`);
    // A development chain begins anew each time it is started: its first block tells one from another, where the chain's id does not; and the port
    // tells those that were started in the same second.
    const { hash: genesis } = await client.getBlock({ blockNumber: 0n });
    const port = options.network === "localhost" ? `-${await portOf(connection.networkConfig)}` : "";
    const deploymentId = `chain-${chainId}-${genesis.slice(2, 10)}${port}`;
    const contracts = await deployModule(connection.ignition, parameters, chain, deploymentId);
    const addresses = await addressesOf(contracts);
    if (!(await client.getCode({ address: addresses.disputeGame }))) {
      throw new UserError(
        `deploy/deployments/${deploymentId} is about another chain that looked the same; remove it, and deploy again`,
        EXIT.environment,
      );
    }
    const file = options.out ?? deploymentFile(chainId);
    const record = recordOf({ chainId, block }, addresses, chain && `${chainId}.genesis.json`);
    if (chain && record.rollup) writeFileSync(join(dirname(file), record.rollup.genesis), chain.file);
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    return { deployment: readDeployment(chainId, file), file };
  } catch (error) {
    if (/ECONNREFUSED|Cannot connect|fetch failed/.test(String(error))) {
      throw new UserError(
        `the L1 endpoint of network ${options.network} does not answer; check its url in hardhat.config.ts, and that the node runs`,
        EXIT.environment,
      );
    }
    throw error;
  } finally {
    await connection.close();
  }
}

async function portOf(config: NetworkConfig): Promise<string> {
  return config.type === "http" ? new URL(await config.url.getUrl()).port : "";
}

/** What the contracts are told of an L2 chain. */
interface ChainBeginning {
  readonly chainId: bigint;
  readonly batchGas: bigint;
  readonly genesisOutput: Hex;
  /** The genesis file as it stands. */
  readonly file: Uint8Array;
}

async function readChain(path: string): Promise<ChainBeginning> {
  const genesis = readGenesisFile(path);
  const { chainId, batchGas } = genesis;
  return { chainId, batchGas, genesisOutput: bytesToHex(await genesisOutput(genesis)), file: readFileSync(path) };
}

type Connection = Awaited<ReturnType<typeof import("hardhat")["default"]["network"]["create"]>>;
type Ignition = Connection["ignition"];
type NetworkConfig = Connection["networkConfig"];
type Contracts = Record<string, { getAddress(): Promise<string> }>;

async function deployModule(
  ignition: Ignition,
  parameters: DeployParameters,
  chain: ChainBeginning | undefined,
  deploymentId: string,
): Promise<Contracts> {
  const settings = { deploymentId, displayUi: false };
  const { default: Elench } = await import("./modules/Elench.ts");
  if (!chain) return ignition.deploy(Elench, { ...settings, parameters: { Elench: { ...parameters } } });
  const { default: Rollup } = await import("./modules/Rollup.ts");
  const { chainId, batchGas, genesisOutput } = chain;
  const { guardian, deliveryDelay, finalityDelay = deliveryDelay, sequencer = zeroAddress } = parameters;
  return ignition.deploy(Rollup, {
    ...settings,
    parameters: {
      Elench: { ...parameters },
      Rollup: { chainId, batchGas, genesisOutput, guardian, finalityDelay, sequencer },
    },
  });
}

type ContractName = "disputeGame" | "tensorVerifier" | "modelRegistry" | "inferenceOracle";
type Addresses = Pick<Deployment, ContractName> & Partial<Omit<Rollup, "genesis">>;

const addressesOf = async (contracts: Contracts): Promise<Addresses> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()] as const),
    ),
  ) as unknown as Addresses;

/** @param genesis name of the genesis file beside the record. */
function recordOf(
  where: Pick<Deployment, "chainId" | "block">,
  { evmVerifier, inbox, outputs, ...addresses }: Addresses,
  genesis: string | undefined,
): Deployment {
  const rollup = genesis && evmVerifier && inbox && outputs && { evmVerifier, inbox, outputs, genesis };
  return { ...where, ...addresses, ...(rollup && { rollup }) };
}

function readParameters(file: string): DeployParameters {
  const path = isAbsolute(file) ? file : join(process.cwd(), file);
  if (!existsSync(path))
    throw new UserError(
      `no parameters at ${path}: give --parameters FILE (deploy/parameters/localhost.json shows what it holds)`,
    );
  let given: Partial<DeployParameters>;
  try {
    given = JSON.parse(readFileSync(path, "utf8")) as Partial<DeployParameters>;
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`);
  }
  for (const name of ["maxClock", "extension", "longExtension", "withdrawalDelay", "deliveryDelay"] as const) {
    if (!Number.isSafeInteger(given[name]) || (given[name] as number) < 0)
      throw new UserError(`${path}: ${name} must be a whole number of seconds`);
  }
  for (const name of ["bond", "prepayment"] as const) {
    if (!/^\d+$/.test(given[name] ?? ""))
      throw new UserError(`${path}: ${name} must be an amount in wei, as a string of digits`);
  }
  if (given.finalityDelay !== undefined && !(Number.isSafeInteger(given.finalityDelay) && given.finalityDelay >= 0))
    throw new UserError(`${path}: finalityDelay must be a whole number of seconds`);
  if (given.sequencer !== undefined && !isAddress(given.sequencer))
    throw new UserError(`${path}: sequencer must be an address`);
  if (!isAddress(given.guardian ?? "")) throw new UserError(`${path}: guardian must be an address`);
  return given as DeployParameters;
}
