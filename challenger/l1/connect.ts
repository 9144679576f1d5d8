import { setTimeout as sleep } from "node:timers/promises";
import { type Deployment, readDeployment } from "@elench/deploy/deployment";
import { EXIT, UserError } from "@elench/errors/user-error";
import { createPublicClient, custom, fallback, type PublicClient } from "viem";
import { Endpoint } from "./endpoint.ts";
import type { EndpointSilent } from "./endpoint-error.ts";
import { enough } from "./quorum.ts";

export interface ConnectOptions {
  /** URLs of L1 endpoints. */
  readonly rpc: readonly string[];
  /** Milliseconds that one request may take. */
  readonly rpcTimeout: number;
  /** Number of endpoints that must answer at the start. Default: all. */
  readonly quorum?: number | undefined;
  /** File with a deployment record. Default: the project's own record for the chain. */
  readonly deployment?: string | undefined;
}

export interface Connection {
  readonly clients: readonly [PublicClient, ...PublicClient[]];
  readonly chainId: number;
  /** Aborts all requests in flight. */
  close(): void;
}

/** Called with the failure when an endpoint goes down, and with null when it is back. */
export type OnEndpoint = (name: string, failure: EndpointSilent | null) => void;

/** Milliseconds to wait for the slower endpoints after the quorum has answered, so that an endpoint of another chain is refused at the start. */
const PATIENCE = 1_000;

/**
 * Opens the endpoints. At least the quorum must answer, all with the same chain id. Endpoints that answer later must serve that chain too.
 * @param onChange called for each endpoint that does not answer, after the quorum has answered
 */
export async function connect(
  { rpc, rpcTimeout, quorum = rpc.length }: ConnectOptions,
  onChange: OnEndpoint = () => undefined,
): Promise<Connection> {
  const missing = new Map<string, EndpointSilent | null>();
  let tell: OnEndpoint = (name, failure) => void missing.set(name, failure);
  const endpoints = rpc.map(
    (text, i) =>
      new Endpoint({
        url: urlOf(text, i + 1),
        number: i + 1,
        timeout: rpcTimeout,
        onChange: (name, failure) => tell(name, failure),
      }),
  );
  const found = new Map<Endpoint, number>();
  const asked = endpoints.map(async (endpoint) => found.set(endpoint, await endpoint.client.getChainId()));
  await enough(asked, quorum).catch((error: unknown) => {
    if (missing.size < 2) throw error;
    const failures = [...missing.values()].map((failure) => failure?.what).sort();
    throw new UserError(`too few endpoints for a quorum of ${quorum}: ${failures.join("; ")}`, EXIT.environment, {
      remedy: "check --rpc, and that the nodes are running",
      cause: error,
    });
  });
  await Promise.race([Promise.allSettled(asked), sleep(PATIENCE, undefined, { ref: false })]);
  const [[first, chainId]] = [...found] as [[Endpoint, number]];
  for (const [endpoint, id] of found) {
    if (id !== chainId)
      throw new UserError(`the endpoints serve different chains: ${first.name} ${chainId}, ${endpoint.name} ${id}`);
  }
  for (const endpoint of endpoints) endpoint.expectChain(chainId);
  tell = onChange;
  for (const [name, failure] of missing) onChange(name, failure);
  return {
    clients: endpoints.map(({ client }) => client) as unknown as Connection["clients"],
    chainId,
    close: () => {
      for (const endpoint of endpoints) endpoint.close();
    },
  };
}

/** @throws UserError, without the text: it may contain an API key */
function urlOf(text: string, number: number): URL {
  if (text === "") throw new UserError("no L1 endpoint: give --rpc URL, or set ELENCH_RPC");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  const what = url?.host ? `${url.protocol}//${url.host}` : "the value";
  throw new UserError(
    `--rpc, endpoint ${number}: ${what} is not an http:// or https:// URL (ws:// and wss:// are not supported: events are polled)`,
  );
}

/** A client for requests that need no quorum, because L1 itself checks them: transactions and their simulation. It skips resting endpoints at once. */
export function firstThatAnswers([first, ...others]: Connection["clients"]): PublicClient {
  if (others.length === 0) return first;
  const transports = [first, ...others].map((client) => custom(client, { retryCount: 0 }));
  return createPublicClient({
    transport: fallback(transports, { retryCount: 0 }),
    pollingInterval: 200,
    cacheTime: 0,
  }) as PublicClient;
}

/** Opens the endpoints, reads the deployment record, and checks that the dispute game has code at its address. */
export async function connectTo(
  options: ConnectOptions,
  onChange?: OnEndpoint,
): Promise<Connection & { deployment: Deployment }> {
  const connection = await connect(options, onChange);
  const deployment = readDeployment(connection.chainId, options.deployment);
  const code = await firstThatAnswers(connection.clients).getCode({ address: deployment.disputeGame });
  if (!code) {
    throw new UserError(
      `chain ${connection.chainId} has no contract at ${deployment.disputeGame}, the dispute game's address in the deployment record; check that the record belongs to this chain`,
      EXIT.environment,
    );
  }
  return { ...connection, deployment };
}
