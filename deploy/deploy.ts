import { mkdirSync } from "node:fs";
import { EXIT, UserError } from "@elench/errors/user-error";
import { requireWritable } from "@elench/files/files";
import { formatEther, isAddressEqual } from "viem";
import { readArtifact } from "./artifacts.ts";
import { creationGas } from "./cost.ts";
import { type Deployment, deploymentFile, readDeployment } from "./deployment.ts";
import { deployFolder } from "./folder.ts";
import {
  contractsOf,
  type InputFiles,
  type Inputs,
  moduleOf,
  moduleParameters,
  type PlannedContract,
  readInputs,
} from "./inputs.ts";
import { createdBy, forgetUnsent, journalFolder, sentBy } from "./journal.ts";
import { type Network, openNetwork } from "./network.ts";
import { requireFitForPublicChain } from "./public-chain.ts";
import { type Addresses, recordIn, writeRecord } from "./record.ts";
import { explainRefusal } from "./refusals.ts";

export interface DeployOptions extends InputFiles {
  /** File of the record. Default: deploy/<chain id>.json. */
  readonly out?: string | undefined;
  readonly progress: (text: string) => void;
}

/**
 * Deploys the contracts with Ignition, which continues where an interrupted run stopped; then writes the record.
 * All checks precede the first transaction.
 * @throws UserError
 */
export async function deploy(options: DeployOptions): Promise<{ deployment: Deployment; file: string }> {
  const inputs = await readInputs(options);
  let network: Network | undefined;
  try {
    network = await openNetwork(options.network);
    return await deployTo(network, inputs, options);
  } catch (error) {
    throw explainRefusal(error, options.network, network);
  } finally {
    await network?.connection.close();
  }
}

async function deployTo(
  network: Network,
  inputs: Inputs,
  options: DeployOptions,
): Promise<{ deployment: Deployment; file: string }> {
  const { client, chainId, deployer, deploymentId } = network;
  const { progress } = options;
  requireFitForPublicChain(inputs.parameters, chainId);
  const file = options.out ?? deploymentFile(chainId);
  if (options.out === undefined) mkdirSync(deployFolder(), { recursive: true });
  requireWritable(file);
  const nextNonce = await client.getTransactionCount({ address: deployer, blockTag: "pending" });
  forgetUnsent(deploymentId, nextNonce);
  const previous = await sameDeployment(network, options, file);
  const module = await moduleOf(inputs);
  await requireMoney(network, contractsOf(module), sentBy(deploymentId, nextNonce));
  progress(`deploying to chain ${chainId}`);
  const contracts = await network.connection.ignition.deploy(module, {
    deploymentId,
    displayUi: false,
    parameters: moduleParameters(inputs),
  });
  const addresses = await addressesOf(contracts);
  if (!(await client.getCode({ address: addresses.disputeGame })))
    throw new UserError(
      `${journalFolder(deploymentId)} belongs to another chain with the same id and first block; remove it, and deploy again`,
      EXIT.environment,
    );
  // The follower reads events from this block on: a later block would hide games that are still open.
  const block = Math.min(...[...createdBy(deploymentId).values()].map((created) => created.block));
  writeRecord(file, { chainId, block, addresses, genesis: inputs.chain?.file, rollup: previous?.rollup });
  return { deployment: readDeployment(chainId, file), file };
}

/**
 * The record of the deployment that is continued; null for a new deployment.
 * @throws UserError if the record of another deployment, or an L2 chain in it, would be lost
 */
async function sameDeployment(
  { client, chainId, deploymentId }: Network,
  { network, genesis, progress }: DeployOptions,
  file: string,
): Promise<Deployment | null> {
  const created = createdBy(deploymentId);
  const game = created.get("Elench#DisputeGame")?.address;
  const previous = recordIn(file, chainId);
  const isSame = previous !== null && game !== undefined && isAddressEqual(previous.disputeGame, game);
  if (previous && !isSame) {
    const isGone = network === "localhost" && !(await client.getCode({ address: previous.disputeGame }));
    if (!isGone)
      throw new UserError(
        `${file} records another deployment, with the dispute game at ${previous.disputeGame}, which is not in ${journalFolder(deploymentId)}: the record would be overwritten. Give --out FILE to write another file, or move the record away first`,
      );
    progress(`${file} belongs to a local chain that no longer exists: it is replaced`);
  }
  const kept = isSame ? previous : null;
  if (created.has("Rollup#Outputs") && !kept?.rollup && genesis === undefined)
    throw new UserError(
      `this deployment has an L2 chain, but ${file} does not record it: give its genesis file with --genesis`,
    );
  return kept;
}

/** @throws UserError if the deployer cannot pay for all transactions that were not sent yet, at the present gas price */
async function requireMoney(
  { hre, client, deployer }: Network,
  contracts: readonly PlannedContract[],
  sent: ReadonlySet<string>,
): Promise<void> {
  const missing = contracts.filter(({ id }) => !sent.has(id));
  const artifacts = await Promise.all(missing.map(({ contractName }) => readArtifact(hre, contractName)));
  const gas = artifacts.reduce((sum, artifact) => sum + creationGas(artifact), 0n);
  const [price, balance] = await Promise.all([client.getGasPrice(), client.getBalance({ address: deployer })]);
  if (balance < gas * price)
    throw new UserError(
      `insufficient balance: the deployer ${deployer} has ${formatEther(balance)} ETH, but ${missing.length} contracts take about ${gas} gas, ${formatEther(gas * price)} ETH at the present gas price; send ether to it first`,
      EXIT.refused,
    );
}

const addressesOf = async (contracts: Record<string, { getAddress(): Promise<string> }>): Promise<Addresses> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()] as const),
    ),
  ) as unknown as Addresses;
