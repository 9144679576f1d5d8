import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "../agent.ts";
import type { WatchEvent } from "../watchtower.ts";

export interface RoundsOptions {
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** End after one round, when all that it sent is confirmed. */
  readonly once: boolean;
  readonly report: (event: WatchEvent) => void;
  /** More to do in each round. */
  readonly also?: () => Promise<void>;
}

/**
 * Rounds until SIGINT or SIGTERM. What fails in one is reported, and tried again in the next: an endpoint that is down is no reason to
 * stop watching.
 */
export async function runRounds(agent: Agent, { interval, once, report, also }: RoundsOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  // The same trouble round after round is told once.
  let trouble = "";
  while (!stop.signal.aborted) {
    try {
      await agent.watchtower.round();
      await also?.();
      trouble = "";
      if (once && (agent.queue?.size ?? 0) === 0) return;
    } catch (error) {
      if (once) throw error;
      if (String(error) !== trouble) report({ kind: "trouble", where: "round", error });
      trouble = String(error);
    }
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}
