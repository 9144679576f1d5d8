import { hashWords } from "@elench/merkle/hash-words";
import type { Hash } from "@elench/merkle/tree";

const ZERO = new Uint8Array(32);

/** A frame's stack, with a hash chain over its items that is computed on demand. */
export class Stack {
  #items: bigint[];
  /** Chains over the lowest 1, 2, … items. An entry is valid until an item below it is written. */
  readonly #chains: Hash[] = [];
  #valid = 0;
  height = 0;

  constructor(items: bigint[] = []) {
    this.#items = items;
    this.height = items.length;
  }

  push(item: bigint): void {
    if (this.#valid > this.height) this.#valid = this.height;
    this.#items[this.height++] = item;
  }

  pop(): bigint {
    return this.#items[--this.height] as bigint;
  }

  /** @param depth 0 for the top. */
  peek(depth: number): bigint {
    return this.#items[this.height - 1 - depth] as bigint;
  }

  /** Exchanges the top with the item `depth` below it. */
  swap(depth: number): void {
    const top = this.height - 1;
    const other = top - depth;
    if (this.#valid > other) this.#valid = other;
    const items = this.#items;
    const item = items[top] as bigint;
    items[top] = items[other] as bigint;
    items[other] = item;
  }

  /** The chain over the lowest `height` items. */
  chain(height = this.height): Hash {
    if (height === 0) return ZERO;
    for (; this.#valid < height; this.#valid++) {
      const below = this.#valid === 0 ? ZERO : (this.#chains[this.#valid - 1] as Hash);
      this.#chains[this.#valid] = hashWords([this.#items[this.#valid] as bigint, below]);
    }
    return this.#chains[height - 1] as Hash;
  }

  copy(): Stack {
    return new Stack(this.#items.slice(0, this.height));
  }
}
