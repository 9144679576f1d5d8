import type { Program } from "./program.ts";

/** A program with its weights, and the names of its inputs and outputs. No commitment covers the names. */
export interface Model {
  readonly program: Program;
  /** Row-major little-endian bytes of each weight, in the program's order. */
  readonly weights: readonly Uint8Array[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}
