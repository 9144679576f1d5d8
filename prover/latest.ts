/** Caches computed values; evicts the least recently used. */
export class Latest<K, V> {
  readonly #capacity: number;
  readonly #make: (key: K) => V;
  /** Least recently used first. */
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
