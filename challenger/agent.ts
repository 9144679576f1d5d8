import { createPublicClient, custom, fallback, type LocalAccount, type PublicClient } from "viem";
import type { Backend } from "../ml-vm/engine/backend.ts";
import { InferenceTrace } from "../prover/inference-trace.ts";
import { InferenceTruth, type InferenceTruthOptions } from "./inference-truth.ts";
import { disputeGameAbi } from "./l1/abi.ts";
import type { Deployment } from "./l1/deployment.ts";
import { Follower } from "./l1/follower.ts";
import { type Intent, type Receipt, TransactionQueue } from "./l1/transactions.ts";
import { Requests } from "./requests.ts";
import type { ModelStore } from "./store.ts";
import { type GameParameters, type WatchEvent, Watchtower } from "./watchtower.ts";

export interface AgentOptions {
  readonly clients: readonly [PublicClient, ...PublicClient[]];
  readonly chainId: number;
  readonly deployment: Deployment;
  readonly store: ModelStore;
  readonly backend: Backend;
  readonly account: LocalAccount | undefined;
  /** As many endpoints must tell the same. */
  readonly quorum: number;
  /** Milliseconds. */
  readonly bumpAfter: number;
  /** Wei per gas. */
  readonly maxFeePerGas: bigint;
  readonly report: (event: WatchEvent) => void;
  readonly onConfirmed?: (intent: Intent, receipt: Receipt) => void;
  /** Another trace than the true one: for those who play a liar in tests. */
  readonly trace?: InferenceTruthOptions["trace"];
  readonly infer?: InferenceTruthOptions["infer"];
}

export interface Agent {
  readonly client: PublicClient;
  readonly watchtower: Watchtower;
  readonly requests: Requests;
  readonly truth: InferenceTruth;
  readonly queue: TransactionQueue | null;
  readonly parameters: GameParameters;
}

/** For what needs no quorum, because L1 itself judges it: transactions, and what they take. */
function firstThatAnswers([first, ...others]: AgentOptions["clients"]): PublicClient {
  if (others.length === 0) return first;
  const transports = [first, ...others].map((client) => custom(client, { retryCount: 0 }));
  return createPublicClient({
    transport: fallback(transports, { retryCount: 0 }),
    pollingInterval: 200,
    cacheTime: 0,
  }) as PublicClient;
}

/** Gas of one resolution, measured (docs/game.md); what an agent without a stake compares the prepayment with. */
const RESOLUTION_GAS = 60_000n;

/** Puts together everything that watches, judges and acts over one deployment. */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { clients, chainId, deployment, store, backend } = options;
  const client = firstThatAnswers(clients);
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const p = await client.readContract({ ...game, functionName: "parameters" });
  const parameters: GameParameters = {
    maxClock: Number(p.maxClock),
    extension: Number(p.extension),
    longExtension: Number(p.longExtension),
    bond: p.bond,
    prepayment: p.prepayment,
  };
  const requests = new Requests();
  const trace =
    options.trace ?? (({ model, commitment }, inputs) => new InferenceTrace(model, commitment, backend, inputs));
  const truth = new InferenceTruth({
    deployment,
    requests,
    store,
    backend,
    trace,
    ...(options.infer && { infer: options.infer }),
  });
  const queue = options.account
    ? new TransactionQueue({
        client,
        others: clients.slice(1),
        account: options.account,
        chainId,
        bumpAfter: options.bumpAfter,
        maxFeePerGas: options.maxFeePerGas,
        onConfirmed: (intent, receipt) => options.onConfirmed?.(intent, receipt),
      })
    : null;
  const watchtower = new Watchtower({
    follower: new Follower({
      clients,
      addresses: [deployment.disputeGame, deployment.inferenceOracle],
      fromBlock: BigInt(deployment.block),
      quorum: options.quorum,
    }),
    deployment,
    parameters,
    truth,
    requests,
    queue,
    accountOf: async (account) => {
      const [[credit, unlocked, payableAt], held] = await Promise.all([
        client.readContract({ ...game, functionName: "accountOf", args: [account] }),
        client.readContract({ ...game, functionName: "onHold", args: [account] }),
      ]);
      return { credit, unlocked, payableAt: Number(payableAt), held };
    },
    resolutionCost: async () => RESOLUTION_GAS * (await client.getGasPrice()),
    report: options.report,
  });
  return { client, watchtower, requests, truth, queue, parameters };
}
