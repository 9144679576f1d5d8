import { decodeNode, isEmptyRoot, type NodeSource, type TrieNode } from "./node.ts";
import { commonLength, nibblesOf } from "./path.ts";

/**
 * Looks up a key.
 * @param root keccak256 of the root node, or `EMPTY_TRIE_ROOT`.
 * @param key raw: for a secure trie, the caller hashes it.
 * @param nodes returns the nodes on the path that are referenced by hash.
 * @returns the value, null if there is none; and as proof the RLP of these nodes, from the root downwards.
 * @throws Error from `nodes`, if it lacks one.
 */
export function trieGet(
  root: Uint8Array,
  key: Uint8Array,
  nodes: NodeSource,
): { value: Uint8Array | null; proof: Uint8Array[] } {
  const proof: Uint8Array[] = [];
  let path = nibblesOf(key);
  let reference: Uint8Array | TrieNode | null = isEmptyRoot(root) ? null : root;
  while (reference !== null) {
    let node: TrieNode;
    if (reference instanceof Uint8Array) {
      const rlp = nodes(reference);
      proof.push(rlp);
      node = decodeNode(rlp);
    } else node = reference;
    if (node.kind === "branch") {
      if (path.length === 0) return { value: node.value, proof };
      reference = node.children[path[0] as number] ?? null;
      path = path.subarray(1);
      continue;
    }
    const common = commonLength(node.path, path);
    if (common < node.path.length) break;
    if (node.kind === "leaf") return { value: common === path.length ? node.value : null, proof };
    reference = node.child;
    path = path.subarray(common);
  }
  return { value: null, proof };
}
