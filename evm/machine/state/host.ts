import type { Hash } from "@elench/merkle/tree";

/** The machine's access to data outside its state (EVMC's term). The verifier checks each answer against a hash. */
export interface Host {
  /** RLP of a trie node by its hash. @throws Error if the host does not have it. */
  readonly node: (hash: Hash) => Uint8Array;
  /** Code by its hash. @throws Error if the host does not have it. */
  readonly code: (hash: Hash) => Uint8Array;
  /** Keeps a trie node or a code that a machine has created. `node` and `code` then return it. */
  readonly keep: (hash: Hash, bytes: Uint8Array) => void;
  /** Output of a model of the directory. @throws Error if the model is not in the store. */
  readonly infer: (modelId: Hash, input: Uint8Array) => Uint8Array;
  /** Whether precompiles fail if their price on L1 exceeds the chain's bound. False only for the official tests of Ethereum. */
  readonly bounded: boolean;
}

/**
 * A host that also has the trie nodes and codes that its machines create. All copies of a machine can share it, because a hash identifies its content.
 * @param below has the data that existed before.
 */
export function keeping(below: Omit<Host, "keep">): Host {
  const made = new Map<string, Uint8Array>();
  return {
    ...below,
    node: (hash) => made.get(latin1(hash)) ?? below.node(hash),
    code: (hash) => made.get(latin1(hash)) ?? below.code(hash),
    keep: (hash, bytes) => {
      made.set(latin1(hash), bytes);
    },
  };
}

/** One character per byte: the fastest map key that is equal for equal hashes. */
const latin1 = (hash: Hash): string => String.fromCharCode(...hash);
