import { toHex } from "@elench/bytes/hex";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import { InternalError } from "@elench/errors/internal-error";
import { UserError } from "@elench/errors/user-error";
import { configHash, configOf } from "@elench/evm/batch/record";
import { Chain } from "@elench/evm/chain/chain";
import type { Evm } from "@elench/evm/chain/executor";
import { genesisOutput, readGenesisFile } from "@elench/evm/chain/genesis";
import { type Models, sessionModels } from "@elench/evm/inference/models";
import type { Backend } from "@elench/tensor/engine/backend";
import { type Address, type Hex, keccak256, type LocalAccount, type PublicClient, zeroHash } from "viem";
import { firstThatAnswers } from "../l1/connect.ts";
import { readCounters } from "../l1/counters.ts";
import { Follower } from "../l1/follower.ts";
import { STALE_AFTER, Staleness } from "../l1/staleness.ts";
import { followedContracts } from "../l1/start-block.ts";
import { type Intent, type Receipt, TransactionQueue } from "../l1/transactions.ts";
import type { Account } from "../strategy/withdrawals.ts";
import { type BatchExecutor, batchExecutor } from "./batch-executor.ts";
import { BatchTraceProvider } from "./batch-trace-provider.ts";
import { Batches } from "./batches.ts";
import { awaitedBoundaries, countedSpans } from "./counted.ts";
import { Courtesy } from "./courtesy.ts";
import { awaitsResult } from "./delivery.ts";
import { dissentOf } from "./dissent.ts";
import type { SettlingOptions } from "./due.ts";
import { type InferenceExecutor, inferenceExecutor } from "./inference-executor.ts";
import { InferenceTraceProvider } from "./inference-trace-provider.ts";
import { Purse } from "./purse.ts";
import { Requests } from "./requests.ts";
import { SpanTraceProvider } from "./span-trace-provider.ts";
import { Spans } from "./spans.ts";
import type { ModelStore } from "./store.ts";
import { type MachineTraceProvider, TraceProviders } from "./trace-providers.ts";
import { Troubles } from "./troubles.ts";
import { type GameParameters, type WatchEvent, Watchtower } from "./watchtower.ts";

export interface AgentOptions {
  readonly clients: readonly [PublicClient, ...PublicClient[]];
  readonly chainId: number;
  readonly deployment: Deployment;
  readonly store: ModelStore;
  readonly backend: Backend;
  /** Who executes batches. Default: the native engine. */
  readonly evm?: Evm;
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
  /** Settle everything that is due and true, also for other accounts. */
  readonly settleAll?: boolean;
  /** Milliseconds that an answer waits for other honest parties to give it, unless it defends an own bond. Default: 0. */
  readonly courtesy?: number;
  /** Against which results that were settled falsely in an absence it makes a true one, with a bond. Default: none. */
  readonly contradict?: Contradicting;
  readonly report: (event: WatchEvent) => void;
  readonly onConfirmed?: (intent: Intent, receipt: Receipt) => void;
  /** Executes inferences. Default: natively. */
  readonly inferences?: InferenceExecutor;
  /** Executes batches. Default: natively. */
  readonly batches?: BatchExecutor;
}

/** Kinds of results that an agent may contradict: a bond is locked for each. */
export interface Contradicting {
  readonly outputs: boolean;
  readonly answers: boolean;
}

export interface Agent {
  readonly client: PublicClient;
  readonly deployment: Deployment;
  readonly watchtower: Watchtower;
  readonly requests: Requests;
  /** Batches and kept roots of the inbox; empty if the deployment has no rollup. */
  readonly batches: Batches;
  /** Proposed spans, settled boundaries, epochs. */
  readonly spans: Spans;
  /** Of all machines. */
  readonly truth: TraceProviders;
  readonly inferences: InferenceTraceProvider;
  /** Executes the batches on L1. Null if the deployment has no rollup. */
  readonly chain: BatchTraceProvider | null;
  readonly queue: TransactionQueue | null;
  readonly parameters: GameParameters;
  readonly settling: SettlingOptions;
  readonly contradicts: Contradicting;
  /** Further work of each round. */
  readonly troubles: Troubles;
  /**
   * Takes what it can of a proposal's bond from the account's credit with the game, if the account has authorised the consumer that the intent
   * calls; the rest stays its value.
   */
  readonly payBond: (intent: Intent) => Promise<Intent>;
  /** A secret that follows from the account's key and this text: the same after a restart. @throws InternalError without a key */
  readonly secret: (purpose: string) => Promise<Hex>;
  /** The oracle's constants. */
  readonly oracleParameters: () => Promise<OracleParameters>;
  /** What the oracle owes an account, in wei. */
  readonly creditOf: (account: Hex) => Promise<bigint>;
}

/** Connects the follower, the trace providers, the transactions and the watchtower of one deployment. */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { clients, deployment, store, backend } = options;
  const client = firstThatAnswers(clients);
  const parameters = await readParameters(client, deployment.disputeGame);
  const requests = new Requests();
  const { batches, spans, chain } = await openRollup(options, client);
  const inferences = new InferenceTraceProvider({
    deployment,
    inferenceOf: (context) => requests.inferenceOf(context) ?? chain?.inferenceOf(context),
    store,
    backend,
    executor: options.inferences ?? inferenceExecutor(backend),
  });
  const truth = new TraceProviders([
    [deployment.tensorVerifier, inferences],
    ...(chain && deployment.rollup ? rollupTruth(deployment.rollup, chain, batches, spans) : []),
  ]);
  const queue = options.account ? queueOf(options, options.account) : null;
  const purse = new Purse();
  const account = () => readAccount(client, deployment.disputeGame, queue);
  const troubles = new Troubles(options.report);
  const settling = { all: options.settleAll ?? false };
  const watchtower: Watchtower = new Watchtower({
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
    spans,
    queue,
    purse,
    courtesy: new Courtesy(options.courtesy ?? 0),
    troubles,
    accountOf: account,
    countersAt: (head, regions) => readCounters(clients, options.quorum, deployment, head, regions),
    gasPrice: () => client.getGasPrice(),
    needs: (game, now) => {
      if (settling.all) return true;
      const own = queue?.address.toLowerCase() as Hex | undefined;
      if (own && awaitsResult({ requests }, game, own)) return true;
      const span = spans.proposals.get(game.proposal.number);
      if (!span || !own) return false;
      const counted = countedSpans(spans, watchtower.forest, parameters.longest, now);
      return awaitedBoundaries(spans, counted, own).has(span.end);
    },
    report: options.report,
  });
  const payBond = async (intent: Intent): Promise<Intent> => {
    if (!queue || !(await hasAuthorised(client, deployment.disputeGame, queue.address, intent.to))) return intent;
    purse.open(await account(), (key) => queue.isPending(key));
    return purse.pay(intent);
  };
  return {
    client,
    deployment,
    watchtower,
    requests,
    batches,
    spans,
    truth,
    inferences,
    chain,
    queue,
    parameters,
    settling,
    contradicts: options.contradict ?? { outputs: false, answers: false },
    troubles,
    payBond,
    ...oracleReads(client, deployment.inferenceOracle),
    secret: (purpose) => secretOf(options.account, purpose),
  };
}

/** What the oracle is deployed with, as far as a provider needs it. */
export interface OracleParameters {
  /** Seconds. */
  readonly reveal: bigint;
  /** Wei. */
  readonly deposit: bigint;
}

function oracleReads(client: PublicClient, address: Address): Pick<Agent, "oracleParameters" | "creditOf"> {
  const oracle = { address, abi: inferenceOracleAbi } as const;
  let parameters: Promise<OracleParameters> | undefined;
  return {
    oracleParameters: () => {
      parameters ??= client.readContract({ ...oracle, functionName: "parameters" });
      return parameters;
    },
    creditOf: (account) => client.readContract({ ...oracle, functionName: "creditOf", args: [account] }),
  };
}

/** A signature is deterministic (RFC 6979), and nobody else can make it. */
async function secretOf(account: LocalAccount | undefined, purpose: string): Promise<Hex> {
  if (!account) throw new InternalError("a secret takes a key");
  return keccak256(await account.signMessage({ message: `Elench's secret for ${purpose}` }));
}

async function readParameters(client: PublicClient, address: Address): Promise<GameParameters> {
  const game = { address, abi: disputeGameAbi } as const;
  const [{ maxClock, extension, longExtension, bond, prepayment }, longest, retention] = await Promise.all([
    client.readContract({ ...game, functionName: "parameters" }),
    client.readContract({ ...game, functionName: "longest" }),
    client.readContract({ ...game, functionName: "retention" }),
  ]);
  const times = { maxClock, extension, longExtension, longest, retention };
  return {
    ...(Object.fromEntries(Object.entries(times).map(([name, time]) => [name, Number(time)])) as Record<
      keyof typeof times,
      number
    >),
    bond,
    prepayment,
  };
}

/** @throws InternalError without a key */
async function readAccount(client: PublicClient, address: Address, queue: TransactionQueue | null): Promise<Account> {
  if (!queue) throw new InternalError("there is no account without a key");
  const game = { address, abi: disputeGameAbi } as const;
  const args = [queue.address] as const;
  const [[credit, waiting, payableAt], [heldAmount, heldUntil]] = await Promise.all([
    client.readContract({ ...game, functionName: "accountOf", args }),
    client.readContract({ ...game, functionName: "holdOf", args }),
  ]);
  return { credit, waiting, payableAt: Number(payableAt), heldAmount, heldUntil: Number(heldUntil) };
}

const hasAuthorised = (client: PublicClient, game: Address, proposer: Address, consumer: Address): Promise<boolean> =>
  client.readContract({ address: game, abi: disputeGameAbi, functionName: "isAuthorised", args: [proposer, consumer] });

const queueOf = (options: AgentOptions, account: LocalAccount): TransactionQueue =>
  new TransactionQueue({
    client: options.clients[0],
    others: options.clients.slice(1),
    quorum: options.quorum,
    account,
    chainId: options.chainId,
    bumpAfter: options.bumpAfter,
    maxFeePerGas: options.maxFeePerGas,
    ...(options.maxPriorityFeePerGas !== undefined && { maxPriorityFeePerGas: options.maxPriorityFeePerGas }),
    onConfirmed: (intent, receipt) => options.onConfirmed?.(intent, receipt),
  });

type MachineTruth = readonly [Hex, MachineTraceProvider];

/** A span asks the EVM machine about each of its batches, which asks the tensor machine. */
function rollupTruth(rollup: Rollup, chain: BatchTraceProvider, batches: Batches, spans: Spans): MachineTruth[] {
  const spanOf = (context: Hex) => spans.byContext.get(context);
  const truth = new SpanTraceProvider({
    rollup,
    chainId: spans.chainId,
    spanOf,
    batches: chain,
    records: batches.records,
  });
  return [
    [rollup.spanVerifier, truth],
    [rollup.evmVerifier, chain],
  ];
}

interface RollupState {
  readonly batches: Batches;
  readonly spans: Spans;
  readonly chain: BatchTraceProvider | null;
}

/** The L2 chain of a deployment, before its first batch. @throws UserError if the genesis or the config is not the one on L1 */
async function openRollup(options: AgentOptions, client: PublicClient): Promise<RollupState> {
  const { tensorVerifier, rollup } = options.deployment;
  if (!rollup)
    return {
      batches: new Batches(configOf(0n)),
      spans: new Spans({ chainId: 0n, genesisOutput: zeroHash }),
      chain: null,
    };
  const genesis = readGenesisFile(rollup.genesis);
  const { chainId } = genesis;
  const config = configOf(chainId);
  const [expectedOutput, expectedConfig, genesisHash] = await Promise.all([
    client.readContract({ address: rollup.outputs, abi: outputsAbi, functionName: "genesisOutput" }),
    client.readContract({ address: rollup.inbox, abi: inboxAbi, functionName: "config" }),
    genesisOutput(genesis).then(toHex),
  ]);
  if (genesisHash !== expectedOutput)
    throw new UserError(
      `${rollup.genesis} has the genesis output ${genesisHash}, but the contract ${rollup.outputs} was deployed with ${expectedOutput}: it is another chain's genesis`,
    );
  if (toHex(configHash(config)) !== expectedConfig)
    throw new UserError(
      `the inbox ${rollup.inbox} was deployed with the config ${expectedConfig}, but chain ${chainId} has ${toHex(configHash(config))} here: it follows other rules`,
    );
  const batches = new Batches(config);
  const chain = new BatchTraceProvider({
    deployment: { tensorVerifier, rollup },
    chain: await Chain.create(genesis, modelsOf(options), options.evm),
    appended: () => batches.appended,
    executor: options.batches ?? batchExecutor,
  });
  return { batches, spans: new Spans({ chainId, genesisOutput: genesisHash }), chain };
}

const modelsOf = ({ store, backend }: AgentOptions): Models =>
  sessionModels((id) => (store.has(toHex(id)) ? store.load(toHex(id)).model : undefined), backend);
