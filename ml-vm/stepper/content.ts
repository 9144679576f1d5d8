import {
  dataLeaf,
  type Hash,
  hashPair,
  keccak256,
  LEAF_BYTES,
  ListTree,
  treeDepth,
  zeroDataRoot,
  zeroListRoot,
} from "@elench/merkle/tree";

/** Tensors of the machine: bytes, and the tree that commits to them. */

/** The nodes of a tree; nodes beyond its content are roots of zero subtrees. */
export interface Nodes {
  readonly root: Hash;
  /** The node `index` of the level `height` above the leaves. */
  node(height: number, index: number): Hash;
}

/** Builds the data tree of some bytes. */
export type TreeBuilder = (bytes: Uint8Array) => Nodes;

/** Bytes as a content. @param root if it is already known, which saves hashing. */
export type ContentOf = (bytes: Uint8Array, root?: Hash) => Content;

export interface Content {
  /** Row-major little-endian elements. */
  readonly bytes: Uint8Array;
  readonly root: Hash;
  /** The 128 bytes of a leaf. */
  leaf(index: number): Uint8Array;
  /** Siblings of a leaf, upwards. */
  path(index: number): Hash[];
}

/** Siblings of a leaf in a tree of the given depth. */
export function pathIn(tree: Nodes, depth: number, leaf: number): Hash[] {
  const siblings: Hash[] = [];
  for (let height = 0, i = leaf; height < depth; height++, i = Math.floor(i / 2))
    siblings.push(tree.node(height, i ^ 1));
  return siblings;
}

/** A data tree in JavaScript, for the small tensors of tests. */
export const smallTree: TreeBuilder = (bytes) => {
  const levels: Hash[][] = [[]];
  for (let i = 0; i < Math.max(1, Math.ceil(bytes.length / LEAF_BYTES)); i++)
    levels[0]?.push(keccak256(dataLeaf(bytes, i)));
  for (let height = 0; height < treeDepth(bytes.length); height++) {
    const below = levels[height] as Hash[];
    const level: Hash[] = [];
    for (let i = 0; i < below.length; i += 2)
      level.push(hashPair(below[i] as Hash, below[i + 1] ?? zeroDataRoot(height)));
    levels.push(level);
  }
  const node = (height: number, index: number): Hash => levels[height]?.[index] ?? zeroDataRoot(height);
  return { root: node(levels.length - 1, 0), node };
};

/** Bytes whose tree is built on first use. */
class SmallContent implements Content {
  readonly bytes: Uint8Array;
  #tree: Nodes | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get #nodes(): Nodes {
    this.#tree ??= smallTree(this.bytes);
    return this.#tree;
  }

  get root(): Hash {
    return this.#nodes.root;
  }

  leaf(index: number): Uint8Array {
    return dataLeaf(this.bytes, index);
  }

  path(index: number): Hash[] {
    return pathIn(this.#nodes, treeDepth(this.bytes.length), index);
  }
}

export const smallContent: ContentOf = (bytes) => new SmallContent(bytes);

/** The content of an empty table entry: zeros. */
export class ZeroContent implements Content {
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#size);
  }

  get root(): Hash {
    return zeroDataRoot(treeDepth(this.#size));
  }

  leaf(): Uint8Array {
    return new Uint8Array(LEAF_BYTES);
  }

  path(): Hash[] {
    return Array.from({ length: treeDepth(this.#size) }, (_, height) => zeroDataRoot(height));
  }
}

/** The tensor table; null is an empty entry. */
export class Table {
  readonly entries: readonly (Content | null)[];
  #tree: ListTree | undefined;
  /** An earlier table. Its tree saves hashing, because few entries differ. */
  #near: Table | undefined;

  constructor(entries: readonly (Content | null)[], near?: Table) {
    this.entries = entries;
    if (near?.isHashed) this.#near = near;
  }

  static empty(size: number): Table {
    return new Table(new Array<Content | null>(size).fill(null));
  }

  get isHashed(): boolean {
    return this.#tree !== undefined;
  }

  /** The entry's word in the tree: the zero word if it is empty. */
  word(index: number): Hash {
    return this.entries[index]?.root ?? zeroListRoot(0);
  }

  get tree(): ListTree {
    this.#tree ??= this.#treeFromNear() ?? new ListTree(this.entries.map((_, i) => this.word(i)));
    this.#near = undefined;
    return this.#tree;
  }

  #treeFromNear(): ListTree | undefined {
    const near = this.#near;
    if (near === undefined) return undefined;
    let { tree } = near;
    const changed = this.entries.flatMap((entry, i) => (entry === near.entries[i] ? [] : [i]));
    if (changed.length * tree.depth > this.entries.length) return undefined;
    for (const i of changed) tree = tree.with(i, this.word(i));
    return tree;
  }

  with(index: number, content: Content | null): Table {
    return new Table(this.entries.with(index, content), this);
  }
}
