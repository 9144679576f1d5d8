import { type Constants, valuesOf } from "../evm/constants.ts";

/** Its keccak256 distinguishes the hashes of the span machine from those of every other machine. */
export const SPAN_LABEL = "elench.span";

export const SPAN_LIMITS = {
  MAX_LENGTH: [4_096, "batches of a span at most: 16^3"],
  TREE_DEPTH: [32, "depth of the inbox's tree of records"],
} as const satisfies Constants;

export const SPAN_LIMIT = valuesOf(SPAN_LIMITS);
