import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, type AgentOptions, createAgent } from "@elench/challenger/watch/agent";
import { settleDue } from "@elench/challenger/watch/outputs";
import { proposalDue } from "@elench/challenger/watch/proposing";
import type { ModelStore } from "@elench/challenger/watch/store";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import type { Backend } from "@elench/tensor/engine/backend";
import { type Hex, parseGwei, toFunctionSelector } from "viem";
import { batchInferenceLiar } from "../../challenger/watch/fixtures/liar.ts";
import { append, type L1 } from "./l1.ts";
import type { Workload } from "./workload.ts";

/** The whole dispute about an inference in a batch of 30M gas, on a real chain: every transaction of both sides, from the false output to the true one's settlement. */

const [LIAR, WATCHER] = [5, 6];
/** The liar flips a bit of this element of what this instruction computes. */
const FAULT = { instruction: 3, element: 1234 };

export async function measureDispute(l1: L1, { bytes }: Workload, store: ModelStore, backend: Backend) {
  const appendGas = await append(l1, bytes);
  const liar = await agentOf(l1, store, backend, LIAR, batchInferenceLiar({ store, backend }, 0, FAULT));
  const watcher = await agentOf(l1, store, backend, WATCHER);
  const { client } = l1.chain;
  const since = await client.getBlockNumber();
  await propose(l1, liar);
  const round = async (): Promise<void> => {
    for (const agent of [watcher, liar]) {
      const { timestamp } = await agent.watchtower.round();
      await settleDue(agent, l1.deployment.rollup, Number(timestamp));
    }
  };
  const events = (eventName: "Refuted" | "WholeRange") =>
    client.getContractEvents({
      address: l1.deployment.disputeGame,
      abi: disputeGameAbi,
      eventName,
      fromBlock: since + 1n,
    });
  await until("the refutation", async () => (await events("Refuted")).length > 0, round);
  const machines = (await events("WholeRange")).length;
  if (machines !== 3)
    throw new Error(`the dispute was about ${machines} machines' runs, not about a span, a batch and an inference`);
  const outputs = {
    address: l1.deployment.rollup.outputs,
    abi: outputsAbi,
    functionName: "isFinal",
    args: [1n],
  } as const;
  await until(
    "the true output's settlement",
    () => client.readContract(outputs),
    async () => {
      await l1.chain.pass(1_000);
      await round();
    },
  );
  return { appendGas, batchBytes: bytes.length, ...(await bill(l1, since)) };
}

function agentOf(l1: L1, store: ModelStore, backend: Backend, account: number, lies: Partial<AgentOptions> = {}) {
  const { chain, deployment } = l1;
  return createAgent({
    clients: [chain.client],
    chainId: deployment.chainId,
    deployment,
    store,
    backend,
    account: richAccount(account),
    quorum: 1,
    bumpAfter: 60_000,
    maxFeePerGas: parseGwei("500"),
    report: () => undefined,
    ...lies,
  });
}

/** The liar's proposal, with a checkpoint before it. */
async function propose({ chain, deployment }: L1, agent: Agent): Promise<void> {
  for (;;) {
    const due = await proposalDue(agent, deployment.rollup, { first: 0, end: 1 }, await agent.watchtower.look());
    if (due.game) return;
    if ("intent" in due) await agent.watchtower.make(due.intent, due.call, "0x");
    await chain.client.mine({ blocks: 1 });
  }
}

async function until(what: string, condition: () => Promise<boolean>, each: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (await condition()) return;
    await each();
    await sleep(20);
  }
  throw new Error(`waited in vain: ${what}`);
}

/** Gas and number of all transactions to the game and the outputs, by the function that they call. */
async function bill({ chain: { client }, deployment }: L1, since: bigint) {
  const names = new Map<Hex, string>(
    [...disputeGameAbi, ...outputsAbi].flatMap((item) =>
      item.type === "function" ? [[toFunctionSelector(item), item.name] as const] : [],
    ),
  );
  const contracts = [deployment.disputeGame, deployment.rollup.outputs].map((address) => address.toLowerCase());
  const byFunction: Record<string, { gas: number; count: number }> = {};
  let total = 0;
  const last = await client.getBlockNumber();
  for (let number = since + 1n; number <= last; number++) {
    const { transactions } = await client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { to, input, hash } of transactions) {
      if (!contracts.includes(to?.toLowerCase() ?? "")) continue;
      const gas = Number((await client.getTransactionReceipt({ hash })).gasUsed);
      const name = names.get(input.slice(0, 10) as Hex) ?? "other";
      const before = byFunction[name] ?? { gas: 0, count: 0 };
      byFunction[name] = { gas: before.gas + gas, count: before.count + 1 };
      total += gas;
    }
  }
  return { total, byFunction };
}
