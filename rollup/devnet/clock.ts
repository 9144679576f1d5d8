/** The time of a development chain: this machine's, and what was let pass. */
export class DevClock {
  #passed = 0n;

  /** Seconds that were let pass. */
  get passed(): bigint {
    return this.#passed;
  }

  pass(seconds: bigint): void {
    this.#passed += seconds;
  }

  /** Seconds since 1970. */
  readonly now = (): bigint => BigInt(Math.floor(Date.now() / 1_000)) + this.#passed;
}
