import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "@elench/challenger/watch/agent";

export interface RoundsOptions {
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** End after one round and the confirmation of its transactions. */
  readonly once: boolean;
  /** Further work of each round. */
  readonly also?: () => Promise<void>;
}

/**
 * Runs rounds until SIGINT or SIGTERM. A failure is reported, and tried again in the next round: an unavailable endpoint must not
 * stop the watchtower.
 */
export async function runRounds(agent: Agent, { interval, once, also }: RoundsOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const round = async (): Promise<void> => {
    await agent.watchtower.round();
    await also?.();
  };
  while (!stop.signal.aborted) {
    if (once) await round();
    else await agent.troubles.attempt("round", round);
    if (once && (agent.queue?.size ?? 0) === 0) return;
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}
