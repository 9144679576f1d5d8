import { setTimeout as sleep } from "node:timers/promises";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";

/** What an earlier run of the same command, by the same account, has left on L1. */

/** The game about a batch's output that the account itself has proposed, if that is in the batch's place. */
export function ownProposal({ batches, watchtower, queue }: Agent, batch: number): Game | undefined {
  const entry = batches.entries.get(batch);
  const game = entry && watchtower.forest.games.get(entry.game);
  return game?.proposal.proposer === queue?.address.toLowerCase() ? game : undefined;
}

/** Milliseconds for which a transaction of an earlier run is waited for. One that takes longer is outbid. */
const PATIENCE = 30_000;

/** Waits until no transaction of the account is in the pool: what an earlier run sent just before it was killed may be the very claim that we would send. */
export async function waitForEarlierTransactions({ client, queue }: Agent): Promise<void> {
  if (!queue) return;
  const count = (blockTag: "latest" | "pending") => client.getTransactionCount({ address: queue.address, blockTag });
  const end = performance.now() + PATIENCE;
  while ((await count("pending")) > (await count("latest")) && performance.now() < end)
    await sleep(client.pollingInterval);
}
