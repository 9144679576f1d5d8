import type { Address, Hex } from "viem";
import type { Stage } from "./stage.ts";

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
