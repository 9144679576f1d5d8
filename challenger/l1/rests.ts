/** In milliseconds: the first rest, the longest, and the longest that an endpoint can ask for. */
const [FIRST, LONGEST, LONGEST_ASKED] = [250, 16_000, 60_000];

/** Milliseconds after which an endpoint that came back counts as healthy, so that its rests begin small again. */
const HEALTHY = 60_000;

/** How long an endpoint rests that does not answer: twice as long each time, until it has been up for a while. */
export class Rests {
  #count = 0;
  /** Since when it is up; undefined while it is down. */
  #upSince: number | undefined;

  /** It is back. */
  rise(now = performance.now()): void {
    this.#upSince = now;
  }

  /**
   * It failed.
   * @param asked milliseconds that the endpoint asks to be left alone
   * @returns milliseconds to rest
   */
  next(asked: number | undefined, now = performance.now()): number {
    if (this.#upSince !== undefined && now - this.#upSince > HEALTHY) this.#count = 0;
    this.#upSince = undefined;
    if (asked !== undefined) return Math.min(Math.max(asked, FIRST), LONGEST_ASKED);
    return Math.min(FIRST * 2 ** this.#count++, LONGEST);
  }
}
