import { type Constants, valuesOf } from "./constants.ts";

/** The directory's entry of a model: one word of storage, packed from the most significant bit. Zero means no model. */
export const MODEL_ENTRY = [
  { name: "level", bits: 8, meaning: "level of a game about one run" },
  { name: "tableDepth", bits: 8, meaning: "depth of the model's table of tensors" },
  { name: "inputBytes", bits: 48, meaning: "bytes of the one input tensor" },
  { name: "outputBytes", bits: 48, meaning: "bytes of the one output tensor" },
  { name: "price", bits: 144, meaning: "gas of one run" },
] as const;

export type ModelEntryField = (typeof MODEL_ENTRY)[number]["name"];

/** Left shift of a field in the word. */
export const shiftOf = (index: number): number =>
  MODEL_ENTRY.slice(index + 1).reduce((shift, { bits }) => shift + bits, 0);

/** Limits of an entry. A model beyond them cannot be called, because no game could be about it, or its price would not cover its steps. */
export const MODEL_ENTRY_LIMITS = {
  MAX_LEVEL: [15, "the highest level of a game"],
  MAX_TABLE_DEPTH: [32, "the deepest table whose root the verifier makes"],
  BYTES_PER_GAS: [4096, "INPUT takes so many bytes a step, COPY half of them, and each step costs gas"],
} as const satisfies Constants;

export const MODEL_ENTRY_LIMIT = valuesOf(MODEL_ENTRY_LIMITS);
