import { readFileSync } from "node:fs";
import { createPublicClient, type Hex, http, type LocalAccount, type PublicClient } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { EXIT, UserError } from "../errors.ts";
import { type Deployment, readDeployment } from "./deployment.ts";

export interface ConnectOptions {
  /** URLs of L1 endpoints. */
  readonly rpc: readonly string[];
  /** File with a deployment record; the project's own for the chain, by default. */
  readonly deployment?: string | undefined;
}

export interface Connection {
  readonly clients: readonly [PublicClient, ...PublicClient[]];
  readonly chainId: number;
}

/** Opens the endpoints, which must all answer and serve the same chain. */
export async function connect(urls: readonly string[]): Promise<Connection> {
  const clients = urls.map((url) => {
    if (!/^https?:\/\//.test(url)) throw new UserError(`--rpc ${url}: an endpoint is a http:// or https:// address`);
    return createPublicClient({
      transport: http(url, { retryCount: 2, timeout: 10_000 }),
      pollingInterval: 200,
      cacheTime: 0,
    });
  });
  const [first, ...others] = clients;
  if (!first) throw new UserError("no L1 endpoint: give --rpc URL, or ELENCH_RPC");
  const ids = await Promise.all(clients.map((client) => client.getChainId()));
  const chainId = ids[0] as number;
  for (const [i, id] of ids.entries()) {
    if (id !== chainId)
      throw new UserError(`the endpoints serve different chains: ${urls[0]} ${chainId}, ${urls[i]} ${id}`);
  }
  return { clients: [first, ...others], chainId };
}

/** Opens the endpoints and the deployment, and makes sure that the contracts are there. */
export async function connectTo(options: ConnectOptions): Promise<Connection & { deployment: Deployment }> {
  const connection = await connect(options.rpc);
  const deployment = readDeployment(connection.chainId, options.deployment);
  const code = await connection.clients[0].getCode({ address: deployment.disputeGame });
  if (!code) {
    throw new UserError(
      `chain ${connection.chainId} has no contract at ${deployment.disputeGame}, where the deployment record puts the dispute game; is it another chain's record?`,
      EXIT.environment,
    );
  }
  return { ...connection, deployment };
}

/** The account of a private key: from a file, or from ELENCH_KEY; undefined if there is neither. */
export function account(keyFile: string | undefined): LocalAccount | undefined {
  const key = keyFile === undefined ? process.env.ELENCH_KEY : readFileSync(keyFile, "utf8").trim();
  if (key === undefined || key === "") return undefined;
  const where = keyFile === undefined ? "ELENCH_KEY" : keyFile;
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(key))
    throw new UserError(`${where} holds no private key: 32 bytes in hex are expected`);
  try {
    return privateKeyToAccount((key.startsWith("0x") ? key : `0x${key}`) as Hex);
  } catch {
    throw new UserError(`${where} holds no private key of secp256k1: it must be between 1 and the group's order`);
  }
}
