import { concat } from "@elench/bytes/concat";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import {
  type Branch,
  decodeNode,
  EMPTY_TRIE_ROOT,
  encodeNode,
  isEmptyRoot,
  type NodeSource,
  type Reference,
  type TrieNode,
} from "./node.ts";
import { commonLength, nibblesOf } from "./path.ts";

export interface WrittenNode {
  readonly hash: Uint8Array;
  readonly rlp: Uint8Array;
}

export interface TrieUpdate {
  readonly root: Uint8Array;
  /** New nodes that are referenced by hash, children first. */
  readonly written: readonly WrittenNode[];
  /**
   * RLP of the nodes of the old trie that the update read, from the root downwards. If a branch is left with a single child, that child
   * is the last, because its kind determines how the branch collapses.
   */
  readonly proof: readonly Uint8Array[];
}

/**
 * Inserts, modifies or deletes an entry.
 * @param root keccak256 of the root node, or `EMPTY_TRIE_ROOT`.
 * @param key raw: for a secure trie, the caller hashes it.
 * @param value null, or no bytes, deletes. Deleting a missing entry leaves the root unchanged.
 * @param nodes returns the nodes of the old trie.
 * @throws Error from `nodes`, if it lacks one.
 */
export function trieUpdate(root: Uint8Array, key: Uint8Array, value: Uint8Array | null, nodes: NodeSource): TrieUpdate {
  const change = new Change(nodes);
  const path = nibblesOf(key);
  const top = isEmptyRoot(root) ? null : root;
  if (value !== null && value.length > 0) return change.result(change.insert(top, path, value));
  const rest = top === null ? undefined : change.remove(top, path);
  return rest === undefined ? { root, written: [], proof: change.proof } : change.result(rest);
}

/** State of one update: the nodes read and the nodes created. */
class Change {
  readonly proof: Uint8Array[] = [];
  readonly #written: WrittenNode[] = [];
  readonly #nodes: NodeSource;

  constructor(nodes: NodeSource) {
    this.#nodes = nodes;
  }

  /** The subtree under `reference` with the entry in it. */
  insert(reference: Reference | null, path: Uint8Array, value: Uint8Array): TrieNode {
    if (reference === null) return { kind: "leaf", path, value };
    const node = this.#open(reference);
    if (node.kind === "branch") return this.#place(node, path, value);
    const common = commonLength(node.path, path);
    if (common === node.path.length) {
      const rest = path.subarray(common);
      if (node.kind === "extension") return { ...node, child: this.#close(this.insert(node.child, rest, value)) };
      if (rest.length === 0) return { ...node, value };
    }
    const fork = this.#place(this.#branchAt(node, common), path.subarray(common), value);
    return common === 0 ? fork : { kind: "extension", path: path.subarray(0, common), child: this.#close(fork) };
  }

  /** The subtree without the entry: null if nothing is left, undefined if the entry is not there. */
  remove(reference: Reference, path: Uint8Array): TrieNode | null | undefined {
    const node = this.#open(reference);
    if (node.kind === "branch") return this.#removeBelow(node, path);
    const common = commonLength(node.path, path);
    if (common < node.path.length) return undefined;
    if (node.kind === "leaf") return common === path.length ? null : undefined;
    const child = this.remove(node.child, path.subarray(common));
    return child && this.#prefix(node.path, child);
  }

  result(top: TrieNode | null): TrieUpdate {
    if (top === null) return { root: EMPTY_TRIE_ROOT, written: this.#written, proof: this.proof };
    return { root: this.#write(encodeNode(top)), written: this.#written, proof: this.proof };
  }

  /** `branch` with a new entry in a slot of it or below. */
  #place(branch: Branch, path: Uint8Array, value: Uint8Array): Branch {
    if (path.length === 0) return { ...branch, value };
    const slot = path[0] as number;
    const child = this.insert(branch.children[slot] ?? null, path.subarray(1), value);
    return { ...branch, children: branch.children.with(slot, this.#close(child)) };
  }

  /** A branch `common` nibbles below `node` with the same entries as `node`. */
  #branchAt(node: Exclude<TrieNode, Branch>, common: number): Branch {
    const slot = node.path[common];
    if (slot === undefined) return { ...NO_CHILDREN, value: node.kind === "leaf" ? node.value : null };
    const path = node.path.subarray(common + 1);
    const direct = node.kind === "extension" && path.length === 0;
    const child = direct ? node.child : this.#close({ ...node, path });
    return { ...NO_CHILDREN, children: NO_CHILDREN.children.with(slot, child) };
  }

  #removeBelow(branch: Branch, path: Uint8Array): TrieNode | undefined {
    const slot = path[0];
    if (slot === undefined) return branch.value === null ? undefined : this.#shrink({ ...branch, value: null });
    const child = branch.children[slot];
    const rest = child && this.remove(child, path.subarray(1));
    if (rest === null || rest === undefined) {
      return rest === null && child ? this.#shrink(emptied(branch, slot)) : undefined;
    }
    return { ...branch, children: branch.children.with(slot, this.#close(rest)) };
  }

  /** The canonical node for `branch`: a branch needs at least two entries. */
  #shrink(branch: Branch): TrieNode {
    const slots = branch.children.flatMap((child, slot) => (child === null ? [] : [slot]));
    if (slots.length + (branch.value === null ? 0 : 1) > 1) return branch;
    const [slot] = slots;
    if (slot === undefined) return { kind: "leaf", path: new Uint8Array(), value: branch.value as Uint8Array };
    const child = branch.children[slot] as Reference;
    return this.#prefix(Uint8Array.of(slot), this.#open(child), child);
  }

  /** `node` with a longer path before it. */
  #prefix(path: Uint8Array, node: TrieNode, reference?: Reference): TrieNode {
    if (node.kind === "branch") return { kind: "extension", path, child: reference ?? this.#close(node) };
    return { ...node, path: concat(path, node.path) };
  }

  #open(reference: Reference): TrieNode {
    if (!(reference instanceof Uint8Array)) return reference;
    const rlp = this.#nodes(reference);
    this.proof.push(rlp);
    return decodeNode(rlp);
  }

  #close(node: TrieNode): Reference {
    const rlp = encodeNode(node);
    return rlp.length < 32 ? node : this.#write(rlp);
  }

  #write(rlp: Uint8Array): Uint8Array {
    const hash = keccak256(rlp);
    this.#written.push({ hash, rlp });
    return hash;
  }
}

const NO_CHILDREN: Branch = { kind: "branch", children: new Array<null>(16).fill(null), value: null };

const emptied = (branch: Branch, slot: number): Branch => ({ ...branch, children: branch.children.with(slot, null) });
