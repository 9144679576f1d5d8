import { setTimeout as sleep } from "node:timers/promises";
import type { L1Block } from "@elench/challenger/l1/follower";
import type { Agent } from "@elench/challenger/watch/agent";
import { round } from "@elench/challenger/watch/round";

export interface RoundsOptions {
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** End after one round and the confirmation of its transactions. */
  readonly once: boolean;
  /** Further work of each round. */
  readonly also?: (head: L1Block) => Promise<void>;
}

/**
 * Runs rounds until SIGINT or SIGTERM. A failure is reported, and tried again in the next round: an unavailable endpoint must not
 * stop the watchtower.
 */
export async function runRounds(agent: Agent, { interval, once, also }: RoundsOptions): Promise<void> {
  const stop = new AbortController();
  const roundAndAlso = async (): Promise<void> => {
    const head = await round(agent);
    await also?.(head);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  while (!stop.signal.aborted) {
    if (once) await roundAndAlso();
    else await agent.troubles.attempt("round", roundAndAlso);
    if (once && (agent.queue?.size ?? 0) === 0) return;
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}
