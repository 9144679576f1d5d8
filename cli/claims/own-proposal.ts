import { setTimeout as sleep } from "node:timers/promises";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";

/** Finds the effects of an earlier run of the same command with the same account. */

/** The game of the account's own proposal for a batch, if that proposal is the batch's entry. */
export function ownProposal({ batches, watchtower, queue }: Agent, batch: number): Game | undefined {
  const entry = batches.entries.get(batch);
  const game = entry && watchtower.forest.games.get(entry.game);
  return game?.proposal.proposer === queue?.address.toLowerCase() ? game : undefined;
}

/** Milliseconds to wait for a pending transaction of an earlier run. After that it is replaced with higher fees. */
const PATIENCE = 30_000;

/** Waits until no transaction of the account is pending: an earlier run may have sent the same claim just before it was killed. */
export async function waitForEarlierTransactions({ client, queue }: Agent): Promise<void> {
  if (!queue) return;
  const count = (blockTag: "latest" | "pending") => client.getTransactionCount({ address: queue.address, blockTag });
  const end = performance.now() + PATIENCE;
  while ((await count("pending")) > (await count("latest")) && performance.now() < end)
    await sleep(client.pollingInterval);
}
