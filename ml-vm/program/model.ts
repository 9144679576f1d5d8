import type { Program } from "./program.ts";

/** A program with its weights, and the names that people use for its inputs and outputs (which no commitment binds). */
export interface Model {
  readonly program: Program;
  /** Row-major little-endian bytes of each weight, in the program's order. */
  readonly weights: readonly Uint8Array[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}
