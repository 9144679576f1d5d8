/** A run of so many steps is verified as a whole. */
const SHORT = 400n;
/** Steps verified of a longer one, at the least. */
const SPREAD = 200n;

/** Which steps of a run to verify: all of a short one's; of a long one, the first of each kind and each of its endings, and others all along it. */
export class StepSample {
  readonly #firsts = new Map<string, bigint>();
  #steps = 0n;

  /**
   * The next step of the run.
   * @param kind of the step.
   * @param ending says how it ended.
   */
  add(kind: string, ending: string): void {
    const key = `${kind}: ${ending}`;
    if (!this.#firsts.has(key)) this.#firsts.set(key, this.#steps);
    this.#steps++;
  }

  /** Their numbers; the run's first step is 0. */
  get chosen(): ReadonlySet<bigint> {
    const stride = this.#steps <= SHORT ? 1n : this.#steps / SPREAD;
    const chosen = new Set(this.#firsts.values());
    for (let step = 0n; step < this.#steps; step += stride) chosen.add(step);
    return chosen;
  }
}
