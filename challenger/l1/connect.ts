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
  /** As many endpoints must be there at the start; all of them by default. */
  readonly quorum?: number | undefined;
  /** File with a deployment record; the project's own for the chain, by default. */
  readonly deployment?: string | undefined;
}

export interface Connection {
  readonly clients: readonly [PublicClient, ...PublicClient[]];
  readonly chainId: number;
  /** Gives up whatever is under way. */
  close(): void;
}

/** Told when an endpoint goes down, with the failure, and when it is back, with null. */
export type OnEndpoint = (name: string, failure: EndpointSilent | null) => void;

/** Milliseconds for which endpoints that are slow at the start are waited for, once there are enough: so that wrong ones are refused at once. */
const PATIENCE = 1_000;

/**
 * Opens the endpoints, of which as many as the quorum must answer, all with the same chain. Those that come later must serve it too.
 * @param onChange told of those that are not there, once there are enough
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
      remedy: "check --rpc, and that the nodes run",
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

/** @throws UserError that tells nothing of the text, in which a key may stand */
function urlOf(text: string, number: number): URL {
  if (text === "") throw new UserError("no L1 endpoint: give --rpc URL, or ELENCH_RPC");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  const what = url?.host ? `${url.protocol}//${url.host}` : "what is given";
  throw new UserError(
    `--rpc, endpoint ${number}: ${what} is no http:// or https:// address (ws:// and wss:// are not served: events are polled)`,
  );
}

/** For what needs no quorum, because L1 itself judges it: transactions, and what they take. An endpoint that rests is passed over at once. */
export function firstThatAnswers([first, ...others]: Connection["clients"]): PublicClient {
  if (others.length === 0) return first;
  const transports = [first, ...others].map((client) => custom(client, { retryCount: 0 }));
  return createPublicClient({
    transport: fallback(transports, { retryCount: 0 }),
    pollingInterval: 200,
    cacheTime: 0,
  }) as PublicClient;
}

/** Opens the endpoints and the deployment, and makes sure that the contracts are there. */
export async function connectTo(
  options: ConnectOptions,
  onChange?: OnEndpoint,
): Promise<Connection & { deployment: Deployment }> {
  const connection = await connect(options, onChange);
  const deployment = readDeployment(connection.chainId, options.deployment);
  const code = await firstThatAnswers(connection.clients).getCode({ address: deployment.disputeGame });
  if (!code) {
    throw new UserError(
      `chain ${connection.chainId} has no contract at ${deployment.disputeGame}, where the deployment record puts the dispute game; is it another chain's record?`,
      EXIT.environment,
    );
  }
  return { ...connection, deployment };
}
