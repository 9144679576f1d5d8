import { type Constants, valuesOf } from "../evm/constants.ts";

/** Distinguishes the hashes of the span machine from those of every other machine. */
export const SPAN_LABEL = "elench.span";

/** keccak256 of the label, with the low 64 bits cleared: a running state has the number of executed batches there. */
export const SPAN_TAG = 0x18cebbef5c78cc2572ed2f410dbcc98a853dc9550bd58f550000000000000000n;

export const SPAN_LIMITS = {
  MAX_LENGTH: [4_096, "batches of a span at most: 16^3"],
  TREE_DEPTH: [32, "depth of the inbox's tree of records"],
} as const satisfies Constants;

export const SPAN_LIMIT = valuesOf(SPAN_LIMITS);
