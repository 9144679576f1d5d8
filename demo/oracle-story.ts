import { setTimeout as sleep } from "node:timers/promises";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { type Abi, type Address, createWalletClient, http, parseEther, parseEventLogs } from "viem";
import { foundry } from "viem/chains";
import { followDispute, gasSince } from "./dispute.ts";
import { startElench, startLiar } from "./processes.ts";
import { example, FAULT, liar, picture, provider, type Stage, user } from "./stage.ts";
import { tell } from "./tell.ts";
import { until } from "./until.ts";

/** Inference for contracts on L1: an honest answer, and a false one. */

const HONEST_DIGIT = 7;
export const DISPUTED_DIGIT = 3;
const FEE = parseEther("0.001");
/** For whoever delivers the answer: covers the gas of two transactions and of the callback. */
const DELIVERY_FEE = parseEther("0.002");

/** A contract on L1 that requests the digit in a picture. */
interface Reader {
  readonly address: Address;
  readonly abi: Abi;
}

const walletOf = ({ chain }: Stage) =>
  createWalletClient({ account: user.account, chain: foundry, transport: http(chain.url) });

export async function deployReader(stage: Stage): Promise<Reader> {
  const { abi, bytecode } = example("DigitReader");
  const args = [stage.deployment.inferenceOracle, stage.model];
  const hash = await walletOf(stage).deployContract({ abi, bytecode, args });
  const { contractAddress } = await stage.chain.client.waitForTransactionReceipt({ hash });
  return { address: contractAddress as Address, abi };
}

/** @returns the request's number */
async function ask(stage: Stage, reader: Reader, digit: number): Promise<bigint> {
  const { chain, deployment, model } = stage;
  const oracle = { address: deployment.inferenceOracle, abi: inferenceOracleAbi } as const;
  const price = await chain.client.readContract({ ...oracle, functionName: "priceOf", args: [model] });
  const value = FEE + DELIVERY_FEE + price;
  const call = { ...reader, functionName: "read", args: [picture(digit), DELIVERY_FEE, 0n], value };
  const hash = await walletOf(stage).writeContract(call);
  const { logs } = await chain.client.waitForTransactionReceipt({ hash });
  const [requested] = parseEventLogs({ abi: inferenceOracleAbi, eventName: "Requested", logs });
  if (!requested) throw new Error("the oracle took no request");
  return requested.args.request.id;
}

const digitRead = async ({ chain }: Stage, reader: Reader, request: bigint): Promise<bigint | undefined> => {
  try {
    return (await chain.client.readContract({ ...reader, functionName: "digitOf", args: [request] })) as bigint;
  } catch {
    return undefined;
  }
};

/** Whether a commitment was opened, and a game about the answer with it. */
const isAnswered = async ({ chain, deployment }: Stage): Promise<boolean> =>
  (
    await chain.client.getContractEvents({
      address: deployment.inferenceOracle,
      abi: inferenceOracleAbi,
      eventName: "Opened",
      fromBlock: BigInt(deployment.block),
    })
  ).length > 0;

/** Advances time, window by window, until the contract has its answer. */
async function waitForDelivery(stage: Stage, reader: Reader, request: bigint): Promise<number> {
  for (let windows = 0; windows < 40; windows++) {
    await stage.chain.pass(700);
    for (let tries = 0; tries < 12; tries++) {
      const digit = await digitRead(stage, reader, request);
      if (digit !== undefined) return Number(digit);
      await sleep(100);
    }
  }
  throw new Error(`request ${request} was never delivered`);
}

export async function honestAnswer(stage: Stage, reader: Reader): Promise<{ status: "final"; digit: number }> {
  tell(`a contract asks which digit is in the picture of a ${HONEST_DIGIT}`);
  const request = await ask(stage, reader, HONEST_DIGIT);
  const answering = startElench(
    ["answer", "--request", String(request), "--confirmations", "0", "--defend", "--interval", "100"],
    {
      ...stage.env,
      ELENCH_KEY: provider.key,
    },
  );
  try {
    tell("a provider runs the model, commits to its answer, and opens it with a bond");
    await until("the answer", () => isAnswered(stage));
    tell("nobody disputes the answer; the window passes");
    const digit = await waitForDelivery(stage, reader, request);
    tell(`the callback brings the answer: ${digit}`);
    return { status: "final", digit };
  } finally {
    await answering.stop();
  }
}

export async function falseAnswer(stage: Stage, reader: Reader, watchtowerDisagrees: () => boolean) {
  tell(`the contract asks about the picture of a ${DISPUTED_DIGIT}`);
  const request = await ask(stage, reader, DISPUTED_DIGIT);
  const since = await stage.chain.client.getBlockNumber();
  const lying = startLiar(
    FAULT,
    ["answer", "--request", String(request), "--confirmations", "0", "--defend", "--interval", "50"],
    {
      ...stage.env,
      ELENCH_KEY: liar.key,
    },
  );
  try {
    tell("another provider posts a wrong answer: one bit of one activation was flipped");
    const { places, ms } = await followDispute(stage, since);
    await until("the watchtower's verdict", async () => watchtowerDisagrees());
    const { step, levels } = places[0] as (typeof places)[number];
    tell(`the L1 contract has executed step ${step}: the liar's claim is false`);
    tell("the clocks run out, the bonds are paid, the contract gets the true answer");
    const digit = await waitForDelivery(stage, reader, request);
    tell(`the callback brings the answer: ${digit}`);
    const { gas, count, total } = await gasSince(stage, since);
    return {
      status: "refuted" as const,
      moves: count.moves,
      levels,
      gas: { total, ...gas },
      ms,
      refutedStep: step,
      digit,
    };
  } finally {
    await lying.stop();
  }
}
