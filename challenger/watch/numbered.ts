/**
 * Things that a contract numbers from 0 without gaps, known from its events. An event can be missing from the log: a later number, or a
 * count that the contract or another event gives, shows it.
 */
export class Numbered<T> {
  /** From 0 to the last before the first missing one. */
  readonly complete: T[] = [];
  readonly #known = new Map<number, T>();
  #count = 0;

  add(number: number, thing: T): void {
    this.#known.set(number, thing);
    this.expect(number + 1);
    while (this.#known.has(this.complete.length)) this.complete.push(this.#known.get(this.complete.length) as T);
  }

  /** An event says that there are at least so many. */
  expect(count: number): void {
    this.#count = Math.max(this.#count, count);
  }

  /** The first one that exists and is not known; undefined if none is missing. @param count how many there are at least, as the contract says */
  missing(count = 0): number | undefined {
    return this.complete.length < Math.max(this.#count, count) ? this.complete.length : undefined;
  }

  forget(): void {
    this.complete.length = 0;
    this.#known.clear();
    this.#count = 0;
  }
}
