import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { type Address, type Hex, type PublicClient, toFunctionSelector } from "viem";

export type Kind = "propose" | "moves" | "step" | "settle";

const KINDS: Readonly<Record<string, Kind>> = {
  commit: "propose",
  open: "propose",
  propose: "propose",
  counter: "moves",
  move: "moves",
  moveWhole: "moves",
  delegate: "moves",
  delegateWhole: "moves",
  refute: "step",
  refuteWhole: "step",
  settle: "settle",
  settlePart: "settle",
};

const bySelector = new Map<Hex, Kind>(
  [...disputeGameAbi, ...inferenceOracleAbi, ...outputsAbi].flatMap((item) => {
    const kind = item.type === "function" ? KINDS[item.name] : undefined;
    return item.type === "function" && kind ? [[toFunctionSelector(item), kind] as const] : [];
  }),
);

export interface Bill {
  readonly gas: Record<Kind, bigint>;
  readonly count: Record<Kind, number>;
}

/** Gas of a dispute's transactions, read from the blocks: both sides, also failed ones. */
export async function billOf(
  client: PublicClient,
  contracts: readonly Address[],
  fromBlock: bigint,
  toBlock: bigint,
): Promise<Bill> {
  const bill: Bill = {
    gas: { propose: 0n, moves: 0n, step: 0n, settle: 0n },
    count: { propose: 0, moves: 0, step: 0, settle: 0 },
  };
  const addresses = new Set(contracts.map((address) => address.toLowerCase()));
  for (let number = fromBlock; number <= toBlock; number++) {
    const block = await client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const transaction of block.transactions) {
      const kind = bySelector.get(transaction.input.slice(0, 10) as Hex);
      if (!kind || !addresses.has(transaction.to?.toLowerCase() ?? "")) continue;
      const { gasUsed } = await client.getTransactionReceipt({ hash: transaction.hash });
      bill.gas[kind] += gasUsed;
      bill.count[kind] += 1;
    }
  }
  return bill;
}
