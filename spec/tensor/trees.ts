/** The Merkle trees that commit to tensors. */

/** Bytes of a leaf of a data tree. A leaf hashes this many and a node 64, so one cannot be taken for the other. */
export const LEAF_BYTES = 128;

export const HASH_BYTES = 32;
