/** Limits of an instruction. */
export const LIMITS = {
  operands: 16,
  /** Dimensions of the three spaces. */
  dims: 8,
  reduction: 8,
  innerReduction: 4,
  accumulators: 4,
  innerAccumulators: 4,
  /** Limits of a stage. */
  values: 256,
  /** Limits of a view. */
  coordinates: 8,
  /** Limits of a coordinate. */
  terms: 8,
  /** Limit of a term's `shift` and `bits`. */
  shift: 31,
  /** Bound of a coordinate's absolute value, exclusive, before it is mapped into its extent. */
  reach: 2 ** 53,
  /** Greatest magnitude of the value that an indirect coordinate adds. */
  indirect: 2 ** 31,
  loopDepth: 3,
  /** Bytes of an encoded instruction: a step's witness holds it whole. */
  instructionBytes: 4096,
  /** Bytes of the leaves and paths of all reads and of the write. */
  openedBytes: 65_536,
} as const;

/** Limits of a whole program. */
export const PROGRAM_LIMITS = {
  /** Maximum number of inputs, of weights and of tensors. An index of 0xffff means none. */
  tensors: 0xffff,
  outputs: 256,
  /** Bound, exclusive, of a tensor's elements and a space's points. */
  elements: 2 ** 40,
  /** Greatest dimension, and greatest repetition count of a block. */
  dimension: 2 ** 31 - 1,
  steps: 2n ** 60n,
} as const;

const [output, reduction, inner] = [0, LIMITS.dims, LIMITS.dims + LIMITS.reduction];
const counter = inner + LIMITS.innerReduction;

/** Numbers of the loop variables: the first one of each kind, and the total. */
export const VARIABLES = { output, reduction, inner, counter, count: counter + LIMITS.loopDepth } as const;
