import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "@elench/challenger/watch/agent";

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
