/** An answer is urgent when less than so many waits are left for it. */
const URGENT = 10;

/**
 * Waits before an answer that defends no bond of ours: another honest party may be giving it. Two equal claims both stand, and a liar
 * answers each: without the wait, honest parties that watch together pay for the same argument several times.
 */
export class Courtesy {
  readonly #wait: number;
  readonly #random: () => number;
  /** By an answer's id, when it is given. */
  readonly #until = new Map<string, number>();

  /** @param wait milliseconds; it is up to twice as long, so that parties of equal patience do not act together. 0: no wait. */
  constructor(wait: number, random: () => number = Math.random) {
    this.#wait = wait;
    this.#random = random;
  }

  /**
   * Whether the answer is to be given now. It is forgotten by a restart, which only waits again.
   * @param left milliseconds until its deadline
   */
  isOver(answer: string, left: number, now = performance.now()): boolean {
    if (left <= URGENT * this.#wait) return true;
    const until = this.#until.get(answer) ?? now + this.#wait * (1 + this.#random());
    this.#until.set(answer, until);
    return now >= until;
  }
}
