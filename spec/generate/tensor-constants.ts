/** Named constants of the tensor machine for C and Solidity, with the same names and values. */
import * as encoding from "../tensor/encoding.ts";
import { FIELD_BYTES, type FieldType, type Layout, offsetOf, sizeOf, WORD_BYTES, type Word } from "../tensor/layout.ts";
import { LIMITS, PROGRAM_LIMITS, VARIABLES } from "../tensor/limits.ts";
import { REGISTER_BYTES, SCALARS } from "../tensor/scalars.ts";
import { PREIMAGES, STAGE, TAGS, VERSION, WORDS } from "../tensor/states.ts";

export interface Constant {
  readonly name: string;
  readonly value: number | bigint;
  readonly comment?: string;
  readonly hex?: true;
  /** A uint8 in Solidity, if choosing between such constants is measured to cost less gas than between words. */
  readonly byte?: true;
}

/** A group of constants under a comment. */
export interface Group {
  readonly comment: string;
  readonly constants: readonly Constant[];
}

/** `f32.toInt`, `targetDepth` → `F32_TO_INT`, `TARGET_DEPTH`. */
export const constantName = (name: string): string =>
  name
    .replace(".", "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase();

const named = (prefix: string, values: Readonly<Record<string, number>>): Constant[] =>
  Object.entries(values).map(([name, value]) => ({ name: `${prefix}_${constantName(name)}`, value }));

export const KINDS: Group = {
  comment: "Kinds of instructions: the first byte of an encoded one.",
  constants: named("KIND", encoding.KINDS),
};

export const FLAGS: Group = {
  comment: "Marks inside fields.",
  constants: [
    { name: "FLAG_SCAN", value: encoding.FLAG_SCAN, hex: true, comment: "Of a tensor instruction." },
    {
      name: "FLAG_CLAMP",
      value: encoding.FLAG_CLAMP,
      hex: true,
      comment: "Of a coordinate; the bits below are INDIRECT_MASK.",
    },
    {
      name: "INDIRECT_MASK",
      value: encoding.INDIRECT_MASK,
      hex: true,
      comment: "0, or 1 + the read that the coordinate adds.",
    },
    { name: "NO_TENSOR", value: encoding.NO_TENSOR, hex: true, comment: "In place of a tensor's number." },
  ],
};

export const SPACES: Group = {
  comment: "Where an operand is.",
  constants: encoding.SPACES.map((space, value) => ({ name: `SPACE_${constantName(space)}`, value })),
};

const describe = (layout: Layout): string =>
  Object.entries(layout)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ");

/** A list (of operands, terms or a view) follows: the layout covers only its head. */
const HEADS = new Set(["tensor", "move", "coordinate", "read", "type"]);

const bytesName = (name: string): string => `${constantName(name)}${HEADS.has(name) ? "_HEAD" : ""}_BYTES`;

/** Bytes of each part of an encoded instruction. */
export const SIZES: Group = {
  comment: "Bytes of the parts of encoded instructions that have a fixed size.",
  constants: [
    ...Object.entries(encoding.LAYOUTS).map(([name, layout]) => ({
      name: bytesName(name),
      value: sizeOf(layout),
      comment: describe(layout),
    })),
    { name: "DIMENSION_BYTES", value: encoding.DIMENSION_BYTES },
  ],
};

/** Offsets of fields in their part, except for first fields. */
export const OFFSETS: Group = {
  comment: "Where a field begins in its part. The first field of each part is not listed.",
  constants: Object.entries(encoding.LAYOUTS).flatMap(([part, layout]) =>
    Object.keys(layout)
      .slice(1)
      .map((field) => ({ name: `${constantName(part)}_${constantName(field)}_AT`, value: offsetOf(layout, field) })),
  ),
};

const shiftOf = (at: number, type: FieldType): number => 8 * (WORD_BYTES - at - FIELD_BYTES[type]);

/** Parts that are read as one word: right shift of a field of several bytes. */
export const SHIFTS: Group = {
  comment: "How far a field of several bytes is shifted down, where its part is read as one word.",
  constants: (["coordinate", "term"] as const).flatMap((part) => {
    const layout: Layout = encoding.LAYOUTS[part];
    return Object.entries(layout)
      .filter(([, type]) => FIELD_BYTES[type] > 1)
      .map(([field, type]) => ({
        name: `${constantName(part)}_${constantName(field)}_SHIFT`,
        value: shiftOf(offsetOf(layout, field), type),
      }));
  }),
};

export const INSTRUCTION_LIMITS: Group = {
  comment: "What bounds an instruction.",
  constants: [
    { name: "MAX_OPERANDS", value: LIMITS.operands },
    { name: "MAX_DIMS", value: LIMITS.dims, comment: "Of the output space." },
    { name: "MAX_REDUCTION_DIMS", value: LIMITS.reduction },
    { name: "MAX_INNER_DIMS", value: LIMITS.innerReduction },
    { name: "MAX_ACCUMULATORS", value: LIMITS.accumulators },
    { name: "MAX_INNER_ACCUMULATORS", value: LIMITS.innerAccumulators },
    { name: "MAX_VALUES", value: LIMITS.values, comment: "Of a stage." },
    { name: "MAX_COORDINATES", value: LIMITS.coordinates, comment: "Of a view." },
    { name: "MAX_TERMS", value: LIMITS.terms, comment: "Of a coordinate." },
    { name: "MAX_SHIFT", value: LIMITS.shift, comment: "`shift` and `bits` of a term." },
    { name: "MAX_LOOP_DEPTH", value: LIMITS.loopDepth },
    { name: "MAX_INSTRUCTION_BYTES", value: LIMITS.instructionBytes },
  ],
};

export const WITNESS_LIMITS: Group = {
  comment: "What bounds the witness of a step, and what a view reaches.",
  constants: [
    {
      name: "MAX_OPENED_BYTES",
      value: LIMITS.openedBytes,
      comment: "Of the leaves and paths of an instruction's reads and of its write.",
    },
    {
      name: "COORDINATE_BOUND",
      value: LIMITS.reach,
      comment: "A coordinate is less, in absolute value, before it is brought into its extent.",
    },
    { name: "MAX_INDIRECT", value: LIMITS.indirect, comment: "What an indirect coordinate adds, in absolute value." },
  ],
};

export const WHOLE_PROGRAM_LIMITS: Group = {
  comment: "What bounds a program.",
  constants: [
    { name: "MAX_OUTPUTS", value: PROGRAM_LIMITS.outputs },
    { name: "ELEMENT_BOUND", value: PROGRAM_LIMITS.elements, comment: "A tensor, or a space, has fewer." },
    { name: "MAX_COUNT", value: PROGRAM_LIMITS.dimension, comment: "Of a dimension, and of a block's rounds." },
    { name: "MAX_STEPS", value: PROGRAM_LIMITS.steps },
  ],
};

export const LOOP_VARIABLES: Group = {
  comment:
    "Loop variables: indices in the output space from 0 on, then those of the other spaces, then block counters.",
  constants: [
    { name: "FIRST_REDUCTION", value: VARIABLES.reduction },
    { name: "FIRST_INNER", value: VARIABLES.inner },
    { name: "FIRST_COUNTER", value: VARIABLES.counter },
    { name: "VARIABLES", value: VARIABLES.count, comment: "How many there are." },
  ],
};

export const STATE_TAGS: Group = {
  comment: "The first byte of a state's preimage, and of a witness.",
  constants: named("TAG", TAGS),
};

export const STAGE_NUMBERS: Group = {
  comment: "Stages of a running instruction, in their order.",
  constants: named("STAGE", STAGE),
};

const shiftsOf = (prefix: string, word: Word): Constant[] =>
  Object.entries(word)
    .map(([field, { at, type }]) => ({ name: `${prefix}_${constantName(field)}_SHIFT`, value: shiftOf(at, type) }))
    .filter(({ value }) => value > 0);

const { tag, ...runningFields } = WORDS.running;
const { tag: _, ...fetchFields } = WORDS.fetch;

export const STATE_WORDS: Group = {
  comment:
    "How far a field of a state's first word, or of a header's, is shifted down. Of the counters it is the first one: each next is 32 bits lower.",
  constants: [
    ...shiftsOf("STATE", { tag }),
    ...shiftsOf("FETCH", fetchFields),
    ...shiftsOf("RUNNING", runningFields),
    ...shiftsOf("HEADER", WORDS.header),
  ],
};

const words = (name: keyof typeof PREIMAGES): number => WORD_BYTES * PREIMAGES[name].length;

export const PREIMAGE_SIZES: Group = {
  comment: "Bytes of preimages: words, then, in a running state, registers.",
  constants: [
    { name: "FETCH_PREIMAGE_BYTES", value: words("fetch"), comment: PREIMAGES.fetch.join(", ") },
    { name: "RUNNING_HEAD_BYTES", value: words("running"), comment: PREIMAGES.running.join(", ") },
    { name: "HALTED_PREIMAGE_BYTES", value: words("halted"), comment: PREIMAGES.halted.join(", ") },
    { name: "HEADER_BYTES", value: words("header"), comment: PREIMAGES.header.join(", ") },
    { name: "REGISTER_BYTES", value: REGISTER_BYTES },
    { name: "FORMAT_VERSION", value: VERSION, comment: "The first field of a header." },
  ],
};

export const FLOAT_PATTERNS: Group = {
  comment: "Patterns of +infinity, and of the one NaN that a register may hold.",
  constants: Object.entries(SCALARS).flatMap(([name, { float }]) =>
    float === null
      ? []
      : [
          { name: `${constantName(name)}_INFINITY`, value: float.infinity },
          { name: `${constantName(name)}_NAN`, value: float.nan },
        ],
  ),
};
