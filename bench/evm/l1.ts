import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { deploy } from "@elench/deploy/deploy";
import type { Deployment, Rollup } from "@elench/deploy/deployment";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { formatGenesis, type Genesis } from "@elench/evm/chain/genesis";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Abi, type Address, encodeFunctionData, type Hex } from "viem";

/** An L1 with all of Elench's contracts, for an L2 chain. */
export interface L1 {
  readonly chain: LocalChain;
  readonly deployment: Deployment & { readonly rollup: Rollup };
  /** Where the deployment's record is. */
  readonly record: string;
}

export async function openL1(genesis: Genesis, folder: string): Promise<L1> {
  mkdirSync(folder, { recursive: true });
  const [file, record] = [join(folder, "genesis.json"), join(folder, "deployment.json")];
  writeFileSync(file, formatGenesis(genesis));
  const chain = await startLocalChain();
  process.env.ELENCH_LOCAL_URL = chain.url;
  const { deployment } = await deploy({ network: "localhost", genesis: file, out: record, progress: () => undefined });
  return { chain, deployment: deployment as L1["deployment"], record };
}

/** What one transaction may have on L1 (EIP-7825). */
const GAS_LIMIT = 2n ** 24n;

interface Sent {
  readonly abi: Abi;
  readonly to: Address;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly value?: bigint;
  /** Which of the chain's rich accounts sends it. */
  readonly from: number;
}

/** Sends a transaction, and waits for its block. @throws Error if it reverts. @returns its receipt */
export async function transact({ client }: LocalChain, { abi, to, name, args, value = 0n, from }: Sent) {
  const data = encodeFunctionData({ abi, functionName: name, args });
  const { address } = richAccount(from);
  const fields = { from: address, to, data, value: `0x${value.toString(16)}`, gas: `0x${GAS_LIMIT.toString(16)}` };
  const hash = (await client.request({ method: "eth_sendTransaction", params: [fields] } as never)) as Hex;
  const receipt = await receiptOf(client, hash);
  if (receipt.status !== "success") throw new Error(`${name} reverted, after ${receipt.gasUsed} gas`);
  return receipt;
}

async function receiptOf(client: LocalChain["client"], hash: Hex) {
  for (let tries = 0; tries < 5_000; tries++) {
    const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt) return receipt;
    await sleep(2);
  }
  throw new Error(`transaction ${hash} was not taken`);
}

/** Puts a batch on L1. @returns the gas that it took */
export async function append({ chain, deployment }: L1, bytes: Uint8Array): Promise<number> {
  const args = [`0x${Buffer.from(bytes).toString("hex")}`];
  const to = deployment.rollup.inbox;
  return Number((await transact(chain, { abi: inboxAbi, to, name: "append", args, from: 0 })).gasUsed);
}
