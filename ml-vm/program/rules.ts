/**
 * The rules that a well-formed program keeps (docs/tensor-machine.md, "Well-formed programs"), by name. The order is that of
 * `Rule` in contracts/registry/Rule.sol: on L1 a rule is its position in this list.
 */
export const RULES = [
  /** Every field fits its encoding, every code is known, and the bytes are the canonical ones. */
  "encoding",
  /** An encoded instruction has at most 4,096 bytes. */
  "size",
  /** Numbers of inputs, weights, tensors and outputs. */
  "counts",
  /** Dimensions of a tensor are 1 … 2^31 − 1, its elements fewer than 2^40. */
  "type",
  /** No list is longer than it may be. */
  "limit",
  /** Dimensions of a space are 1 … 2^31 − 1, and it has fewer than 2^40 points. */
  "space",
  /** Accumulators, inner accumulators and their stages are there exactly if something asks for them. */
  "fold",
  /** The tensor named exists. */
  "tensor",
  /** A tree depth is that of the tensor's type. */
  "depth",
  /** The target's dtype is that of its type. */
  "dtype",
  /** No tensor instruction reads its target. */
  "alias",
  /** Entries that fill the outputs up to a power of two stay empty. */
  "filler",
  /** The variable exists where it is used. */
  "variable",
  /** `shift` and `bits` are at most 31. */
  "term",
  /** An indirect coordinate adds an earlier read (for a write, any of `finish`) of an int dtype. */
  "indirect",
  /** Extents are at least 1. */
  "extent",
  /** A coordinate stays under 2^53 in absolute value, before it is brought into its extent. */
  "coordinate",
  /** A view stays inside its tensor. */
  "bounds",
  /** A read names one of the instruction's operands. */
  "operand",
  /** An operation, or `outs`, names a value that is there. */
  "register",
  /** Operands of an operation have the types that it asks for. */
  "operand type",
  /** Fields that an operation does not use are 0. */
  "unused",
  /** What leaves a stage is as many as, and of the types of, what it replaces. */
  "outs",
  /** Constants and pads are canonical. */
  "canonical",
  /** Blocks nest properly, at most three deep, and `end` agrees with its `loop`. */
  "block",
  /** A block runs 1 … 2^31 − 1 times. */
  "count",
  /** A block halts on a tensor of at most 128 bytes. */
  "halt",
  /** `move` joins tensors of equal size in bytes. */
  "move",
  /** Every output is written, and not dropped afterwards. */
  "output",
  /** The step bound is at most 2^60. */
  "steps",
  /** Leaves and paths of the reads and of the write are at most 65,536 bytes: every step fits a transaction. */
  "witness",
] as const;

export type Rule = (typeof RULES)[number];

/** A program is not well-formed. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  /** The rule that it breaks. */
  readonly rule: Rule;
  /** The instruction that breaks it; null where it is the program as a whole. */
  readonly pc: number | null;

  constructor(rule: Rule, pc: number | null, detail: string) {
    super(`${pc === null ? "program" : `instruction ${pc}`}: ${detail} (rule "${rule}" of well-formed programs)`);
    this.rule = rule;
    this.pc = pc;
  }
}

/** Reports a broken rule; knows which instruction is looked at. */
export type Refuse = (rule: Rule, detail: string) => never;
