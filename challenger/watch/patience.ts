/** Milliseconds: the wait after the first attempt, and the longest wait. */
const [FIRST, LONGEST] = [1_000, 600_000];

/** Exponential backoff: the first attempt is immediate, then each wait is twice as long, until `forget`. */
export class Patience {
  #until = 0;
  #wait = FIRST;

  /** Whether the next attempt is due; if so, starts the wait for the one after it. */
  isOver(now = performance.now()): boolean {
    if (now < this.#until) return false;
    this.#until = now + this.#wait;
    this.#wait = Math.min(2 * this.#wait, LONGEST);
    return true;
  }

  forget(): void {
    [this.#until, this.#wait] = [0, FIRST];
  }
}
