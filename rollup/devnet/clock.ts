/** The time of a development chain: this machine's time plus the seconds that were skipped. */
export class DevClock {
  #passed = 0n;

  /** Seconds that the chain is ahead of this machine. */
  get passed(): bigint {
    return this.#passed;
  }

  /** Skips time. @param latest time of the chain's last block, which is ahead of the clock if there is more than one block per second. */
  pass(seconds: bigint, latest: bigint): void {
    const now = this.now();
    this.#passed += seconds + (latest > now ? latest - now : 0n);
  }

  /** Seconds since 1970. */
  readonly now = (): bigint => BigInt(Math.floor(Date.now() / 1_000)) + this.#passed;
}
