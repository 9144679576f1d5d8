/** Milliseconds: the first wait after the first try, and the longest. */
const [FIRST, LONGEST] = [1_000, 600_000];

/** Lets something be tried at once, and then ever more rarely, until it is forgotten. */
export class Patience {
  #until = 0;
  #wait = FIRST;

  /** Whether it is time for the next try; if so, the wait for a further one begins. */
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
