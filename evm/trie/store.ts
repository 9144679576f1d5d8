import { bytesToHex } from "@ethereumjs/util";
import type { TrieEntry } from "./entries.ts";
import { EMPTY_TRIE_ROOT, type NodeSource } from "./node.ts";
import { trieUpdate, type WrittenNode } from "./update.ts";

/** Trie nodes in memory, by hash, over those of another source. */
export class NodeStore {
  readonly #nodes = new Map<string, Uint8Array>();
  readonly #below: NodeSource;

  /** @param below is asked for what was not added here; without it, that is an error. */
  constructor(below: NodeSource = missing) {
    this.#below = below;
  }

  /** @throws Error that names the hash, if the node is neither here nor below. */
  readonly source: NodeSource = (hash) => this.#nodes.get(latin1(hash)) ?? this.#below(hash);

  add(nodes: Iterable<WrittenNode>): void {
    for (const { hash, rlp } of nodes) this.#nodes.set(latin1(hash), rlp);
  }

  /** Updates a trie and keeps the nodes that it makes: `trieUpdate`. */
  update(root: Uint8Array, key: Uint8Array, value: Uint8Array | null): Uint8Array {
    const { root: updated, written } = trieUpdate(root, key, value, this.source);
    this.add(written);
    return updated;
  }
}

/** A trie with these entries, in any order; of equal keys, the last counts. */
export function buildTrie(entries: Iterable<TrieEntry>): { root: Uint8Array; store: NodeStore } {
  const store = new NodeStore();
  let root = EMPTY_TRIE_ROOT;
  for (const { key, value } of entries) root = store.update(root, key, value);
  return { root, store };
}

function missing(hash: Uint8Array): never {
  throw new Error(`no trie node with keccak256 ${bytesToHex(hash)}: the state it belongs to is not held here`);
}

/** A byte a character: the cheapest key of a map that equal hashes share. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
