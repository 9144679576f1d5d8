import { dataLeaf, type Hash, hashPair, keccak256, LEAF_BYTES, treeDepth, zeroDataRoot } from "../../merkle/tree.ts";
import { concat } from "../../ml-vm/program/commitment.ts";
import { rangeSiblings } from "./ranges.ts";

/**
 * Bytes under a data tree: a frame's memory, and every frozen tree that a view looks at. The tree is made when its root is first asked for, and mended from then on.
 * A `shared` one is looked at by somebody else as well: whoever wants to write takes a copy first.
 */
export class Bytes {
  #data: Uint8Array;
  #size: number;
  /** Nodes by height, leaves first; null until somebody asks. */
  #levels: Hash[][] | null = null;
  readonly #dirty = new Set<number>();
  shared = false;

  constructor(data: Uint8Array = new Uint8Array(0)) {
    this.#data = data;
    this.#size = data.length;
  }

  get size(): number {
    return this.#size;
  }

  copy(): Bytes {
    const copy = new Bytes();
    copy.#data = this.#data.slice(0, this.#size);
    copy.#size = this.#size;
    return copy;
  }

  /** Zeros are added up to `size`, a multiple of 32 and never less than before. */
  grow(size: number): void {
    if (size > this.#data.length) {
      const wider = new Uint8Array(Math.max(1024, size, 2 * this.#data.length));
      wider.set(this.#data.subarray(0, this.#size));
      this.#data = wider;
    }
    if (this.#levels && treeDepth(size) !== treeDepth(this.#size)) this.#levels = null;
    this.#size = size;
  }

  /** Back to a former size, nothing having been written beyond it. */
  shrink(size: number): void {
    if (size === this.#size) return;
    this.#levels = null;
    this.#size = size;
  }

  /** Bytes of the tree, not copied; within its size. */
  view(offset: number, length: number): Uint8Array {
    return this.#data.subarray(offset, offset + length);
  }

  /** Within the size. */
  write(offset: number, bytes: Uint8Array): void {
    this.#data.set(bytes, offset);
    if (this.#levels === null) return;
    for (let leaf = Math.floor(offset / LEAF_BYTES); leaf * LEAF_BYTES < offset + bytes.length; leaf++)
      this.#dirty.add(leaf);
  }

  get root(): Hash {
    this.#mend();
    return this.#node(treeDepth(this.#size), 0);
  }

  /** Opens bytes: their leaves, then the siblings. */
  openRange(offset: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const [first, end] = leavesOf(offset, length);
    const leaves = Array.from({ length: end - first }, (_, i) => this.#leaf(first + i));
    return concat(...leaves, ...this.siblings(first, end));
  }

  /** Siblings of the leaves first … end − 1. */
  siblings(first: number, end: number): Hash[] {
    this.#mend();
    return rangeSiblings((height, index) => this.#node(height, index), treeDepth(this.#size), first, end);
  }

  #leaf(index: number): Uint8Array {
    return dataLeaf(this.#data.subarray(0, this.#size), index);
  }

  #node(height: number, index: number): Hash {
    return this.#levels?.[height]?.[index] ?? zeroDataRoot(height);
  }

  #mend(): void {
    const depth = treeDepth(this.#size);
    const count = Math.ceil(this.#size / LEAF_BYTES);
    if (this.#levels === null) {
      this.#levels = Array.from({ length: depth + 1 }, () => []);
      this.#dirty.clear();
      for (let i = 0; i < count; i++) this.#dirty.add(i);
    }
    if (this.#dirty.size === 0) return;
    let stale: Iterable<number> = this.#dirty;
    for (const i of this.#dirty) (this.#levels[0] as Hash[])[i] = keccak256(this.#leaf(i));
    for (let height = 1; height <= depth; height++) {
      const above = new Set<number>();
      for (const i of stale) above.add(i >> 1);
      for (const i of above)
        (this.#levels[height] as Hash[])[i] = hashPair(
          this.#node(height - 1, 2 * i),
          this.#node(height - 1, 2 * i + 1),
        );
      stale = above;
    }
    this.#dirty.clear();
  }
}

/** First leaf that a range touches, and the one after the last. */
export const leavesOf = (offset: number, length: number): [number, number] => [
  Math.floor(offset / LEAF_BYTES),
  Math.ceil((offset + length) / LEAF_BYTES),
];
