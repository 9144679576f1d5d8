/** Milliseconds: the first rest, the longest rest, and the longest rest that an endpoint can ask for. */
const [FIRST, LONGEST, LONGEST_ASKED] = [250, 16_000, 60_000];

/** Milliseconds of availability after which the rests start from the shortest again. */
const HEALTHY = 60_000;

/** Exponential backoff of one endpoint. */
export class Rests {
  #count = 0;
  /** Time since which the endpoint is up; undefined while it is down. */
  #upSince: number | undefined;

  /** The endpoint is back. */
  rise(now = performance.now()): void {
    this.#upSince = now;
  }

  /**
   * The endpoint failed.
   * @param asked milliseconds that the endpoint asks to wait
   * @returns milliseconds to rest
   */
  next(asked: number | undefined, now = performance.now()): number {
    if (this.#upSince !== undefined && now - this.#upSince > HEALTHY) this.#count = 0;
    this.#upSince = undefined;
    if (asked !== undefined) return Math.min(Math.max(asked, FIRST), LONGEST_ASKED);
    return Math.min(FIRST * 2 ** this.#count++, LONGEST);
  }
}
