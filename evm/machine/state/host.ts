import type { Hash } from "@elench/merkle/tree";

/** What the machine asks its host for (EVMC's term): the verifier checks each answer against a hash. */
export interface Host {
  /** RLP of a node of the tries. @throws Error if it is not known. */
  readonly node: (hash: Hash) => Uint8Array;
  /** Code by its hash. @throws Error if it is not known. */
  readonly code: (hash: Hash) => Uint8Array;
  /** Takes what a machine has made, a trie node or a code, by its keccak256: `node` and `code` know it from then on. */
  readonly keep: (hash: Hash, bytes: Uint8Array) => void;
  /** Output of a model of the directory. @throws Error if the model is not in the store. */
  readonly infer: (modelId: Hash, input: Uint8Array) => Uint8Array;
  /** Precompiles fail where their price on L1 is over 4,000,000 gas; off only where other chains' tests are run. */
  readonly bounded: boolean;
}

/**
 * A host that also knows whatever the machines that run on it have made: trie nodes and codes. All copies of a machine share it, since a hash names one thing.
 * @param below is asked for what was not made here.
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

/** A byte a character: the cheapest key of a map that equal hashes share. */
const latin1 = (hash: Hash): string => String.fromCharCode(...hash);
