import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { registerModel } from "@elench/challenger/l1/registration";
import { type Entry, gameIdOf, NO_COMMITMENT, unpackClaim, unpackProposal } from "@elench/challenger/strategy/record";
import { ModelStore } from "@elench/challenger/watch/store";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import type { Deployment } from "@elench/deploy/deployment";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { hardhatArtifacts } from "@elench/prover/verifier";
import { privateKeyOf, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { STATUS } from "@elench/spec/game/game";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import type { LoadedModel } from "@elench/tensor/load";
import { listRoot } from "@elench/tensor/program/commitment";
import { type Abi, type Address, createWalletClient, encodeFunctionData, type Hex, http, parseGwei } from "viem";
import type { HDAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import type { Request } from "../../challenger/l1/events.ts";
import { commitIntent, commitmentOf } from "../../challenger/l1/oracle-calls.ts";
import { type TinyModel, tinyInput, tinyModel } from "./tiny-model.ts";

export const parameters = {
  maxClock: 3_600n,
  extension: 300n,
  longExtension: 600n,
  bond: 60_000_000_000_000_000n,
  prepayment: 6_000_000_000_000_000n,
  withdrawalDelay: 60n,
} as const;
/** Their clocks, as the agent takes them. */
export const TIMES = {
  maxClock: Number(parameters.maxClock),
  extension: Number(parameters.extension),
  longExtension: Number(parameters.longExtension),
} as const;
export const DELIVERY_DELAY = 600n;
export const FEE = 1_000_000_000_000_000n;
export const DELIVERY_FEE = 2_000_000_000_000_000n;

/** Of the oracle. A request here costs next to nothing beside its fees. */
export const oracleParameters = {
  deliveryDelay: DELIVERY_DELAY,
  reveal: 600n,
  deposit: 1_000_000_000_000_000n,
  speed: 1_000_000_000n,
  minPrice: 1n,
  scale: 1_000_000_000_000n,
} as const;

/** Who is who among the chain's rich accounts. */
export const [user, guardian, watcher] = [richAccount(0), richAccount(1), richAccount(2)];

/** A chain of one's own with the contracts on it, and a model that they know. */
export interface Stage {
  readonly chain: LocalChain;
  readonly deployment: Deployment;
  readonly backend: Backend;
  readonly store: ModelStore;
  readonly model: LoadedModel;
  readonly tiny: TinyModel;
  readonly folder: string;
  /** What every elench process is given. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @param size rows, inner and columns of the model's product: they decide the level of its games. */
export async function openStage(size: readonly [number, number, number] = [2, 4, 4]): Promise<Stage> {
  const chain = await startLocalChain();
  const folder = mkdtempSync(join(tmpdir(), "elench-e2e-"));
  const deployment = await deployContracts(chain);
  const record = join(folder, "deployment.json");
  writeFileSync(record, JSON.stringify(deployment));
  const backend = openBackend({ threads: 1 });
  const store = new ModelStore(join(folder, "models"), backend);
  const tiny = tinyModel(...size);
  const model = store.add(tiny.onnx);
  await registerModel({
    client: chain.client,
    account: user,
    chainId: deployment.chainId,
    registry: deployment.modelRegistry,
    loaded: model,
    progress: () => undefined,
  });
  return { chain, deployment, backend, store, model, tiny, folder, ...stageOf(chain, folder, record, store) };
}

/** What every stage has once its chain and its folder are there. */
export const stageOf = (
  chain: LocalChain,
  folder: string,
  record: string,
  store: ModelStore,
): Pick<Stage, "env" | "close"> => ({
  env: {
    ELENCH_RPC: chain.url,
    ELENCH_DEPLOYMENT: record,
    ELENCH_STORE: store.folder,
    ELENCH_THREADS: "1",
    ELENCH_INTERVAL: "30",
    ELENCH_COURTESY: "0",
  },
  close: async () => {
    await chain.stop();
    rmSync(folder, { recursive: true, force: true });
  },
});

const artifact = hardhatArtifacts(fileURLToPath(new URL("../../artifacts/contracts", import.meta.url)));

async function deployContracts(chain: LocalChain): Promise<Deployment> {
  const wallet = createWalletClient({ account: user, chain: foundry, transport: http(chain.url) });
  const deploy = async (name: string, args: readonly unknown[] = []): Promise<Address> => {
    const { abi, bytecode } = artifact(name);
    const hash = await wallet.deployContract({ abi: abi as Abi, bytecode, args });
    const { contractAddress, status } = await chain.client.waitForTransactionReceipt({ hash });
    if (status !== "success" || !contractAddress) throw new Error(`${name} was not deployed`);
    return contractAddress;
  };
  const block = Number(await chain.client.getBlockNumber());
  const tensorVerifier = await deploy("TensorVerifier", [await deploy("FetchStep"), await deploy("Float64Ops")]);
  const modelRegistry = await deploy("ModelRegistry", [await deploy("ProgramValidator")]);
  const disputeGame = await deploy("DisputeGame", [{ ...parameters, guardian: guardian.address }]);
  const inferenceOracle = await deploy("InferenceOracle", [
    disputeGame,
    tensorVerifier,
    modelRegistry,
    { ...oracleParameters, guardian: guardian.address },
  ]);
  return { chainId: foundry.id, block, tensorVerifier, modelRegistry, disputeGame, inferenceOracle };
}

export const keyOf = (account: HDAccount): Hex => privateKeyOf(account);

/** Sends a transaction and waits for its block. @returns whether it succeeded */
export async function transact(
  stage: Stage,
  account: HDAccount,
  to: Address,
  data: Hex,
  value = 0n,
  gas?: bigint,
): Promise<boolean> {
  const wallet = createWalletClient({ account, chain: foundry, transport: http(stage.chain.url) });
  const hash = await wallet.sendTransaction({
    to,
    data,
    value,
    maxFeePerGas: MAX_FEE,
    ...(gas !== undefined && { gas }),
  });
  return (await stage.chain.client.waitForTransactionReceipt({ hash, pollingInterval: 20 })).status === "success";
}

/** A question to the oracle, with the hash preimage that its later calls take. */
export interface Question {
  readonly id: bigint;
  readonly context: Hex;
  /** Of its slot. */
  readonly place: bigint;
  readonly request: Request;
  readonly input: Uint8Array;
}

const NOBODY = "0x0000000000000000000000000000000000000000";

/** Asks the oracle about the tiny model's input of this seed. */
export async function ask(stage: Stage, seed: number, consumer: Address = NOBODY, callbackGas = 0n): Promise<Question> {
  const { chain, deployment, model, tiny } = stage;
  const input = tinyInput(tiny, seed);
  const oracle = { address: deployment.inferenceOracle, abi: inferenceOracleAbi } as const;
  const price = await chain.client.readContract({ ...oracle, functionName: "priceOf", args: [model.id] });
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "request",
    args: [model.id, hex(input), { consumer, callbackGas, fee: FEE, deliveryFee: DELIVERY_FEE }, BigInt(seed)],
  });
  // Others' requests in between raise the price.
  if (!(await transact(stage, user, oracle.address, data, FEE + DELIVERY_FEE + 2n * price)))
    throw new Error("the oracle refused the request");
  const logs = await chain.client.getContractEvents({ ...oracle, eventName: "Requested", fromBlock: 0n, strict: true });
  const { context, place, request } = (logs.at(-1) as (typeof logs)[number]).args;
  return { id: request.id, context, place, request, input };
}

const SALT: Hex = `0x${"5a".repeat(32)}`;

/** Commits to an answer, true or not, and opens it. @returns the id of the game about it */
export async function answer(
  stage: Stage,
  account: HDAccount,
  { context, request }: Pick<Question, "context" | "request">,
  output: Uint8Array,
): Promise<Hex> {
  const { inferenceOracle: oracle, chainId } = stage.deployment;
  const secret = { chainId, oracle, context, provider: account.address, outputRoot: rootOf(stage, output), salt: SALT };
  const commitment = commitmentOf(secret);
  const committing = commitIntent(commitment, 0n, oracle, oracleParameters.deposit);
  if (!(await transact(stage, account, oracle, committing.data, committing.value)))
    throw new Error("the oracle refused the commitment");
  // It is opened in a later block, at a later time.
  await stage.chain.pass(1);
  const logs = await stage.chain.client.getContractEvents({
    address: oracle,
    abi: inferenceOracleAbi,
    eventName: "Committed",
    fromBlock: 0n,
    strict: true,
  });
  const { sequence: order, place } = (logs.at(-1) as (typeof logs)[number]).args;
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "open",
    args: [{ place, order, salt: SALT }, request.inference, hex(output), 0n],
  });
  if (!(await transact(stage, account, oracle, data, 4n * parameters.bond + parameters.prepayment)))
    throw new Error(`the oracle refused the answer to request ${request.id}`);
  return (await games(stage)).at(-1) as Hex;
}

/** Root of a tiny model's one output. */
const rootOf = ({ backend }: Stage, output: Uint8Array): Hex => hex(listRoot([backend.dataRoot(output)]));

/** The model's true output, and its root. */
export function trueOutput({ model, backend }: Stage, input: Uint8Array): { bytes: Uint8Array; root: Hex } {
  const outputs = new Session(model.model, backend).run([input]);
  return {
    bytes: new Uint8Array(Buffer.concat(outputs)),
    root: hex(listRoot(outputs.map((output) => backend.dataRoot(output)))),
  };
}

/** Ids of all games, oldest first. */
export async function games(stage: Stage): Promise<Hex[]> {
  return [...(await gameIds(stage)).values()];
}

/** Ids of all games by their numbers, oldest first. */
async function gameIds(stage: Stage): Promise<Map<bigint, Hex>> {
  const proposals = (await gameEvents(stage, "Proposed")).map(({ args }) => unpackProposal(args.proposal));
  return new Map(proposals.map((proposal) => [proposal.number, gameIdOf(proposal)]));
}

/** A claim or a refutation as its event tells it; addresses in lower case. */
export interface Claimed extends Entry {
  /** The game's id. */
  readonly game: Hex;
  /** The last state, or the output; undefined for a refutation. */
  readonly end: Hex | undefined;
}

/** All claims, or those of one game, oldest first. */
export const claimsOf = async (stage: Stage, game?: Hex): Promise<Claimed[]> => entriesOf(stage, "Claimed", game);

/** All refutations, or those of one game, oldest first. */
export const refutationsOf = async (stage: Stage, game?: Hex): Promise<Claimed[]> => entriesOf(stage, "Refuted", game);

async function entriesOf(stage: Stage, eventName: "Claimed" | "Refuted", game: Hex | undefined): Promise<Claimed[]> {
  const ids = await gameIds(stage);
  const entries = (await gameEvents(stage, eventName)).map(({ args }): Claimed => {
    const { number, terms, origin } = args;
    const end = "end" in args ? args.end : undefined;
    return {
      ...(unpackClaim({ terms, origin, commitment: NO_COMMITMENT }) as Entry),
      game: ids.get(number) as Hex,
      end,
    };
  });
  return entries.filter((entry) => game === undefined || entry.game === game);
}

type GameEventName =
  | "Proposed"
  | "Claimed"
  | "WholeRange"
  | "Refuted"
  | "PartSettled"
  | "Concluded"
  | "Credited"
  | "Staked"
  | "Unlocked"
  | "Withdrawn";

export async function gameEvents<Name extends GameEventName>(stage: Stage, eventName: Name) {
  return stage.chain.client.getContractEvents({
    address: stage.deployment.disputeGame,
    abi: disputeGameAbi,
    eventName,
    fromBlock: 0n,
    strict: true,
  });
}

export const { Open: OPEN, Upheld: UPHELD, Replaced: REPLACED } = STATUS;

/** How a game stands on L1; the output only once it is over. */
export async function resultOf(stage: Stage, game: Hex): Promise<{ status: number; output?: Hex }> {
  const ids = await gameIds(stage);
  const concluded = (await gameEvents(stage, "Concluded")).find(({ args }) => ids.get(args.number) === game);
  return concluded ? { status: concluded.args.status, output: concluded.args.output } : { status: OPEN };
}

/** Repeats `each` until the condition holds. @throws Error after so many seconds, naming what was waited for */
export async function until(
  what: string,
  condition: () => unknown,
  each: () => Promise<unknown> = async () => undefined,
  seconds = 30,
): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await each();
    await sleep(20);
  }
}

/** Longer than any clock of a game: whatever is not answered by now can be settled afterwards. */
export const passClocks = (stage: Stage): Promise<void> => stage.chain.pass(Number(parameters.maxClock) + 100);

/**
 * For agents to settle in: the clocks and the delays pass, then a second of real time. Without that second, a game is too old to be settled (W and three
 * days) after 64 rounds, before a slow machine has started a process.
 */
export async function passToSettle(stage: Stage): Promise<void> {
  await passClocks(stage);
  await stage.chain.pass(Number(DELIVERY_DELAY));
  await sleep(1_000);
}

export const hex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString("hex")}`;

export const MAX_FEE = parseGwei("500");
