import { concat } from "@elench/bytes/concat";
import { rangeSiblings } from "./ranges.ts";
import { type Hash, hashPair, keccak256, LEAF_BYTES, treeDepth, zeroDataRoot } from "./tree.ts";

/** Size of a page: a copy shares each page with its original until one of them writes to it. */
const PAGE_BYTES = 4096;
/** The page of zeros, shared by all unwritten memory. It is never written. */
const ZERO_PAGE = new Uint8Array(PAGE_BYTES);

/**
 * Bytes under a data tree: a frame's memory, and every frozen tree that a view refers to. The tree is built when its root is first needed, and updated from then on.
 * `shared` bytes have another reader, so a writer must copy them first. Copies are cheap (copy-on-write pages), because a program can force one with every second instruction.
 */
export class PagedBytes {
  /** At least `size` bytes; zeros beyond it. */
  #pages: Uint8Array[];
  /** For each page, whether these bytes own it. */
  #owned: boolean[] = [];
  #size: number;
  /** Nodes by height, leaves first; null until they are needed. */
  #levels: Hash[][] | null = null;
  readonly #dirty = new Set<number>();
  shared = false;

  /** @param data is not copied, and must not change. */
  constructor(data: Uint8Array = new Uint8Array(0)) {
    this.#pages = pagesOf(data);
    this.#size = data.length;
  }

  get size(): number {
    return this.#size;
  }

  copy(): PagedBytes {
    const copy = new PagedBytes();
    copy.#pages = this.#pages.slice();
    copy.#size = this.#size;
    this.#owned = [];
    return copy;
  }

  /** Extends with zeros to `size`, a multiple of 32 that is at least the present size. */
  grow(size: number): void {
    while (this.#pages.length * PAGE_BYTES < size) this.#pages.push(ZERO_PAGE);
    if (this.#levels && treeDepth(size) !== treeDepth(this.#size)) this.#levels = null;
    this.#size = size;
  }

  /** Restores a former size. Nothing may have been written beyond it. */
  shrink(size: number): void {
    if (size === this.#size) return;
    this.#levels = null;
    this.#size = size;
  }

  /** A view of bytes, within the size; valid until the next write. */
  view(offset: number, length: number): Uint8Array {
    const start = offset % PAGE_BYTES;
    if (start + length <= PAGE_BYTES) return this.#page(offset).subarray(start, start + length);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const from = (offset + done) % PAGE_BYTES;
      const some = Math.min(PAGE_BYTES - from, length - done);
      bytes.set(this.#page(offset + done).subarray(from, from + some), done);
      done += some;
    }
    return bytes;
  }

  #page(offset: number): Uint8Array {
    return this.#pages[Math.floor(offset / PAGE_BYTES)] ?? ZERO_PAGE;
  }

  /** Writes bytes within the size. @param data can be a view of the same bytes. */
  write(offset: number, data: Uint8Array): void {
    const inOne = (offset % PAGE_BYTES) + data.length <= PAGE_BYTES;
    const bytes = inOne ? data : data.slice();
    for (let done = 0; done < bytes.length; ) {
      const from = (offset + done) % PAGE_BYTES;
      const some = Math.min(PAGE_BYTES - from, bytes.length - done);
      const page = this.#ownPage(Math.floor((offset + done) / PAGE_BYTES));
      page.set(inOne ? bytes : bytes.subarray(done, done + some), from);
      done += some;
    }
    if (this.#levels === null) return;
    for (let leaf = Math.floor(offset / LEAF_BYTES); leaf * LEAF_BYTES < offset + bytes.length; leaf++)
      this.#dirty.add(leaf);
  }

  #ownPage(index: number): Uint8Array {
    if (!this.#owned[index]) {
      this.#pages[index] = (this.#pages[index] as Uint8Array).slice();
      this.#owned[index] = true;
    }
    return this.#pages[index] as Uint8Array;
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
    return this.view(index * LEAF_BYTES, LEAF_BYTES);
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

function pagesOf(data: Uint8Array): Uint8Array[] {
  const whole = Math.floor(data.length / PAGE_BYTES);
  const pages = Array.from({ length: whole }, (_, i) => data.subarray(i * PAGE_BYTES, (i + 1) * PAGE_BYTES));
  if (whole * PAGE_BYTES === data.length) return pages;
  const last = new Uint8Array(PAGE_BYTES);
  last.set(data.subarray(whole * PAGE_BYTES));
  return [...pages, last];
}

/** The first leaf of a byte range, and the one after the last. */
export const leavesOf = (offset: number, length: number): [number, number] => [
  Math.floor(offset / LEAF_BYTES),
  Math.ceil((offset + length) / LEAF_BYTES),
];
