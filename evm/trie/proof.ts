/**
 * A proof in the contracts' encoding: number of nodes (1 byte), then for each its length (2 bytes, big-endian) and its RLP.
 * @param proof of `trieGet` or `trieUpdate`.
 * @throws RangeError if there are more than 255 nodes, or one has more than 65,535 bytes. Tries over 32-byte keys never do.
 */
export function encodeProof(proof: readonly Uint8Array[]): Uint8Array {
  if (proof.length > 0xff) throw new RangeError(`a proof of ${proof.length} nodes: 255 can be encoded`);
  const bytes = new Uint8Array(proof.reduce((sum, node) => sum + 2 + node.length, 1));
  bytes[0] = proof.length;
  let at = 1;
  for (const node of proof) {
    if (node.length > 0xffff) throw new RangeError(`a trie node of ${node.length} bytes: 65,535 can be encoded`);
    bytes[at] = node.length >> 8;
    bytes[at + 1] = node.length;
    bytes.set(node, at + 2);
    at += 2 + node.length;
  }
  return bytes;
}
