import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { SLOT_STEPS } from "@elench/evm/batch/claim";
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  hexToBytes,
  http,
  numberToHex,
} from "viem";
import { followDispute, gasSince, type Place } from "./dispute.ts";
import { type Elench, elench, startElench, startLiar } from "./processes.ts";
import { example, FAULT, GENESIS, KEPT, L2_CHAIN_ID, liar, picture, provider, type Stage, user } from "./stage.ts";
import { tell } from "./tell.ts";
import { until } from "./until.ts";

/** An L2 whose contracts call a model: a contract reads a meter from pictures, and false and true outputs are posted to L1. */

const UNIT_PRICE = 10n ** 12n;
/** Index in a batch of the transaction that reports the reading. */
const REPORT = 1n;

interface L2 {
  readonly process: Elench;
  readonly url: string;
}

function startL2(stage: Stage): Promise<L2> {
  return new Promise((resolve) => {
    const process = startElench(["chain", "--genesis", GENESIS, "--port", "0"], stage.env, (event) => {
      if (event.kind === "started") resolve({ process, url: event.url as string });
    });
  });
}

const clientsOf = (url: string) => {
  const chain = defineChain({
    id: L2_CHAIN_ID,
    name: "the demo's L2",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const options = { chain, transport: http(url), pollingInterval: 20, cacheTime: 0 };
  return { l2: createPublicClient(options), wallet: createWalletClient({ ...options, account: user.account }) };
};

async function deployMeter({ url }: L2, model: Hex): Promise<{ address: Address; abi: Abi }> {
  const { l2, wallet } = clientsOf(url);
  const { abi, bytecode } = example("MeterReader");
  const hash = await wallet.deployContract({ abi, bytecode, args: [model, UNIT_PRICE] });
  return { address: (await l2.waitForTransactionReceipt({ hash })).contractAddress as Address, abi };
}

/** Sends pictures of the meter. @returns the contract's reading */
async function report({ url }: L2, meter: { address: Address; abi: Abi }, digits: readonly number[]): Promise<bigint> {
  const { l2, wallet } = clientsOf(url);
  const pictures = digits.map(picture);
  const args = [user.account.address, pictures];
  const [reading, due] = (await l2.readContract({ ...meter, functionName: "quote", args })) as [bigint, bigint];
  const hash = await wallet.writeContract({ ...meter, functionName: "report", args: [pictures], value: due });
  const { gasUsed } = await l2.waitForTransactionReceipt({ hash });
  tell(
    `on L2 a contract reads ${digits.length} pictures with the model, finds ${reading}, and takes ${due} wei: ${gasUsed} gas`,
  );
  return reading;
}

/** Appends the blocks from a block on to the inbox on L1, as one batch. @returns its file */
async function append(stage: Stage, { url }: L2, number: number, fromBlock: number): Promise<string> {
  const { l2 } = clientsOf(url);
  const batches = (await l2.request({ method: "elench_batches", params: [numberToHex(fromBlock)] } as never)) as Hex[];
  mkdirSync(KEPT, { recursive: true });
  const file = join(KEPT, `batch-${number}.bin`);
  writeFileSync(file, hexToBytes(batches[0] as Hex));
  const { bytes, gas } = await elench(["batch", "append", file], { ...stage.env, ELENCH_KEY: user.key });
  tell(`batch ${number} is on L1: ${bytes} bytes, ${gas} gas`);
  return file;
}

/** Whether the output after a batch is final on L1. */
const isFinal = ({ chain, deployment }: Stage, batch: number): Promise<boolean> =>
  chain.client.readContract({
    address: deployment.rollup.outputs,
    abi: outputsAbi,
    functionName: "isFinal",
    args: [BigInt(batch + 1)],
  });

export interface FalseOutput {
  readonly lie: string;
  readonly batch: number;
  readonly moves: number;
  readonly levels: number;
  readonly gas: Readonly<Record<string, bigint>>;
  readonly ms: number;
  /** The step that L1 executed, and the steps that asked for its run. */
  readonly places: readonly Place[];
}

/** A proposer posts the output of a batch; a liar disputes it, and loses. */
async function lieAbout(stage: Stage, batch: number, lie: string, fault: string): Promise<FalseOutput> {
  const since = await stage.chain.client.getBlockNumber();
  const args = ["propose", "--end", String(batch + 1), "--defend", "--interval", "50"];
  const proposing = startElench(args, { ...stage.env, ELENCH_KEY: provider.key });
  const disputing = ["dispute", "--batch", String(batch), "--interval", "50"];
  const lying = startLiar(fault, disputing, { ...stage.env, ELENCH_KEY: liar.key });
  try {
    tell(`a proposer posts the output of batch ${batch}, with a bond; a liar disputes it: ${lie}`);
    const { places, ms } = await followDispute(stage, since);
    for (const place of places) tell(`narrowed to ${describePlace(stage, place)}`);
    tell("the L1 contract has executed it: the liar's claim is false");
    await until("finality", async () => {
      await stage.chain.pass(3_700);
      return isFinal(stage, batch);
    });
    tell(`the output of batch ${batch} is final`);
    const { gas, count, total } = await gasSince(stage, since);
    const levels = places.reduce((sum, place) => sum + place.levels, 0);
    return { lie, batch, moves: count.moves, levels, gas: { total, ...gas }, ms, places };
  } finally {
    await Promise.all([proposing, lying].map((party) => party.stop()));
  }
}

function describePlace({ deployment }: Stage, { machine, step }: Place): string {
  switch (machine.toLowerCase()) {
    case deployment.tensorVerifier.toLowerCase():
      return `step ${step} of the inference`;
    case deployment.rollup.spanVerifier.toLowerCase():
      return `batch ${step} of the span`;
    default:
      return `transaction ${step / SLOT_STEPS} of the batch, and there to step ${step % SLOT_STEPS}`;
  }
}

export async function rollupStory(stage: Stage) {
  const l2 = await startL2(stage);
  try {
    const meter = await deployMeter(l2, stage.model);
    await report(l2, meter, [7]);
    await append(stage, l2, 0, 1);
    const storage = await lieAbout(stage, 0, "the contract is said to have stored another number", `storage:${REPORT}`);
    await report(l2, meter, [7, 3]);
    await append(stage, l2, 1, 3);
    const inference = await lieAbout(stage, 1, "the model is said to have seen something else", `inference:${FAULT}`);
    return { storage, inference };
  } finally {
    await l2.process.stop();
  }
}
