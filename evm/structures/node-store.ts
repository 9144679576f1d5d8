/** Where tries and codes are: everything by its keccak256. */
export interface NodeStore {
  /** RLP of a trie node. Nodes under 32 bytes are embedded in their parents. */
  node(hash: Uint8Array): Uint8Array | undefined;
  code(hash: Uint8Array): Uint8Array | undefined;
  keepNode(hash: Uint8Array, rlp: Uint8Array): void;
  keepCode(hash: Uint8Array, code: Uint8Array): void;
}
