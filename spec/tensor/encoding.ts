import type { Layout } from "./layout.ts";

/** Kinds of instructions: the first byte of an encoded one. */
export const KINDS = { tensor: 1, loop: 2, end: 3, move: 4, drop: 5 } as const;

/** Space of an operand, in the order of the codes. */
export const SPACES = ["input", "weight", "tensor"] as const;

/** Bit 0 of a tensor instruction's flags. */
export const FLAG_SCAN = 1;

/** Replaces a tensor's number if there is none. */
export const NO_TENSOR = 0xffff;

/** Flags of a coordinate: bit 7 clamps; the low bits are 0, or 1 + the read that the coordinate adds. */
export const FLAG_CLAMP = 0x80;
export const INDIRECT_MASK = 0x7f;

/** Parts of encoded instructions, of a fixed size each. */
export const LAYOUTS = {
  /** The lists follow. */
  tensor: { kind: "u8", flags: "u8", target: "u16", targetDepth: "u8", targetDtype: "u8" },
  loop: { kind: "u8", depth: "u8", count: "u32" },
  end: { kind: "u8", depth: "u8", count: "u32", start: "u32", halt: "u16" },
  /** The operand follows. */
  move: { kind: "u8", target: "u16" },
  drop: { kind: "u8", target: "u16" },
  operand: { space: "u8", index: "u16", depth: "u8" },
  constant: { type: "u8", bits: "u64" },
  /** The terms follow, as many as the last byte says. */
  coordinate: { stride: "u32", extent: "u32", offset: "i32", flags: "u8", terms: "u8" },
  term: { variable: "u8", shift: "u8", bits: "u8", factor: "i32" },
  /** The view follows. */
  read: { operand: "u8", dtype: "u8", pad: "u64" },
  operation: { code: "u8", a: "u8", b: "u8", c: "u8" },
  /** A tensor's type; the dimensions follow. */
  type: { dtype: "u8", rank: "u8" },
} as const satisfies Record<string, Layout>;

export const DIMENSION_BYTES = 4;
