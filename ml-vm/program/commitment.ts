import { concat } from "@elench/bytes/concat";
import { InternalError } from "@elench/errors/internal-error";
import { depthOf, type Hash, keccak256, ListTree, zeroListRoot } from "@elench/merkle/tree";
import { FIELD_BYTES, WORD_BYTES, type Word } from "@elench/spec/tensor/layout";
import { REGISTER_BYTES } from "@elench/spec/tensor/scalars";
import { type StageNumber, TAGS, VERSION, WORDS } from "@elench/spec/tensor/states";
import { encodeInstruction, encodeTypes } from "./codec.ts";
import type { Program } from "./program.ts";

/** A word of 32 bytes with the given fields, zeros elsewhere. */
function packWord<W extends Word>(
  word: W,
  fields: { readonly [K in keyof W]: number | readonly number[] },
): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES);
  for (const [name, { at, type, count = 1 }] of Object.entries(word)) {
    const values = [fields[name] as number | readonly number[]].flat();
    if (values.length !== count)
      throw new InternalError(`field ${name} of a word holds ${count} values; ${values.length} are given`);
    for (const [i, value] of values.entries()) putUint(bytes, at + i * FIELD_BYTES[type], FIELD_BYTES[type], value);
  }
  return bytes;
}

/** A big-endian integer below 2^53. */
function putUint(bytes: Uint8Array, at: number, size: number, value: number): void {
  for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
}

/** The preimage of a model id, with the trees that witnesses open. */
export interface Commitment {
  readonly modelId: Hash;
  /** 128 bytes: counts, program root, weights root, hash of the types. */
  readonly header: Uint8Array;
  /** Encoded instructions, and the list tree over their hashes. */
  readonly encoded: readonly Uint8Array[];
  readonly program: ListTree;
  /** List tree over the data roots of the weights. */
  readonly weights: ListTree;
  readonly tableDepth: number;
}

/** @param weightRoots data root of each weight, in order. */
export function commit(program: Program, weightRoots: readonly Hash[]): Commitment {
  const encoded = program.instructions.map(encodeInstruction);
  const programTree = new ListTree(encoded.map(keccak256));
  const weights = new ListTree(weightRoots);
  const types = keccak256(encodeTypes([...program.inputs, ...program.weights, ...program.tensors]));
  const counts = packWord(WORDS.header, {
    version: VERSION,
    inputs: program.inputs.length,
    weights: program.weights.length,
    tensors: program.tensors.length,
    outputs: program.outputs,
    instructions: program.instructions.length,
  });
  const header = concat(counts, programTree.root, weights.root, types);
  return {
    modelId: keccak256(header),
    header,
    encoded,
    program: programTree,
    weights,
    tableDepth: depthOf(program.tensors.length),
  };
}

/** List root over the data roots of the inputs (of the outputs): for a single one, that data root itself. */
export const listRoot = (roots: readonly Hash[]): Hash => new ListTree(roots).root;

/** The first word of a fetch state. */
export const fetchWord = (pc: number, counters: readonly number[]): Uint8Array =>
  packWord(WORDS.fetch, { tag: TAGS.fetch, pc, counters });

/** fetch word ‖ model id ‖ input root ‖ table root: the preimage (128 bytes) of a state between instructions. */
export const fetchPreimage = (word: Uint8Array, modelId: Hash, inputRoot: Hash, tableRoot: Hash): Uint8Array =>
  concat(word, modelId, inputRoot, tableRoot);

/** The context of an inference in the game: keccak256(model id ‖ input root). */
export const inferenceContext = (modelId: Hash, inputRoot: Hash): Hash => keccak256(concat(modelId, inputRoot));

/** The state before step 0: pc 0 and an empty table. */
export const startState = (commitment: Pick<Commitment, "modelId" | "tableDepth">, inputRoot: Hash): Hash =>
  keccak256(fetchPreimage(fetchWord(0, [0, 0, 0]), commitment.modelId, inputRoot, zeroListRoot(commitment.tableDepth)));

/** word ‖ context ‖ output root: the preimage of a halted state, which steps to itself. */
export const haltedPreimage = (context: Hash, outputRoot: Hash): Uint8Array =>
  concat(packWord(WORDS.halted, { tag: TAGS.halted }), context, outputRoot);

export const haltedState = (context: Hash, outputRoot: Hash): Hash => keccak256(haltedPreimage(context, outputRoot));

export { STAGE } from "@elench/spec/tensor/states";

/** Position within a running instruction. The stage `commit` writes the result's root into the table. */
export interface Position {
  readonly stage: StageNumber;
  readonly element: number;
  readonly term: number;
  readonly innerTerm: number;
}

/** The first word of a running state. */
export const runningWord = (position: Position): Uint8Array =>
  packWord(WORDS.running, { tag: TAGS.running, ...position });

/**
 * The constants of a running state: keccak256(fetch state ‖ fetch word ‖ instruction bytes ‖ operand roots). The fetch state
 * names the model, the input and the table, to which the last step returns; the word gives the counters to the views. The instruction
 * comes first, so that the number of roots is at a fixed place: nobody can cut the same bytes elsewhere.
 */
export const boundHash = (
  fetchState: Hash,
  word: Uint8Array,
  operandRoots: readonly Hash[],
  instruction: Uint8Array,
): Hash => keccak256(concat(fetchState, word, instruction, ...operandRoots));

/**
 * running word ‖ bound ‖ output root so far ‖ accumulators ‖ inner accumulators (8 bytes each, big-endian, as many as the
 * instruction has): the preimage of a running state.
 */
export function runningPreimage(
  position: Position,
  bound: Hash,
  outputRoot: Hash,
  accumulators: readonly bigint[],
): Uint8Array {
  const words = new Uint8Array(REGISTER_BYTES * accumulators.length);
  const view = new DataView(words.buffer);
  for (const [i, bits] of accumulators.entries()) view.setBigUint64(REGISTER_BYTES * i, bits);
  return concat(runningWord(position), bound, outputRoot, words);
}
