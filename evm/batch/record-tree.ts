import { InternalError } from "@elench/errors/internal-error";
import { type Hash, hashPair, zeroListRoot } from "@elench/merkle/tree";
import { SPAN_LIMIT } from "@elench/spec/rollup/span";

const DEPTH = SPAN_LIMIT.TREE_DEPTH;

/**
 * The inbox's tree: an append-only list tree of depth 32. Leaf i is the hash of batch i's record. The tree keeps all nodes that later appends
 * do not change. So a root after any number of appends, and a path under it, take at most 32 hashes.
 */
export class RecordTree {
  /** Nodes by height, from the leaves: those whose leaves are all present. */
  readonly #full: Hash[][] = Array.from({ length: DEPTH + 1 }, () => []);

  /** Number of leaves. */
  get count(): number {
    return this.#level(0).length;
  }

  append(record: Hash): void {
    if (this.count === 2 ** DEPTH - 1) throw new InternalError(`the tree has its ${this.count} records: it is full`);
    let node = record;
    for (let height = 0; ; height++) {
      const level = this.#level(height);
      const left = level.at(-1);
      level.push(node);
      if (level.length % 2 === 1) return;
      node = hashPair(left as Hash, node);
    }
  }

  /** Removes the leaves from `count` on, after a reorganisation of L1. */
  truncate(count: number): void {
    for (const [height, level] of this.#full.entries())
      level.length = Math.min(level.length, Math.floor(count / 2 ** height));
  }

  /** The record hash of a batch. */
  leaf(index: number): Hash {
    return this.#node(0, index, this.#within(this.count, index));
  }

  /** The root after the first `count` appends; by default, after all. */
  root(count: number = this.count): Hash {
    return this.#node(DEPTH, 0, this.#within(count));
  }

  /**
   * Siblings of a leaf, from the leaf upwards, under the root after the first `count` appends.
   * @param count more than `index`, and at most the tree's own.
   * @throws InternalError if it is not.
   */
  open(index: number, count: number = this.count): Hash[] {
    this.#within(count, index);
    return Array.from({ length: DEPTH }, (_, height) => {
      const at = Math.floor(index / 2 ** height);
      return this.#node(height, at % 2 === 0 ? at + 1 : at - 1, count);
    });
  }

  /** A node of the tree over the first `count` leaves. Of each height at most one is not full: that above the last leaf. */
  #node(height: number, at: number, count: number): Hash {
    const leaves = 2 ** height;
    if (at * leaves >= count) return zeroListRoot(height);
    if ((at + 1) * leaves <= count) return this.#level(height)[at] as Hash;
    return hashPair(this.#node(height - 1, 2 * at, count), this.#node(height - 1, 2 * at + 1, count));
  }

  #level(height: number): Hash[] {
    return this.#full[height] as Hash[];
  }

  #within(count: number, index = -1): number {
    if (count > this.count) throw new InternalError(`the tree has ${this.count} records; ${count} were asked for`);
    if (index >= count) throw new InternalError(`record ${index} is not among the first ${count}`);
    return count;
  }
}
