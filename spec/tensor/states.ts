import type { Word } from "./layout.ts";

/** First byte of a state's preimage, and of a witness. */
export const TAGS = { fetch: 1, running: 2, halted: 3 } as const;

/** Stages of a running instruction, in the order of their numbers. */
export const STAGES = ["inner", "body", "finish", "commit"] as const;
export type StageName = (typeof STAGES)[number];
export const STAGE = { inner: 0, body: 1, finish: 2, commit: 3 } as const satisfies Record<StageName, number>;
export type StageNumber = (typeof STAGE)[StageName];
/** A stage that runs a scalar program: any but the last. */
export type ComputingStage = Exclude<StageNumber, typeof STAGE.commit>;

/** The first words of preimages. */
export const WORDS = {
  fetch: { tag: { at: 0, type: "u8" }, pc: { at: 12, type: "u32" }, counters: { at: 16, type: "u32", count: 3 } },
  running: {
    tag: { at: 0, type: "u8" },
    stage: { at: 1, type: "u8" },
    element: { at: 8, type: "u64" },
    term: { at: 16, type: "u64" },
    innerTerm: { at: 24, type: "u64" },
  },
  halted: { tag: { at: 0, type: "u8" } },
  header: {
    version: { at: 0, type: "u16" },
    inputs: { at: 2, type: "u16" },
    weights: { at: 4, type: "u16" },
    tensors: { at: 6, type: "u16" },
    outputs: { at: 8, type: "u16" },
    instructions: { at: 10, type: "u32" },
  },
} as const satisfies Record<string, Word>;

/** Preimages, one word per entry. In a running state, registers follow. */
export const PREIMAGES = {
  fetch: ["word", "model id", "input root", "table root"],
  running: ["word", "bound", "target root"],
  halted: ["word", "context", "output root"],
  header: ["word", "program root", "weights root", "hash of the types"],
} as const;

/** Format of programs, states and witnesses. A change of meaning needs a new number, which changes all model ids. */
export const VERSION = 1;
