import { toHex } from "@elench/bytes/hex";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import { UserError } from "@elench/errors/user-error";
import { Chain } from "@elench/evm/chain/chain";
import { genesisOutput, readGenesisFile } from "@elench/evm/chain/genesis";
import { type Models, sessionModels } from "@elench/evm/inference/models";
import type { Backend } from "@elench/tensor/engine/backend";
import type { Address, Hex, LocalAccount, PublicClient } from "viem";
import { firstThatAnswers } from "../l1/connect.ts";
import { Follower } from "../l1/follower.ts";
import { STALE_AFTER, Staleness } from "../l1/staleness.ts";
import { followedContracts } from "../l1/start-block.ts";
import { type Intent, type Receipt, TransactionQueue } from "../l1/transactions.ts";
import { type BatchExecutor, batchExecutor } from "./batch-executor.ts";
import { BatchTraceProvider } from "./batch-trace-provider.ts";
import { Batches } from "./batches.ts";
import { dissentOf } from "./dissent.ts";
import { type InferenceExecutor, inferenceExecutor } from "./inference-executor.ts";
import { InferenceTraceProvider } from "./inference-trace-provider.ts";
import { Requests } from "./requests.ts";
import type { ModelStore } from "./store.ts";
import { TraceProviders } from "./trace-providers.ts";
import { Troubles } from "./troubles.ts";
import { type GameParameters, type WatchEvent, Watchtower } from "./watchtower.ts";

export interface AgentOptions {
  readonly clients: readonly [PublicClient, ...PublicClient[]];
  readonly chainId: number;
  readonly deployment: Deployment;
  readonly store: ModelStore;
  readonly backend: Backend;
  readonly account: LocalAccount | undefined;
  /** Number of endpoints that must agree. */
  readonly quorum: number;
  /** A block's logs are read again until the block is this many blocks old. */
  readonly reread?: bigint;
  /** Seconds without a new block after which the head is reported as stale. */
  readonly staleAfter?: number;
  /** Milliseconds. */
  readonly bumpAfter: number;
  /** Wei per gas. */
  readonly maxFeePerGas: bigint;
  /** Wei per gas: see `QueueOptions`. */
  readonly maxPriorityFeePerGas?: bigint;
  /** Consumers whose games are played, in addition to the deployment's own oracle and outputs. */
  readonly consumers?: readonly Address[];
  readonly report: (event: WatchEvent) => void;
  readonly onConfirmed?: (intent: Intent, receipt: Receipt) => void;
  /** Executes inferences. Default: natively. */
  readonly inferences?: InferenceExecutor;
  /** Executes batches. Default: natively. */
  readonly batches?: BatchExecutor;
}

export interface Agent {
  readonly client: PublicClient;
  readonly watchtower: Watchtower;
  readonly requests: Requests;
  readonly batches: Batches;
  /** Of all machines. */
  readonly truth: TraceProviders;
  readonly inferences: InferenceTraceProvider;
  /** Null if the deployment has no rollup. */
  readonly chain: BatchTraceProvider | null;
  readonly queue: TransactionQueue | null;
  readonly parameters: GameParameters;
  /** Further work of each round. */
  readonly troubles: Troubles;
}

/** Measured gas of one resolution (docs/game.md). An agent without a stake compares the prepayment with its cost. */
const RESOLUTION_GAS = 60_000n;

/** Connects the follower, the trace providers, the transactions and the watchtower of one deployment. */
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
  const [requests, batches] = [new Requests(), new Batches()];
  const chain = deployment.rollup
    ? await openChain({ ...options, deployment: { ...deployment, rollup: deployment.rollup } }, client, batches)
    : null;
  const inferences = new InferenceTraceProvider({
    deployment,
    inferenceOf: (context) => requests.inferenceOf(context) ?? chain?.inferenceOf(context),
    store,
    backend,
    executor: options.inferences ?? inferenceExecutor(backend),
  });
  const truth = new TraceProviders([
    [deployment.tensorVerifier, inferences],
    ...(chain && deployment.rollup ? [[deployment.rollup.evmVerifier, chain] as const] : []),
  ]);
  const queue = options.account
    ? new TransactionQueue({
        client: clients[0],
        others: clients.slice(1),
        quorum: options.quorum,
        account: options.account,
        chainId,
        bumpAfter: options.bumpAfter,
        maxFeePerGas: options.maxFeePerGas,
        ...(options.maxPriorityFeePerGas !== undefined && { maxPriorityFeePerGas: options.maxPriorityFeePerGas }),
        onConfirmed: (intent, receipt) => options.onConfirmed?.(intent, receipt),
      })
    : null;
  const troubles = new Troubles(options.report);
  const watchtower = new Watchtower({
    follower: new Follower({
      clients,
      addresses: followedContracts(deployment),
      fromBlock: BigInt(deployment.block),
      quorum: options.quorum,
      ...(options.reread !== undefined && { reread: options.reread }),
      ...dissentOf(troubles),
    }),
    staleness: new Staleness(options.staleAfter ?? STALE_AFTER),
    deployment,
    parameters,
    consumers: new Set((options.consumers ?? []).map((consumer) => consumer.toLowerCase() as Hex)),
    truth,
    requests,
    batches,
    queue,
    troubles,
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
  return { client, watchtower, requests, batches, truth, inferences, chain, queue, parameters, troubles };
}

type WithRollup = AgentOptions & { readonly deployment: Deployment & { readonly rollup: Rollup } };

/** The L2 chain of a deployment, before its first batch. @throws UserError if the genesis is not the one on L1. */
async function openChain(options: WithRollup, client: PublicClient, batches: Batches): Promise<BatchTraceProvider> {
  const { deployment } = options;
  const genesis = readGenesisFile(deployment.rollup.genesis);
  const outputs = { address: deployment.rollup.outputs, abi: outputsAbi } as const;
  const [expected, found] = await Promise.all([
    client.readContract({ ...outputs, functionName: "genesisOutput" }),
    genesisOutput(genesis).then(toHex),
  ]);
  if (found !== expected)
    throw new UserError(
      `${deployment.rollup.genesis} has the genesis output ${found}, but the contract ${outputs.address} was deployed with ${expected}: it is another chain's genesis`,
    );
  const chain = await Chain.create(genesis, modelsOf(options));
  return new BatchTraceProvider({
    deployment,
    chain,
    appended: () => batches.appended,
    executor: options.batches ?? batchExecutor,
  });
}

const modelsOf = ({ store, backend }: AgentOptions): Models =>
  sessionModels((id) => (store.has(toHex(id)) ? store.load(toHex(id)).model : undefined), backend);
