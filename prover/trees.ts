import { dataLeaf, type Hash, treeDepth } from "@elench/merkle/tree";
import type { Backend } from "@elench/tensor/engine/backend";
import { type Content, type ContentOf, type Nodes, pathIn } from "@elench/tensor/stepper/content";

/** The nodes in an engine's data tree: all levels, leaves first. */
function nodesOf(tree: Uint8Array, depth: number): Nodes {
  // Levels below `height` have 2^depth + … + 2^(depth − height + 1) nodes.
  const node = (height: number, index: number): Hash => {
    const at = 32 * (2 ** (depth + 1) - 2 ** (depth + 1 - height) + index);
    return tree.subarray(at, at + 32);
  };
  return { root: node(depth, 0).slice(), node };
}

/** Default budget of cached nodes, in bytes. */
const DEFAULT_BUDGET = 256 * 2 ** 20;

/**
 * Data trees on demand, in a least-recently-used cache with a budget. A known root stays with its content, so a tensor is
 * hashed again only for a path after its tree was evicted.
 */
export class TreeCache {
  readonly #backend: Pick<Backend, "dataTree">;
  readonly #budget: number;
  /** Least recently used first. */
  readonly #trees = new Map<Uint8Array, Nodes>();
  #held = 0;
  /** Bytes hashed so far, and how long it took. */
  readonly stats = { trees: 0, bytes: 0, ms: 0 };

  /** @param budget bytes of nodes to keep; the current tree is kept whatever its size. */
  constructor(backend: Pick<Backend, "dataTree">, budget = DEFAULT_BUDGET) {
    this.#backend = backend;
    this.#budget = budget;
  }

  of(bytes: Uint8Array): Nodes {
    const known = this.#trees.get(bytes);
    const tree = known ?? this.#hash(bytes);
    this.#trees.delete(bytes);
    this.#trees.set(bytes, tree);
    if (known === undefined) this.#makeRoom(bytes);
    return tree;
  }

  #hash(bytes: Uint8Array): Nodes {
    const before = performance.now();
    const tree = nodesOf(this.#backend.dataTree(bytes), treeDepth(bytes.length));
    this.stats.ms += performance.now() - before;
    this.stats.trees++;
    this.stats.bytes += bytes.length;
    return tree;
  }

  #makeRoom(latest: Uint8Array): void {
    this.#held += nodeBytes(latest);
    for (const bytes of this.#trees.keys()) {
      if (this.#held <= this.#budget || bytes === latest) return;
      this.#trees.delete(bytes);
      this.#held -= nodeBytes(bytes);
    }
  }

  /** Contents whose trees are in this cache. */
  readonly content: ContentOf = (bytes, root) => new CachedContent(this, bytes, root);
}

const nodeBytes = (bytes: Uint8Array): number => 64 * 2 ** treeDepth(bytes.length);

class CachedContent implements Content {
  readonly bytes: Uint8Array;
  readonly #trees: TreeCache;
  #root: Hash | undefined;

  constructor(trees: TreeCache, bytes: Uint8Array, root?: Hash) {
    this.#trees = trees;
    this.bytes = bytes;
    this.#root = root;
  }

  get root(): Hash {
    this.#root ??= this.#trees.of(this.bytes).root;
    return this.#root;
  }

  leaf(index: number): Uint8Array {
    return dataLeaf(this.bytes, index);
  }

  path(index: number): Hash[] {
    return pathIn(this.#trees.of(this.bytes), treeDepth(this.bytes.length), index);
  }
}
