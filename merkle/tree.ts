import { keccak256 } from "./keccak/keccak.ts";

export { keccak256 };

/**
 * The two Merkle trees of the protocol (docs/tensor-machine.md, "Commitments").
 *
 * A *data tree* commits to bytes: leaves are keccak256 of 128-byte chunks, the last one padded with zeros, and there are
 * 2^depth of them, depth = ⌈log2(max(1, ⌈bytes/128⌉))⌉, missing chunks are zeros.
 * A *list tree* commits to 32-byte words, which are its leaves unhashed, padded with zero words.
 * A node is keccak256(left ‖ right). A leaf hashes 128 bytes and a node 64, so one cannot be taken for the other.
 */
export const LEAF_BYTES = 128;

export type Hash = Uint8Array;

/** Smallest d with 2^d ≥ count; 0 for none or one. */
export function depthOf(count: number): number {
  let depth = 0;
  while (2 ** depth < count) depth++;
  return depth;
}

/** Depth of the data tree over `bytes` bytes. */
export const treeDepth = (bytes: number): number => depthOf(Math.ceil(bytes / LEAF_BYTES));

export const hashPair = (left: Hash, right: Hash): Hash => {
  const both = new Uint8Array(64);
  both.set(left, 0);
  both.set(right, 32);
  return keccak256(both);
};

/** Roots of the all-zero subtrees over `leaf`, by depth, computed on demand. */
function zeroRoots(leaf: Hash): (depth: number) => Hash {
  const roots = [leaf];
  return (depth) => {
    while (roots.length <= depth) {
      const last = roots[roots.length - 1] as Hash;
      roots.push(hashPair(last, last));
    }
    return roots[depth] as Hash;
  };
}

/** Root of a data tree of the given depth whose bytes are all zero. */
export const zeroDataRoot = zeroRoots(keccak256(new Uint8Array(LEAF_BYTES)));

/** Root of a list tree of the given depth whose words are all zero. */
export const zeroListRoot = zeroRoots(new Uint8Array(32));

/** All levels of a list tree, leaves first; nodes beyond the list are omitted: they are zero subtrees. */
export class ListTree {
  readonly depth: number;
  readonly #levels: Hash[][];

  constructor(words: readonly Hash[], depth = depthOf(words.length)) {
    this.depth = depth;
    this.#levels = [[...words]];
    for (let d = 0; d < depth; d++) {
      const below = this.#levels[d] as Hash[];
      const level: Hash[] = [];
      for (let i = 0; i < below.length; i += 2) level.push(hashPair(below[i] as Hash, below[i + 1] ?? zeroListRoot(d)));
      this.#levels.push(level);
    }
  }

  get root(): Hash {
    return this.node(this.depth, 0);
  }

  /** The node `index` of the level `height` above the leaves. */
  node(height: number, index: number): Hash {
    return this.#levels[height]?.[index] ?? zeroListRoot(height);
  }

  /** Siblings of the node `index` at `height`, from there to the root. */
  path(index: number, height = 0): Hash[] {
    const siblings: Hash[] = [];
    for (let h = height, i = index; h < this.depth; h++, i = Math.floor(i / 2)) siblings.push(this.node(h, i ^ 1));
    return siblings;
  }

  /** A tree with one word changed. The original does not change. */
  with(index: number, word: Hash): ListTree {
    const copy = new ListTree([], this.depth);
    for (const [h, level] of this.#levels.entries()) copy.#levels[h] = [...level];
    let node = word;
    for (let h = 0, i = index; ; h++, i = Math.floor(i / 2)) {
      const level = copy.#levels[h] as Hash[];
      while (level.length <= i) level.push(zeroListRoot(h));
      level[i] = node;
      if (h === this.depth) return copy;
      node = i % 2 === 0 ? hashPair(node, copy.node(h, i + 1)) : hashPair(copy.node(h, i - 1), node);
    }
  }
}

/** Climbs from a leaf (or node) hash to the root along its siblings. */
export function climb(node: Hash, index: number, siblings: readonly Hash[]): Hash {
  let [at, i] = [node, index];
  for (const sibling of siblings) {
    at = i % 2 === 0 ? hashPair(at, sibling) : hashPair(sibling, at);
    i = Math.floor(i / 2);
  }
  return at;
}

/** Root of the data tree over `data`; in plain TypeScript (the engine has a faster one). */
export function dataRoot(data: Uint8Array): Hash {
  const depth = treeDepth(data.length);
  let level: Hash[] = [];
  for (let at = 0; at < data.length; at += LEAF_BYTES) level.push(keccak256(dataLeaf(data, at / LEAF_BYTES)));
  if (level.length === 0) level = [zeroDataRoot(0)];
  for (let d = 0; d < depth; d++) {
    const above: Hash[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(hashPair(level[i] as Hash, level[i + 1] ?? zeroDataRoot(d)));
    level = above;
  }
  return level[0] as Hash;
}

/** The 128 bytes of leaf `index`, padded with zeros. */
export function dataLeaf(data: Uint8Array, index: number): Uint8Array {
  const leaf = new Uint8Array(LEAF_BYTES);
  leaf.set(data.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES));
  return leaf;
}
