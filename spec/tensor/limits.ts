/** What bounds an instruction. */
export const LIMITS = {
  operands: 16,
  /** Dimensions of the three spaces. */
  dims: 8,
  reduction: 8,
  innerReduction: 4,
  accumulators: 4,
  innerAccumulators: 4,
  /** Of a stage. */
  values: 256,
  /** Of a view. */
  coordinates: 8,
  /** Of a coordinate. */
  terms: 8,
  /** `shift` and `bits` of a term. */
  shift: 31,
  /** A coordinate is less, in absolute value, before it is brought into its extent. */
  reach: 2 ** 53,
  /** An indirect coordinate adds a value of this magnitude at most. */
  indirect: 2 ** 31,
  loopDepth: 3,
  /** Bytes of an encoded instruction: a step's witness holds it whole. */
  instructionBytes: 4096,
  /** Bytes of the leaves and paths of all reads and of the write. */
  openedBytes: 65_536,
} as const;

/** What bounds a program as a whole. */
export const PROGRAM_LIMITS = {
  /** Inputs, weights, tensors: each so many at most. An index of 0xffff means none. */
  tensors: 0xffff,
  outputs: 256,
  /** A tensor has fewer elements, and a space fewer points. */
  elements: 2 ** 40,
  /** Greatest dimension, and how often a block runs at most. */
  dimension: 2 ** 31 - 1,
  steps: 2n ** 60n,
} as const;

const [output, reduction, inner] = [0, LIMITS.dims, LIMITS.dims + LIMITS.reduction];
const counter = inner + LIMITS.innerReduction;

/** Numbers of the loop variables: the first one of each kind, and how many there are in all. */
export const VARIABLES = { output, reduction, inner, counter, count: counter + LIMITS.loopDepth } as const;
