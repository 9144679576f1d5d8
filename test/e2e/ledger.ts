import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Address, Hex } from "viem";
import type { HDAccount } from "viem/accounts";
import { claimsOf, gameEvents, parameters, type Stage } from "./stage.ts";

/** What an account did on L1, read from the blocks themselves. */
export interface Ledger {
  /** Transactions to the game, oldest first. */
  readonly calls: readonly { readonly input: Hex; readonly succeeded: boolean }[];
  /** Wei. */
  readonly gasPaid: bigint;
}

export async function ledgerOf({ chain: { client }, deployment }: Stage, account: Address): Promise<Ledger> {
  const calls: { input: Hex; succeeded: boolean }[] = [];
  let gasPaid = 0n;
  const last = await client.getBlockNumber();
  for (let number = 0n; number <= last; number++) {
    const block = await client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, to, input, hash } of block.transactions) {
      if (from.toLowerCase() !== account.toLowerCase()) continue;
      const { gasUsed, effectiveGasPrice, status } = await client.getTransactionReceipt({ hash });
      gasPaid += gasUsed * effectiveGasPrice;
      if (to?.toLowerCase() === deployment.disputeGame.toLowerCase())
        calls.push({ input, succeeded: status === "success" });
    }
  }
  return { calls, gasPaid };
}

/** Wei of an account on L1, with its credit in the game. */
export async function wealthOf({ chain: { client }, deployment }: Stage, { address }: HDAccount): Promise<bigint> {
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const [credit] = await client.readContract({ ...game, functionName: "accountOf", args: [address] });
  return credit + (await client.getBalance({ address }));
}

/** What accounts paid for their proposals and claims, in wei. */
export async function stakesOf(
  stage: Stage,
  accounts: readonly HDAccount[],
): Promise<{ bonds: bigint; prepayments: bigint }> {
  const own = new Set(accounts.map(({ address }) => address.toLowerCase()));
  const opened = (await gameEvents(stage, "Proposed")).filter(({ args }) =>
    own.has(args.proposer.toLowerCase()),
  ).length;
  const claims = (await claimsOf(stage)).filter(({ claimant }) => own.has(claimant));
  const counters = claims.filter(({ kind }) => kind === "counter").length;
  return {
    bonds: BigInt(4 * opened + claims.length + counters) * parameters.bond,
    prepayments: BigInt(opened + claims.length) * parameters.prepayment,
  };
}
