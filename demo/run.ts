import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Abi, type Address, createWalletClient, type Hex, http, parseEther } from "viem";
import { foundry } from "viem/chains";
import { disputeGameAbi } from "../challenger/l1/abi.ts";
import type { Deployment } from "../challenger/l1/deployment.ts";
import { deploy } from "../deploy/deploy.ts";
import { type LocalChain, privateKeyOf, richAccount, startLocalChain } from "../deploy/local-chain.ts";
import { readTensorFile } from "../ml-vm/onnx/tensor-file.ts";
import { endWithUs } from "./children.ts";
import { billOf } from "./ledger.ts";
import { type Elench, elench, startElench } from "./processes.ts";

/** `npm run demo`: an honest inference and a false one, on a chain of its own, each party a process of its own. */

const root = fileURLToPath(new URL("..", import.meta.url));
const MODEL = join(root, "models", "digits.onnx");
const HONEST_DIGIT = 7;
const DISPUTED_DIGIT = 3;
const FEE = parseEther("0.001");

/** The fault that the liar builds in: a bit of this element of what this instruction computes. */
const FAULT = "3:1234";

const json = process.argv.includes("--json");
const started = performance.now();
const tell = (text: string): void => {
  const line = `${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`;
  (json ? process.stderr : process.stdout).write(line);
};

const party = (index: number) => ({ account: richAccount(index), key: privateKeyOf(richAccount(index)) });
const [user, operator, provider, liar, watcher] = [party(0), party(0), party(2), party(3), party(4)];

const digitFile = (digit: number): string => join(root, "models", "digits", `${digit}.npy`);

/** Asks until there is an answer. @throws Error after a minute, naming what was waited for */
async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 1_200; tries++) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(50);
  }
  throw new Error(`waited a minute in vain: ${what}`);
}

interface Stage {
  readonly chain: LocalChain;
  readonly deployment: Deployment;
  readonly reader: { readonly address: Address; readonly abi: Abi };
  /** What every elench process is given. */
  readonly env: Readonly<Record<string, string>>;
}

async function setUp(chain: LocalChain, folder: string): Promise<Stage & { model: Hex }> {
  process.env.ELENCH_LOCAL_URL = chain.url;
  const record = join(folder, "deployment.json");
  const { deployment } = await deploy({ network: "localhost", out: record, progress: tell });
  const env = { ELENCH_RPC: chain.url, ELENCH_DEPLOYMENT: record, ELENCH_STORE: join(folder, "models") };
  tell("registering the model: L1 checks each of its instructions");
  const { id } = await elench(["model", "add", MODEL], { ...env, ELENCH_KEY: operator.key });
  const artifact = createRequire(import.meta.url)(
    "../artifacts/contracts/examples/DigitReader.sol/DigitReader.json",
  ) as { abi: Abi; bytecode: Hex };
  const wallet = createWalletClient({ account: user.account, chain: foundry, transport: http(chain.url) });
  const hash = await wallet.deployContract({
    abi: artifact.abi,
    bytecode: artifact.bytecode,
    args: [deployment.inferenceOracle, id],
  });
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash });
  return {
    chain,
    deployment,
    env,
    model: id as Hex,
    reader: { address: contractAddress as Address, abi: artifact.abi },
  };
}

/** A contract asks which digit is in a picture. */
async function ask({ chain, reader }: Stage, digit: number): Promise<void> {
  const type = { dtype: "f32", shape: [1, 1, 28, 28] } as const;
  const image: Hex = `0x${Buffer.from(readTensorFile(digitFile(digit), readFileSync(digitFile(digit)), type)).toString("hex")}`;
  const wallet = createWalletClient({ account: user.account, chain: foundry, transport: http(chain.url) });
  const hash = await wallet.writeContract({ ...reader, functionName: "read", args: [image], value: FEE });
  await chain.client.waitForTransactionReceipt({ hash });
}

const digitRead = async ({ chain, reader }: Stage, request: bigint): Promise<bigint | undefined> => {
  try {
    return (await chain.client.readContract({ ...reader, functionName: "digitOf", args: [request] })) as bigint;
  } catch {
    return undefined;
  }
};

/** Lets time pass, window after window, until the contract has its answer. */
async function waitForDelivery(stage: Stage, request: bigint): Promise<bigint> {
  for (let windows = 0; windows < 40; windows++) {
    await stage.chain.pass(700);
    for (let tries = 0; tries < 12; tries++) {
      const digit = await digitRead(stage, request);
      if (digit !== undefined) return digit;
      await sleep(100);
    }
  }
  throw new Error(`request ${request} was never delivered`);
}

async function honestStory(stage: Stage): Promise<{ status: "final"; digit: number }> {
  tell(`a contract asks which digit is in the picture of a ${HONEST_DIGIT}`);
  await ask(stage, HONEST_DIGIT);
  const answering = startElench(["answer", "--request", "0", "--defend", "--interval", "100"], {
    ...stage.env,
    ELENCH_KEY: provider.key,
  });
  try {
    tell("a provider runs the model, and answers with a bond");
    tell("nobody disagrees; the window passes");
    const digit = Number(await waitForDelivery(stage, 0n));
    tell(`the callback brings the answer: ${digit}`);
    return { status: "final", digit };
  } finally {
    await answering.stop();
  }
}

async function falseStory(stage: Stage, watchtowerSaw: (kind: string) => boolean) {
  const { chain, deployment } = stage;
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  tell(`the contract asks about the picture of a ${DISPUTED_DIGIT}`);
  await ask(stage, DISPUTED_DIGIT);
  const fromBlock = await chain.client.getBlockNumber();
  const lying = startElench(["answer", "--request", "1", "--defend", "--interval", "50", "--inject-fault", FAULT], {
    ...stage.env,
    ELENCH_KEY: liar.key,
  });
  try {
    const logs = async <T extends "Proposed" | "Claimed" | "Refuted" | "Concluded">(eventName: T) =>
      chain.client.getContractEvents({ ...game, eventName, fromBlock, strict: true });
    const [proposed] = await until("the false answer", async () => {
      const found = await logs("Proposed");
      return found.length > 0 && found;
    });
    const answered = performance.now();
    tell("another provider posts a wrong answer: one bit of one activation was flipped");
    await until("the watchtower's disagreement", async () => watchtowerSaw("false"));
    tell("the watchtower has run the model itself, and disagrees");
    let shown = 0;
    const refuted = await until("the refutation", async () => {
      const claims = await logs("Claimed");
      for (const claim of claims.slice(shown)) {
        const by =
          claim.args.claimant.toLowerCase() === watcher.account.address.toLowerCase() ? "watchtower" : "liar      ";
        tell(
          `  ${by}  segment ${String(claim.args.segment).padStart(2)} of 16, ends in ${claim.args.end.slice(0, 12)}…`,
        );
      }
      shown = claims.length;
      return (await logs("Refuted"))[0];
    });
    const ms = performance.now() - answered;
    const claims = await logs("Claimed");
    const level = proposed?.args.level ?? 0;
    const step = stepOf(refuted.args.claim, refuted.args.segment, claims, level);
    tell(`the L1 contract has executed step ${step}: the liar's claim is false`);
    tell("the clocks run out, the bonds are paid, the contract gets the true answer");
    const digit = Number(await waitForDelivery(stage, 1n));
    tell(`the callback brings the answer: ${digit}`);
    const bill = await billOf(
      chain.client,
      [deployment.disputeGame, deployment.inferenceOracle],
      fromBlock + 1n,
      await chain.client.getBlockNumber(),
    );
    const gas = { total: Object.values(bill.gas).reduce((a, b) => a + b, 0n), ...bill.gas };
    return {
      status: "refuted" as const,
      moves: bill.count.moves,
      levels: level,
      gas,
      ms: Math.round(ms),
      refutedStep: step,
      digit,
    };
  } finally {
    await lying.stop();
  }
}

/** Which step of the machine a segment of a level-1 claim is. */
function stepOf(
  claim: Hex,
  segment: number,
  claims: readonly { args: { id: Hex; parent: Hex; segment: number } }[],
  levels: number,
): bigint {
  const byId = new Map(claims.map((c) => [c.args.id, c.args]));
  const segments: number[] = [segment];
  for (let at = byId.get(claim); at; at = byId.get(at.parent)) segments.push(at.segment);
  // The last one pushed is the counter's, which is over the whole range.
  return segments.slice(0, levels).reduce((sum, s, i) => sum + BigInt(s) * 16n ** BigInt(i), 0n);
}

/** What an account gained or lost in bonds, in wei: what the game has credited it, less what it staked. */
async function bondsOf({ chain, deployment }: Stage, account: Address): Promise<bigint> {
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const credited = await chain.client.getContractEvents({
    ...game,
    eventName: "Credited",
    args: { account },
    fromBlock: BigInt(deployment.block),
    strict: true,
  });
  let staked = 0n;
  const last = await chain.client.getBlockNumber();
  for (let number = BigInt(deployment.block); number <= last; number++) {
    const block = await chain.client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const transaction of block.transactions) {
      const isStake = [deployment.disputeGame, deployment.inferenceOracle].some(
        (to) => to.toLowerCase() === transaction.to?.toLowerCase(),
      );
      if (!isStake || transaction.from.toLowerCase() !== account.toLowerCase()) continue;
      const { status } = await chain.client.getTransactionReceipt({ hash: transaction.hash });
      if (status === "success") staked += transaction.value;
    }
  }
  return credited.reduce((sum, log) => sum + log.args.amount, 0n) - staked;
}

const folder = mkdtempSync(join(tmpdir(), "elench-demo-"));
let watchtower: Elench | undefined;
let chain: LocalChain | undefined;
try {
  tell("starting a local L1");
  chain = await startLocalChain();
  endWithUs(chain.process);
  const stage = await setUp(chain, folder);
  const { steps } = await elench(["model", "id", MODEL], {});
  const verdicts: string[] = [];
  watchtower = startElench(["watch", "--interval", "50"], { ...stage.env, ELENCH_KEY: watcher.key }, (event) => {
    if (event.kind === "game") verdicts.push(String(event.verdict));
  });
  tell("a watchtower is on watch: a process of its own, with a key of its own");
  const honest = await honestStory(stage);
  const refuted = await falseStory(stage, (verdict) => verdicts.includes(verdict));
  const [slashed, paid] = await Promise.all([
    bondsOf(stage, liar.account.address),
    bondsOf(stage, watcher.account.address),
  ]);
  summarise({ model: stage.model, steps, honest, false: refuted, slashed: -slashed, paid });
} catch (error) {
  process.stderr.write(`demo: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await watchtower?.stop();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
}

interface Summary {
  readonly model: Hex;
  readonly steps: unknown;
  readonly honest: Awaited<ReturnType<typeof honestStory>>;
  readonly false: Awaited<ReturnType<typeof falseStory>>;
  /** Wei. */
  readonly slashed: bigint;
  readonly paid: bigint;
}

function summarise(summary: Summary): void {
  if (json) {
    const plain = (_: string, value: unknown) =>
      typeof value !== "bigint" ? value : value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
    process.stdout.write(`${JSON.stringify(summary, plain)}\n`);
    return;
  }
  const { gas, ms, moves, levels, refutedStep } = summary.false;
  const ether = (wei: bigint): string => `${Number(wei) / 1e18} ETH`;
  process.stdout.write(`
The true answer stood twice.
  steps in the trace    up to ${summary.steps}, narrowed over ${levels} levels in ${moves} moves to step ${refutedStep}
  time                  ${(ms / 1000).toFixed(1)} s from the false answer to its refutation, windows not counted
  gas, both sides       ${gas.total}: answer ${gas.propose}, moves ${gas.moves}, step ${gas.step}, resolution ${gas.resolve}
  the liar lost         ${ether(summary.slashed)}
  the watchtower gained ${ether(summary.paid)}, a third of every lost bond being burnt

Replay the step that decided it, and check it in the Solidity verifier:
  npx elench replay models/digits.onnx --input image=models/digits/${DISPUTED_DIGIT}.npy --step ${refutedStep} --verify
`);
}
