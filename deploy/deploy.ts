import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, createPublicClient, custom, isAddress, type PublicClient } from "viem";
import { EXIT, UserError } from "../challenger/errors.ts";
import { type Deployment, deploymentFile } from "../challenger/l1/deployment.ts";

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
}

export interface DeployOptions {
  /** Network of hardhat.config.ts. */
  readonly network: string;
  readonly parameters?: string;
  readonly out?: string;
  readonly progress: (text: string) => void;
}

/** Deploys everything by Ignition, which goes on where an earlier, interrupted run stopped; then writes the record. */
export async function deploy(options: DeployOptions): Promise<{ deployment: Deployment; file: string }> {
  const parameters = readParameters(options.parameters ?? join(here, "parameters", `${options.network}.json`));
  // Hardhat looks for its configuration from the caller's folder upwards; ours is the project's, wherever the command is run.
  process.env.HARDHAT_CONFIG = join(here, "..", "hardhat.config.ts");
  const { default: hre } = await import("hardhat");
  const { default: Elench } = await import("./modules/Elench.ts");
  const connection = await hre.network.create(options.network);
  try {
    const client = createPublicClient({
      transport: custom(connection.provider as Parameters<typeof custom>[0]),
    }) as PublicClient;
    const chainId = await client.getChainId();
    const block = Number(await client.getBlockNumber());
    options.progress(`deploying to chain ${chainId}`);
    // A development chain begins anew each time it is started: its first block tells one from another, where the chain's id does not.
    const { hash: genesis } = await client.getBlock({ blockNumber: 0n });
    const deploymentId = `chain-${chainId}-${genesis.slice(2, 10)}`;
    const contracts = await connection.ignition.deploy(Elench, {
      parameters: { Elench: { ...parameters } },
      deploymentId,
      displayUi: false,
    });
    const addresses = Object.fromEntries(
      await Promise.all(
        Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()] as const),
      ),
    ) as Pick<Deployment, "disputeGame" | "tensorVerifier" | "modelRegistry" | "inferenceOracle">;
    if (!(await client.getCode({ address: addresses.disputeGame }))) {
      throw new UserError(
        `deploy/deployments/${deploymentId} is about another chain that looked the same; remove it, and deploy again`,
        EXIT.environment,
      );
    }
    const deployment: Deployment = { chainId, block, ...addresses };
    const file = options.out ?? deploymentFile(chainId);
    writeFileSync(file, `${JSON.stringify(deployment, null, 2)}\n`);
    return { deployment, file };
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
  if (!isAddress(given.guardian ?? "")) throw new UserError(`${path}: guardian must be an address`);
  return given as DeployParameters;
}
