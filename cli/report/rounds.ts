import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "@elench/challenger/watch/agent";
import { round } from "@elench/challenger/watch/round";

export interface RoundsOptions {
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** End after one round and the confirmation of its transactions. */
  readonly once: boolean;
}

/**
 * Runs rounds until SIGINT or SIGTERM. A failure is reported, and tried again in the next round: an unavailable endpoint must not
 * stop the watchtower.
 */
export async function runRounds(agent: Agent, { interval, once }: RoundsOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  while (!stop.signal.aborted) {
    if (once) await round(agent);
    else
      await agent.troubles.attempt("round", async () => {
        await round(agent);
      });
    if (once && (agent.queue?.size ?? 0) === 0) return;
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}
