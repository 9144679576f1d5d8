import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import type { Address } from "viem";
import type { Stage } from "./stage.ts";

/** An account's gain or loss in bonds, in wei: its credit in the game, minus its stakes. */
export async function bondsOf({ chain, deployment }: Stage, account: Address): Promise<bigint> {
  const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
  const credited = await chain.client.getContractEvents({
    ...game,
    eventName: "Credited",
    args: { account },
    fromBlock: BigInt(deployment.block),
    strict: true,
  });
  const fromCredit = await chain.client.getContractEvents({
    ...game,
    eventName: "Staked",
    args: { account },
    fromBlock: BigInt(deployment.block),
    strict: true,
  });
  let staked = fromCredit.reduce((sum, log) => sum + log.args.amount, 0n);
  const last = await chain.client.getBlockNumber();
  for (let number = BigInt(deployment.block); number <= last; number++) {
    const block = await chain.client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const transaction of block.transactions) {
      const isStake = [deployment.disputeGame, deployment.inferenceOracle, deployment.rollup.outputs].some(
        (to) => to.toLowerCase() === transaction.to?.toLowerCase(),
      );
      if (!isStake || transaction.from.toLowerCase() !== account.toLowerCase()) continue;
      const { status } = await chain.client.getTransactionReceipt({ hash: transaction.hash });
      if (status === "success") staked += transaction.value;
    }
  }
  return credited.reduce((sum, log) => sum + log.args.amount, 0n) - staked;
}
