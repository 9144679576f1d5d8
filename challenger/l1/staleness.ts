import type { L1Block } from "./follower.ts";

/** Seconds; L1 has a block every twelve. */
export const STALE_AFTER = 300;

/** Notices when the newest block stands still, or is far behind the clock: then nothing new would be seen, and all would look well. */
export class Staleness {
  readonly #after: number;
  readonly #now: () => number;
  #hash: string | undefined;
  #since = 0;

  /**
   * @param after seconds from which on it is said
   * @param now milliseconds since 1970
   */
  constructor(after: number, now: () => number = Date.now) {
    this.#after = after;
    this.#now = now;
  }

  /** What is wrong with the newest block; undefined if it is new enough. The sentence stays the same while the block does. */
  of({ number, hash, timestamp }: L1Block): string | undefined {
    const now = this.#now();
    if (hash !== this.#hash) [this.#hash, this.#since] = [hash, now];
    const stands = now - this.#since > 1_000 * this.#after;
    const lags = now - 1_000 * Number(timestamp) > 1_000 * this.#after;
    if (!stands && !lags) return undefined;
    const time = new Date(1_000 * Number(timestamp)).toISOString();
    return `for more than ${this.#after} s there has been no block after ${number} (of ${time}): L1 or its endpoints stand still, or the clock here is wrong. What is new on L1 is not seen`;
  }
}
