import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "@elench/errors/user-error";
import { type Address, createPublicClient, custom, type Hex, http, type PublicClient } from "viem";
import { privateKeyToAccount } from "viem/accounts";

export type Hre = typeof import("hardhat")["default"];
type Connection = Awaited<ReturnType<Hre["network"]["create"]>>;
type HttpConfig = Extract<Connection["networkConfig"], { type: "http" }>;

/** A chain that is only read. */
export interface Endpoint {
  readonly client: PublicClient;
  readonly chainId: number;
  /** Id of Ignition's journal for this chain. */
  readonly deploymentId: string;
}

/** The chain of a deployment, and the account that pays. */
export interface Network extends Endpoint {
  readonly hre: Hre;
  readonly connection: Connection;
  readonly deployer: Address;
}

/**
 * Opens a network of hardhat.config.ts.
 * @throws UserError if the network is unknown, the URL or the key is invalid, or the network does not answer
 */
export async function openNetwork(name: string): Promise<Network> {
  const { hre, config } = await configOf(name);
  const url = await urlOf(config, name);
  const signer = await signerOf(config);
  const connection = await hre.network.create(name);
  try {
    const client = createPublicClient({
      transport: custom(connection.provider as Parameters<typeof custom>[0], { retryCount: 0 }),
    }) as PublicClient;
    const deployer = signer ?? (await managedAccount(client, name));
    return { hre, connection, deployer, ...(await identify(client, name, url)) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Opens a network for reading, without a key. @throws UserError as `openNetwork`, and viem's errors */
export async function openEndpoint(name: string): Promise<Endpoint> {
  const { config } = await configOf(name);
  const url = await urlOf(config, name);
  const client = createPublicClient({ transport: http(url.href, { retryCount: 1 }) }) as PublicClient;
  return identify(client, name, url);
}

/** Whether the network's endpoint is configured. */
export async function hasEndpoint(name: string): Promise<boolean> {
  const { config } = await configOf(name);
  return isGiven(config.url);
}

/** The account that would pay; undefined if no key is given. @throws UserError if the key is invalid */
export async function deployerOf(name: string, client: PublicClient): Promise<Address | undefined> {
  const { config } = await configOf(name);
  const [key] = Array.isArray(config.accounts) ? config.accounts : [];
  if (key === undefined) return firstAccount(client);
  return (await isGiven(key)) ? signerOf(config) : undefined;
}

async function identify(client: PublicClient, name: string, url: URL): Promise<Endpoint> {
  const chainId = await client.getChainId();
  // A development chain starts from nothing each time. Its first block distinguishes it from another chain with the same id; the port
  // distinguishes chains that were started in the same second.
  const { hash: genesis } = await client.getBlock({ blockNumber: 0n });
  const deploymentId = `chain-${chainId}-${genesis.slice(2, 10)}${name === "localhost" ? `-${url.port}` : ""}`;
  return { client, chainId, deploymentId };
}

/** @throws UserError for a network that hardhat.config.ts does not have */
export async function configOf(name: string): Promise<{ hre: Hre; config: HttpConfig }> {
  // Hardhat searches its configuration from the current folder upwards; ours is always the project's. It is TypeScript in a
  // clone and JavaScript in a package, as this file is.
  process.env.HARDHAT_CONFIG = fileURLToPath(
    new URL(`../hardhat.config${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
  );
  const hre = await hardhat();
  const config = hre.config.networks[name];
  if (config?.type === "http") return { hre, config };
  const known = Object.entries(hre.config.networks).filter(([, { type }]) => type === "http");
  throw new UserError(
    `--network ${name}: hardhat.config.ts has no http network of that name; it has ${known.map(([network]) => network).join(", ")}`,
  );
}

/** Hardhat and its plugins. They are not dependencies of the package, because they are large and only this command needs them. */
async function hardhat(): Promise<Hre> {
  try {
    return (await import("hardhat")).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError(
      "deploy needs Hardhat, which is not installed; run: npm install --save-dev hardhat@3.18.0 @nomicfoundation/hardhat-toolbox-mocha-ethers@3.0.7 solc@0.8.37",
      EXIT.environment,
      { cause: error },
    );
  }
}

async function urlOf({ url }: HttpConfig, network: string): Promise<URL> {
  const text = await read(url, `the URL of network ${network}'s L1 endpoint`);
  // The value is not in the message: it may contain an API key.
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UserError(`${nameOf(url) ?? `network ${network}`}: its value is not an http:// or https:// URL`);
  return new URL(text);
}

/** The account of the first configured key; undefined if the node keeps the keys. */
async function signerOf({ accounts }: HttpConfig): Promise<Address | undefined> {
  const [key] = Array.isArray(accounts) ? accounts : [];
  if (key === undefined) return undefined;
  const text = (await read(key, "the deployer's private key")).trim();
  const name = nameOf(key) ?? "the key of hardhat.config.ts";
  if (!/^(0x)?[\da-f]{64}$/i.test(text))
    throw new UserError(`${name} is not a private key: give 32 bytes in hexadecimal`);
  try {
    return privateKeyToAccount(`0x${text.replace(/^0x/i, "")}`).address;
  } catch {
    throw new UserError(`${name} is not a private key of secp256k1: it must be at least 1 and below the group order`);
  }
}

type Variable = HttpConfig["url"];

/** The environment variable of a configuration value. */
const nameOf = (variable: Variable): string | undefined => (variable as { name?: string }).name;

const isGiven = (variable: Variable): Promise<boolean> =>
  variable.get().then(
    (value) => value.trim() !== "",
    () => false,
  );

async function read(variable: Variable, what: string): Promise<string> {
  try {
    return await variable.get();
  } catch (error) {
    throw new UserError(`${nameOf(variable)} is not set: set this environment variable to ${what}`, EXIT.input, {
      cause: error,
    });
  }
}

/** The first of the accounts whose keys the node keeps. */
async function firstAccount(client: PublicClient): Promise<Address | undefined> {
  const [account] = await client.request<{ ReturnType: Hex[] }>({ method: "eth_accounts" } as never);
  return account;
}

async function managedAccount(client: PublicClient, network: string): Promise<Address> {
  const account = await firstAccount(client);
  if (!account)
    throw new UserError(`the node of network ${network} has no unlocked accounts: use --network l1 with ELENCH_KEY`);
  return account;
}
