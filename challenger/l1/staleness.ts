import type { L1Block } from "./follower.ts";

/** Seconds; L1 has a block every twelve. */
export const STALE_AFTER = 300;

/** Detects a head that does not advance or is far behind the clock: without it, a stalled endpoint would look like a quiet chain. */
export class Staleness {
  readonly #after: number;
  readonly #now: () => number;
  #hash: string | undefined;
  #since = 0;

  /**
   * @param after seconds without a new block after which the head is stale
   * @param now milliseconds since 1970
   */
  constructor(after: number, now: () => number = Date.now) {
    this.#after = after;
    this.#now = now;
  }

  /** A message if the head is stale; undefined otherwise. The message does not change while the head is the same. */
  of({ number, hash, timestamp }: L1Block): string | undefined {
    const now = this.#now();
    if (hash !== this.#hash) [this.#hash, this.#since] = [hash, now];
    const stands = now - this.#since > 1_000 * this.#after;
    const lags = now - 1_000 * Number(timestamp) > 1_000 * this.#after;
    if (!stands && !lags) return undefined;
    const time = new Date(1_000 * Number(timestamp)).toISOString();
    return `no block after ${number} (of ${time}) for more than ${this.#after} s: L1 or its endpoints have stalled, or this machine's clock is wrong; new events on L1 are not seen`;
  }
}
