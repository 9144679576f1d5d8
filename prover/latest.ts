/** Remembers what was worked out for the keys that were asked for last. */
export class Latest<K, V> {
  readonly #capacity: number;
  readonly #make: (key: K) => V;
  /** Oldest use first. */
  readonly #known = new Map<K, V>();

  constructor(capacity: number, make: (key: K) => V) {
    this.#capacity = capacity;
    this.#make = make;
  }

  get(key: K): V {
    const value = this.#known.get(key) ?? this.#make(key);
    this.#known.delete(key);
    this.#known.set(key, value);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#capacity && oldest !== undefined) this.#known.delete(oldest);
    return value;
  }
}
