import { LIMITS, PROGRAM_LIMITS } from "./limits.ts";
import { LEAF_BYTES } from "./trees.ts";

/** A rule of well-formed programs. */
export interface Rule {
  readonly name: string;
  readonly meaning: string;
}

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const power = (n: number | bigint): string => `2^${Math.log2(Number(n))}`;
const COUNT = `1 … ${power(PROGRAM_LIMITS.dimension + 1)} − 1`;

/** In the order of the rules' numbers: L1 identifies a rule by its position in this list. */
export const RULES = [
  {
    name: "encoding",
    meaning: "Every field fits its encoding, every code is known, and the bytes are the canonical ones.",
  },
  { name: "size", meaning: `An encoded instruction has at most ${grouped(LIMITS.instructionBytes)} bytes.` },
  {
    name: "counts",
    meaning: `There are at most ${grouped(PROGRAM_LIMITS.tensors)} inputs, weights and tensors each, and 1 … ${PROGRAM_LIMITS.outputs} outputs, no more than tensors.`,
  },
  {
    name: "type",
    meaning: `Dimensions of a tensor are ${COUNT}, its elements fewer than ${power(PROGRAM_LIMITS.elements)}.`,
  },
  {
    name: "limit",
    meaning: `There are at most ${LIMITS.operands} operands, ${LIMITS.dims} + ${LIMITS.reduction} + ${LIMITS.innerReduction} dimensions, ${LIMITS.accumulators} + ${LIMITS.innerAccumulators} accumulators, ${LIMITS.coordinates} coordinates a view, ${LIMITS.terms} terms a coordinate, ${LIMITS.values} values a stage.`,
  },
  {
    name: "space",
    meaning: `Dimensions of a space are ${COUNT}, its points fewer than ${power(PROGRAM_LIMITS.elements)}.`,
  },
  {
    name: "fold",
    meaning:
      "There are accumulators exactly if there is a reduction, a scan or an inner fold; inner accumulators exactly if `innerReduction` is not empty; a body exactly if there are accumulators; an inner stage exactly if there are inner accumulators.",
  },
  { name: "tensor", meaning: "The tensor named exists." },
  { name: "depth", meaning: "A tree depth is that of the tensor's type." },
  { name: "dtype", meaning: "The target's dtype is that of its type." },
  { name: "alias", meaning: "No tensor instruction reads its target." },
  {
    name: "filler",
    meaning:
      "Table entries that fill the outputs up to a power of two (for three outputs, entry 3) are never targets: the node of the table over them is the output root.",
  },
  {
    name: "variable",
    meaning:
      "The variable exists where it is used: dimensions that are declared, counters of enclosing blocks; inner variables only in `inner`; in `finish` reduction variables only with `scan`.",
  },
  { name: "term", meaning: `\`shift\` and \`bits\` are at most ${LIMITS.shift}.` },
  {
    name: "indirect",
    meaning: "An indirect coordinate adds an earlier read (for a write, any read of `finish`) of an int dtype.",
  },
  { name: "extent", meaning: "Extents are at least 1." },
  {
    name: "coordinate",
    meaning: `|offset| + Σ |factor| × (greatest value of its term) + (${power(LIMITS.indirect)} if indirect) is less than ${power(LIMITS.reach)}.`,
  },
  {
    name: "bounds",
    meaning:
      "A view stays inside its tensor: Σ stride × (extent − 1) is less than the number of elements, of the read dtype's size in the operand's bytes, of the target's dtype in the target's.",
  },
  { name: "operand", meaning: "A read names one of the instruction's operands." },
  { name: "register", meaning: "An operation, or `outs`, names a value that is there." },
  { name: "operand type", meaning: "Operands of an operation have the types that it asks for." },
  { name: "unused", meaning: "Fields a, b, c that an operation does not use are 0." },
  {
    name: "outs",
    meaning:
      "`outs` are as many as, and of the types of, what they replace; `finish` gives one value, of the register type of the target's dtype.",
  },
  {
    name: "canonical",
    meaning:
      "Constants and pads are canonical: an f32 has high bits zero, and the one NaN of a format is the only one.",
  },
  {
    name: "block",
    meaning: `Blocks nest properly, at most ${LIMITS.loopDepth} deep; \`depth\`, \`count\` and \`start\` (the pc after the \`loop\`) are those of the nesting.`,
  },
  { name: "count", meaning: `A block runs ${COUNT} times.` },
  { name: "halt", meaning: `A block halts on a table tensor of at most ${LEAF_BYTES} bytes.` },
  { name: "move", meaning: "`move` joins tensors of equal size in bytes." },
  {
    name: "output",
    meaning: "Every output is the target of a tensor instruction or a move, and is not dropped afterwards.",
  },
  { name: "steps", meaning: `The step bound is at most ${power(PROGRAM_LIMITS.steps)}.` },
  {
    name: "witness",
    meaning: `The leaves and paths of an instruction's reads and of its write, ${LEAF_BYTES} + 32 × depth bytes each, are at most ${grouped(LIMITS.openedBytes)} bytes together: every step fits an L1 transaction.`,
  },
] as const satisfies readonly Rule[];

export type RuleName = (typeof RULES)[number]["name"];
