import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import type { Address, Hex } from "viem";
import type { Field } from "./attack.ts";

/** What the accounts of one side have, and what they spent, in wei. */
export interface Worth {
  /** Balances, credits and fees. */
  readonly owned: bigint;
  /** Gas paid in the attack. */
  readonly gas: bigint;
}

/**
 * @param accounts of one side.
 * @param from the block before the attack's first.
 */
export async function worthOf(
  { chain: { client }, deployment }: Field,
  accounts: readonly Address[],
  from: bigint,
): Promise<Worth> {
  let owned = 0n;
  for (const address of accounts) {
    const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
    const oracle = { address: deployment.inferenceOracle, abi: inferenceOracleAbi } as const;
    const [credit] = await client.readContract({ ...game, functionName: "accountOf", args: [address] });
    const fees = await client.readContract({ ...oracle, functionName: "creditOf", args: [address] });
    owned += (await client.getBalance({ address })) + credit + fees;
  }
  return { owned, gas: await gasOf(client, new Set(accounts.map((address) => address.toLowerCase())), from) };
}

async function gasOf(client: Field["chain"]["client"], accounts: ReadonlySet<string>, from: bigint): Promise<bigint> {
  let paid = 0n;
  const last = await client.getBlockNumber();
  for (let number = from + 1n; number <= last; number++) {
    const { transactions } = await client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, hash } of transactions) {
      if (!accounts.has(from.toLowerCase())) continue;
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      paid += gasUsed * effectiveGasPrice;
    }
  }
  return paid;
}

/** All bonds and prepayments that the accounts have staked. */
export async function stakesOf(
  { chain: { client }, deployment }: Field,
  accounts: readonly Address[],
): Promise<bigint> {
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const ours = new Set(accounts.map((address) => address.toLowerCase()));
  const price = (functionName: "proposalPrice" | "counterPrice" | "movePrice") =>
    client.readContract({ ...game, functionName });
  const [proposal, counter, move] = await Promise.all([
    price("proposalPrice"),
    price("counterPrice"),
    price("movePrice"),
  ]);
  const events = { ...game, fromBlock: 0n, strict: true } as const;
  const proposed = await client.getContractEvents({ ...events, eventName: "Proposed" });
  const claimed = await client.getContractEvents({ ...events, eventName: "Claimed" });
  const isOurs = (account: Hex) => ours.has(account.toLowerCase());
  return (
    proposal * BigInt(proposed.filter(({ args }) => isOurs(args.proposer)).length) +
    claimed
      .filter(({ args }) => isOurs(claimantOf(args.origin)))
      .reduce((sum, { args }) => sum + (parentOf(args.origin) === 0n ? counter : move), 0n)
  );
}

const claimantOf = (origin: bigint): Hex => `0x${(origin & ((1n << 160n) - 1n)).toString(16).padStart(40, "0")}`;
const parentOf = (origin: bigint): bigint => (origin >> 160n) & 0xffffffn;
