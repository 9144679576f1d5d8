import { concat } from "../../merkle/concat.ts";
import { decodeNode, isEmptyRoot, type NodeSource, type Reference } from "./node.ts";
import { bytesOf } from "./path.ts";

export interface TrieEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** All entries of a trie, in the order of their keys. */
export function trieEntries(root: Uint8Array, nodes: NodeSource): Iterable<TrieEntry> {
  return isEmptyRoot(root) ? [] : entriesBelow(root, new Uint8Array(), nodes);
}

function* entriesBelow(reference: Reference, above: Uint8Array, nodes: NodeSource): Generator<TrieEntry> {
  const node = reference instanceof Uint8Array ? decodeNode(nodes(reference)) : reference;
  if (node.kind === "branch") {
    if (node.value !== null) yield { key: bytesOf(above), value: node.value };
    for (const [slot, child] of node.children.entries()) {
      if (child !== null) yield* entriesBelow(child, concat(above, Uint8Array.of(slot)), nodes);
    }
    return;
  }
  const path = concat(above, node.path);
  if (node.kind === "leaf") yield { key: bytesOf(path), value: node.value };
  else yield* entriesBelow(node.child, path, nodes);
}
